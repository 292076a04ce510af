import type { Pin } from '../pinned.ts'
import type { TakenAnew } from '../plan/other-dependencies.ts'
import { otherFiles } from '../read/data.ts'
import { entriesOf, entryFor, type Version } from '../read/folder.ts'
import { contentsOf } from '../read/forwarders.ts'
import type { MadeName } from '../read/made-names.ts'
import { NOTHING, RESTART, type Report } from './report.ts'

const COMMAND = 'it runs in a process of its own, which does not have the patch of this one'
const STARTED = `${COMMAND}, and what starts it changed with it`
const INSTALL = "'umbra install', where such processes are prepared: they have it when they start"

/** Files that are handed on to browsers as they are: no code of a program depends on what is in them, but for pages, which may be templates. */
const SHOWN = /\.(css|less|s[ac]ss|html?|svg|png|jpe?g|gif|ico|webp|avif|woff2?|ttf|otf|eot|mp[34]|webm)$/i
const PAGE = /\.html?$/i
const WRITTEN =
  'code reads it, which has the new text in the patch: what has been made of the old one before stays'
const LINES = 'its lines end in another way now, and code that reads it goes on with the running one'
const STAMP = 'it says which release it is of, and nothing else differs: that stays the running one'
const COPY =
  'put the new one in its place, if the program reads it for each request; else at the next restart'

/** What is known of a patch. */
interface InPatch {
  /** What is taken from packages that do not come along. */
  taken: readonly TakenAnew[]
  /** Whether what a name may load comes along. */
  isCarried: (name: MadeName) => boolean
  /** Dependencies of which others tell. */
  pins: readonly Pin[]
}

/** Tells of what differs in a package beside its modules: other files, entries and dependencies. */
export function tellPackage(
  old: Version,
  young: Version,
  { taken, isCarried, pins }: InPatch,
  report: Report,
): void {
  tellOtherFiles(old, young, isCarried, report)
  tellDependencies(old, young, new Set(pins.map(({ name }) => name)), report)
  tellTaken(taken, report)
  tellMovedEntries(old, young, report)
}

/** Files that code of the package may read or load by names that it makes, and those that nothing names. */
function tellOtherFiles(old: Version, young: Version, isCarried: InPatch['isCarried'], report: Report): void {
  for (const path of young.written ?? []) report.note(path, 1, path, WRITTEN, NOTHING)
  for (const one of otherFiles(old, young, isCarried)) {
    const { path, by, isNew, isCommand, isSameText, isStartedAnew } = one
    const why = isNew
      ? 'it may name this file, which only the new version has'
      : 'it may name this file, which is another one in the new version'
    if (isSameText) report.note(path, 1, path, LINES, NOTHING)
    else if (one.isStamp) report.note(path, 1, path, STAMP, NOTHING)
    else if (isStartedAnew && by !== undefined) report.problem(by.path, by.line, path, STARTED, RESTART)
    else if (isCommand && by !== undefined) report.note(path, 1, path, COMMAND, INSTALL)
    else if (by !== undefined && (one.isServed || (SHOWN.test(path) && !(isNew && PAGE.test(path)))))
      report.note(by.path, by.line, path, why, COPY)
    else if (by !== undefined) report.problem(by.path, by.line, path, why, RESTART)
    else if (!/\.ya?ml$/.test(path))
      report.note(
        path,
        1,
        'the file',
        'it is another one in the new version, and no module names it',
        NOTHING,
      )
  }
}

/** A process runs what an entry led to when it was loaded. */
function tellMovedEntries(old: Version, young: Version, report: Report): void {
  const [was, is] = [entriesOf(old), entriesOf(young)]
  for (const [name, paths] of was ?? []) {
    const now = is?.get(name)
    if (now === undefined) continue
    const led = now.map((path) => contentsOf(path, young))
    // What `import` got may be what `require` alone gets now.
    const isMoved = (path: string): boolean =>
      !led.includes(path) || (path === required(old, name) && required(young, name) !== path)
    for (const path of paths.map((one) => contentsOf(one, old)).filter(isMoved))
      report.problem(path, 1, `entry '${name}'`, `in the new version it is ${now.join(', ')}`, RESTART)
  }
}

/** What `require` gets by a name of a package in the end. */
function required(version: Version, name: string): string | undefined {
  const path = entryFor(version, name)
  return path && contentsOf(path, version)
}

function tellDependencies(old: Version, young: Version, skip: ReadonlySet<string>, report: Report): void {
  const [was, is] = [old, young].map(
    ({ manifest }) => (manifest.dependencies ?? {}) as Record<string, string>,
  )
  for (const [name, range] of Object.entries(is!)) {
    if (was![name] === range || skip.has(name)) continue
    const what = was![name] === undefined ? `needs ${name}@${range}` : `${name} ${was![name]} became ${range}`
    report.note(
      'package.json',
      1,
      what,
      'a dependency changed',
      `build a patch for ${name} too, if its fix matters`,
    )
  }
}

/** Code that takes something else from a package of which the program has a version that the release does not ask for. */
function tellTaken(taken: readonly TakenAnew[], report: Report): void {
  for (const { name, range, file, unit } of taken) {
    const why = `it is taken from ${name}@${range}, and the program has the one that the running version needs`
    report.problem(file.path, file.pair.new.lineOf(unit.start), unit.names[0] ?? unit.key, why, RESTART)
  }
}
