import { isObject } from '../../plan/objects.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Rehearsed } from '../../read/rehearsal.ts'
import type { Part } from '../../write/parts.ts'
import type { Finding } from '../findings.ts'

/** What the patch puts on running objects, and what the report tells of them: by the objects that the old version has made. */
export class Known {
  readonly #made: Rehearsed
  readonly #exports: ReadonlyMap<string, unknown>
  readonly #members = new Map<unknown, Set<string>>()
  /** The last part of what is named in each file, where it is not found: it may be reached by another way. */
  readonly #names = new Map<string, Set<string>>()
  /** Fields that objects of before get, or that are told. */
  readonly #fields: ReadonlySet<string>
  /** Lists that get other elements where they are. */
  readonly #lists = new Set<unknown>()

  constructor(plan: Plan, parts: readonly Part[], told: readonly Finding[], made: Rehearsed) {
    this.#made = made
    this.#exports = exportsOf(made)
    this.#fields = new Set([...plan.fields.all, ...plan.fields.unread].map(({ key }) => key))
    for (const { file, members } of parts)
      for (const { name, isList } of members?.names ?? []) {
        const keys = keysOf(name.replace(/^elements of /, ''))
        if (isList) for (const list of this.#values(file.path, keys)) this.#lists.add(list)
        else this.#add(file.path, name)
      }
    for (const { file, what } of told) this.#add(file, what)
  }

  #add(path: string, what: string): void {
    for (const name of what.split(', ')) {
      const keys = keysOf(name)
      if (keys.length === 0) continue
      let isFound = false
      // A key may have dots of its own.
      for (let at = 1; at < keys.length; at++)
        for (const holder of this.#holders(path, keys.slice(0, at)).filter(isObject)) {
          isFound = true
          this.#members.set(holder, (this.#members.get(holder) ?? new Set()).add(keys.slice(at).join('.')))
        }
      if (!isFound) this.#names.set(path, (this.#names.get(path) ?? new Set()).add(keys.at(-1)!))
    }
  }

  /** What has the member that keys lead to. */
  #holders(path: string, keys: readonly string[]): unknown[] {
    return this.#values(path, keys).flatMap((one) =>
      typeof one === 'function' ? [one, one.prototype] : [one],
    )
  }

  /** What keys from a variable or the exports of a file lead to. */
  #values(path: string, [root, ...keys]: readonly string[]): unknown[] {
    if (root === undefined) return []
    const names = this.#made.namesOf.get(path) ?? []
    const begin = root === 'exports' ? [this.#exports.get(path)] : names.map((one) => one[root])
    return begin.map((one) => keys.reduce((at: unknown, key) => memberOf(at, key), one))
  }

  isRefilled(list: object): boolean {
    return this.#lists.has(list)
  }

  has(holder: object, key: string, path: string): boolean {
    return this.#fields.has(key) || this.#members.get(holder)?.has(key) === true || this.isNamed(key, path)
  }

  isNamed(name: string, path: string): boolean {
    return this.#names.get(path)?.has(name) === true
  }
}

/** What modules export, by their files. */
export function exportsOf({ modules, namespaces }: Rehearsed): Map<string, unknown> {
  return new Map([...[...namespaces].map(([all, path]) => [path, all] as const), ...modules])
}

/** The keys of `module.exports.a['b']`, `export a` */
function keysOf(name: string): string[] {
  const whole = name.replace(/^module\.exports\b/, 'exports').replace(/^export /, 'exports.')
  if (/\s/.test(whole)) return []
  return whole.split(/\.|\[['"]?|['"]?\]/).filter((key) => key !== '')
}

function memberOf(holder: unknown, key: string): unknown {
  return isObject(holder) ? Object.getOwnPropertyDescriptor(holder, key)?.value : undefined
}
