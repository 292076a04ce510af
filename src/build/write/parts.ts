import { optional } from '../plan/exposed.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { GivenUp } from '../report/given-up.ts'
import { neededEarly } from './early.ts'
import { type FileText, FileWriter } from './file-writer.ts'
import type { Chunk } from './mapped-text.ts'
import { writeMembers } from './members/members.ts'

/** What a patch does to one file. */
export interface Part extends FileText {
  file: FilePlan
  /** The name of the target. */
  target: string
  /** A function of the running module by which its names are reached early, and where it is in its exports. */
  entry: { key: string; path: string } | undefined
}

/** What a patch does to all files. */
export interface Written {
  parts: Part[]
  /** Declarations of new fields. */
  fields: Chunk[]
  /** Files whose names would have to be reached early, and cannot. */
  unreached: FilePlan[]
}

/** Writes what a plan says; what cannot be written is given up. `target`: how a patch names a file. */
export function writeParts(plan: Plan, givenUp: GivenUp, target: (path: string) => string): Written {
  plan.fields.used.clear()
  for (const file of plan.files.values()) file.needsEntry = false
  const writers = fileWriters(plan, givenUp)
  const parts = partsOf(plan, writers, givenUp, target)
  const unreached = unreachedOf(parts, plan)
  const giving = unreached.filter((file) => file.givesExports === true)
  if (giving.length === 0) return { parts, unreached, fields: fieldsOf(plan, writers) }
  // What they would give to programs is left to the package: a note says so.
  for (const file of giving) file.givesExports = 'never'
  return writeParts(plan, givenUp, target)
}

function fileWriters(plan: Plan, givenUp: GivenUp): Map<FilePlan, FileWriter> {
  const writers = new Map<FilePlan, FileWriter>()
  for (const file of plan.files.values()) {
    if (givenUp.files.has(file)) continue
    const writer = new FileWriter(
      plan,
      file,
      (fn, error) => givenUp.cannot(file, fn, error),
      (path, name) => writers.get(plan.files.get(path)!)?.blocks.export(name),
    )
    writers.set(file, writer)
  }
  return writers
}

function partsOf(
  plan: Plan,
  writers: Map<FilePlan, FileWriter>,
  givenUp: GivenUp,
  target: (path: string) => string,
): Part[] {
  const each = <T>(write: (writer: FileWriter) => T): T[] => [...writers.values()].map(write)
  const functions = each((writer) => writer.replacements.write(givenUp.functions))
  const members = each(({ file, early }) => writeMembers(plan, file, early))
  // A block may ask for exports of another file's: again, until all have what they are asked for.
  each((writer) => writer.blocks.write())
  each((writer) => writer.blocks.write())
  const parts = [...writers.values()].map((writer, i) => ({
    file: writer.file,
    target: target(writer.file.path),
    sloppy: writer.isSloppy,
    functions: functions[i]!,
    scopes: writer.blocks.write(),
    members: members[i],
    entry: writer.file.needsEntry ? entryOf(writer.file) : undefined,
  }))
  return parts.filter((part) => part.functions.length > 0 || part.scopes.length > 0 || part.members)
}

/** Gives the parts that need one an entry; what remains are files that have none. */
function unreachedOf(parts: Part[], plan: Plan): FilePlan[] {
  const { needed, better } = neededEarly(parts, plan)
  const isEntered = ({ file }: Part): boolean => file.exposed.isEntered(file.module.pair)
  for (const part of [...needed, ...better]) if (isEntered(part)) part.entry ??= entryOf(part.file)
  return needed.filter(({ entry }) => entry === undefined).map(({ file }) => file)
}

/** How a process reaches the names of a module early. */
function entryOf({ exposed }: FilePlan): Part['entry'] {
  const { fn, path } = exposed.entry!
  return { key: fn.paths[0]!, path: optional(path) }
}

/** What a field begins with may be another one's value: the set grows while it is gone through. */
function fieldsOf(plan: Plan, writers: Map<FilePlan, FileWriter>): Chunk[] {
  const texts: Chunk[] = []
  for (const field of plan.fields.used) {
    const text = writers.get(field.file)!.fields.atTop(field)
    if (text !== undefined) texts.push(text)
  }
  return texts
}
