import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Build, type BuildOptions, buildWithDependencies } from '#dist/build/build.js'
import { readVersion, type Version } from '#dist/build/read/folder.js'
import { writeFiles } from '../support/files.ts'
import { Program } from '../support/program.ts'

type Files = Record<string, string>

/** A package `lib` in two versions, in a folder of their own. */
export class Versions {
  readonly folder = mkdtempSync(join(tmpdir(), 'umbra-versions-'))
  readonly old: string
  readonly new: string
  readonly #options: BuildOptions

  constructor(old: Files, young: Files, options: BuildOptions = {}) {
    this.#options = options
    this.old = this.#write('1.0.0', old)
    this.new = this.#write('1.0.1', young)
  }

  #write(version: string, files: Files): string {
    const folder = join(this.folder, version, 'node_modules', 'lib')
    const type = Object.keys(files)[0]!.endsWith('.mjs') ? 'index.mjs' : 'index.js'
    const manifest = JSON.stringify({ name: 'lib', version, main: type })
    writeFiles(folder, { 'package.json': manifest, ...files })
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
    return Program.start(
      { 'main.js': `const lib = require('lib');${setup}` },
      { modules: dirname(this.old), flags },
    )
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
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
): Promise<void> {
  const versions = new Versions(old, young, options)
  try {
    await use(await versions.build(packages), versions)
  } finally {
    versions.remove()
  }
}

/** The same with a program that runs the old version. */
export function withPatch(
  old: Files,
  young: Files,
  setup: string,
  use: (program: Program, made: Build) => Promise<void>,
  { flags, ...options }: Options & { flags?: string[] } = {},
): Promise<void> {
  const run = async (made: Build, versions: Versions): Promise<void> => {
    const program = await versions.start(setup, flags)
    try {
      await use(program, made)
    } finally {
      await program.stop()
    }
  }
  return withBuild(old, young, run, options)
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
