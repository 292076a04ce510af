import { types } from 'node:util'
import type { FunctionNode, Scope } from '../../instrument/scopes.ts'
import type { Rehearsed } from '../read/rehearsal.ts'
import type { Use } from '../read/source-file.ts'
import type { Once } from '../read/units.ts'
import { isCounter, isNumbered } from './counters.ts'
import { DataText } from './data-text.ts'
import type { FilePlan } from './file-plan.ts'
import { isBare, isObject } from './objects.ts'
import type { OncePlan } from './once-plan.ts'
import { isExports } from './places.ts'
import type { Plan } from './plan.ts'
import type { Difference, ListDifference, Place, RunningData } from './running-data.ts'
import { SameFunctions } from './same-functions.ts'
import type { Sources } from './sources.ts'
import { isOtherThan, isPutByItself, isTakenByItself } from './told-as-members.ts'
import { Untold } from './untold.ts'

/** A member that start-up code of the new version makes otherwise. */
interface Change {
  place: Place
  key: string
  /** Of one that is new. */
  enumerable: boolean
  old: unknown
  new: unknown
  had: boolean
  has: boolean
}

/** What objects are told by first. */
type Begin = 'exports' | 'modules' | 'prototypes'

/** How the data of one version, as its start-up code has left it, becomes that of the other. */
export class DataComparison {
  readonly #file: FilePlan
  readonly #sources: Sources
  readonly #before: Rehearsed
  readonly #after: Rehearsed
  /** Of each object of the new version, the one of the running version that it is, and where; and the other way round. */
  readonly #partners = new Map<object, { old: object; place: Place }>()
  readonly #taken = new Map<object, object>()
  /** Prototypes that have to be partners in the end, and what has them. */
  readonly #prototypes: [old: object, young: object, of: Place][] = []
  readonly #changes: Change[] = []
  readonly #lists: { place: Place; old: unknown[]; new: unknown[] }[] = []
  readonly #orders = new Map<object, { place: Place; keys: string[] }>()
  readonly #functions: SameFunctions
  readonly #text: DataText

  constructor(plan: Plan, file: FilePlan, sources: Sources, before: Rehearsed, after: Rehearsed) {
    this.#sources = sources
    this.#file = file
    this.#before = before
    this.#after = after
    const paths = { old: before.paths, new: after.paths }
    this.#functions = new SameFunctions(plan, file, sources, paths)
    this.#text = new DataText(file, sources, before, after, this.#partners, this.#taken)
  }

  /**
   * Objects are told by where they are met first: in what the module exports, or in what others do, where those of theirs
   * stand by themselves, or in what is exported and its prototypes, which names of the module may not lead to.
   */
  run(begin: Begin): Omit<RunningData, 'loads'> & { matches: Map<FunctionNode, FunctionNode> } {
    if (begin === 'modules') this.#compareModules()
    this.#compareExports()
    const prototypeOf = ({ keys, ...of }: Place): Place => ({
      ...of,
      keys: [...keys, begin === 'prototypes' ? '__proto__' : '[[prototype]]'],
    })
    if (begin === 'prototypes') this.#comparePrototypes(prototypeOf)
    const settled = new Map(this.#file.onces.map((once, i) => [once, this.#names(once, i)]))
    const globals = [this.#before.globals, this.#after.globals]
    for (const name of new Set(globals.flatMap((one) => Object.keys(one)))) {
      const [was, is] = globals.map((one) => one[name])
      if (!this.#isSame(was, is, { once: undefined, name, keys: ['[[global]]'] })) throw new Untold()
    }
    this.#comparePrototypes(prototypeOf)
    this.#compareClosures()
    for (const { new: value } of [...this.#changes, ...this.#lists]) this.#text.count(value)
    const [objects, lists] = [this.#objects(), this.#listed()]
    const { kept, matches } = this.#functions
    return { objects, lists, shared: this.#text.shared, settled, kept, matches }
  }

  /** What other modules export that are the same in both versions. */
  #compareModules(): void {
    for (const [path, is] of this.#after.modules) {
      const place: Place = { once: undefined, module: path, name: path, keys: [] }
      const was = this.#before.modules.get(path)
      const isSame = this.#before.modules.has(path) && this.#sources.isUnchanged(path)
      if (isSame && path !== this.#file.path && !this.#isSame(was, is, place)) throw new Untold()
    }
  }

  #compareExports(): void {
    const place: Place = { once: undefined, name: 'exports', keys: [] }
    if (!this.#isSame(this.#before.exports, this.#after.exports, place)) throw new Untold()
  }

  #comparePrototypes(placeFrom: (of: Place) => Place): void {
    for (let pair = this.#prototypes.pop(); pair !== undefined; pair = this.#prototypes.pop()) {
      const [was, is, of] = pair
      if (!this.#isSame(was, is, placeFrom(of))) throw new Untold()
    }
  }

  #names(once: OncePlan, i: number): Set<string> {
    const settled = new Set<string>()
    const [was, is] = [this.#before.names[i] ?? {}, this.#after.names[i] ?? {}]
    for (const name of Object.keys(is)) {
      if (!(name in was)) continue
      // What no function sees and nobody imports, nobody asks for once the module is loaded.
      const isOver =
        !this.#isImportable(name) && ![once.pair.old, once.pair.new].some((side) => isSeenLater(name, side))
      const place: Place = { once, name, keys: [] }
      if (isOver || this.#isSame(was[name], is[name], place) || isCounter(once, name)) settled.add(name)
      else if (!this.#isForPatch(once, name, was[name], is[name])) throw new Untold()
    }
    return settled
  }

  #isImportable(name: string): boolean {
    const { exports, pair } = this.#file
    const all = [...exports.old.values(), ...exports.new.values()]
    return pair.new.type === 'module' && all.some(({ local }) => local === name)
  }

  /** A constant that the patch makes anew by itself. */
  #isForPatch(once: OncePlan, name: string, was: unknown, is: unknown): boolean {
    const unit = once.unitOf(name)
    if (unit?.kind === 'import' || unit?.kind === 'function')
      return once.pair.pairs.some((one) => one.new === unit && one.changed)
    const isFixed = [once.pair.old, once.pair.new].every(
      ({ scope }) => scope.names.get(name)?.assigned === false,
    )
    const isPlain = [was, is].every((one) => !isObject(one) || types.isRegExp(one))
    const isChanged = once.pair.pairs.some((one) => one.new === unit && one.changed)
    return unit?.kind === 'variable' && isChanged && isFixed && isPlain
  }

  /** Whether a value is the running one, or becomes it by changes inside. */
  #isSame(was: unknown, is: unknown, place: Place): boolean {
    if (!isObject(was) || !isObject(is)) return isSamePrimitive(was, is)
    const [before, after] = [this.#before.known.get(was), this.#after.known.get(is)]
    if (before !== undefined || after !== undefined) return before === after
    const partner = this.#partners.get(is)
    if (partner !== undefined || this.#taken.has(was)) return partner?.old === was
    if (typeof was !== typeof is || Array.isArray(was) !== Array.isArray(is)) return false
    if (typeof is === 'function' && !this.#functions.isSame(was as () => unknown, is as () => unknown))
      return false
    if (types.isRegExp(was) || types.isRegExp(is)) {
      const isRegExp = types.isRegExp(was) && types.isRegExp(is)
      return isRegExp && String(was) === String(is) && was.lastIndex === is.lastIndex
    }
    this.#partners.set(is, { old: was, place })
    this.#taken.set(was, is)
    if (Array.isArray(was) && Object.isFrozen(was) !== Object.isFrozen(is)) throw new Untold()
    if (Array.isArray(was)) return this.#isSameList(was, is as unknown[], place)
    const path = this.#after.namespaces.get(is)
    if (path !== this.#before.namespaces.get(was)) throw new Untold()
    if (path !== undefined) this.#compareNamespaces(was, is, place, path === this.#file.path)
    else this.#compareObjects(was, is, place)
    return true
  }

  #compareObjects(was: object, is: object, place: Place): void {
    if (Object.isFrozen(was) !== Object.isFrozen(is)) throw new Untold()
    if ([was, is].some((one) => types.isProxy(one))) throw new Untold()
    if (types.isNativeError(was) !== types.isNativeError(is)) throw new Untold()
    const kinds = [
      types.isMap,
      types.isSet,
      types.isDate,
      types.isTypedArray,
      types.isAnyArrayBuffer,
      types.isPromise,
    ]
    if (kinds.some((isKind) => isKind(was) || isKind(is))) this.#compareOthers(was, is, place)
    const prototypes = [was, is].map((one) => Object.getPrototypeOf(one) as object | null)
    this.#inherits(prototypes[0]!, prototypes[1]!, place)
    const label = prototypes[1] === null ? 'Object.prototype' : this.#after.known.get(prototypes[1])
    const isPlain = typeof is !== 'function' && label === 'Object.prototype' && !isPrototype(is)
    const [olds, youngs] = [was, is].map((one) =>
      Reflect.ownKeys(one).filter((key) => !isOwnToFunctions(key, one) && !isTrace(key, one)),
    )
    for (const key of youngs!) {
      const [before, after] = [was, is].map((one) => Object.getOwnPropertyDescriptor(one, key))
      const inner = typeof key === 'symbol' ? undefined : { ...place, keys: [...place.keys, key] }
      if (before === undefined) this.#added(key, after!, was, place)
      else this.#compareMembers(before, after!, key, inner, place)
    }
    for (const key of olds!)
      if (!youngs!.includes(key)) this.#gone(key, Object.getOwnPropertyDescriptor(was, key)!, place, isPlain)
    if (!isPlain || isExports(place)) return
    const kept = [
      ...olds!.filter((key) => youngs!.includes(key)),
      ...youngs!.filter((key) => !olds!.includes(key)),
    ]
    if (kept.every((key, n) => key === youngs![n])) return
    if (youngs!.some((key) => typeof key === 'symbol')) throw new Untold()
    this.#orders.set(is, { place, keys: youngs as string[] })
  }

  /** What an ES module exports cannot be changed; what it has in a name is told of that name. */
  #compareNamespaces(was: object, is: object, place: Place, isOwn: boolean): void {
    const { old, new: young } = this.#file.exports
    const values = (of: object, key: string): unknown => Object.getOwnPropertyDescriptor(of, key)!.value
    for (const key of Object.keys(is)) {
      if (!(key in was)) {
        if (!isOwn || !young.has(key)) throw new Untold()
        continue
      }
      const isNamed = isOwn && young.get(key)?.local !== undefined
      const inner = { ...place, keys: [...place.keys, key] }
      if (!this.#isSame(values(was, key), values(is, key), inner) && !isNamed) throw new Untold()
    }
    if (Object.keys(was).some((key) => !(key in is) && !(isOwn && old.has(key)))) throw new Untold()
  }

  #inherits(was: object | null, is: object | null, of: Place): void {
    if (was === null || is === null) {
      if (was !== is) throw new Untold()
      return
    }
    const [before, after] = [this.#before.known.get(was), this.#after.known.get(is)]
    if (before !== after) throw new Untold()
    if (before === undefined) this.#prototypes.push([was, is, of])
  }

  /** Kinds of objects that are not changed where they are. */
  #compareOthers(was: object, is: object, place: Place): void {
    const contents = (one: object): unknown[] | undefined => {
      if (types.isMap(one)) return [...one].flat()
      if (types.isSet(one)) return [...one]
      return types.isTypedArray(one) && !(one instanceof DataView)
        ? [...(one as Iterable<unknown>)]
        : undefined
    }
    const [before, after] = [contents(was), contents(is)]
    if (types.isSet(was) && types.isSet(is) && !before!.some(isObject) && !after!.some(isObject)) {
      const isSame = before!.length === after!.length && before!.every((one, i) => Object.is(one, after![i]))
      if (!isSame) this.#lists.push({ place, old: before!, new: after! })
      return
    }
    if (before === undefined || after === undefined || before.length !== after.length) throw new Untold()
    const count = this.#changes.length + this.#lists.length + this.#orders.size
    const inner = { ...place, keys: [...place.keys, '[[contents]]'] }
    if (!before.every((one, i) => this.#isSame(one, after[i], inner))) throw new Untold()
    if (this.#changes.length + this.#lists.length + this.#orders.size !== count) throw new Untold()
  }

  #compareMembers(
    before: PropertyDescriptor,
    after: PropertyDescriptor,
    key: PropertyKey,
    inner: Place | undefined,
    place: Place,
  ): void {
    const isData = 'value' in before && 'value' in after
    const none: Place = inner ?? { ...place, keys: [...place.keys, '[[symbol]]'] }
    if (!isData) {
      const isSame = this.#isSame(before.get, after.get, none) && this.#isSame(before.set, after.set, none)
      if (!isSame || 'value' in before !== 'value' in after) throw new Untold()
      return
    }
    const count = this.#changes.length + this.#lists.length + this.#orders.size
    const isSame = this.#isSame(before.value, after.value, none)
    const isUnreached =
      inner === undefined && this.#changes.length + this.#lists.length + this.#orders.size !== count
    if (isUnreached || before.enumerable !== after.enumerable) throw new Untold()
    if (isSame || isNumbered(this.#file, before, after)) return
    if (inner === undefined || !before.configurable || !before.writable) throw new Untold()
    const change = { old: before.value as unknown, new: after.value as unknown, had: true, has: true }
    this.#changes.push({ place, key: String(key), enumerable: true, ...change })
  }

  #added(
    key: PropertyKey,
    { value, enumerable, get, set }: PropertyDescriptor,
    holder: object,
    place: Place,
  ): void {
    const isCode = typeof value === 'function' || get !== undefined || set !== undefined
    const told = isExports(place) ? this.#file.exports.new.get(String(key)) : undefined
    // What the text says of it may be what it begins with: `exports.a = null`, and a loop below.
    if (told !== undefined && isOtherThan(told.value, value)) throw new Untold()
    if (told !== undefined || (isCode && isPutByItself(this.#file, String(key)))) return
    const isFunction = typeof value === 'function' && typeof holder !== 'function' && !isPrototype(holder)
    if ((isCode && !isFunction) || typeof key === 'symbol' || !Object.isExtensible(holder)) throw new Untold()
    const change = { old: undefined, new: value as unknown, had: false, has: true }
    this.#changes.push({ place, key: String(key), enumerable: enumerable === true, ...change })
  }

  #gone(key: PropertyKey, descriptor: PropertyDescriptor, place: Place, isPlain: boolean): void {
    const isCode = typeof descriptor.value === 'function' || !('value' in descriptor)
    const isTold = isExports(place)
      ? this.#file.exports.old.has(String(key))
      : isCode && !isPlain && isTakenByItself(this.#file, String(key))
    if (isTold) return
    if (isCode || typeof key === 'symbol' || !descriptor.configurable) throw new Untold()
    const change = { old: descriptor.value as unknown, new: undefined, had: true, has: false }
    this.#changes.push({ place, key: String(key), enumerable: true, ...change })
  }

  #isSameList(was: unknown[], is: unknown[], place: Place): boolean {
    const [changes, lists] = [this.#changes.length, this.#lists.length]
    const [partners, orders] = [new Set(this.#partners.keys()), new Set(this.#orders.keys())]
    const isSame =
      was.length === is.length &&
      was.every((one, i) => this.#isSame(one, is[i], { ...place, keys: [...place.keys, i] }))
    if (isSame) return true
    if (Object.isFrozen(was) || !Object.isExtensible(was)) throw new Untold()
    // Its elements are told by what they are, not by where they stand.
    this.#changes.length = changes
    this.#lists.length = lists
    for (const [one, { old }] of this.#partners) {
      if (partners.has(one)) continue
      this.#partners.delete(one)
      this.#taken.delete(old)
    }
    for (const one of this.#orders.keys()) if (!orders.has(one)) this.#orders.delete(one)
    this.#lists.push({ place, old: was, new: is })
    return true
  }

  /** Closures of one text are the same where they see the same. */
  #compareClosures(): void {
    for (
      let pair = this.#functions.closures.pop();
      pair !== undefined;
      pair = this.#functions.closures.pop()
    ) {
      const [was, is] = [this.#before.seen.get(pair[0])?.(), this.#after.seen.get(pair[1])?.()]
      if (was === undefined || is === undefined) throw new Untold()
      const place: Place = { once: undefined, name: '', keys: ['[[variable]]'] }
      for (const name of Object.keys(is))
        if (name in was && !this.#isSame(was[name], is[name], place)) throw new Untold()
    }
  }

  #objects(): Difference[] {
    const found = new Map<string, Difference>()
    const at = (place: Place): Difference => {
      this.#text.checkReached(place)
      const id = `${this.#file.onces.indexOf(place.once!)} ${place.name} ${JSON.stringify(place.keys)}`
      const known = found.get(id) ?? { place, members: [], order: undefined }
      found.set(id, known)
      return known
    }
    for (const one of this.#changes)
      at(one.place).members.push({
        key: one.key,
        enumerable: one.enumerable,
        old: one.had ? this.#text.expression(one.old, 'old') : undefined,
        new: one.has ? this.#text.expression(one.new, 'new') : undefined,
      })
    for (const { place, keys } of this.#orders.values()) at(place).order = keys
    return [...found.values()]
  }

  #listed(): ListDifference[] {
    return this.#lists.map(({ place, old, new: is }) => {
      this.#text.checkReached(place)
      return {
        place,
        old: this.#text.expression(old, 'old'),
        new: this.#text.expression(is, 'new', [], true),
      }
    })
  }
}

export function isSeenLater(name: string, { file, scope, fn }: Once): boolean {
  const uses = [scope, fn?.parameters].flatMap((one) => file.usesOf(one?.names.get(name)))
  return uses.some((use) => {
    const at = file.functionAt(use)
    return (at !== fn && at?.node.hasRun !== true) || isInField(use)
  })
}

/** In what a class gives each of its objects. */
function isInField({ scope }: Use): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent)
    if (at.kind === 'initialiser') return true
  return false
}

export function isSamePrimitive(was: unknown, is: unknown): boolean {
  const areSymbols = typeof was === 'symbol' && typeof is === 'symbol'
  if (!areSymbols) return Object.is(was, is)
  return was.description === is.description && Symbol.keyFor(was) === Symbol.keyFor(is)
}

function isPrototype(one: object): boolean {
  const own = Object.getOwnPropertyDescriptor(one, 'constructor')
  return own !== undefined && !own.enumerable
}

/** Where an error was made, which says nothing of what is made of it (`E.prototype = new Error()`). */
export function isTrace(key: PropertyKey, holder: object): boolean {
  return key === 'stack' && types.isNativeError(holder)
}

export function isOwnToFunctions(key: PropertyKey, holder: object): boolean {
  if (typeof holder !== 'function') return false
  if (key === 'prototype')
    return !('value' in Object.getOwnPropertyDescriptor(holder, key)!) || isBare(holder.prototype)
  return /^(length|name|arguments|caller)$/.test(String(key))
}
