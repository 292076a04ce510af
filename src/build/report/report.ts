import { reachable, type Version } from '../read/folder.ts'
import type { Finding } from './findings.ts'

export const NOTHING = 'nothing, unless the program asks for it after the patch'
export const API = 'a new member that nothing else of the package uses: the running program does not know it'
export const LOST = 'the new version does not export it any more, and the running one goes on doing so'
export const RESTART = 'load the release at the next restart'

/** What a build tells of what it cannot apply, or applies with something left as it is. */
export class Report {
  /** Files whose problems do not keep a program that loads the package by its entries from being patched. */
  readonly #entries: Set<string> | undefined
  readonly #findings: Finding[] = []

  constructor(old: Version, young: Version) {
    const [was, is] = [reachable(old), reachable(young)]
    if (was !== undefined && is !== undefined) this.#entries = new Set([...was, ...is])
  }

  problem(file: string, line: number, what: string, why: string, advice: string): void {
    this.add({ severity: 'problem', file, line, what, why, advice })
  }

  note(file: string, line: number, what: string, why: string, advice: string): void {
    this.add({ severity: 'note', file, line, what, why, advice })
  }

  add(...findings: Finding[]): void {
    this.#findings.push(...findings)
  }

  /** All of them, each once. */
  get findings(): Finding[] {
    const weighed = this.#findings.map((finding) => this.#weigh(finding))
    return [...new Map(weighed.map((one) => [JSON.stringify(one), one])).values()]
  }

  /** A file that no entry leads to is nothing that a program usually loads: it is said, but keeps no patch from being made. */
  #weigh(finding: Finding): Finding {
    if (finding.severity === 'note' || this.#entries === undefined || this.#entries.has(finding.file))
      return finding
    const why = `${finding.why} (no entry of the package leads to this file)`
    return { ...finding, severity: 'note', why }
  }
}
