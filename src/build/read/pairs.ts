import { InstrumentError } from '../../instrument/parse.ts'
import type { Report } from '../report/report.ts'
import { NOTHING, RESTART } from '../report/report.ts'
import { compareFiles } from './compare.ts'
import { asConstructorFunctions } from './constructor-functions.ts'
import { withData } from './data.ts'
import { withRunningExportNames } from './export-names.ts'
import { withExportsApart } from './exports-apart.ts'
import type { FilePair } from './file-pair.ts'
import { concerned, differing, type Version } from './folder.ts'
import { withoutGivenNames } from './given-names.ts'
import { loadersOf } from './made-names.ts'
import { withRunningPlaces } from './moved.ts'
import { withoutNeedlessChains } from './needless-chains.ts'
import { withOwnGlobals } from './own-globals.ts'
import { withPrivateMembers } from './private-members.ts'
import { withReadTexts } from './read-texts.ts'
import { withRunningChunkNames } from './renamed.ts'
import { inRunningNames } from './running-bindings.ts'
import { withRunningChains } from './running-chains.ts'
import { withRunningDefaults } from './running-defaults.ts'
import { withRunningGlobals } from './running-globals.ts'
import { withRunningLabels } from './running-labels.ts'
import { SourceFile } from './source-file.ts'

/** What writes the new version of a file as the running one is written, where that means the same. */
const ALIKE = [
  withRunningDefaults,
  withRunningGlobals,
  withRunningChains,
  withoutNeedlessChains,
  withRunningLabels,
  withPrivateMembers,
]

const GLOBAL = 'a global variable of the new version, which is one of the file alone in the patch'

/** The new version with its files called as in the running one, where they are the same. */
export function inRunningPlaces(old: Version, young: Version): Version {
  const placed = withoutGivenNames(old, withRunningPlaces(old, withRunningChunkNames(old, young)))
  return withReadTexts(old, withData(old, withRunningExportNames(old, placed)))
}

/** The files of two versions, compared one by one. */
export class Pairs {
  readonly #old: Version
  readonly #new: Version
  readonly #report: Report

  /** @param young as `inRunningPlaces` gives it; its files get the texts that are compared */
  constructor(old: Version, young: Version, report: Report) {
    this.#old = old
    this.#new = young
    this.#report = report
  }

  /** Files that both have, where they differ or lead to one that does. */
  common(): FilePair[] {
    const pairs: FilePair[] = []
    const loaders = loadersOf(differing(this.#old, this.#new), this.#new)
    const paths = concerned(this.#old, this.#new, loaders)
    const versions = [this.#old.version, this.#new.version]
    for (const [path, young] of this.#new.files) {
      const old = this.#old.files.get(path)
      if (old === undefined || !paths.has(path)) continue
      try {
        const was = SourceFile.read(path, old.text, old.type, versions)
        const isSame = old.text === young.text && old.type === young.type
        const is = isSame ? was : SourceFile.read(path, young.text, young.type, versions)
        const [before, after] = withExportsApart(was, is, versions)
        pairs.push(compareFiles(before, this.#named(before, after, versions)))
      } catch (error) {
        if (old.text !== young.text) this.#unreadable(path, error)
      }
    }
    for (const path of this.gone())
      this.#report.note(
        path,
        1,
        'the file',
        'the new version has it no more',
        'nothing: the running one stays',
      )
    return pairs
  }

  /** A file of the new version with the names of the running one. */
  #named(old: SourceFile, young: SourceFile, versions: string[]): SourceFile {
    if (old.text === young.text) return this.#written(young)
    const alike = ALIKE.reduce((file, change) => change(old, file, versions), young)
    const isShared = (name: string): boolean => this.#isShared(name, young.path)
    const own = withOwnGlobals(old, alike, versions, isShared)
    for (const { name, line } of own.found) this.#report.note(young.path, line, name, GLOBAL, NOTHING)
    const { file, became } = asConstructorFunctions(old, own.file, versions)
    const named = inRunningNames(old, file, versions)
    this.#written(named)
    for (const { name, line, isError } of became) {
      const why = `it became a class: the running one stays a function, which can be called without 'new'`
      const errors = `${why}, and its objects are no native errors`
      this.#report.note(young.path, line, name, isError ? errors : why, NOTHING)
    }
    return named
  }

  /** Whether another file asks for a global variable, and does not give it a value of its own first. */
  #isShared(name: string, path: string): boolean {
    const escaped = name.replaceAll('$', '\\$')
    const [asks, makes] = [
      new RegExp(`(?<![\\w$.])${escaped}(?![\\w$])`),
      new RegExp(`(?<![\\w$.])${escaped}\\s*=[^=]`),
    ]
    return [...this.#new.files].some(
      ([other, { text }]) => other !== path && text.includes(name) && asks.test(text) && !makes.test(text),
    )
  }

  /** A file's text is the one that is compared. */
  #written(file: SourceFile): SourceFile {
    this.#new.files.set(file.path, { text: file.text, type: file.type })
    return file
  }

  /** Files that the new version has no more. */
  gone(): string[] {
    return [...this.#old.files.keys()].filter((path) => !this.#new.files.has(path))
  }

  /** Files that the new version alone has. */
  added(): Map<string, SourceFile> {
    const added = new Map<string, SourceFile>()
    for (const [path, { text, type }] of this.#new.files) {
      if (this.#old.files.has(path)) continue
      try {
        added.set(path, SourceFile.read(path, text, type, [this.#new.version]))
      } catch (error) {
        this.#unreadable(path, error)
      }
    }
    return added
  }

  #unreadable(path: string, error: unknown): void {
    const why =
      error instanceof InstrumentError
        ? `it cannot be read: ${error.message}`
        : `umbra itself failed when it compared it: ${String(error)}`
    this.#report.problem(path, 1, 'the file', why, RESTART)
  }
}
