import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { isFunction } from '../../livepatch/ast.ts'
import type { ChangedLocal } from '../plan/changed-locals.ts'
import { LocalMakers } from '../plan/local-makers.ts'
import { NotPassed } from '../plan/not-passed.ts'
import { mayOutlive, outlives } from '../plan/outlives.ts'
import { passesAll } from '../plan/parameters.ts'
import { isEmptyObject, mayBeChanged } from '../plan/state.ts'
import type { Text } from '../plan/substitutes.ts'
import { changesObject, isRepeatable } from '../read/effects.ts'
import { propertyName } from '../read/expressions.ts'
import { requiredModule } from '../read/imports.ts'
import { isFresh } from '../read/pure-calls.ts'
import { shape } from '../read/shape.ts'
import { belongsTo, ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import { canBeUnset } from '../read/unset.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { applyEdits, type Edit } from './edits.ts'
import type { FileText } from './file-writer.ts'
import { Part } from './part.ts'

/** The variables of a function that a block makes. */
interface MadeLocals {
  /** What makes them, by where it stands. */
  texts: Map<Node, string>
  names: Set<string>
  /** Those that functions of the patch assign. */
  isState: Set<string>
  /** Functions put something into one of them: it has to be one for each call. */
  isFilled: boolean
}

/** Variables of functions that are no once-scopes, for closures that exist already: their declarations. */
export class Locals extends Part {
  readonly #locals = new Map<FunctionNode, MadeLocals>()
  readonly #makers = new Map<FunctionNode, LocalMakers>()
  readonly #notPassed = new Map<FunctionNode, NotPassed>()

  /**
   * A variable of a function around it. Functions that the running version has made do not have it where it is new, or
   * have it with another value: then a block makes it, for each call of the function around.
   */
  needed(use: Use, binding: Binding): void {
    const owner = ownerOf(binding.scope)
    const old = owner && this.file.pair.functions.get(owner)
    if (old === undefined) return
    const closure = this.source.functionAt(use)
    const changed = this.plan.replaced.changedFor(closure, binding, this.file, owner!)
    try {
      this.#needed(use, binding, owner!, old, changed)
    } catch (error) {
      const isOld = changed?.isIndirect || this.#isOfSameCall(binding, closure, owner!, old)
      if (!(error instanceof Cannot) || changed === undefined || !isOld) throw error
      this.#goesOn(use.node, changed.why)
    }
  }

  #needed(
    { node }: Use,
    { scope }: Binding,
    owner: FunctionNode,
    old: FunctionNode,
    changed: ChangedLocal | undefined,
  ): void {
    if (scope !== owner.body && scope !== owner.parameters) {
      if (changed === undefined) return
      throw new Cannot(node, `${changed.why}, and calls under way go on with theirs`, BY_HAND)
    }
    const isKnown = [old.body, old.parameters].some(({ names }) => names.has(node.name))
    if (isKnown && changed === undefined) {
      if (
        this.#isAssigned(node.name, old, this.file.pair.old) &&
        !this.#isAssigned(node.name, owner, this.source)
      )
        this.#goesOn(node, `'${node.name}' is given no other value any more`)
      return
    }
    if (changed !== undefined && this.#isFilled(old, node.name)) {
      const made = [old, owner].map(
        (fn) => localDeclarations(fn).find(({ id }) => id.name === node.name)?.init,
      )
      // One is used like the other.
      if (!made.every((init) => init && isEmptyObject(unwrap(init))))
        throw new Cannot(node, `${changed.why}, and the running one holds what was put into it`, BY_HAND)
      return this.#goesOn(node, changed.why)
    }
    this.#value(owner, old, node.name, node)
  }

  /**
   * Whether a variable is what one call makes in both versions, of something else, and functions that do nothing else than
   * before use it: like objects of a class, they keep what was made of what that got then.
   */
  #isOfSameCall(
    binding: Binding,
    closure: FunctionNode | undefined,
    owner: FunctionNode,
    old: FunctionNode,
  ): boolean {
    for (let at = closure; at !== owner; at = at.enclosing)
      if (at === undefined || this.file.pair.changed.has(at)) return false
    const was = old.body.names.get(binding.name)
    if (binding.assigned || was?.assigned !== false) return false
    const [before, now] = [old, owner].map(
      (fn) => localDeclarations(fn).find(({ id }) => id.name === binding.name)?.init,
    )
    if (!/^(Call|New)Expression$/.test(now?.type ?? '') || before?.type !== now.type) return false
    return requiredModule(now) === undefined && shape(before.callee) === shape(now.callee)
  }

  /** Whether functions inside of another one give a variable of that a value. */
  #isAssigned(name: string, { body, parameters }: FunctionNode, source: SourceFile): boolean {
    const binding = body.names.get(name) ?? parameters.names.get(name)
    return (
      binding?.assigned === true &&
      source.uses.some((use) => {
        if (!use.assigned || use.node.name !== name || source.bindingOf(use) !== binding) return false
        return source.functionAt(use) !== ownerOf(binding.scope)
      })
    )
  }

  /** Whether functions that the running version has made put something into a variable, or may. */
  #isFilled(old: FunctionNode, name: string): boolean {
    const { old: before } = this.file.pair
    return closuresFill(old, old.body.names.get(name) ?? old.parameters.names.get(name), before)
  }

  /** Whether functions that live on are all that use a variable: calls under way would lack what was put there before. */
  #isUsedByKept(binding: Binding, owner: FunctionNode): boolean {
    return this.source.usesOf(binding).every((use) => {
      const fn = this.source.functionAt(use)
      return fn === undefined || fn === owner || outlives(fn, this.source)
    })
  }

  /** A closure that lives on has what it is made from as it was. */
  #goesOn(node: Node, why: string): void {
    const fn = this.source.functionAround(node)
    if (fn === undefined || !mayOutlive(fn, this.source)) return
    this.plan.kept.set(`${this.file.path} ${why}`, {
      severity: 'note',
      file: this.file.path,
      line: this.source.lineOf(node.start),
      what: node.name,
      why: `${why}: functions made by the running version go on with theirs`,
      advice: 'have them made anew where that matters',
    })
  }

  /**
   * Whether a variable is the `this` of the function around it, and the running function, an arrow, is called with that
   * already: `const self = this; return function () { self.x }` was `return () => { this.x }`.
   */
  isThis(use: Use, binding: Binding, fn: FunctionNode): boolean {
    const owner = ownerOf(binding.scope)
    const old = this.file.pair.functions.get(fn)
    const oldOwner = owner && this.file.pair.functions.get(owner)
    if (old === undefined || oldOwner === undefined || binding.assigned || fn.this || fn.arrow) return false
    const declaration = localDeclarations(owner!).find(({ id }) => id.name === binding.name)
    if (declaration?.init?.type !== 'ThisExpression' || !old.arrow || !old.this) return false
    if (this.#anotherName(declaration, oldOwner) !== undefined) return false
    return aroundArrows(old) === oldOwner && isOwnThis(this.source.functionAt(use), fn)
  }

  /** What the running version calls the `this` of the function around an arrow, where the running function is not called with it. */
  thisAround(fn: FunctionNode, old: FunctionNode): string | undefined {
    const owner = aroundArrows(fn)
    const oldOwner = owner && this.file.pair.functions.get(owner)
    if (oldOwner === undefined || !isInside(old, oldOwner)) return undefined
    const name = this.#thisName(oldOwner)
    return name && `${this.writer.scopeName}.${name}`
  }

  /** What a block makes of the variables of a function. */
  #made(owner: FunctionNode): MadeLocals {
    const made = this.#locals.get(owner) ?? {
      texts: new Map(),
      names: new Set(),
      isState: new Set(),
      isFilled: false,
    }
    this.#locals.set(owner, made)
    return made
  }

  #value(owner: FunctionNode, old: FunctionNode, name: string, at: Node): void {
    const { texts, names, isState, isFilled } = this.#made(owner)
    const before = { texts: new Map(texts), names: new Set(names), isState: new Set(isState), isFilled }
    try {
      this.#add(owner, old, name, at)
    } catch (error) {
      this.#locals.set(owner, before)
      throw error
    }
  }

  #add(owner: FunctionNode, old: FunctionNode, name: string, at: Node): void {
    const made = this.#made(owner)
    if (made.names.has(name)) return
    const declaration = localDeclarations(owner).find((one) => one.id.name === name)
    const binding = owner.body.names.get(name) ?? owner.parameters.names.get(name)
    const changed = binding && this.plan.replaced.changedLocals(this.file, owner).get(binding)
    const gone =
      changed === undefined
        ? `'${name}' is a new variable of the function around it, which calls under way do not have`
        : `${changed.why}, and calls under way go on with theirs`
    const isAlias = changed === undefined && !binding?.assigned
    const running = isAlias ? this.#anotherName(declaration, old) : undefined
    if (running !== undefined) {
      made.names.add(name)
      made.texts.set(declaration!, `const ${name} = ${this.writer.scopeName}.${running}`)
      return
    }
    if (this.#addDefault(owner, old, name, gone)) return
    const maker = binding && this.#makersOf(owner).of(binding, at)
    if (maker === undefined) throw new Cannot(at, gone, BY_HAND)
    for (const one of maker.makes) {
      if (!closuresFill(owner, one, this.source)) continue
      const [begins, ...others] = maker.nodes
      const isBegun = others.length === 0 && (!begins!.init || unwrap(begins!.init).type === 'Literal')
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
      this.#isNotPassed(key, property, owner)
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

  /** What makes a variable, with the names that it has for a block. */
  #makerText(
    maker: Node,
    isOwn: (use: Use) => boolean,
    owner: FunctionNode,
    old: FunctionNode,
    gone: string,
  ): string {
    const notPassed = this.#notPassedTo(owner, old)
    const text = notPassed.reduce(maker)
    for (const name of notPassed.names) this.#isNotPassed(name, maker, owner)
    return this.#textOf(text, isOwn, owner, old, gone)
  }

  #textOf(
    { node, substitutes }: Text,
    isOwn: (use: Use) => boolean,
    owner: FunctionNode,
    old: FunctionNode,
    gone: string,
  ): string {
    if (node === undefined) return 'undefined'
    const edits: Edit[] = []
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

  #notPassedTo(owner: FunctionNode, old: FunctionNode): NotPassed {
    const known = this.#notPassed.get(owner)
    if (known !== undefined) return known
    const isHeld = (name: string): boolean => {
      const was = old.body.names.get(name) ?? old.parameters.names.get(name)
      return was !== undefined && this.file.names.bindings.has(was)
    }
    const made = new NotPassed(this.plan, this.file, { fn: owner, old, helpers: new Map(), isHeld })
    this.#notPassed.set(owner, made)
    return made
  }

  /** What closures that exist have of what the call that made them was not passed. */
  #isNotPassed(name: string, at: Node, owner: FunctionNode): void {
    const why = `'${name}' is taken as not passed to '${owner.paths[0]}', for functions that it has made before`
    this.plan.kept.set(`${this.file.path} ${why}`, {
      severity: 'note',
      file: this.file.path,
      line: this.source.lineOf(at.start),
      what: name,
      why,
      advice: 'have them made anew where somebody passes it',
    })
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
    const [told] = localDeclarations(old).filter(({ id, init }) => {
      const binding = init ? old.body.names.get(id.name) : undefined
      if (binding === undefined || binding.assigned || !this.file.names.bindings.has(binding)) return false
      const value = unwrap(init)
      return isFunction(value) || /^Class/.test(value.type) || isFresh(value)
    })
    return told?.id.name
  }

  /**
   * A parameter of a function around it that the running version does not have, and that code can do without: of calls
   * that returned before, nobody has passed it. What stands for it there.
   */
  unset({ node }: Use, { scope, assigned }: Binding): string | undefined {
    const owner = ownerOf(scope)
    const old = owner && this.file.pair.functions.get(owner)
    if (old === undefined || scope !== owner!.parameters || assigned || passesAll(old)) return undefined
    const taken = this.#unsetOption(node, owner!, old)
    if (taken !== undefined) return taken
    const { name } = node
    const params = (owner!.node.params as Node[]).slice(old.node.params.length)
    const param = params.find((one) => (one.left ?? one).name === name)
    if (param === undefined || this.plan.parameters.isPassedMore(owner!, this.file)) return undefined
    const { right } = param
    if (right?.type === 'Literal') return `(${this.source.slice(right)})`
    const isEmpty = right !== undefined && isEmptyObject(right)
    if (right !== undefined && !isEmpty) return undefined
    const uses = this.source.usesOf(scope.names.get(name)).filter((use) => use.node !== (param.left ?? param))
    if (!uses.every((use) => canBeUnset(use, this.source, isEmpty))) return undefined
    return isEmpty ? `(${this.source.slice(right)})` : 'undefined'
  }

  /** `{ a = 1 }` of the parameters, where the running version knows no such option. */
  #unsetOption(node: Node, owner: FunctionNode, old: FunctionNode): string | undefined {
    const isTaken = (owner.node.params as Node[]).some(
      (one) => (one.left ?? one).type === 'ObjectPattern' && boundNames(one).includes(node.name),
    )
    if (!isTaken || old.parameters.names.has(node.name)) return undefined
    const notPassed = this.#notPassedTo(owner, old)
    const text = notPassed.reduce(node)
    const isPlain = text.node === node ? text.substitutes.length > 0 : text.node?.type === 'Literal'
    if (!isPlain) return undefined
    for (const name of notPassed.names) this.#isNotPassed(name, node, owner)
    return `(${notPassed.print(text)})`
  }

  /** What the running version calls `this`: `var self = this`. */
  #anotherName(declaration: Node | undefined, old: FunctionNode): string | undefined {
    return declaration?.init?.type === 'ThisExpression' ? this.#thisName(old) : undefined
  }

  #thisName(old: FunctionNode): string | undefined {
    const names = localDeclarations(old)
      .filter(({ init }) => init?.type === 'ThisExpression')
      .map(({ id }) => id.name as string)
    return names.find((name) => {
      const binding = old.body.names.get(name)
      return binding !== undefined && !binding.assigned && this.file.names.bindings.has(binding)
    })
  }

  #use(use: Use, owner: FunctionNode, old: FunctionNode, edits: Edit[], gone: string): void {
    const { name } = use.node
    const was = old.body.names.get(name) ?? old.parameters.names.get(name)
    const binding = this.source.bindingOf(use)!
    const unset = this.unset(use, binding)
    if (unset !== undefined) this.writer.naming.replaceName(use.node, unset, edits)
    else if (was === undefined || this.plan.replaced.changedLocals(this.file, owner).has(binding)) {
      this.#value(owner, old, name, use.node)
      edits.push({ start: use.node.start, end: use.node.end, text: name })
    } else if (this.file.names.bindings.has(was)) {
      if (!this.#isSteady(use, binding, was, owner, old)) throw new Cannot(use.node, gone, BY_HAND)
      this.writer.naming.replaceName(use.node, `${this.writer.scopeName}.${name}`, edits)
    } else throw new Cannot(use.node, gone, BY_HAND)
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
    return [...this.#locals].flatMap(([owner, { texts, names, isState, isFilled }]) => {
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
    const { body, parameters } = this.file.pair.functions.get(owner)!
    const binding = owner.body.names.get(name) ?? owner.parameters.names.get(name)
    const isKnown = body.names.has(name) || parameters.names.has(name)
    return !isKnown || this.plan.replaced.changedLocals(this.file, owner).has(binding!)
  }
}

/** The function whose `this` an arrow has. */
function aroundArrows({ enclosing }: FunctionNode): FunctionNode | undefined {
  let at = enclosing
  while (at?.arrow) at = at.enclosing
  return at
}

function isOwnThis(at: FunctionNode | undefined, fn: FunctionNode): boolean {
  return at === fn || (at?.arrow === true && aroundArrows(at) === fn)
}

function isInside({ enclosing }: FunctionNode, outer: FunctionNode): boolean {
  let at = enclosing
  while (at !== undefined && at !== outer) at = at.enclosing
  return at === outer
}

/** A variable that functions of the patch assign. */
export function variable(name: string): string {
  return `get ${name}() { return ${name} }, set ${name}(value) { ${name} = value }`
}

/** Whether functions inside of another one put something into a variable of that, or may. */
function closuresFill(owner: FunctionNode, binding: Binding | undefined, source: SourceFile): boolean {
  const init: Node | undefined =
    localDeclarations(owner).find(({ id }) => id.name === binding?.name)?.init ?? undefined
  const changes = init === undefined ? changesObject : mayBeChanged(unwrap(init), false)
  return source
    .usesOf(binding)
    .some((use) => source.functionAt(use) !== owner && (use.assigned || changes(use, source)))
}

/** `const a = …` at the top of a function's body. */
function localDeclarations(fn: FunctionNode): Node[] {
  const { body } = fn.node
  if (body.type !== 'BlockStatement') return []
  return (body.body as Node[])
    .filter((one) => one.type === 'VariableDeclaration')
    .flatMap((one) => one.declarations as Node[])
    .filter((one) => one.id.type === 'Identifier')
}
