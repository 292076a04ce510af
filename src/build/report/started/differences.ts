import { types } from 'node:util'
import { isOwnToFunctions, isSamePrimitive, isSeenLater, isTrace } from '../../plan/compare-data.ts'
import { isCounter } from '../../plan/counters.ts'
import type { FilePlan } from '../../plan/file-plan.ts'
import { isObject } from '../../plan/objects.ts'
import type { OncePlan } from '../../plan/once-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Rehearsed } from '../../read/rehearsal.ts'
import { exportsOf, type Known } from './known.ts'

/** A member that start-up code of the two versions makes otherwise, by a file and the way to it. */
export interface Difference {
  path: string
  /** `exports` or the name of a variable, and keys from there. */
  keys: readonly string[]
}

/** What holds all of a program would take too long. */
const OBJECTS = 50_000

interface Pair extends Difference {
  old: object
  new: object
}

/** Compares what two versions have made, as far as it is data: functions are told by their texts. */
export class Differences {
  readonly #plan: Plan
  readonly #known: Known
  readonly #versions: readonly [string, string]
  readonly #before: Rehearsed
  readonly #after: Rehearsed
  readonly #seen = new Set<object>()
  readonly #queue: Pair[] = []
  readonly #found: Difference[] = []

  /** @param versions of the package, which what says its release has in it */
  constructor(
    plan: Plan,
    known: Known,
    versions: readonly [string, string],
    before: Rehearsed,
    after: Rehearsed,
  ) {
    this.#plan = plan
    this.#known = known
    this.#versions = versions
    this.#before = before
    this.#after = after
  }

  find(): Difference[] {
    const isBroken = (path: string): boolean => this.#before.broken.has(path) || this.#after.broken.has(path)
    const had = new Set(this.#before.paths)
    const paths = this.#after.paths.filter((path) => had.has(path) && !isBroken(path))
    const exports = [this.#before, this.#after].map(exportsOf)
    for (const path of paths) {
      const [was, is] = exports.map((one) => one.get(path))
      // `module.exports = …`, which is told of as a whole.
      const isTold = this.#after.modules.has(path) && this.#known.isNamed('default', path)
      if (!isTold && !this.#known.isNamed('exports', path))
        this.#compare(was, is, { path, keys: ['exports'] })
    }
    this.#walk()
    for (const path of paths) for (const once of this.#plan.files.get(path)?.onces ?? []) this.#names(once)
    this.#walk()
    return this.#found
  }

  #names(once: OncePlan): void {
    const { path, onces, exports } = once.file
    const exported = new Set([...exports.new.values()].map(({ local }) => local))
    const at = onces.indexOf(once)
    const [was, is] = [this.#before, this.#after].map(({ namesOf }) => namesOf.get(path)?.[at] ?? {})
    for (const name of Object.keys(is!)) {
      const isOver = ![once.pair.old, once.pair.new].some((side) => isSeenLater(name, side))
      if (!(name in was!) || isOver || exported.has(name)) continue
      if (once.isBrought(name) || isCounter(once, name)) continue
      if (!this.#known.isNamed(name, path)) this.#compare(was![name], is![name], { path, keys: [name] })
    }
  }

  #walk(): void {
    // It grows while it is gone through.
    for (const at of this.#queue) this.#members(at)
    this.#queue.length = 0
  }

  #compare(was: unknown, is: unknown, at: Difference): void {
    if (!isObject(was) || !isObject(is)) {
      const isSame = !isObject(was) && !isObject(is) && isSamePrimitive(was, is)
      if (!isSame && !this.#saysVersion(was, is)) this.#found.push(at)
      return
    }
    if (this.#before.known.has(was) || this.#after.known.has(is) || this.#seen.has(was)) return
    if (this.#known.isRefilled(was) || this.#seen.size === OBJECTS || [was, is].some(types.isProxy)) return
    this.#seen.add(was)
    if (isOther(was, is)) this.#found.push(at)
    else if (!types.isTypedArray(was)) this.#queue.push({ old: was, new: is, ...at })
  }

  /** The running program goes on saying the release that it is. */
  #saysVersion(was: unknown, is: unknown): boolean {
    return typeof was === 'string' && typeof is === 'string' && was.replaceAll(...this.#versions) === is
  }

  #members({ old, new: young, path, keys }: Pair): void {
    const file = this.#plan.files.get(path)
    const isModule = this.#after.namespaces.has(young)
    for (const key of new Set([...keysIn(old), ...keysIn(young)])) {
      if (this.#known.has(old, key, path) || (isModule && file && isTold(key, file))) continue
      const [was, is] = [old, young].map((one) => Object.getOwnPropertyDescriptor(one, key))
      const at = { path, keys: [...keys, key] }
      if (was === undefined || is === undefined) this.#found.push(at)
      else if ('value' in was && 'value' in is) this.#compare(was.value, is.value, at)
    }
    if (types.isMap(old) && types.isMap(young))
      for (const [key, value] of entries.call(young))
        if (!isObject(key))
          this.#compare(get.call(old, key), value, { path, keys: [...keys, `get(${String(key)})`] })
    const [was, is] = [old, young].map((one) => Object.getPrototypeOf(one) as object | null)
    if (was && is) this.#compare(was, is, { path, keys: [...keys, '__proto__'] })
  }
}

/** Whether what an ES module exports has another value of its own, or is another one's. */
function isTold(key: string, { exports, reExports, module }: FilePlan): boolean {
  const local = exports.new.get(key)?.local
  if (local === undefined) return reExports.new.some((one) => one.name === key || one.name === '*')
  return module.isBrought(local) || module.unitOf(local)?.kind === 'import'
}

function keysIn(one: object): string[] {
  return Object.getOwnPropertyNames(one).filter((key) => !isOwnToFunctions(key, one) && !isTrace(key, one))
}

// The package's realm has others, and its classes may have members of these names.
const { entries, get } = Map.prototype
const { values } = Set.prototype
const [sourceOf, flagsOf] = ['source', 'flags'].map(
  (key) => Object.getOwnPropertyDescriptor(RegExp.prototype, key)!.get as () => string,
)

/** Whether two objects are of different kinds, or hold something else that is no member. */
function isOther(was: object, is: object): boolean {
  if (typeof was !== typeof is || Array.isArray(was) !== Array.isArray(is)) return true
  if (Array.isArray(was)) return was.length !== (is as unknown[]).length
  if (types.isRegExp(was) && types.isRegExp(is))
    return [sourceOf, flagsOf].some((part) => part!.call(was) !== part!.call(is))
  if (types.isTypedArray(was) && types.isTypedArray(is)) return !bytesOf(was).equals(bytesOf(is))
  const [before, after] = [was, is].map(contentsOf)
  if (before === undefined || after === undefined) return before !== after
  return before.length !== after.length || before.some((one, i) => !Object.is(one, after[i]))
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Objects are others in each realm. */
function contentsOf(one: object): unknown[] | undefined {
  const primitive = (it: unknown): unknown => (isObject(it) ? undefined : it)
  if (types.isMap(one)) return [...entries.call(one)].map(([key]) => primitive(key))
  return types.isSet(one) ? [...values.call(one)].map(primitive) : undefined
}
