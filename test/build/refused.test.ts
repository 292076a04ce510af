// A file beside the package's main entry to which a part of the change cannot be applied: others get the patch, and a
// process that has loaded the file refuses it.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Build } from '#dist/build/build.js'
import { problemsOf, withBuild, withPatch } from './versions.ts'

const files = (value: number, start: string): Record<string, string> => ({
  'index.js': `const { value } = require('./value'); exports.get = () => value()`,
  'value.js': `exports.value = () => ${value}`,
  'side.js': `${start}; exports.value = require('./value').value; exports.own = () => ${value}`,
})
const [old, young] = [files(1, ''), files(2, `process.on('exit', () => {})`)]

describe('a file beside the main entry that cannot be patched', () => {
  it('keeps nobody from being patched who has not loaded it, and is not loaded afterwards', async () => {
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(JSON.stringify(made.findings), /a process that has loaded it refuses the patch/)
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.get()'), 2)
      const late = `(() => { try { return require('lib/side').own() } catch (error) { return error.message } })()`
      assert.match((await program.run(late)) as string, /the patch has nothing for .*side\.js, .*start-up/)
      await program.disable(made.name)
      assert.equal(await program.run('lib.get()'), 1)
      assert.equal(await program.run(late), 1)
    })
  })

  it('makes a process that has loaded it refuse the patch', async () => {
    await withPatch(old, young, `const side = require('lib/side')`, async (program, made) => {
      await assert.rejects(
        program.load(made.code, 'patch.mjs'),
        /the patch has nothing for .*side\.js, .*start-up/,
      )
      assert.deepEqual(await program.run('[lib.get(), side.own()]'), [1, 1])
    })
  })

  it('is one, too, that is loaded where something of a browser is there', async () => {
    const lazy = `exports.adapter = () => { if (typeof XMLHttpRequest !== 'undefined') { return require('./side') } return require('./value') }`
    const [was, is] = [old, young].map((one) => ({ ...one, 'index.js': `${one['index.js']}; ${lazy}` }))
    await withPatch(was!, is!, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.get(), lib.adapter().value()]'), [2, 2])
    })
    const setup = 'globalThis.XMLHttpRequest = class {}; lib.adapter(); delete globalThis.XMLHttpRequest'
    await withPatch(was!, is!, setup, (program, made) =>
      assert.rejects(program.load(made.code, 'patch.mjs'), /the patch has nothing for .*side\.js/),
    )
  })

  it('is a problem where a program of Node.js loads it', () => {
    const lazy = `const by = (typeof window !== 'undefined') ? null : require('./side'); exports.by = () => by`
    const [was, is] = [old, young].map((one) => ({ ...one, 'index.js': `${one['index.js']}; ${lazy}` }))
    return withBuild(was!, is!, (made) => assert.match(problemsOf(made).join(), /side\.js/))
  })

  it('is a problem where nothing else is patched', async () => {
    const only = { ...young, 'value.js': old['value.js']! }
    await withBuild(
      { ...old, 'index.js': `require('./side')` },
      { ...only, 'index.js': `require('./side')` },
      async (made) => {
        assert.match(problemsOf(made).join(), /side\.js/)
      },
    )
  })
})

const LONG = `/* ${'x'.repeat(200_000)} */`
for (const [kind, all, text] of [
  ['a long bundle', 'dist/all.js', LONG],
  ['a minified file', 'dist/all.min.js', ''],
] as const)
  describe(`${kind} to which no entry leads`, () => {
    const files = (value: number, more: Record<string, string> = {}): Record<string, string> => ({
      'index.js': `exports.get = () => ${value}`,
      [all]: `exports.get = () => ${value} ${text}`,
      ...more,
    })

    it('is not compared, which a note says, and keeps no other file from being patched', () =>
      withPatch(files(1), files(2), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.match(
          made.findings.map(({ file, why }) => `${file} ${why}`).join('\n'),
          /dist\/all\.(min\.)?js no entry .* not compared: a process that has loaded it refuses the patch$/m,
        )
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run('lib.get()'), 2)
      }))

    it('refuses the patch where it has been loaded', () =>
      withPatch(files(1), files(2), `const all = require('lib/${all}')`, async (program, made) => {
        await assert.rejects(
          program.load(made.code, 'patch.mjs'),
          /the patch has nothing for .*all\.(min\.)?js, .*not compared/,
        )
        assert.deepEqual(await program.run('[lib.get(), all.get()]'), [1, 1])
      }))

    it('is compared where that is asked for', () =>
      withPatch(
        files(1),
        files(2),
        `const all = require('lib/${all}')`,
        async (program, made) => {
          assert.deepEqual(made.findings, [])
          await program.load(made.code, 'patch.mjs')
          assert.deepEqual(await program.run('[lib.get(), all.get()]'), [2, 2])
        },
        { bundles: 'compared' },
      ))

    it("is compared where it is a command, and in a program of one's own", async () => {
      const isCompared = ({ deeds }: Build): void => assert.ok(deeds.some(({ file }) => file === all))
      const bin = { 'package.json': JSON.stringify({ name: 'lib', version: '1.0.0', bin: `./${all}` }) }
      await withBuild(files(1, bin), files(2, bin), isCompared)
      await withBuild(files(1), files(2), isCompared, { target: (path) => `./${path}` })
    })
  })

it('a long bundle is compared where code makes its name', () => {
  const files = (value: number): Record<string, string> => ({
    'index.js': `exports.get = require('./lib/load.js')`,
    'lib/load.js': `module.exports = (name) => require('../dist/' + name)`,
    'dist/all.js': `exports.get = () => ${value} ${LONG}`,
  })
  return withBuild(files(1), files(2), ({ deeds }) =>
    assert.ok(deeds.some(({ file }) => file === 'dist/all.js')),
  )
})

describe('a minified file', () => {
  const files = (value: number, more: Record<string, string> = {}): Record<string, string> => ({
    'index.js': `exports.get = () => ${value}`,
    'dist/a.min.js': `exports.get = () => ${value}`,
    'dist/b.min.js': `exports.get = () => ${value}`,
    'dist/same.min.js': 'exports.get = () => 0',
    'test/c.min.js': `exports.get = () => ${value}`,
    ...more,
  })

  it('is told of with all others, but for those that are the same or of a test', () =>
    withBuild(files(1), files(2), ({ findings }) =>
      assert.deepEqual(
        findings.map(({ file, what }) => [file, what]),
        [['dist/a.min.js', 'the file, and 1 more: dist/b.min.js']],
      ),
    ))

  it("is nobody's where the package names what can be loaded", () => {
    const closed = {
      'package.json': JSON.stringify({ name: 'lib', version: '1.0.0', exports: './index.js' }),
    }
    return withBuild(files(1, closed), files(2, closed), ({ findings }) => assert.deepEqual(findings, []))
  })
})

it("files of tests, examples and tools are left out of a package, and compared in a program of one's own", async () => {
  const files = (value: number): Record<string, string> => ({
    'index.js': `exports.get = () => ${value}`,
    'scripts/run.js': `exports.run = () => ${value}`,
  })
  const patched = ({ deeds }: Build): string[] => deeds.map(({ file }) => file)
  await withBuild(files(1), files(2), (made) => assert.deepEqual(patched(made), ['index.js']))
  await withBuild(
    files(1),
    files(2),
    (made) => assert.deepEqual(patched(made), ['index.js', 'scripts/run.js']),
    { target: (path) => `./${path}` },
  )
})
