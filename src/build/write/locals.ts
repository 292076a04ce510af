import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { type ChangedLocal, makingsOf } from '../plan/changed-locals.ts'
import { usesCall } from '../plan/initialiser.ts'
import { mayOutlive, outlives } from '../plan/outlives.ts'
import { isEmptyObject, mayBeChanged } from '../plan/state.ts'
import { changesObject, isRepeatable } from '../read/effects.ts'

import { belongsTo, ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { applyEdits, type Edit } from './edits.ts'
import type { FileText } from './file-writer.ts'
import { Part } from './part.ts'

/** Variables of functions that are no once-scopes, for closures that exist already: their declarations. */
export class Locals extends Part {
  readonly #locals = new Map<FunctionNode, Map<string, string>>()

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
      if (!(error instanceof Cannot) || !changed?.isIndirect) throw error
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
    if (isKnown && changed === undefined) return
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

  /** Whether functions that the running version has made put something into a variable, or may. */
  #isFilled(old: FunctionNode, name: string): boolean {
    const { old: before } = this.file.pair
    return closuresFill(old, old.body.names.get(name) ?? old.parameters.names.get(name), before)
  }

  /** Whether functions that live on are all that use a variable: calls under way would lack what was put there before. */
  #isUsedByKept(binding: Binding, owner: FunctionNode): boolean {
    return this.source.uses.every((use) => {
      if (use.node.name !== binding.name || this.source.bindingOf(use) !== binding) return true
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

  #value(owner: FunctionNode, old: FunctionNode, name: string, at: Node): void {
    const before = new Map(this.#locals.get(owner))
    try {
      this.#add(owner, old, name, at)
    } catch (error) {
      this.#locals.set(owner, before)
      throw error
    }
  }

  #add(owner: FunctionNode, old: FunctionNode, name: string, at: Node): void {
    const values = this.#locals.get(owner) ?? new Map<string, string>()
    this.#locals.set(owner, values)
    if (values.has(name)) return
    const declaration = localDeclarations(owner).find((one) => one.id.name === name)
    const fn = localFunction(owner, name)
    const binding = owner.body.names.get(name) ?? owner.parameters.names.get(name)
    const changed = binding && this.plan.replaced.changedLocals(this.file, owner).get(binding)
    const gone =
      changed === undefined
        ? `'${name}' is a new variable of the function around it, which calls under way do not have`
        : `${changed.why}, and calls under way go on with theirs`
    const isAlias = changed === undefined && !binding?.assigned
    const running = isAlias ? this.#anotherName(declaration, old) : undefined
    if (running !== undefined) {
      values.set(name, `const ${name} = ${this.writer.scopeName}.${running}`)
      return
    }
    const makings = (binding && makingsOf(owner, this.source).get(binding)?.nodes) ?? []
    const begins = declaration?.init && unwrap(declaration.init)
    // What closures assign later begins as in a new call.
    const isSetLater = binding?.assigned && changed === undefined && begins?.type === 'Literal'
    const isWhole = (!binding?.assigned || isSetLater) && makings.length <= 1
    const made: Node | undefined = isWhole ? (fn ?? declaration?.init ?? undefined) : undefined
    const chosen = made === undefined ? chosenBetween(declaration, binding, owner, this.source) : undefined
    const maker = made ?? chosen
    if (maker === undefined || (made && (!isRepeatable(made) || usesCall(made))))
      throw new Cannot(at, gone, BY_HAND)
    if (binding && closuresFill(owner, binding, this.source)) this.#checkFilled(binding, owner, old, at, gone)
    values.set(name, '')
    const isOwn = (use: Use): boolean => use.node === fn?.id || this.source.bindingOf(use) === binding
    const text = this.#makerText(maker, isOwn, owner, old, gone)
    // After those that it needs.
    values.delete(name)
    const keyword = isSetLater ? 'let' : 'const'
    const head = fn !== undefined ? '' : chosen === undefined ? `${keyword} ${name} = ` : `let ${name}; `
    values.set(name, head + text)
  }

  /** Something that functions fill is made for each call, and nothing may have used the call's before. */
  #checkFilled(binding: Binding, owner: FunctionNode, old: FunctionNode, at: Node, gone: string): void {
    const why = `'${binding.name}' is new, functions put something into it, and nothing tells for which call of the function around it`
    if (!this.#isOnePerCall(old)) throw new Cannot(at, why, BY_HAND)
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
    const edits: Edit[] = []
    for (const use of this.source.usesIn(maker)) {
      const meant = this.source.bindingOf(use)
      if (meant === undefined || isOwn(use)) continue
      if (meant.scope === owner.body || meant.scope === owner.parameters)
        this.#use(use, owner, old, edits, gone)
      else if (!belongsTo(meant.scope, owner))
        this.writer.naming.replaceName(use.node, this.writer.naming.free(use, meant, owner, undefined), edits)
    }
    this.writer.memberEdits.add(maker, edits)
    return applyEdits(this.source.text, maker, edits)
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
    if (was === undefined || this.plan.replaced.changedLocals(this.file, owner).has(binding)) {
      this.#value(owner, old, name, use.node)
      edits.push({ start: use.node.start, end: use.node.end, text: name })
    } else if (this.file.names.bindings.has(was)) {
      if (!this.#isSteady(use, binding, was, owner, old)) throw new Cannot(use.node, gone, BY_HAND)
      this.writer.naming.replaceName(use.node, `${this.writer.scopeName}.${name}`, edits)
    } else {
      // An option that the running version does not know is one that nobody has set.
      const parent = this.source.parent(use.node)
      const option =
        parent?.type === 'MemberExpression' && !parent.computed ? parent.property.name : undefined
      const isNew =
        option !== undefined &&
        !this.plan.knewMember(option, this.file) &&
        isOptional(this.source.parent(parent!))
      if (!isNew) throw new Cannot(use.node, gone, BY_HAND)
      edits.push({ start: parent!.start, end: parent!.end, text: 'undefined' })
    }
  }

  /** Whether what is read when the block is made is what it was when the variable got its value in the new version. */
  #isSteady(use: Use, young: Binding, was: Binding, owner: FunctionNode, old: FunctionNode): boolean {
    if (this.source.functionAt(use) !== owner) return true
    const { old: before } = this.file.pair
    const isLater = (one: Use, fn: FunctionNode, source: SourceFile): boolean =>
      one.node.name === use.node.name && one.assigned && source.functionAt(one) !== fn
    return (
      !before.uses.some((one) => isLater(one, old, before) && before.bindingOf(one) === was) &&
      !this.source.uses.some((one) => {
        const isAfter = one.assigned && one.node.name === use.node.name && one.node.start > use.node.start
        return (isAfter || isLater(one, owner, this.source)) && this.source.bindingOf(one) === young
      })
    )
  }

  /** What makes them. */
  blocks(): FileText['scopes'] {
    return [...this.#locals].flatMap(([owner, values]) => {
      if (values.size === 0) return []
      const directive = owner.strict && !this.source.analysis.module.strict ? [`'use strict';`] : []
      const isAssigned = (name: string): boolean => owner.body.names.get(name)?.assigned === true
      const returned = [...values.keys()].map((name) => (isAssigned(name) ? variable(name) : name))
      const texts = [...directive, ...values.values(), `return { ${returned.join(', ')} }`]
      const chunks = texts.map((text) => ({ text }))
      const path = this.writer.uniquePath(this.file.pair.functions.get(owner)!)
      return [{ path, chunks, names: [...values.keys()], line: this.source.lineOf(owner.start) }]
    })
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
  return source.uses.some((use) => {
    if (use.node.name !== binding?.name || source.bindingOf(use) !== binding) return false
    return source.functionAt(use) !== owner && (use.assigned || changes(use, source))
  })
}

/** Whether code around an option can do without it: it does not count with it, or look into it. */
function isOptional(around: Node | undefined): boolean {
  if (around?.type === 'MemberExpression') return false
  return around?.type !== 'BinaryExpression' || /^[!=]==?$|^in$|^instanceof$/.test(around.operator)
}

/** `let f; if (a) f = function … else f = function …`: the statement, where it does nothing else. */
function chosenBetween(
  declaration: Node | undefined,
  binding: Binding | undefined,
  { node, body }: FunctionNode,
  source: SourceFile,
): Node | undefined {
  if (declaration === undefined || declaration.init || binding?.scope !== body) return undefined
  const statements = (node.body.body as Node[]).filter((one) => one.type === 'IfStatement')
  const chosen = statements.find((one) => one.start > declaration.end && choosesIn(one, binding.name))
  if (chosen === undefined) return undefined
  const isElsewhere = source.uses.some(
    (use) =>
      use.assigned &&
      use.node.name === binding.name &&
      (use.node.start < chosen.start || use.node.end > chosen.end) &&
      source.bindingOf(use) === binding,
  )
  return isElsewhere ? undefined : chosen
}

/** Whether a statement does nothing but give a name one of some functions. */
function choosesIn({ type, test, consequent, alternate, body, expression }: Node, name: string): boolean {
  if (type === 'BlockStatement') return body.length === 1 && choosesIn(body[0], name)
  if (type === 'IfStatement') {
    const isPure = isRepeatable(test) && !usesCall(test)
    return isPure && choosesIn(consequent, name) && (!alternate || choosesIn(alternate, name))
  }
  if (type !== 'ExpressionStatement' || expression.type !== 'AssignmentExpression') return false
  const { left, right, operator } = expression
  return operator === '=' && left.name === name && isFunction(right) && !usesCall(right)
}

/** `function name() { … }` at the top of a function's body. */
function localFunction({ node }: FunctionNode, name: string): Node | undefined {
  const statements: Node[] = node.body.type === 'BlockStatement' ? node.body.body : []
  return statements.find(({ type, id }) => type === 'FunctionDeclaration' && id.name === name)
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
