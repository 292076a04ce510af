import semver from 'semver'
import type { Build } from './build.ts'
import type { Locate } from './read/dependencies.ts'
import { nameOf, type Version } from './read/folder.ts'
import type { Finding } from './report/findings.ts'

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

export type BuildOne = (old: Version, young: Version, taken: ReadonlySet<string>) => Promise<Build>

/**
 * Builds the pinned dependencies of a release, and theirs in turn.
 *
 * @param taken names that the patch has given at its top
 */
export async function alongWith(
  old: Version,
  young: Version,
  taken: ReadonlySet<string>,
  locate: Locate,
  buildOne: BuildOne,
): Promise<Along[]> {
  const found: Along[] = []
  // Packages that are released together depend on each other in circles.
  const known = new Set([nameOf(old)])
  const names = new Set(taken)
  let room = MOST
  const follow = async (from: Version, to: Version): Promise<void> => {
    for (const pin of pinsOf(from, to)) {
      const { name, was, is } = pin
      if (known.has(`${name}@${was}`)) continue
      known.add(`${name}@${was}`)
      const along: Along = { pin, by: nameOf(to), isDirect: to === young }
      found.push(along)
      try {
        const [before, after] = await Promise.all([locate(name, was), locate(name, is)])
        const size = differingText(before, after)
        if (size > room) along.reason = LARGE
        else {
          room -= size
          along.made = await buildOne(before, after, names)
          for (const one of along.made.names) names.add(one)
        }
        await follow(before, after)
      } catch (error) {
        along.reason = `it cannot be had: ${(error as Error).message}`
      }
    }
  }
  await follow(old, young)
  return found
}

/** Characters of code that differs, in all: what takes minutes (bundles of whole user interfaces) is built where it is asked for. */
const MOST = 3_000_000

function differingText({ files: was }: Version, { files: is }: Version): number {
  const differing = [...is].filter(([path, { text }]) => was.get(path)?.text !== text)
  return differing.reduce((sum, [, { text }]) => sum + text.length, 0)
}

export function isInPatch({ made }: Along): boolean {
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
