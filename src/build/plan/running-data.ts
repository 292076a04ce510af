import { isDeepStrictEqual, types } from 'node:util'
import { unwrap } from '../../instrument/parse.ts'
import type { FunctionNode, Scope } from '../../instrument/scopes.ts'
import { matchFunctions } from '../read/compare.ts'
import { isExportOnly } from '../read/exports.ts'
import type { Version } from '../read/folder.ts'
import { type Rehearsed, rehearse, seenOfCall, textOf, type World } from '../read/rehearsal.ts'
import { SourceFile, type Use } from '../read/source-file.ts'
import { classOf, functionOf } from '../read/unit-values.ts'
import type { Once, Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'

/** Where a running object is: by what the module exports or what a name of it holds, and keys from there. */
export interface Place {
  once: OncePlan | undefined
  name: string
  keys: readonly (string | number)[]
}

/** A value as an expression: text, and running objects and functions of the new version that are part of it. */
export type Expression = (string | Place | FunctionNode)[]

/** What the new version's start-up code makes otherwise of a running object. */
export interface Difference {
  place: Place
  /** Without a value: it has none. */
  members: { key: string; old: Expression | undefined; new: Expression | undefined }[]
  /** The order of its keys, where that is another one. */
  order: string[] | undefined
}

/** What the name of a new object begins with that stands at several places. */
export const SHARED = '$shared'

/** A list with other elements. */
export interface ListDifference {
  place: Place
  old: Expression
  new: Expression
}

/** What start-up code of both versions has made of a module's data, and how one becomes the other. */
export interface RunningData {
  objects: Difference[]
  lists: ListDifference[]
  /** New objects that stand at several places: each with its name, SHARED and its number. */
  shared: Expression[]
  /** Names that hold the same, or what is changed where it is. */
  settled: ReadonlyMap<OncePlan, ReadonlySet<string>>
  /** Functions of the new version that are the running ones, and that are not replaced. */
  kept: ReadonlySet<FunctionNode>
}

interface Found {
  fn: FunctionNode
  source: SourceFile
}

/** It cannot be told how one becomes the other. */
class Untold extends Error {}

/**
 * Runs what both versions of a module do at start-up in isolation, and compares what comes of it. Undefined where that needs
 * more than the language, or differs in more than data that can be changed where it is.
 */
export function runningData(plan: Plan, file: FilePlan, young: Version['files']): RunningData | undefined {
  const { old, new: is } = file.pair
  if (old.type === 'module' || is.type === 'module') return undefined
  const sources = new Sources(plan, young)
  const [found, other] = WORLDS.map((world) => comparedIn(world, plan, file, young, sources))
  // What depends on the process that it runs in cannot be told beforehand.
  if (found === undefined || other === undefined || !isDeepStrictEqual(textsOf(found), textsOf(other)))
    return undefined
  for (const [is, was] of found.matches) matchFunctions(file.pair, was, is)
  return found
}

/** As different as programs can be that run the module. */
const WORLDS: readonly World[] = [
  { platform: 'linux', version: 'v20.19.0', variable: undefined, hasMembers: true },
  { platform: 'win32', version: 'v26.0.0', variable: '1', hasMembers: false },
]

function comparedIn(
  world: World,
  plan: Plan,
  file: FilePlan,
  young: Version['files'],
  sources: Sources,
): (RunningData & { matches: Map<FunctionNode, FunctionNode> }) | undefined {
  const run = (side: 'old' | 'new'): Rehearsed | undefined => {
    const files = side === 'old' ? plan.running : young
    const onces = file.onces.map(({ pair }) => pair[side])
    return rehearse(files, file.path, onces, (path) => sources.of(path, side), world)
  }
  const [before, after] = [run('old'), run('new')]
  if (before === undefined || after === undefined) return undefined
  try {
    return new Comparison(plan, file, sources, before, after).run()
  } catch (error) {
    if (error instanceof Untold) return undefined
    throw error
  }
}

function textsOf({ objects, lists, shared }: RunningData): unknown {
  const text = (parts: Expression | undefined): unknown =>
    parts?.map((one) => (typeof one === 'string' ? one : 'keys' in one ? [one.name, one.keys] : one.start))
  return [
    shared.map(text),
    objects.map(({ place, members, order }) => [
      [place.name, place.keys],
      members.map(({ key, old, new: is }) => [key, text(old), text(is)]),
      order,
    ]),
    lists.map(({ place, old, new: is }) => [[place.name, place.keys], text(old), text(is)]),
  ]
}

/** Whether start-up code differs that does more than to declare functions and to export them. */
export function differsAtStart(file: FilePlan): boolean {
  return file.pair.onces.some(({ added, removed, pairs, old, new: is }) => {
    const differs = (unit: Unit, once: typeof old): boolean =>
      unit.kind === 'variable' || (unit.kind === 'statement' && !isExportOnly(unit, once))
    return (
      added.some((unit) => differs(unit, is)) ||
      removed.some((unit) => differs(unit, old)) ||
      pairs.some(({ changed, new: unit }) => changed && differs(unit, is))
    )
  })
}

/** Files of both versions, those that do not differ too. */
class Sources {
  readonly #plan: Plan
  readonly #young: Version['files']
  readonly #same = new Map<string, SourceFile>()
  /** Functions of the new version and what they were, and the latter. */
  readonly pairs: ReadonlyMap<FunctionNode, FunctionNode>
  readonly paired: ReadonlySet<FunctionNode>

  constructor(plan: Plan, young: Version['files']) {
    this.#plan = plan
    this.#young = young
    this.pairs = new Map([...plan.files.values()].flatMap(({ pair }) => [...pair.functions]))
    this.paired = new Set(this.pairs.values())
  }

  of(path: string, side: 'old' | 'new'): SourceFile | undefined {
    const own = this.#plan.files.get(path)?.pair[side] ?? this.#same.get(path)
    const file = this.#plan.running.get(path)
    if (own !== undefined || file === undefined || this.#young.get(path)?.text !== file.text) return own
    const source = SourceFile.read(path, file.text, file.type, [])
    this.#same.set(path, source)
    return source
  }
}

class Comparison {
  readonly #plan: Plan
  readonly #file: FilePlan
  readonly #sources: Sources
  readonly #before: Rehearsed
  readonly #after: Rehearsed
  /** Of each object of the new version, the one of the running version that it is, and where; and the other way round. */
  readonly #partners = new Map<object, { old: object; place: Place }>()
  readonly #taken = new Map<object, object>()
  /** Prototypes that have to be partners in the end. */
  readonly #prototypes: [old: object, young: object][] = []
  readonly #changes: { place: Place; key: string; old: unknown; new: unknown; had: boolean; has: boolean }[] =
    []
  readonly #lists: { place: Place; old: unknown[]; new: unknown[] }[] = []
  readonly #orders = new Map<object, { place: Place; keys: string[] }>()
  /** Functions that see variables of the call that made them. */
  readonly #closures: [old: () => unknown, young: () => unknown][] = []
  /** Functions that stand where others stood. */
  readonly #matches = new Map<FunctionNode, FunctionNode>()
  readonly #kept = new Set<FunctionNode>()
  /** How often new objects stand somewhere. */
  readonly #places = new Map<object, number>()
  readonly #sharedNames = new Map<object, string>()
  readonly #shared: Expression[] = []
  readonly #stays = new Set<FunctionNode>()
  readonly #functions = new Map<SourceFile, Map<string, FunctionNode[]>>()

  constructor(plan: Plan, file: FilePlan, sources: Sources, before: Rehearsed, after: Rehearsed) {
    this.#sources = sources
    this.#plan = plan
    this.#file = file
    this.#before = before
    this.#after = after
  }

  run(): RunningData & { matches: Map<FunctionNode, FunctionNode> } {
    const exported: Place = { once: undefined, name: 'exports', keys: [] }
    if (!this.#isSame(this.#before.exports, this.#after.exports, exported)) throw new Untold()
    const settled = new Map(this.#file.onces.map((once, i) => [once, this.#names(once, i)]))
    const globals = [this.#before.globals, this.#after.globals]
    for (const name of new Set(globals.flatMap((one) => Object.keys(one)))) {
      const [was, is] = globals.map((one) => one[name])
      if (!isObject(is) ? !Object.is(was, is) : this.#partners.get(is)?.old !== was) throw new Untold()
    }
    const unseen: Place = { once: undefined, name: '', keys: ['[[prototype]]'] }
    for (let pair = this.#prototypes.pop(); pair !== undefined; pair = this.#prototypes.pop())
      if (!this.#isSame(...pair, unseen)) throw new Untold()
    this.#compareClosures()
    for (const { new: value } of [...this.#changes, ...this.#lists]) this.#count(value)
    const [objects, lists] = [this.#objects(), this.#listed()]
    return { objects, lists, shared: this.#shared, settled, kept: this.#kept, matches: this.#matches }
  }

  #names(once: OncePlan, i: number): Set<string> {
    const settled = new Set<string>()
    const [was, is] = [this.#before.names[i] ?? {}, this.#after.names[i] ?? {}]
    for (const name of Object.keys(is)) {
      if (!(name in was)) continue
      // What no function sees, nobody asks for once the module is loaded.
      const isOver = ![once.pair.old, once.pair.new].some((side) => isSeenLater(name, side))
      const place: Place = { once, name, keys: [] }
      if (isOver || this.#isSame(was[name], is[name], place) || isCounter(once, name)) settled.add(name)
      else if (!this.#isForPatch(once, name, was[name], is[name])) throw new Untold()
    }
    return settled
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
    if (typeof is === 'function' && !this.#isSameFunction(was as () => unknown, is as () => unknown))
      return false
    if (types.isRegExp(was) || types.isRegExp(is)) {
      const isRegExp = types.isRegExp(was) && types.isRegExp(is)
      return isRegExp && String(was) === String(is) && was.lastIndex === is.lastIndex
    }
    this.#partners.set(is, { old: was, place })
    this.#taken.set(was, is)
    if (Array.isArray(was) && Object.isFrozen(was) !== Object.isFrozen(is)) throw new Untold()
    if (Array.isArray(was)) return this.#isSameList(was, is as unknown[], place)
    this.#compareObjects(was, is, place)
    return true
  }

  #compareObjects(was: object, is: object, place: Place): void {
    if (Object.isFrozen(was) !== Object.isFrozen(is)) throw new Untold()
    if ([was, is].some((one) => types.isProxy(one) || types.isNativeError(one))) throw new Untold()
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
    this.#comparePrototypes(prototypes[0]!, prototypes[1]!)
    const label = prototypes[1] === null ? 'Object.prototype' : this.#after.known.get(prototypes[1])
    const isPlain = typeof is !== 'function' && label === 'Object.prototype' && !isPrototype(is)
    const [olds, youngs] = [was, is].map((one) =>
      Reflect.ownKeys(one).filter((key) => !isOwnToFunctions(key, one)),
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

  #comparePrototypes(was: object | null, is: object | null): void {
    if (was === null || is === null) {
      if (was !== is) throw new Untold()
      return
    }
    const [before, after] = [this.#before.known.get(was), this.#after.known.get(is)]
    if (before !== after) throw new Untold()
    if (before === undefined) this.#prototypes.push([was, is])
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
    if (isSame || this.#isNumbered(before, after)) return
    if (inner === undefined || !before.configurable || !before.writable) throw new Untold()
    this.#changes.push({ place, key: String(key), old: before.value, new: after.value, had: true, has: true })
  }

  /** The number that an object has got from a counter, for good: objects made before have theirs. */
  #isNumbered(before: PropertyDescriptor, after: PropertyDescriptor): boolean {
    const isNumber = [before, after].every(
      ({ value, enumerable, writable }) => Number.isInteger(value) && !enumerable && !writable,
    )
    return (
      isNumber &&
      this.#file.onces.some((once) => [...once.scope.names.keys()].some((name) => isCounter(once, name)))
    )
  }

  #added(
    key: PropertyKey,
    { value, enumerable, get, set }: PropertyDescriptor,
    holder: object,
    place: Place,
  ): void {
    const isCode = typeof value === 'function' || get !== undefined || set !== undefined
    const isTold = isExports(place) && this.#file.exports.new.has(String(key))
    if (isTold || (isCode && this.#isPutByItself(String(key)))) return
    const isFunction = typeof value === 'function' && typeof holder !== 'function' && !isPrototype(holder)
    if ((isCode && !isFunction) || typeof key === 'symbol' || !enumerable || !Object.isExtensible(holder))
      throw new Untold()
    this.#changes.push({ place, key: String(key), old: undefined, new: value, had: false, has: true })
  }

  /** A function that the builder gives to its object, or calls as one of the patch. */
  #isPutByItself(key: string): boolean {
    const { onces, helpers, pair, inPlace } = this.#file
    if (helpers.has(key) || pair.addedMembers.some(({ element }) => element.key.name === key)) return true
    if ([...inPlace.literals.values()].some((changes) => changes.some((one) => one.key === key))) return true
    return onces.some(({ pair: { added } }) =>
      added.some((unit) => {
        if (unit.key.startsWith('call Object.defineProperty '))
          return unwrap(unit.node.expression).arguments[1]?.value === key
        return functionOf(unit) && unit.targets?.some(({ path }) => path.split('.').at(-1) === key)
      }),
    )
  }

  /** A function whose end is told as that of a method. */
  #isTakenByItself(key: string): boolean {
    const { onces, pair } = this.#file
    if (pair.removedMembers.some(({ element }) => element.key.name === key)) return true
    return onces.some(({ pair: { removed } }) =>
      removed.some(
        (unit) => functionOf(unit) && unit.targets?.some(({ path }) => path.split('.').at(-1) === key),
      ),
    )
  }

  #gone(key: PropertyKey, descriptor: PropertyDescriptor, place: Place, isPlain: boolean): void {
    const isCode = typeof descriptor.value === 'function' || !('value' in descriptor)
    const isTold = isExports(place)
      ? this.#file.exports.old.has(String(key))
      : isCode && !isPlain && this.#isTakenByItself(String(key))
    if (isTold) return
    if (isCode || typeof key === 'symbol' || !descriptor.configurable) throw new Untold()
    this.#changes.push({
      place,
      key: String(key),
      old: descriptor.value,
      new: undefined,
      had: true,
      has: false,
    })
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

  #isSameFunction(was: () => unknown, is: () => unknown): boolean {
    const [before, after] = [was, is].map(textOf)
    if (after!.startsWith('class')) return this.#isSameClass(before!, after!)
    const [olds, youngs] = [this.#nodesOf(before!, 'old'), this.#nodesOf(after!, 'new')]
    if (olds.length === 0 || youngs.length === 0) throw new Untold()
    if (youngs.some(({ fn, source }) => seenOfCall(fn, source).length > 0)) this.#closures.push([was, is])
    if (youngs.some(({ fn }) => olds.some((one) => one.fn === this.#sources.pairs.get(fn)))) return true
    if (this.#isMatch(olds, youngs)) return true
    if (before !== after) return false
    // Of two places of one function, one would get another.
    if (olds.some(({ fn }) => [...this.#matches.values()].includes(fn))) throw new Untold()
    for (const { fn } of olds) this.#stays.add(fn)
    for (const { fn, source } of youngs) if (source === this.#file.pair.new) this.#kept.add(fn)
    return true
  }

  /** A function of the module that stands where another one stood: it is what that has become. */
  #isMatch(olds: Found[], youngs: Found[]): boolean {
    const [old, young] = [olds[0]!, youngs[0]!]
    const { pair } = this.#file
    const isOne =
      olds.length === 1 && youngs.length === 1 && old.source === pair.old && young.source === pair.new
    const isFree = !this.#sources.pairs.has(young.fn) && !this.#sources.paired.has(old.fn)
    if (!isOne || !isFree || this.#stays.has(old.fn) || old.fn.kind !== young.fn.kind) return false
    const known = this.#matches.get(young.fn)
    if (known === undefined && [...this.#matches.values()].includes(old.fn)) return false
    this.#matches.set(young.fn, old.fn)
    return known === undefined || known === old.fn
  }

  #isSameClass(before: string, after: string): boolean {
    return [...this.#plan.files.values()]
      .flatMap(({ onces }) => onces)
      .some(({ pair, file }) =>
        pair.pairs.some(({ old, new: is }) => {
          const [was, now] = [classOf(old), classOf(is)]
          return was && now && file.pair.old.slice(was) === before && file.pair.new.slice(now) === after
        }),
      )
  }

  /** The functions that look like one. */
  #nodesOf(text: string, side: 'old' | 'new'): Found[] {
    const { paths } = side === 'old' ? this.#before : this.#after
    return paths.flatMap((path) => {
      const source = this.#sources.of(path, side)
      return source === undefined ? [] : (this.#textsOf(source).get(text) ?? []).map((fn) => ({ fn, source }))
    })
  }

  #textsOf(source: SourceFile): Map<string, FunctionNode[]> {
    const known = this.#functions.get(source)
    if (known !== undefined) return known
    const found = new Map<string, FunctionNode[]>()
    for (const fn of source.analysis.functions) {
      const parent = source.parent(fn.node)
      const isMethod =
        parent?.type === 'MethodDefinition' || (parent?.type === 'Property' && parent.value === fn.node)
      const texts = [source.slice(fn.node)]
      if (isMethod) texts.push(source.slice(parent!).replace(/^static\s+/, ''))
      for (const text of texts) found.set(text, [...(found.get(text) ?? []), fn])
    }
    this.#functions.set(source, found)
    return found
  }

  /** Closures of one text are the same where they see the same. */
  #compareClosures(): void {
    for (let pair = this.#closures.pop(); pair !== undefined; pair = this.#closures.pop()) {
      const [was, is] = [this.#before.seen.get(pair[0])?.(), this.#after.seen.get(pair[1])?.()]
      if (was === undefined || is === undefined) throw new Untold()
      const place: Place = { once: undefined, name: '', keys: ['[[variable]]'] }
      for (const name of Object.keys(is))
        if (name in was && !this.#isSame(was[name], is[name], place)) throw new Untold()
    }
  }

  // ── as text ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #objects(): Difference[] {
    const found = new Map<string, Difference>()
    const at = (place: Place): Difference => {
      this.#checkReached(place)
      const id = `${this.#file.onces.indexOf(place.once!)} ${place.name} ${JSON.stringify(place.keys)}`
      const known = found.get(id) ?? { place, members: [], order: undefined }
      found.set(id, known)
      return known
    }
    for (const one of this.#changes)
      at(one.place).members.push({
        key: one.key,
        old: one.had ? this.#expression(one.old, 'old') : undefined,
        new: one.has ? this.#expression(one.new, 'new') : undefined,
      })
    for (const { place, keys } of this.#orders.values()) at(place).order = keys
    return [...found.values()]
  }

  #listed(): ListDifference[] {
    return this.#lists.map(({ place, old, new: is }) => {
      this.#checkReached(place)
      return { place, old: this.#expression(old, 'old'), new: this.#expression(is, 'new', [], true) }
    })
  }

  /** A function of the new version that stands in the module. */
  #functionOf(value: () => unknown): FunctionNode {
    const found = this.#nodesOf(textOf(value), 'new')
    const isOwn = found.every(
      ({ fn, source }) => source === this.#file.pair.new && seenOfCall(fn, source).length === 0,
    )
    if (found.length === 0 || !isOwn || !isBare(value.prototype ?? {})) throw new Untold()
    return found[0]!.fn
  }

  #checkReached({ once, name, keys }: Place): void {
    if (keys.some((key) => String(key).startsWith('[['))) throw new Untold()
    if (once === undefined) return
    const { scope, fn } = once.pair.old
    const old = scope.names.get(name) ?? fn?.parameters.names.get(name)
    const isRead = old !== undefined && this.#file.names.bindings.get(old)?.read !== undefined
    if (!isRead || !this.#file.exposed.isEntered(once.pair)) throw new Untold()
  }

  /** `isFresh`: an object that has a partner, and is written all the same. */
  #expression(value: unknown, side: 'old' | 'new', around: unknown[] = [], isFresh = false): Expression {
    if (!isObject(value)) {
      if (typeof value === 'symbol') throw new Untold()
      return [primitiveText(value)]
    }
    const partner = isFresh || side === 'old' ? undefined : this.#partners.get(value)
    if (partner !== undefined) {
      this.#checkReached(partner.place)
      return [partner.place]
    }
    const isElsewhere = this.#partners.has(value) || (this.#places.get(value) ?? 0) > 1
    if (isFresh && around.length > 0 && isElsewhere && !types.isRegExp(value)) throw new Untold()
    if (around.includes(value)) throw new Untold()
    const isShared = side === 'new' && !isFresh && (this.#places.get(value) ?? 0) > 1
    if (isShared && typeof value !== 'function') return [this.#sharedName(value)]
    return this.#content(value, side, around, isFresh)
  }

  /** One object at two places must not become two. */
  #sharedName(value: object): string {
    const known = this.#sharedNames.get(value)
    if (known !== undefined) return known
    const content = this.#content(value, 'new', [], false)
    this.#shared.push(content)
    const name = `${SHARED}${this.#shared.length}`
    this.#sharedNames.set(value, name)
    return name
  }

  #count(value: unknown): void {
    if (!isObject(value) || this.#partners.has(value) || this.#after.known.has(value)) return
    const count = (this.#places.get(value) ?? 0) + 1
    this.#places.set(value, count)
    if (count > 1 || typeof value === 'function') return
    for (const key of Reflect.ownKeys(value)) this.#count(Object.getOwnPropertyDescriptor(value, key)!.value)
  }

  #content(value: object, side: 'old' | 'new', around: unknown[], isFresh: boolean): Expression {
    if (types.isRegExp(value)) return [String(value)]
    const { known } = side === 'old' ? this.#before : this.#after
    if (typeof value === 'function' && side === 'new') return [this.#functionOf(value as () => unknown)]
    if (typeof value === 'function' || known.has(value)) throw new Untold()
    const inside = (one: unknown): Expression => this.#expression(one, side, [...around, value], isFresh)
    if (Array.isArray(value)) {
      if (Object.keys(value).length !== value.length) throw new Untold()
      return ['[', ...value.flatMap((one, i) => [i === 0 ? '' : ', ', ...inside(one)]), ']']
    }
    const prototype = Object.getPrototypeOf(value) as object | null
    if (prototype !== null && known.get(prototype) !== 'Object.prototype') throw new Untold()
    const parts: Expression = prototype === null ? ['{ __proto__: null, '] : ['{ ']
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key)!
      if (this.#isNumbered(descriptor, descriptor)) continue
      if (typeof key === 'symbol' || !('value' in descriptor) || !descriptor.enumerable) throw new Untold()
      parts.push(`${keyText(key)}: `, ...inside(descriptor.value), ', ')
    }
    return [...parts, '}']
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isSeenLater(name: string, { file, scope, fn }: Once): boolean {
  return file.uses.some((use) => {
    const of = use.node.name === name ? file.bindingOf(use)?.scope : undefined
    if (of === undefined || (of !== scope && of !== fn?.parameters)) return false
    return file.functionAt(use) !== fn || isInField(use)
  })
}

/** In what a class gives each of its objects. */
function isInField({ scope }: Use): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent)
    if (at.kind === 'initialiser') return true
  return false
}

/** A variable that is only counted up: the running one goes on. */
function isCounter({ pair: { old, new: young } }: OncePlan, name: string): boolean {
  return [old, young].every(({ file, scope, units }) => {
    const init = units.find(({ names }) => names.includes(name))?.node.init
    const set = file.uses.filter(
      (use) => use.assigned && use.node.name === name && file.bindingOf(use)?.scope === scope,
    )
    const counts = set.filter(({ node }) => file.parent(node)?.type === 'UpdateExpression')
    return (
      init?.type === 'Literal' &&
      typeof init.value === 'number' &&
      counts.length > 0 &&
      set.length - counts.length <= 1
    )
  })
}

function isSamePrimitive(was: unknown, is: unknown): boolean {
  const areSymbols = typeof was === 'symbol' && typeof is === 'symbol'
  return areSymbols ? was.description === is.description : Object.is(was, is)
}

/** What a module exports, as an object: its members are the business of changed-exports.ts. */
function isExports({ once, keys }: Place): boolean {
  return once === undefined && keys.length === 0
}

function isPrototype(one: object): boolean {
  const own = Object.getOwnPropertyDescriptor(one, 'constructor')
  return own !== undefined && !own.enumerable
}

function isOwnToFunctions(key: PropertyKey, holder: object): boolean {
  if (typeof holder !== 'function') return false
  if (key === 'prototype')
    return !('value' in Object.getOwnPropertyDescriptor(holder, key)!) || isBare(holder.prototype)
  return /^(length|name|arguments|caller)$/.test(String(key))
}

/** What `function` has by itself. */
function isBare(prototype: unknown): boolean {
  return isObject(prototype) && Reflect.ownKeys(prototype).every((key) => key === 'constructor')
}

function primitiveText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}

function keyText(key: string): string {
  if (key === '__proto__') return '["__proto__"]'
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
}
