import { isBuiltin } from 'node:module'
import { parse } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import type { Plan } from '../plan/plan.ts'
import { asCommonJs, type Dependencies, dependencyRange } from '../read/dependencies.ts'
import { dependenciesOf, type Version } from '../read/folder.ts'
import { packageNameOf } from '../read/imports.ts'
import { LOADS } from '../read/made-names.ts'
import type { Finding } from '../report/findings.ts'
import { applyEdits, type Edit } from './edits.ts'
import type { FileBrought } from './patch-text.ts'

/** Files that come along in a patch: new ones of the package, and of packages that only the new version needs. */
export class Brought {
  readonly files = new Map<string, Omit<FileBrought, 'path'>>()
  /** Packages that a process may not have, and that do not come along. */
  readonly findings: Finding[] = []
  /** What could come along, if somebody got it. */
  readonly wanted = new Set<string>()
  readonly #plan: Plan
  readonly #old: Version
  readonly #new: Version
  readonly #dependencies: Dependencies | undefined
  /** The packages that the running version asks for. */
  readonly #asked: ReadonlySet<string>
  /** Those that come along in another version than the program has. */
  readonly #anew: ReadonlySet<string>

  constructor(
    plan: Plan,
    old: Version,
    young: Version,
    dependencies: Dependencies | undefined,
    anew: ReadonlySet<string>,
  ) {
    this.#plan = plan
    this.#old = old
    this.#new = young
    this.#dependencies = dependencies
    this.#anew = anew
    this.#asked = new Set([...old.files.values()].flatMap(({ text }) => packagesIn(text)))
  }

  /** What a text of the patch requires or imports, and what that requires in turn; `isLater` where a function does when it is called. */
  add(from: string, text: string, isLater = false): void {
    for (const [, specifier] of text.matchAll(/\b(?:require|import)\(\s*['"]([^'"]+)['"]\s*\)/g)) {
      this.#package(from, specifier!, isLater)
      const path = this.#plan.resolve(from, specifier!)
      if (path !== undefined && this.#plan.added.has(path)) this.#bring(path)
    }
    if (LOADS.test(text)) for (const path of this.#plan.loaded.addedFor(from)) this.#bring(path)
  }

  /** A new file of the package, with what it needs. */
  #bring(path: string): void {
    if (this.files.has(path)) return
    // One for bundlers may be an ES module where its package says something else.
    const isModule = this.#plan.added.get(path)!.type === 'module'
    const { text: source } = this.#new.files.get(path)!
    const body = withImports(isModule ? asCommonJs(source) : source)
    const chunk = { text: body, ...(!isModule && { path, line: 1 }) }
    this.files.set(path, { chunk, isModule })
    this.add(path, body)
  }

  #package(path: string, specifier: string, isLater: boolean): void {
    const name = packageNameOf(specifier)
    if (name === undefined || this.#isKnown(name)) return
    const files = this.#dependencies?.filesFor(specifier)
    if (files !== undefined) {
      for (const { path: at, text, isModule } of files) this.files.set(at, { chunk: { text }, isModule })
      return
    }
    const place = { file: path, line: 1, what: specifier }
    // A program of one's own has nobody else to install it.
    const isPackage = this.#new.name !== undefined
    if (isPackage && isLater && dependencyRange(this.#new, name) === undefined) {
      const why =
        'the new version asks for a package that it does not depend on: as in the release, somebody installs it'
      this.findings.push({
        ...place,
        severity: 'note',
        why,
        advice: `install ${name}, if the program needs it`,
      })
      return
    }
    this.wanted.add(specifier)
    const refusal = this.#dependencies?.refusal(specifier)
    this.findings.push({
      ...place,
      severity: 'problem',
      why: `the new version needs a package that the running one does not depend on${refusal === undefined ? '' : `, and it cannot come along: ${refusal}`}`,
      advice: `install ${name} where the running version is, or load the release at the next restart`,
    })
  }

  /** Whether the running version has it. */
  #isKnown(name: string): boolean {
    if (this.#anew.has(name)) return false
    return dependenciesOf(this.#old).has(name) || this.#asked.has(name)
  }
}

/** A file with the `import()` that it has where it comes along: that of its own place. */
function withImports(text: string): string {
  if (!/\bimport\s*\(/.test(text)) return text
  const edits: Edit[] = []
  walk(parse(text, 'commonjs', 'new.js'), ({ type, start, source }) => {
    if (type !== 'ImportExpression' || isBuiltin(String(source.value))) return
    edits.push({ start, end: start + 'import'.length, text: 'module.import' })
  })
  return applyEdits(text, { start: 0, end: text.length }, edits)
}

/** The packages that a text requires or imports. */
function packagesIn(text: string): string[] {
  const asked = /\b(?:require(?:\.\w+)?\s*\(|from|import\s*\(?)\s*['"`]([^'"`\n]+)['"`]/g
  return [...text.matchAll(asked)].flatMap(([, specifier]) => packageNameOf(specifier!) ?? [])
}
