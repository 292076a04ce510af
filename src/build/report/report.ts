import { reachable, reachableByName, type Version } from '../read/folder.ts'
import type { Finding } from './findings.ts'

export const NOTHING = 'nothing, unless the program asks for it after the patch'
export const API = 'a new member that nothing else of the package uses: the running program does not know it'
export const LOST = 'the new version does not export it any more, and the running one goes on doing so'
const ASIDE =
  "the package's main entry does not lead to this file: a process that has loaded it refuses the patch"
const LEFT = 'no entry of the package leads to it, and it is not compared'
const UNREACHED = 'no entry of the package leads to this file'
const COMPARE = "nothing, unless programs load it: '--bundles' compares it, too"
export const RESTART = 'load the release at the next restart'

/** What a build tells of what it cannot apply, or applies with something left as it is. */
export class Report {
  readonly #old: Version
  /** What programs load by the names of the package; what they load by its own name. */
  readonly #entries: Set<string> | undefined
  readonly #main: Set<string> | undefined
  readonly #findings: Finding[] = []

  constructor(old: Version, young: Version) {
    this.#old = old
    this.#entries = inEither(reachable, old, young)
    this.#main = inEither(reachableByName, old, young)
  }

  /** Whether programs can load every file of the package. */
  get isOpen(): boolean {
    return (this.#old.manifest.exports ?? null) === null
  }

  problem(file: string, line: number, what: string, why: string, advice: string): void {
    this.add({ severity: 'problem', file, line, what, why, advice })
  }

  note(file: string, line: number, what: string, why: string, advice: string): void {
    this.add({ severity: 'note', file, line, what, why, advice })
  }

  get findings(): readonly Finding[] {
    return this.#findings
  }

  add(...findings: Finding[]): void {
    this.#findings.push(...findings)
  }

  /**
   * All of them, each once. A problem of a file that programs do not load by the package's name keeps no patch from being
   * made for the others: a process that has loaded it refuses the patch.
   * @param patched the files for which there is something in the patch
   * @param isMore whether there is something for packages that come along, too
   * @param left files that are not compared
   */
  settle(
    patched: readonly string[],
    isMore: boolean,
    left: readonly string[] = [],
  ): { findings: Finding[]; refused: Map<string, string> } {
    if (left.length > 0) this.#tellLeft(left)
    const isMade = isMore || patched.some((path) => this.#main?.has(path))
    const isAside = (file: string): boolean =>
      this.#main?.has(file) === false && (isMade || this.#entries?.has(file) === false)
    const refused = new Map(left.map((path) => [path, LEFT]))
    const findings = this.#findings.map((one): Finding => {
      if (one.severity === 'note' || !isAside(one.file)) return one
      const isLoaded = this.#old.files.has(one.file)
      if (isLoaded && !refused.has(one.file)) refused.set(one.file, `${one.what}: ${one.why}`)
      return { ...one, severity: 'note', why: `${one.why} (${isLoaded ? ASIDE : UNREACHED})` }
    })
    return { refused, findings: [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()] }
  }

  /** One finding for all: a package may have hundreds, one for each language or theme. */
  #tellLeft([first, ...others]: readonly string[]): void {
    const what =
      others.length === 0 ? 'the file' : `the file, and ${others.length} more: ${others.join(', ')}`
    this.note(first!, 1, what, `${LEFT}: a process that has loaded it refuses the patch`, COMPARE)
  }
}

function inEither(
  find: (version: Version) => Set<string> | undefined,
  old: Version,
  young: Version,
): Set<string> | undefined {
  const [was, is] = [find(old), find(young)]
  return was && is && new Set([...was, ...is])
}
