import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { LocalMakers } from '../plan/local-makers.ts'
import { isMadeAlike } from '../plan/made-alike.ts'
import { outlives } from '../plan/outlives.ts'
import type { Text } from '../plan/substitutes.ts'
import { namedDeclaratorsOf } from '../read/declarators.ts'
import { isRepeatable } from '../read/effects.ts'
import { propertyName } from '../read/expressions.ts'
import { isFresh } from '../read/pure-calls.ts'
import { belongsTo, type SourceFile, type Use } from '../read/source-file.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { closuresFill } from './closures-fill.ts'
import { applyEdits, type Edit } from './edits.ts'
import type { FileText } from './file-writer.ts'
import { Part } from './part.ts'

/** The variables of a function that a block makes. */
interface Made {
  /** What makes them, by where it stands. */
  texts: Map<Node, string>
  names: Set<string>
  /** Those that functions of the patch assign. */
  isState: Set<string>
  /** Functions put something into one of them: it has to be one for each call. */
  isFilled: boolean
}

/** Blocks that make variables of functions which are no once-scopes, for closures that exist already. */
export class MadeLocals extends Part {
  readonly #known = new Map<FunctionNode, Made>()
  readonly #makers = new Map<FunctionNode, LocalMakers>()

  /** What a block makes of the variables of a function. */
  #made(owner: FunctionNode): Made {
    const made = this.#known.get(owner) ?? {
      texts: new Map(),
      names: new Set(),
      isState: new Set(),
      isFilled: false,
    }
    this.#known.set(owner, made)
    return made
  }

  make(owner: FunctionNode, old: FunctionNode, name: string, at: Node): void {
    const { texts, names, isState, isFilled } = this.#made(owner)
    const before = { texts: new Map(texts), names: new Set(names), isState: new Set(isState), isFilled }
    try {
      this.#add(owner, old, name, at)
    } catch (error) {
      this.#known.set(owner, before)
      throw error
    }
  }

  /** A variable that the running version has where nothing leads to it; false where it cannot be made as it is there. */
  makeAlike(binding: Binding, owner: FunctionNode, old: FunctionNode, at: Node): boolean {
    if (this.#isInReach(binding.name, old) || !isMadeAlike(binding, this.source)) return false
    try {
      this.make(owner, old, binding.name, at)
      return true
    } catch (error) {
      if (error instanceof Cannot) return false
      throw error
    }
  }

  #isInReach(name: string, { body, parameters }: FunctionNode): boolean {
    const was = body.names.get(name) ?? parameters.names.get(name)
    return was === undefined || this.file.names.bindings.has(was)
  }

  #add(owner: FunctionNode, old: FunctionNode, name: string, at: Node): void {
    const made = this.#made(owner)
    if (made.names.has(name)) return
    const declaration = namedDeclaratorsOf(owner).find((one) => one.id.name === name)
    const binding = owner.body.names.get(name) ?? owner.parameters.names.get(name)
    const changed = binding && this.plan.replaced.changedLocals(this.file, owner).get(binding)
    const gone =
      changed === undefined
        ? `'${name}' is a new variable of the function around it, which calls under way do not have`
        : `${changed.why}, and calls under way go on with theirs`
    const isAlias = changed === undefined && !binding?.assigned
    const another = isAlias ? this.writer.thisNames.anotherName(declaration, old) : undefined
    const running =
      another === undefined
        ? isAlias && this.writer.takenApart.find(declaration, owner, old)
        : `${this.writer.scopeName}.${another}`
    if (running) {
      made.names.add(name)
      made.texts.set(declaration!, `const ${name} = ${running}`)
      return
    }
    if (this.#addDefault(owner, old, name, gone)) return
    const maker = binding && this.#makersOf(owner).of(binding, at)
    // Without any it gets its value in a block, or a loop.
    if (maker === undefined || maker.nodes.length === 0) throw new Cannot(at, gone, BY_HAND)
    for (const one of maker.makes) {
      if (!closuresFill(owner, one, this.source)) continue
      const [begins, ...others] = maker.nodes
      const isBegun = others.length === 0 && (!begins!.init || isPrimitive(unwrap(begins!.init)))
      // What closures assign later begins as in a new call.
      if (one !== binding || (one.assigned && (changed !== undefined || !isBegun)))
        throw new Cannot(at, gone, BY_HAND)
      this.#checkFilled(one, owner, old, at, gone)
      made.isFilled = true
      if (one.assigned) made.isState.add(name)
    }
    for (const one of maker.makes) made.names.add(one.name)
    const isOwn = (use: Use): boolean => maker.makes.has(this.source.bindingOf(use)!)
    for (const node of maker.nodes) {
      if (made.texts.has(node)) continue
      made.texts.set(node, '')
      const text = this.#makerText(node, isOwn, owner, old, gone)
      const taken = node.type === 'Property' ? this.#takenFrom(node, isOwn, owner, old, gone) : undefined
      const names = boundNames(taken === undefined ? node.id : node.value)
      const isAssigned = names.some((one) => owner.body.names.get(one)?.assigned)
      const keyword = isAssigned || (!taken && !node.init) ? 'let' : 'const'
      if (taken !== undefined) made.texts.set(node, `${keyword} { ${text} } = ${taken}`)
      else made.texts.set(node, node.type === 'VariableDeclarator' ? `${keyword} ${text}` : text)
    }
  }

  /** `(options = {})`, which was `(options)`: what was passed, and otherwise its default. */
  #addDefault(owner: FunctionNode, old: FunctionNode, name: string, gone: string): boolean {
    const [binding, was] = [owner, old].map(({ parameters }) => parameters.names.get(name))
    const place = (old.node.params as Node[]).findIndex(
      (one) => one.type === 'Identifier' && one.name === name,
    )
    const param: Node | undefined = owner.node.params[place]
    const isAdded = param?.type === 'AssignmentPattern' && param.left.name === name
    if (!isAdded || binding?.assigned !== false || was?.assigned !== false) return false
    if (!this.file.names.bindings.has(was) || !isRepeatable(param.right)) return false
    const { names, texts } = this.#made(owner)
    const [running, text] = [
      `${this.writer.scopeName}.${name}`,
      this.#makerText(param.right, () => false, owner, old, gone),
    ]
    names.add(name)
    texts.set(param, `const ${name} = ${running} === undefined ? ${text} : ${running}`)
    return true
  }

  /** What `{ name = 1 }` of a pattern is taken from: nothing, where it is an option that the running version does not know. */
  #takenFrom(
    property: Node,
    isOwn: (use: Use) => boolean,
    owner: FunctionNode,
    old: FunctionNode,
    gone: string,
  ): string {
    const { init } = this.source.parent(this.source.parent(property)!)!
    const [binding, key] = [this.source.bindingFor(init), propertyName(property)]
    const was = old.body.names.get(init.name) ?? old.parameters.names.get(init.name)
    const isOutOfReach = was !== undefined && !this.file.names.bindings.has(was)
    const isChanged = binding && this.plan.replaced.changedLocals(this.file, owner).has(binding)
    if (isOutOfReach && !isChanged && key !== undefined && !this.plan.knewMember(key, this.file)) {
      this.writer.unpassed.note(key, property, owner)
      return '{}'
    }
    return this.#makerText(init, isOwn, owner, old, gone)
  }

  #makersOf(owner: FunctionNode): LocalMakers {
    const makers = this.#makers.get(owner) ?? new LocalMakers(owner, this.source)
    this.#makers.set(owner, makers)
    return makers
  }

  /** Something that functions fill is made for each call, and nothing may have used the call's before. */
  #checkFilled(binding: Binding, owner: FunctionNode, old: FunctionNode, at: Node, gone: string): void {
    const why = `'${binding.name}' is new, functions put something into it, and nothing tells for which call of the function around it`
    if (!this.#isOnePerCall(old) && this.#toldBy(old) === undefined) throw new Cannot(at, why, BY_HAND)
    if (!this.#isUsedByKept(binding, owner)) throw new Cannot(at, gone, BY_HAND)
  }

  /** Whether functions that live on, and what they make, are all that use a variable: calls under way lack what was put there. */
  #isUsedByKept(binding: Binding, owner: FunctionNode): boolean {
    return this.source.usesOf(binding).every((use) => {
      const fn = this.source.functionAt(use)
      for (let at = fn; at !== undefined && at !== owner; at = at.enclosing)
        if (outlives(at, this.source)) return true
      return fn === undefined || fn === owner
    })
  }

  /** What makes a variable, with the names that it has for a block. */
  #makerText(
    maker: Node,
    isOwn: (use: Use) => boolean,
    owner: FunctionNode,
    old: FunctionNode,
    gone: string,
  ): string {
    const notPassed = this.writer.unpassed.to(owner, old)
    const text = notPassed.reduce(maker)
    for (const name of notPassed.names) this.writer.unpassed.note(name, maker, owner)
    return this.#textOf(text, isOwn, owner, old, gone)
  }

  #textOf(
    { node, substitutes: begun }: Text,
    isOwn: (use: Use) => boolean,
    owner: FunctionNode,
    old: FunctionNode,
    gone: string,
  ): string {
    if (node === undefined) return 'undefined'
    const edits: Edit[] = []
    const substitutes = [...begun, ...this.writer.heldParts.in(node, owner, old, begun)]
    for (const { start, end, by, key = '' } of substitutes) {
      const text = typeof by === 'string' ? by : `(${this.#textOf(by, isOwn, owner, old, gone)})`
      edits.push({ start, end, text: key + text })
    }
    const isSeenTo = ({ start, end }: Node): boolean =>
      substitutes.some((one) => start >= one.start && end <= one.end)
    for (const use of this.source.usesIn(node)) {
      const meant = this.source.bindingOf(use)
      if (meant === undefined || isOwn(use) || isSeenTo(use.node)) continue
      if (meant.scope === owner.body || meant.scope === owner.parameters)
        this.#use(use, owner, old, edits, gone)
      else if (!belongsTo(meant.scope, owner))
        this.writer.naming.replaceName(use.node, this.writer.naming.free(use, meant, owner, undefined), edits)
    }
    this.writer.memberEdits.add(node, edits, undefined, substitutes)
    return applyEdits(this.source.text, node, edits)
  }

  /**
   * Whether the process can tell one call of a function of the running version from another: by a function that is declared
   * in it. Otherwise it makes what a patch adds there for each use.
   */
  #isOnePerCall({ body, parameters }: FunctionNode): boolean {
    return [body, parameters].some(({ names }) =>
      [...names.values()].some((binding) => {
        const operations = this.file.names.bindings.get(binding)
        return binding.kind === 'function' && operations?.read !== undefined && operations.write === undefined
      }),
    )
  }

  /** Another variable that does: one that each call gives an object of its own, as far as its declaration tells. */
  #toldBy(old: FunctionNode): string | undefined {
    const [told] = namedDeclaratorsOf(old).filter(({ id, init }) => {
      const binding = init ? old.body.names.get(id.name) : undefined
      if (binding === undefined || binding.assigned || !this.file.names.bindings.has(binding)) return false
      const value = unwrap(init)
      return isFunction(value) || /^Class/.test(value.type) || isFresh(value)
    })
    return told?.id.name
  }

  #use(use: Use, owner: FunctionNode, old: FunctionNode, edits: Edit[], gone: string): void {
    const { name } = use.node
    const was = old.body.names.get(name) ?? old.parameters.names.get(name)
    const binding = this.source.bindingOf(use)!
    const unset = this.writer.unpassed.unset(use, binding)
    if (unset !== undefined) this.writer.naming.replaceName(use.node, unset, edits)
    else if (was === undefined || this.plan.replaced.changedLocals(this.file, owner).has(binding)) {
      this.make(owner, old, name, use.node)
      edits.push({ start: use.node.start, end: use.node.end, text: name })
    } else if (this.file.names.bindings.has(was)) {
      if (!this.#isSteady(use, binding, was, owner, old)) throw new Cannot(use.node, gone, BY_HAND)
      this.writer.naming.replaceName(use.node, `${this.writer.scopeName}.${name}`, edits)
    } else if (this.makeAlike(binding, owner, old, use.node))
      edits.push({ start: use.node.start, end: use.node.end, text: name })
    else throw new Cannot(use.node, gone, BY_HAND)
  }

  /** Whether what is read when the block is made is what it was when the variable got its value in the new version. */
  #isSteady(use: Use, young: Binding, was: Binding, owner: FunctionNode, old: FunctionNode): boolean {
    if (this.source.functionAt(use) !== owner) return true
    const { old: before } = this.file.pair
    const isLater = (one: Use, fn: FunctionNode, source: SourceFile): boolean =>
      one.assigned && source.functionAt(one) !== fn
    return (
      !before.usesOf(was).some((one) => isLater(one, old, before)) &&
      !this.source.usesOf(young).some((one) => {
        const isAfter = one.assigned && one.node.start > use.node.start
        return isAfter || isLater(one, owner, this.source)
      })
    )
  }

  /** What makes them. */
  blocks(): FileText['scopes'] {
    return [...this.#known].flatMap(([owner, { texts, names, isState, isFilled }]) => {
      const given = [...names].filter((name) => this.#isLacking(name, owner))
      if (given.length === 0) return []
      const directive = owner.strict && !this.source.analysis.module.strict ? [`'use strict';`] : []
      const returned = given.map((name) => (isState.has(name) ? variable(name) : name))
      const inOrder = [...texts].sort(([a], [b]) => a.start - b.start).map(([, text]) => text)
      const chunks = [...directive, ...inOrder, `return { ${returned.join(', ')} }`].map((text) => ({ text }))
      const old = this.file.pair.functions.get(owner)!
      const path = this.writer.uniquePath(old)
      const call = !isFilled || this.#isOnePerCall(old) ? undefined : this.#toldBy(old)
      return [{ path, chunks, names: given, line: this.source.lineOf(owner.start), call }]
    })
  }

  /** Whether the running version does not have a variable, or has it with another value. */
  #isLacking(name: string, owner: FunctionNode): boolean {
    const old = this.file.pair.functions.get(owner)!
    const binding = owner.body.names.get(name) ?? owner.parameters.names.get(name)
    const isKnown = old.body.names.has(name) || old.parameters.names.has(name)
    return (
      !isKnown ||
      !this.#isInReach(name, old) ||
      this.plan.replaced.changedLocals(this.file, owner).has(binding!)
    )
  }
}

/** A variable that functions of the patch assign. */
export function variable(name: string): string {
  return `get ${name}() { return ${name} }, set ${name}(value) { ${name} = value }`
}

/** `0`, `-1`, `void 0`: it is the same in each call. */
function isPrimitive({ type, argument }: Node): boolean {
  return type === 'Literal' || (type === 'UnaryExpression' && unwrap(argument).type === 'Literal')
}
