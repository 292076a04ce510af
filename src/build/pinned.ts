import semver from 'semver'
import type { Build } from './build.ts'
import type { TakenAnew } from './plan/other-dependencies.ts'
import type { Locate } from './read/dependencies.ts'
import { nameOf, type Version } from './read/folder.ts'
import type { Finding } from './report/findings.ts'
import type { Part } from './write/parts.ts'

/** A dependency that both versions ask for in one version alone: who installs the release gets the other one with it. */
export interface Pin {
  name: string
  was: string
  is: string
}

/** The pinned dependencies of a package that are newer in the new version. */
export function pinsOf(old: Version, young: Version): Pin[] {
  const [was, is] = [old, young].map(
    ({ manifest }) => (manifest.dependencies ?? {}) as Record<string, string>,
  )
  return Object.entries(is!).flatMap(([name, version]) => {
    const before = was![name]
    return before !== undefined && isFix(before, version) ? { name, was: before, is: version } : []
  })
}

/** Others in the program may have the same copy: what breaks them is none of a fix. */
function isFix(was: string, is: string): boolean {
  if (semver.valid(was) === null || semver.valid(is) === null) return false
  if (semver.prerelease(was) !== null || semver.prerelease(is) !== null) return false
  return semver.gt(is, was) && semver.major(is) === semver.major(was)
}

/** What becomes of a pinned dependency: what was made of it, or why there is nothing. */
export interface Along {
  pin: Pin
  /** The release that asks for it, and whether that is the one that was asked for. */
  by: string
  isDirect: boolean
  made?: Build
  reason?: string
}

export type BuildOne = (old: Version, young: Version, companions: Companions) => Promise<Build>

/** The pinned dependencies of a release, and theirs in turn. */
export class Companions {
  readonly all: Along[] = []
  /** What was made of those that come along, by name and new version: each after those that it pins itself. */
  readonly inPatch = new Map<string, Build>()
  /** Names that the patch has given at its top. */
  readonly names = new Set<string>()
  readonly #locate: Locate
  readonly #buildOne: BuildOne
  readonly #asked: Version
  readonly #known = new Set<string>()
  #room = MOST

  constructor(asked: Version, locate: Locate, buildOne: BuildOne) {
    this.#asked = asked
    this.#locate = locate
    this.#buildOne = buildOne
  }

  async follow(old: Version, young: Version): Promise<void> {
    // Packages that are released together depend on each other in circles.
    this.#known.add(nameOf(old))
    for (const pin of pinsOf(old, young)) {
      const running = `${pin.name}@${pin.was}`
      if (this.#known.has(running)) continue
      this.#known.add(running)
      const along: Along = { pin, by: nameOf(young), isDirect: young === this.#asked }
      this.all.push(along)
      try {
        await this.#build(along)
      } catch (error) {
        along.reason = `it cannot be had: ${(error as Error).message}`
      }
    }
  }

  async #build(along: Along): Promise<void> {
    const { name, was, is } = along.pin
    const [old, young] = await Promise.all([this.#locate(name, was), this.#locate(name, is)])
    await this.follow(old, young)
    const size = differingText(old, young)
    if (size > this.#room) {
      along.reason = LARGE
      return
    }
    this.#room -= size
    along.made = await this.#buildOne(old, young, this)
    if (!isInPatch(along)) return
    this.inPatch.set(`${name}@${is}`, along.made)
    for (const one of along.made.names) this.names.add(one)
  }

  /** Whether the running copy of one has what code takes of it, once that is patched: something that all its CommonJS files export. */
  provides({ name, range, file, unit, parts }: TakenAnew): boolean {
    const made = this.inPatch.get(`${name}@${range}`)
    if (made === undefined || file.pair.new.type !== 'commonjs' || !/^[=*]$/.test(unit.imported ?? ''))
      return false
    return parts.length > 0 && parts.every((one) => one.specifier === name && hasExport(made, one.name))
  }
}

function hasExport({ text: { parts } }: Build, name: string): boolean {
  const exporting = parts.filter(
    ({ file }) => file.pair.new.type === 'commonjs' && file.exports.new.has(name),
  )
  const isThere = ({ file, members }: Part): boolean =>
    file.exports.old.has(name) || members?.names.some((one) => one.name === `exports.${name}`) === true
  return exporting.length > 0 && exporting.every(isThere)
}

/** Characters of code that differs, in all: what takes minutes (bundles of whole user interfaces) is built where it is asked for. */
const MOST = 3_000_000

function differingText({ files: was }: Version, { files: is }: Version): number {
  const differing = [...is].filter(([path, { text }]) => was.get(path)?.text !== text)
  return differing.reduce((sum, [, { text }]) => sum + text.length, 0)
}

function isInPatch({ made }: Along): boolean {
  return made !== undefined && !made.empty && made.findings.every(({ severity }) => severity === 'note')
}

/** What is told of a pinned dependency, and what it tells itself where it comes along. */
export function alongFindings(along: Along): Finding[] {
  const { pin, by, made } = along
  const { name, was, is } = pin
  const own = {
    severity: 'note',
    file: 'package.json',
    line: 1,
    what: `${name} ${was} became ${is}`,
  } as const
  if (!isInPatch(along)) {
    const problems = made?.findings.filter(({ severity }) => severity === 'problem').length
    const reason = along.reason ?? (problems ? REFUSED : NOTHING)
    if (reason === NOTHING && !along.isDirect) return []
    return [
      { ...own, why: `a dependency of ${by} changed: ${reason}`, advice: adviceFor(pin, along, problems) },
    ]
  }
  const told = made!.findings.map((one) => ({ ...one, file: `${made!.to}/${one.file}` }))
  return [{ ...own, why: `a dependency of ${by} changed, and comes along`, advice: SHARED }, ...told]
}

const LARGE = 'with it there would be too much to be built unasked'
const REFUSED = 'a part of that cannot be applied, and none of it is in the patch'
const NOTHING = 'no code of it that a patch would replace'
const SHARED = 'whoever else in the program has that copy gets the change, too'

function adviceFor({ name, was, is }: Pin, { reason }: Along, problems: number | undefined): string {
  if (reason !== undefined) return `build a patch for ${name} too, if its fix matters`
  return problems ? `'umbra build ${name}@${was} ${name}@${is}' tells what, if its fix matters` : 'nothing'
}
