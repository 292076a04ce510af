import semver from 'semver'
import { mayBeBoth, type TakenAnew } from './plan/other-dependencies.ts'
import { Plan } from './plan/plan.ts'
import { type Part, SamePart } from './plan/same-part.ts'
import { dependencyRange, type Locate } from './read/dependencies.ts'
import { entriesOf, entryFor, type Version } from './read/folder.ts'
import { packageNameOf } from './read/imports.ts'
import { inRunningPlaces, Pairs } from './read/pairs.ts'
import { Report } from './report/report.ts'

/**
 * Packages that two versions depend on in ranges that have nothing in common: whether what a release takes from one is the
 * same in the version that the program has, with all that it uses there.
 */
export class Counterparts {
  readonly #locate: Locate
  readonly #known = new Map<string, boolean>()

  constructor(locate: Locate) {
    this.#locate = locate
  }

  isSame(one: TakenAnew): boolean {
    return this.#known.get(keyOf(one)) === true
  }

  /** Looks at what is not known yet. Returns whether something turned out to be the same. */
  async learn(taken: readonly TakenAnew[]): Promise<boolean> {
    let isMore = false
    for (const one of taken) {
      const key = keyOf(one)
      if (this.#known.has(key)) continue
      const isSame = one.parts.length > 0 && (await this.#isSame(one))
      this.#known.set(key, isSame)
      isMore ||= isSame
    }
    return isMore
  }

  async #isSame({ name, was, range, parts }: Omit<Asked, 'file'>): Promise<boolean> {
    try {
      const young = await this.#locate(name, range)
      for (const running of runningRanges(was))
        if (!(await this.#isSameIn(await this.#locate(name, running), young, name, parts))) return false
      return true
    } catch {
      // One that cannot be had.
      return false
    }
  }

  async #isSameIn(old: Version, release: Version, name: string, parts: readonly Part[]): Promise<boolean> {
    const young = inRunningPlaces(old, { ...release, files: new Map(release.files) })
    const pairs = new Pairs(old, young, new Report(old, young))
    const same = new SamePart(new Plan(pairs.common(), pairs.added(), old.files, new Set(), name))
    for (const { specifier, name: part } of parts) {
      const [before, after] = [old, young].map((one) => filesFor(one, `.${specifier.slice(name.length)}`))
      if (before!.length === 0 || before!.join() !== after!.join()) return false
      if (!before!.every((path) => same.isSame(path, partOf(part, old.files.get(path)!.type)))) return false
    }
    for (const { specifier, name: part } of same.foreign) {
      const other = packageNameOf(specifier)
      const [was, range] = [old, young].map((one) => other && dependencyRange(one, other))
      if (other === undefined || (was !== undefined && was === range)) continue
      if (was === undefined || range === undefined) return false
      const parts = [{ specifier, name: part }]
      if (!mayBeBoth(was, range) && !(await this.#isSame({ name: other, was, range, parts }))) return false
    }
    return true
  }
}

type Asked = Pick<TakenAnew, 'name' | 'was' | 'range' | 'parts' | 'file'>

function keyOf({ name, was, range, parts }: Asked): string {
  return JSON.stringify([name, was, range, parts])
}

/** What a program may have for a range: the least version and the newest. */
function runningRanges(range: string): string[] {
  const least = semver.minVersion(range)?.version
  return least === undefined || least === range ? [range] : [least, range]
}

/** The files that a name of a package leads to. */
function filesFor(version: Version, entry: string): string[] {
  const name = entry.replace(/\/$/, '')
  const found = entriesOf(version)?.get(name) ?? [entryFor(version, name)]
  return found.filter((one) => one !== undefined)
}

/** What an `import` of the default of a CommonJS module gives is the module. */
function partOf(name: string, type: string): string {
  return name === 'default' && type === 'commonjs' ? '*' : name
}
