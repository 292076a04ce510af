// Names of targets: files, packages, ranges, subpaths, entries by condition, copies.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Program } from '../support/program.ts'

const dual = (version: string): Record<string, string> => ({
  'package.json': JSON.stringify({
    name: 'dual',
    version,
    exports: {
      '.': { import: './esm/index.mjs', require: './cjs/index.cjs' },
      './extra': './cjs/extra.cjs',
    },
  }),
  'esm/index.mjs': `export function where() { return 'esm ${version}' }`,
  'cjs/index.cjs': `exports.where = function where() { return 'cjs ${version}' }`,
  'cjs/extra.cjs': `exports.where = function where() { return 'extra ${version}' }`,
})

const inFolder = (folder: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]))

let app: Program
before(async () => {
  app = await Program.start({
    'main.mjs': `
      import { createRequire } from 'node:module'
      import { where as esm } from 'dual'
      import { where as scoped } from '@scope/pkg'
      import { where as part } from '@scope/pkg/part/index.js'
      import { where as own } from './lib/own.mjs'
      import { where as query } from './lib/own.mjs?copy'
      import old from 'uses-old'
      const require = createRequire(import.meta.url)
      const { where: cjs } = require('dual')
      const { where: extra } = require('dual/extra')
      const { where: main } = require('plain')
      const all = () => ({ esm: esm(), cjs: cjs(), extra: extra(), scoped: scoped(), part: part(), own: own(), query: query(), main: main(),
        oldCjs: old.cjs(), oldExtra: old.extra() })`,
    'lib/own.mjs': `export function where() { return 'own' }`,
    ...inFolder('node_modules/dual', dual('2.1.0')),
    ...inFolder('node_modules/uses-old/node_modules/dual', dual('1.4.0')),
    'node_modules/uses-old/package.json': '{ "name": "uses-old", "version": "1.0.0" }',
    'node_modules/uses-old/index.js': `exports.cjs = require('dual').where; exports.extra = require('dual/extra').where`,
    'node_modules/plain/package.json':
      '{ "name": "plain", "version": "3.0.0-beta.1", "main": "./lib/entry" }',
    'node_modules/plain/lib/entry.js': `exports.where = function where() { return 'main' }`,
    'node_modules/@scope/pkg/package.json':
      '{ "name": "@scope/pkg", "version": "1.0.0", "type": "module", "main": "index.js" }',
    'node_modules/@scope/pkg/index.js': `export function where() { return 'scoped' }`,
    'node_modules/@scope/pkg/package-without-a-name/package.json': '{ "type": "commonjs" }',
    'node_modules/@scope/pkg/part/package.json':
      '{ "name": "@scope/pkg-part", "version": "0.1.0", "type": "module", "main": "index.js" }',
    'node_modules/@scope/pkg/part/index.js': `export function where() { return 'part' }`,
  })
})
after(() => app.stop())

const patch = (module: string): string => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: 'p', targets: [{ module: ${JSON.stringify(module)}, functions: { where: () => 'PATCHED' } }] })`

describe('a target’s name reaches', () => {
  const cases: [name: string, reaches: string[], leaves?: string][] = [
    ['dual', ['esm', 'cjs', 'oldCjs']],
    ['dual@^2', ['esm', 'cjs'], 'dual 1.4.0'],
    ['dual@1.x', ['oldCjs'], 'dual 2.1.0'],
    ['dual/cjs/extra.cjs', ['extra', 'oldExtra']],
    ['dual@>=2/cjs/extra.cjs', ['extra'], 'dual 1.4.0'],
    ['dual@^2/esm/index.mjs', ['esm'], 'dual 1.4.0'],
    ['@scope/pkg', ['scoped']],
    ['@scope/pkg@1.0.0/index.js', ['scoped']],
    ['@scope/pkg@1.0.0/part/index.js', ['part']],
    ['plain', ['main']],
    ['plain@>=3.0.0-alpha', ['main']],
    ['./lib/own.mjs', ['own', 'query']],
  ]
  for (const [name, reaches, leaves] of cases) {
    it(`${name}: ${reaches.join(', ')}`, async () => {
      const { notes } = await app.load(patch(name))
      const patched = await app.run<Record<string, string>>('all()')
      await app.disable('p')
      await app.unload('p')
      assert.deepEqual(
        notes.map((note) => /^\S+ \S+(?= runs too)/.exec(note)?.[0] ?? note),
        leaves === undefined ? [] : [leaves],
      )
      assert.deepEqual(
        Object.keys(patched)
          .filter((key) => patched[key] === 'PATCHED')
          .sort(),
        [...reaches].sort(),
      )
    })
  }

  it('the same by an absolute path and by a url', async () => {
    for (const name of [app.path('lib/own.mjs'), new URL(`file://${app.path('lib/own.mjs')}`).href]) {
      await app.load(patch(name))
      assert.equal(await app.run('own()'), 'PATCHED')
      await app.disable('p')
      await app.unload('p')
    }
  })

  it('what is not loaded waits; a subpath without its extension is such a file', async () => {
    const { notes } = await app.load(patch('dual/cjs/extra'))
    assert.match(notes.join(), /waits for it/)
    await app.disable('p')
    await app.unload('p')
  })

  it('and what another version alone has loaded waits too, if a copy in the right one runs', async () => {
    const { notes } = await app.load(patch('dual@^1/esm/index.mjs'))
    assert.match(notes.join(), /'dual@\^1\/esm\/index\.mjs' is not loaded: the patch waits for it/)
    assert.equal(await app.run('esm()'), 'esm 2.1.0')
    await app.disable('p')
    await app.unload('p')
    await assert.rejects(app.load(patch('dual@^3/esm/index.mjs')), /this process runs version 2\.1\.0/)
  })
})
