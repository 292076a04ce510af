// The two versions as folders, or as a diff of sources that a command compiles.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { buildFolders } from '#dist/build/diff.js'
import { readVersion, type Version } from '#dist/build/read/folder.js'
import { writeFiles } from '../support/files.ts'
import { Program, umbra } from '../support/program.ts'
import { problemsOf } from './versions.ts'

const work = mkdtempSync(join(tmpdir(), 'umbra-modes-'))
after(() => rmSync(work, { recursive: true }))

const write = (files: Record<string, string>): void => writeFiles(work, files)

const source = (answer: number): string =>
  `export function answer(n: number): number {\n  return n + ${answer}\n}\n`
const compiled = (answer: number): string => `exports.answer = function answer(n) { return n + ${answer} }\n`

async function answerWith(patch: string, lib = compiled(1)): Promise<unknown> {
  const program = await Program.start({ 'main.js': `const lib = require('./lib.js')`, 'lib.js': lib })
  try {
    await program.load(readFileSync(patch, 'utf8'), 'patch.mjs')
    return await program.run('lib.answer(1)')
  } finally {
    await program.stop()
  }
}

describe('umbra build', () => {
  it('of two folders', async () => {
    write({ 'a/lib.js': compiled(1), 'b/lib.js': compiled(2) })
    const patch = join(work, 'folders.mjs')
    const run = await umbra(['build', '--from', join(work, 'a'), '--to', join(work, 'b'), '-o', patch])
    assert.equal(run.status, 0, run.stderr)
    assert.equal(await answerWith(patch), 3)
  })

  it('tells where a folder, an archive or a repository stands in the place of a package', async () => {
    const others = [
      join(work, 'a'),
      './a',
      'a.tgz/x',
      'owner/repository',
      'lib@file:../lib',
      'lib@git+ssh://x',
    ]
    for (const other of others) {
      const run = await umbra(['build', other, other])
      assert.equal(run.status, 1)
      assert.match(run.stderr, /is no package with its version, as qs@6\.5\.2: .*--from and --to/)
    }
  })

  it('of code that is nested deeply: long sums, chains of else if', async () => {
    const sum = Array.from({ length: 4000 }, () => 'x').join(' + ')
    const chain = Array.from({ length: 1500 }, (_, i) => `if (x === ${i}) return ${i}`).join('\nelse ')
    const text = (more: string): string =>
      `exports.answer = (x) => sum(x)${more}\nfunction sum(x) { return ${sum} }\nexports.find = (x) => { ${chain} }`
    write({ 'deep/lib.js': text(''), 'deeper/lib.js': text(' - 3998') })
    const patch = join(work, 'deep.mjs')
    const folders = ['--from', join(work, 'deep'), '--to', join(work, 'deeper')]
    const run = await umbra(['build', ...folders, '-o', patch])
    assert.equal(run.status, 0, run.stdout + run.stderr)
    assert.equal(await answerWith(patch, text('')), 2)
    // Whoever builds in a thread of less room is told whose failure that is.
    const locate = async (name: string): Promise<Version> => readVersion(name)
    const made = await buildFolders(join(work, 'deep'), join(work, 'deeper'), {}, locate)
    assert.match(problemsOf(made).join(), /umbra itself failed .*RangeError/)
  })

  it('brings along what only the new folder depends on, and says what nobody depends on', async () => {
    const user = `const one = require('one'); exports.answer = function answer(n) { return one(n) }`
    write({
      'c/lib.js': compiled(1),
      'd/package.json': JSON.stringify({ dependencies: { one: '^1.0.0' } }),
      'd/lib.js': user.replace('one(n)', `[one(n), require('./more/new.js')(n)]`),
      'd/more/new.js': `module.exports = (n) => require('one')(n + 1)`,
      'e/lib.js': user,
      'one/package.json': JSON.stringify({ name: 'one', version: '1.2.0', main: 'one.js' }),
      'one/one.js': 'module.exports = (n) => [n]',
    })
    const locate = async (name: string): Promise<Version> => readVersion(join(work, name))
    const options = { name: 'folders' }
    const made = await buildFolders(join(work, 'c'), join(work, 'd'), options, locate)
    assert.deepEqual(problemsOf(made), [])
    write({ 'brought.mjs': made.code })
    assert.deepEqual(await answerWith(join(work, 'brought.mjs')), [[1], [2]])
    const unknown = await buildFolders(join(work, 'c'), join(work, 'e'), options, locate)
    assert.match(problemsOf(unknown).join(), /one: the new version needs a package/)
  })

  it('of a diff of what runs', async () => {
    write({
      'plain/lib.js': compiled(1),
      'plain.diff': `--- a/lib.js\n+++ b/lib.js\n@@ -1 +1 @@\n-${compiled(1)}+${compiled(2)}`,
    })
    // A socket of the running program, say.
    execFileSync('mkfifo', [join(work, 'plain/pipe')])
    const patch = join(work, 'plain.mjs')
    const args = ['--diff', join(work, 'plain.diff'), '--root', join(work, 'plain'), '-o', patch]
    const run = await umbra(['build', ...args])
    assert.equal(run.status, 0, run.stderr)
    assert.equal(await answerWith(patch), 3)
    assert.equal(readFileSync(join(work, 'plain/lib.js'), 'utf8'), compiled(1), 'the folder is left alone')
  })

  it('of a diff of sources, which a compiler makes into what runs', async () => {
    const line = (answer: number): string => `  return n + ${answer}`
    write({
      'ts/src/lib.ts': source(1),
      'ts.diff': `--- a/src/lib.ts\n+++ b/src/lib.ts\n@@ -1,3 +1,3 @@\n export function answer(n: number): number {\n-${line(1)}\n+${line(2)}\n }\n`,
    })
    write({
      'compile.mjs': `import { buildSync } from '${import.meta.resolve('esbuild')}'
        buildSync({ entryPoints: ['src/lib.ts'], format: 'cjs', outfile: 'dist/lib.js' })`,
    })
    const command = `"${process.execPath}" "${join(work, 'compile.mjs')}"`
    const args = ['--diff', join(work, 'ts.diff'), '--root', join(work, 'ts'), '--run', command, '--json']
    const run = await umbra(['build', ...args, '-o', join(work, 'ts.mjs')])
    assert.equal(run.status, 0, run.stdout + run.stderr)
    const { deeds, findings } = JSON.parse(run.stdout)
    assert.deepEqual(findings, [])
    assert.equal(deeds.length, 1)
    assert.match(deeds[0].what, /^function answer/)
    assert.match(readFileSync(join(work, 'ts.mjs'), 'utf8'), /module: '\.\/dist\/lib\.js'/)
    assert.deepEqual(readdirSync(join(work, 'ts')), ['src'], 'the folder is left alone')
  })

  it('names targets from where the main script stands', async () => {
    const lib = (answer: number): string => `exports.more = (n) => n + ${answer}`
    for (const [folder, n] of [
      ['f', 1],
      ['g', 2],
    ] as const)
      write({
        [`${folder}/dist/main.js`]: '',
        [`${folder}/dist/lib.js`]: compiled(n),
        [`${folder}/lib/up.js`]: lib(n),
      })
    const patch = join(work, 'main.mjs')
    const args = ['build', '--from', join(work, 'f'), '--to', join(work, 'g'), '-o', patch, '--main']
    const run = await umbra([...args, 'dist/main.js'])
    assert.equal(run.status, 0, run.stderr)
    const text = readFileSync(patch, 'utf8')
    assert.match(text, /module: '\.\/lib\.js'/)
    assert.match(text, /module: '\.\.\/lib\/up\.js'/)
    assert.equal(await answerWith(patch), 3)
    assert.doesNotMatch(run.stdout, /say --main/)
    for (const folder of ['f', 'g']) write({ [`${folder}/package.json`]: '{ "main": "./dist/main.js" }' })
    assert.match((await umbra(args.slice(0, -1))).stdout, /say --main dist\/main\.js.*\n +package\.json:1: /)
    assert.match((await umbra([...args, 'dist/other.js'])).stderr, /there is no main script dist\/other\.js/)
  })

  it('says what several places have in common once', async () => {
    const lib = (n: number): string => `exports.answer = () => ${n}\nsetTimeout(() => {}, ${n})`
    write({ 'h/one.js': lib(1), 'h/two.js': lib(1), 'i/one.js': lib(2), 'i/two.js': lib(2) })
    const patch = join(work, 'said.mjs')
    const args = ['build', '--from', join(work, 'h'), '--to', join(work, 'i'), '-o', patch]
    const run = await umbra(args)
    assert.equal(run.status, 1)
    assert.match(run.stdout, /^.*: 2 parts of the change can be applied, 4 cannot\n/)
    assert.equal(run.stdout.match(/cannot be applied:/g)?.length, 2)
    assert.match(run.stdout, /\n {4}what to do: .*\n {4}one\.js:2, two\.js:2: setTimeout/)
    assert.match(run.stdout, /no patch written: 4 parts cannot be applied/)
    const partial = await umbra([...args, '--partial'])
    assert.equal(partial.status, 0)
    assert.match(partial.stdout, /said\.mjs written, without 4 parts/)
  })

  const bad: Record<string, [string[], RegExp]> = {
    nothing: [[], /say what to compare/],
    'a folder that is not there': [['--from', join(work, 'none'), '--to', work], /there is no folder .*none/],
    'a diff that is not there': [['--diff', join(work, 'none.diff')], /there is no diff .*none\.diff/],
    'another way with fields': [['a@1.0.0', 'a@1.0.1', '--fields', 'both'], /shadow, author/],
  }
  for (const [name, [args, message]] of Object.entries(bad)) {
    it(`refuses ${name}`, async () => {
      const run = await umbra(['build', ...args])
      assert.notEqual(run.status, 0)
      assert.match(run.stderr, message)
    })
  }

  it('refuses a diff that does not apply, and a command that fails, with what they say', async () => {
    write({
      'c/lib.js': compiled(5),
      'c.diff': `--- a/lib.js\n+++ b/lib.js\n@@ -1 +1 @@\n-${compiled(1)}+${compiled(2)}`,
    })
    const args = ['build', '--diff', join(work, 'c.diff'), '--root', join(work, 'c')]
    assert.match((await umbra(args)).stderr, /the diff does not apply: .*lib\.js/s)
    write({ 'c/lib.js': compiled(1) })
    assert.match((await umbra([...args, '--run', 'echo broken >&2; exit 3'])).stderr, /failed: broken/)
  })
})
