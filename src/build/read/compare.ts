import { groupBy } from '../../group-by.ts'
import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { closest } from './closest.ts'
import { compareClass } from './compare-class.ts'
import { type CompiledMember, compiledMembers } from './compiled-class.ts'
import type { FilePair, OncePair, UnitPair } from './file-pair.ts'
import { givenParts } from './given-parts.ts'
import { isMadeInside } from './made-inside.ts'
import { matchUnits } from './match-units.ts'
import { partsAlike } from './parts.ts'
import { runsOnce } from './runs-once.ts'
import { sameShape, shape } from './shape.ts'
import type { SourceFile } from './source-file.ts'
import { isSensitive } from './strictness.ts'
import { assignedValue, classOf, functionOf, objectOf } from './unit-values.ts'
import { type Once, onceOf, type Unit } from './units.ts'

/** Finds what differs between two versions of a file, on their trees. */
export function compareFiles(old: SourceFile, young: SourceFile): FilePair {
  return new Comparison(old, young).run()
}

/** Takes a function of the new version for what one of the old version has become, for a reason that is not in their text. */
export function matchFunctions(pair: FilePair, old: FunctionNode, young: FunctionNode): void {
  new Comparison(pair.old, pair.new, pair).function(old, young)
}

/** Goes through what both versions have, and notes what only one has. */
export class Comparison {
  readonly pair: FilePair

  constructor(old: SourceFile, young: SourceFile, pair?: FilePair) {
    this.pair = pair ?? {
      old,
      new: young,
      functions: new Map(),
      changed: new Set(),
      onces: [],
      addedMembers: [],
      statics: [],
      removedMembers: [],
      initialised: new Map(),
      given: { added: [], removed: [] },
      classes: [],
    }
  }

  run(): FilePair {
    const { pair } = this
    this.#once(onceOf(pair.old, undefined), onceOf(pair.new, undefined))
    return pair
  }

  function(old: FunctionNode, young: FunctionNode): void {
    const { pair } = this
    pair.functions.set(young, old)
    if (this.#isSame(old, young)) {
      this.#sequence(pair.old.functionsIn(old), pair.new.functionsIn(young))
    } else if (runsOnce(old, pair.old) && runsOnce(young, pair.new) && sameHead(old, young)) {
      this.#once(onceOf(pair.old, old), onceOf(pair.new, young))
    } else {
      pair.changed.add(young)
      this.#inFlight(old, young)
    }
  }

  #isSame(old: FunctionNode, young: FunctionNode): boolean {
    if (old === young) return true
    return (
      ownShape(old, this.pair.old) === ownShape(young, this.pair.new) &&
      (old.strict === young.strict || !isSensitive(young, this.pair.new))
    )
  }

  /** Functions inside a changed one, by what they are there: closures that exist already are theirs. */
  #inFlight(old: FunctionNode, young: FunctionNode): void {
    const olds = new Set(this.pair.old.functionsIn(old))
    const left = new Set(this.pair.new.functionsIn(young))
    const matched = (was: FunctionNode, is: FunctionNode): void => {
      olds.delete(was)
      left.delete(is)
      this.function(was, is)
    }
    // The same text first: a new function in front of an unchanged one must not take its place.
    for (const fn of left) {
      const role = roleOf(fn, this.pair.new)
      const match = [...olds].find((one) => roleOf(one, this.pair.old) === role && this.#isSame(one, fn))
      if (match !== undefined) matched(match, fn)
    }
    const before = groupBy(olds, (fn) => roleOf(fn, this.pair.old))
    for (const [role, fns] of groupBy(left, (fn) => roleOf(fn, this.pair.new)))
      for (const [was, is] of closest(before.get(role) ?? [], fns, this.pair)) matched(was, is)
    this.#renamedInside(olds, left)
  }

  /** Function expressions that have got another name of their own, or one at all, and are the only ones in their place. */
  #renamedInside(olds: ReadonlySet<FunctionNode>, youngs: ReadonlySet<FunctionNode>): void {
    const [before, after] = [handedOn(olds, this.pair.old), handedOn(youngs, this.pair.new)]
    for (const [place, [fn, ...more]] of after) {
      const [match, ...others] = before.get(place) ?? []
      if (match !== undefined && more.length + others.length === 0) this.function(match, fn!)
    }
  }

  #sequence(old: FunctionNode[], young: FunctionNode[]): void {
    young.forEach((fn, i) => {
      if (old[i] !== undefined) this.function(old[i], fn)
    })
  }

  #once(old: Once, young: Once): void {
    const pair = matchUnits(old, young)
    this.pair.onces.push(pair)
    for (const one of pair.pairs) this.#unit(one, pair)
    this.#renames(pair)
  }

  #unit(pair: UnitPair, { old: oldOnce, new: newOnce }: OncePair): void {
    const { old, new: young } = pair
    const [oldFunction, newFunction] = [functionOf(old), functionOf(young)]
    if (oldFunction && newFunction) {
      pair.changed = false
      this.function(this.pair.old.functionOf.get(oldFunction)!, this.pair.new.functionOf.get(newFunction)!)
      return
    }
    const [oldClass, newClass] = [classOf(old), classOf(young)]
    if (oldClass && newClass && pair.changed) {
      pair.changed = false
      compareClass(this, old, oldClass, newClass)
      return
    }
    const [oldObject, newObject] = [objectOf(old), objectOf(young)]
    if (oldObject && newObject && pair.changed) {
      this.parts(oldObject, newObject)
      return
    }
    if (pair.changed) {
      const [oldMembers, newMembers] = [compiledMembers(old.node), compiledMembers(young.node)]
      if (oldMembers && newMembers) this.#compiled(oldMembers, newMembers)
      else this.#given(pair)
      const [was, is] = [assignedValue(old), assignedValue(young)]
      if (pair.changed && was && is) this.parts(was, is)
      return
    }
    const inside = (unit: Unit, once: Once): FunctionNode[] =>
      once.file.functionsIn(once.fn).filter((fn) => unit.start <= fn.start && fn.end <= unit.end)
    const [was, is] = [inside(old, oldOnce), inside(young, newOnce)]
    if (isMadeInside(old, was, oldOnce) && isMadeInside(young, is, newOnce))
      pair.changed = !this.#isSame(was[0]!, is[0]!)
    else this.#sequence(was, is)
  }

  /**
   * `const C = extend({ … })`: functions of a literal that a call is given are wherever the call has put them. Where nothing
   * else of it differs, what it made stays.
   */
  #given(pair: UnitPair): void {
    const found = givenParts(pair.old, pair.new)
    if (found === undefined) return
    pair.changed = false
    for (const [was, is] of found.matched) this.inElement(was, is)
    const { added, removed } = this.pair.given
    added.push(...found.added.map((property) => ({ property, unit: pair.new })))
    removed.push(...found.removed.map((property) => ({ property, unit: pair.new })))
  }

  /** The functions in two versions of a part of the tree. */
  inElement(old: Node, young: Node): void {
    const inside = (file: SourceFile, node: Node): FunctionNode[] => {
      const isWithin = (fn: FunctionNode): boolean => node.start <= fn.start && fn.end <= node.end
      return file.analysis.functions.filter(
        (fn) =>
          isWithin(fn) &&
          file.functionsIn(fn.enclosing).includes(fn) &&
          !(fn.enclosing && isWithin(fn.enclosing)),
      )
    }
    this.#sequence(inside(this.pair.old, old), inside(this.pair.new, young))
  }

  /** Members that a compiler gives a class, by their names. */
  #compiled(old: ReadonlyMap<string, CompiledMember>, young: ReadonlyMap<string, CompiledMember>): void {
    for (const [key, { node }] of young) {
      const was = old.get(key)
      if (was !== undefined) this.inElement(was.node, node)
    }
  }

  /** The functions in two versions of a value that differ beside them. */
  parts(old: Node, young: Node): void {
    const { pair } = this
    for (const [was, is] of partsAlike(old, young))
      if (isFunction(is)) this.function(pair.old.functionOf.get(was)!, pair.new.functionOf.get(is)!)
      else this.inElement(was, is)
  }

  /** `const a = b ? f : g; module.exports = a` became `module.exports = b ? f : g`. */
  #declaredBefore(pair: UnitPair, { scope }: Once, removed: Unit[]): boolean {
    const [was, is] = [pair.old.value, pair.new.value]
    if (was?.type !== 'Identifier' || is === undefined || scope.names.get(was.name)?.assigned !== false)
      return false
    const declared = removed.find(({ kind, names }) => kind === 'variable' && names.join() === was.name)
    const init: Node | null | undefined = declared?.node.init
    if (!init || isFunction(unwrap(is)) || !sameShape(unwrap(init), unwrap(is))) return false
    removed.splice(removed.indexOf(declared!), 1)
    pair.changed = false
    this.inElement(init, is)
    return true
  }

  /** `module.exports = f` became `module.exports = g`, or `… = function …`: the function was renamed. */
  #renames({ pairs, old, new: young, added, removed, renamed }: OncePair): void {
    for (const pair of pairs) {
      if (!pair.changed) continue
      const [was, is] = [pair.old.value ?? pair.old.node.init, pair.new.value ?? pair.new.node.init]
      if (this.#declaredBefore(pair, old, removed)) continue
      const before = named(was, removed, old) ?? pair.old
      const after = named(is, added, young) ?? pair.new
      if (before === pair.old && after === pair.new) continue
      const makers = [functionOf(before), functionOf(after)]
      const classes = [classOf(before), classOf(after)]
      if (makers.includes(undefined) && classes.includes(undefined)) continue
      pair.changed = false
      if (before !== pair.old) removed.splice(removed.indexOf(before), 1)
      if (after !== pair.new) added.splice(added.indexOf(after), 1)
      if (is?.type === 'Identifier' && was?.type === 'Identifier') renamed.set(is.name, was.name)
      if (classes[0] !== undefined) compareClass(this, before, classes[0], classes[1]!)
      else this.function(old.file.functionOf.get(makers[0]!)!, young.file.functionOf.get(makers[1]!)!)
    }
  }
}

/** The function or class that an identifier means, among units that only one version has. */
function named(value: Node | undefined, units: Unit[], { scope }: Once): Unit | undefined {
  if (value?.type !== 'Identifier') return undefined
  const isMade = (one: Unit): boolean =>
    /^(function|class)$/.test(one.kind) ||
    (one.kind === 'variable' &&
      scope.names.get(value.name)?.assigned === false &&
      (functionOf(one) ?? classOf(one)) !== undefined)
  return units.find((one) => one.names[0] === value.name && isMade(one))
}

/** Own part: parameters, body and what kind of function it is. */
function ownShape(fn: FunctionNode, file: SourceFile): string {
  const isOfLiteral = fn.kind === 'method' && file.parent(fn.node)?.type === 'Property'
  // Of one that has run, the shape says what matters.
  const kind = fn.node.hasRun ? '' : isOfLiteral ? 'function' : fn.kind
  return `${kind}${shape({ ...fn.node, id: null } as Node)}`
}

/** What a function is in the one around it: its name or, without one, what it is handed to and where. */
function roleOf(fn: FunctionNode, file: SourceFile): string {
  const name = (fn.paths[0] ?? '').split('/').at(-1)!
  return name === '<anonymous>' ? placeOf(fn, file) : name
}

/** Function expressions that are returned, or given to a call, by where that is. */
function handedOn(fns: ReadonlySet<FunctionNode>, file: SourceFile): Map<string, FunctionNode[]> {
  const found = new Map<string, FunctionNode[]>()
  for (const fn of fns) {
    const { type } = file.parent(file.wrapped(fn.node))!
    if (!/^(Return|Call|New|Arrow)/.test(type)) continue
    const place = placeOf(fn, file)
    found.set(place, [...(found.get(place) ?? []), fn])
  }
  return found
}

/** Where a function expression stands in the one around it. */
function placeOf(fn: FunctionNode, file: SourceFile): string {
  const node = file.wrapped(fn.node)
  const parent = file.parent(node)
  // What an arrow gives is returned.
  if (parent?.type === 'ArrowFunctionExpression') return 'in ReturnStatement'
  if (parent?.type !== 'CallExpression' && parent?.type !== 'NewExpression') return `in ${parent?.type}`
  if (parent.callee === node) return 'called'
  const callee = unwrap(parent.callee)
  const to = callee.type === 'MemberExpression' && !callee.computed ? callee.property.name : callee.name
  return `${to} ${(parent.arguments as Node[]).indexOf(node)}`
}

function sameHead(a: FunctionNode, b: FunctionNode): boolean {
  const head = (fn: FunctionNode): string => fn.node.params.map(shape).join()
  return head(a) === head(b)
}
