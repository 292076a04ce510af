import { exportsOf } from './exports.ts'
import { resolveFrom, type Version } from './folder.ts'
import { SourceFile } from './source-file.ts'
import { type Once, onceOf, type Unit, unitsNamed } from './units.ts'

/** A piece of start-up code, and the scope that it is of. */
export interface Behind {
  once: Once
  unit: Unit
}

/** What makes the value of a name of a module: of an import, in the file that exports it. */
export function unitBehind(name: string, once: Once, { files }: Version): Behind | undefined {
  const [unit] = unitsNamed(once.units, name)
  if (unit?.kind !== 'import') return unit && { once, unit }
  if (unit.source?.startsWith('.') !== true) return undefined
  const path = resolveFrom(once.file.path, unit.source, (one) => files.has(one))
  const other = path === undefined ? undefined : moduleOf(path, files.get(path)!)
  const exported = unit.imported === '=' ? 'module.exports' : unit.imported!
  const local = other && exportsOf(other).get(exported)?.local
  const found = other && unitsNamed(other.units, local).find(({ kind }) => kind !== 'import')
  return found && { once: other!, unit: found }
}

/** What was read, by the file: many names may lead to one. */
const read = new WeakMap<object, Once | undefined>()

function moduleOf(path: string, file: { text: string; type: SourceFile['type'] }): Once | undefined {
  if (read.has(file)) return read.get(file)
  const source = SourceFile.readable(path, file.text, file.type)
  const made = source && onceOf(source, undefined)
  read.set(file, made)
  return made
}
