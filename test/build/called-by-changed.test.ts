// Closures of calls under way that are given to an object which is another one in the new version.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const EMITTER = `const { EventEmitter } = require('events')`
const files = (
  made: string,
  listener: string,
  extra: Record<string, string> = {},
): Record<string, string> => ({
  'index.js': `const { Source, open } = require('./src'); exports.start = (out, n) => { const source = ${made}; source.on('item', ${listener}); return source }`,
  'src.js': `${EMITTER}; exports.Source = class extends EventEmitter { put(x) { this.emit('item', 'n', x) } }
    exports.open = (n) => { const made = new exports.Source(); made.put = (x) => made.emit('item', 'n', { file: x }); return made }`,
  ...extra,
})
const old = files('new Source()', '(name, file) => { out.push(name + file) }')
const setup = 'const out = [], source = lib.start(out, 1)'
const use = `(out.length = 0, source.put('a'), lib.start(out, 2).put('b'), out)`

describe('a closure that an object of its call calls', () => {
  it('goes on as it is, where that is made by another function and calls it otherwise', async () => {
    const young = files('open(n)', '(name, { file }) => { out.push(name + file + "!") }')
    await withPatch(old, young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ why }) => why).join(),
        /calls under way end in the running version: 'source' calls it, which is another one/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), ['na', 'nb!'])
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), ['na', 'nb'])
    })
  })

  it('is replaced where that is the same', async () => {
    const young = files('new Source()', '(name, file) => { out.push(name + file + "!") }')
    await withPatch(old, young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), ['na!', 'nb!'])
    })
  })

  it('is replaced where the same function makes that of something else, and calls it with as much', async () => {
    const was = files('open(n)', '(name, { file }) => { out.push(name + file) }')
    const young = files('open(n + 1)', '(name, { file }) => { out.push(name + file + "!") }')
    await withPatch(was, young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), ['na!', 'nb!'])
    })
  })
})
