import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Build, type BuildOptions, buildWithDependencies } from '#dist/build/build.js'
import { readVersion, type Version } from '#dist/build/read/folder.js'
import { writeFiles } from '../support/files.ts'
import { Guest } from '../support/guest.ts'
import { Program } from '../support/program.ts'

type Files = Record<string, string>

/** A package `lib` in two versions, in a folder of their own. */
export class Versions {
  readonly folder = mkdtempSync(join(tmpdir(), 'umbra-versions-'))
  readonly old: string
  readonly new: string
  readonly #options: BuildOptions
  /** Of the old version. */
  readonly #first: number

  /** @param number which of several in one process they are */
  constructor(old: Files, young: Files, options: BuildOptions = {}, number = 0) {
    this.#options = options
    this.#first = 2 * number
    this.old = this.#write(0, old)
    this.new = this.#write(1, young)
  }

  #write(at: number, files: Files): string {
    const version = `1.0.${this.#first + at}`
    const folder = join(this.folder, version, 'node_modules', 'lib')
    const type = Object.keys(files)[0]!.endsWith('.mjs') ? 'index.mjs' : 'index.js'
    const manifest = JSON.stringify({ name: 'lib', version, main: type })
    // One of the test's own says 1.0.0 or 1.0.1.
    const own = files['package.json']?.replace(/("version": ?"1\.0\.)([01])"/, (_, begin, patch) => {
      return `${begin}${this.#first + Number(patch)}"`
    })
    writeFiles(folder, { ...files, 'package.json': own ?? manifest })
    return folder
  }

  /** `packages` are those of a registry, by `name@range`: their files, with a package.json. */
  build(packages: Record<string, Files> = {}): Promise<Build> {
    const locate = async (name: string, range: string): Promise<Version> => {
      const files = packages[`${name}@${range}`]
      if (files === undefined) throw new Error(`there is no ${name}@${range}`)
      const folder = join(this.folder, 'registry', `${name}@${range}`.replace(/[^\w.@]/g, '_'))
      writeFiles(folder, files)
      return readVersion(folder)
    }
    return buildWithDependencies(readVersion(this.old), readVersion(this.new), this.#options, locate)
  }

  /** A program that runs the old version, with its exports as `lib`. */
  start(setup = '', flags: string[] = []): Promise<Program> {
    return Program.start(mainOf(setup), { modules: dirname(this.old), flags })
  }

  /** The same in a process with others. */
  enter(setup = ''): Promise<Program> {
    return Guest.enter(mainOf(setup), dirname(this.old))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}

function mainOf(setup: string): Files {
  return { 'main.js': `const lib = require('lib');${setup}` }
}

interface Options extends BuildOptions {
  packages?: Record<string, Files>
}

/** Builds a patch and runs `use` with it, for what a report alone tells. */
export async function withBuild(
  old: Files,
  young: Files,
  use: (made: Build, versions: Versions) => unknown,
  { packages, ...options }: Options = {},
  number = 0,
): Promise<void> {
  const versions = new Versions(old, young, options, number)
  try {
    await use(await versions.build(packages), versions)
  } finally {
    versions.remove()
  }
}

/** How a program is started. */
interface Start {
  /** Flags of Node before the script. */
  flags?: string[]
  /** In a process of its own, for what changes more in it than its own packages. */
  alone?: boolean
}

let programs = 0

/** Other packages have one version for all programs. */
function hasPackages(old: Files, { packages }: Options): boolean {
  return packages !== undefined || Object.keys(old).some((path) => path.startsWith('node_modules/'))
}

/** The same with a program that runs the old version. */
export function withPatch(
  old: Files,
  young: Files,
  setup: string,
  use: (program: Program, made: Build) => Promise<void>,
  { flags, alone, ...options }: Options & Start = {},
): Promise<void> {
  const isAlone = alone ?? (flags !== undefined || hasPackages(old, options))
  const run = async (made: Build, versions: Versions): Promise<void> => {
    const program = await (isAlone ? versions.start(setup, flags) : versions.enter(setup))
    try {
      await use(program, made)
    } finally {
      await program.stop()
    }
  }
  return withBuild(old, young, run, options, isAlone ? 0 : programs++)
}

export function problemsOf({ findings }: Build): string[] {
  return findings
    .filter(({ severity }) => severity === 'problem')
    .map(({ file, line, what, why }) => `${file}:${line}: ${what}: ${why}`)
}

/** What `use` gives before the patch, with it, and when it is disabled: twice, for nothing may be left behind. */
export async function checkBothWays(
  old: Files,
  young: Files,
  setup: string,
  use: string,
  [before, after]: [unknown, unknown],
): Promise<void> {
  await withPatch(old, young, setup, async (program, made) => {
    assert.deepEqual(problemsOf(made), [])
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(await program.run(use), before)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), after)
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), before)
      await program.unload(made.name)
    }
  })
}

/** What `use` gives in a program that has had the new version from its start, a single CommonJS file. */
export function fresh(text: string, setup: string, use: string): unknown {
  const module = { exports: {} }
  new Function('module', 'exports', 'require', text)(module, module.exports, createRequire(import.meta.url))
  return JSON.parse(JSON.stringify(new Function('lib', `${setup}; return ${use}`)(module.exports)))
}

/** Counts the cases in which a patch comes to what the new version does: a build that refuses all, or tells of all, would pass each. */
export class Counted {
  #cases = 0
  #same = 0

  /** Runs a case, which says whether it was one. */
  async run(check: () => Promise<boolean>): Promise<void> {
    this.#cases++
    if (await check()) this.#same++
  }

  /** @param part of the cases, at least */
  assert(part: number): void {
    assert.ok(this.#same >= part * this.#cases, `${this.#same} of ${this.#cases}`)
  }
}
