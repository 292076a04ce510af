// Functions that start-up code hands to one that makes others of them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const DUAL = `function dual(arity, body) {
  if (typeof arity === 'function') return function () { return arity(arguments) ? body.apply(this, arguments) : (self) => body(self, ...arguments) }
  switch (arity) {
    case 2: return function (a, b) { if (arguments.length >= 2) return body(a, b); return (self) => body(self, a) }
    default: throw new RangeError(arity)
  }
}`
const AT_ONCE = `function dual(arity, body) { const first = body(1, 1); return (a, b) => [first, body(a, b)] }`
const IN_LIST = `function dual(arity, body) { const all = [1, 2].map((one) => body(one, one)); return (a, b) => [all, body(a, b)] }`

type Files = Record<string, string>

const ways: Record<string, (maker: string, n: number) => Files> = {
  'of another file': (maker, n) => ({
    'fn.js': `${maker}; exports.dual = dual`,
    'used.js': `exports.used = (a, b) => a * b * ${n}`,
    'index.js': `const fn = require('./fn'), { used } = require('./used')
      const map = exports.map = /*#__PURE__*/ (0, fn.dual)(2, (a, b) => [b].map((one) => used(a, one)))`,
  }),
  'of the same file': (maker, n) => ({
    'index.js': `${maker}; const used = (a, b) => a * b * ${n}; exports.map = dual(2, (a, b) => [b].map((one) => used(a, one)))`,
  }),
  'of an ES module that another one hands on': (maker, n) => ({
    'package.json': '{ "name": "lib", "version": "1.0.0", "type": "module", "main": "index.js" }',
    'fn.js': `export ${maker}`,
    'all.js': `export * from './fn.js'`,
    'used.js': `export const used = (a, b) => a * b * ${n}`,
    'index.js': `import { dual } from './all.js'; import { used } from './used.js'
      export const map = dual(2, (a, b) => [b].map((one) => used(a, one)))`,
  }),
}

describe('what start-up code has made by a function that it gave to another one', () => {
  const used = (n: number): string => `const used = (a) => a * ${n}`
  const told: Record<string, [text: string, use: string, gives: unknown]> = {
    'by a method of lists': ['exports.all = [1, 2].map((x) => used(x))', 'lib.all', [10, 20]],
    'where it stands': ['const m = (function () { return [used(1)] })(); exports.m = m', 'lib.m', [10]],
    'by one of the file': [
      'exports.all = each((x) => used(x)); function each(f) { return [f(1)] }',
      'lib.all',
      [10],
    ],
    'by one that hands it to a method of lists': [
      'exports.all = each((x) => used(x)); function each(f) { return [1, 2].map(f) }',
      'lib.all',
      [10, 20],
    ],
    'by a constructor': [
      'class M { constructor(f) { this.v = f(1) } }; exports.m = new M((x) => used(x))',
      'lib.m',
      { v: 10 },
    ],
  }
  for (const [what, [text, use, gives]] of Object.entries(told))
    it(`is changed where it is, ${what}`, () => {
      const files = (n: number): Files => ({ 'index.js': `${used(n)}; ${text}` })
      return withPatch(files(1), files(10), `const held = ${use}`, async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('held'), gives)
      })
    })

  it('is a problem where that cannot be tried out', async () => {
    const text =
      'let n = 0; each((x) => { n += used(x) }); function each(f) { return [f(1)] }; exports.n = () => n'
    const files = (n: number): Files => ({ 'index.js': `${used(n)}; ${text}` })
    await withPatch(files(1), files(10), '', async (_, made) =>
      assert.match(problemsOf(made).join(), /used: it changed, and only start-up code calls it/),
    )
  })
})

describe('what start-up code has made by what changed', () => {
  const ways: Record<string, string> = {
    'an export of its own': 'exports.f = () => N; exports.x = exports.f()',
    'one of the whole': 'module.exports = { f: () => N, x: 0 }; module.exports.x = module.exports.f()',
    'one by another name of them': 'const api = exports; api.f = () => N; const x = api.f(); api.g = () => x',
    'a function that calls it':
      'function b() { return N } function a() { return b() } exports.x = a(); exports.b = b',
    'a function that asks for a member': `const table = { m: N }; const mk = () => [table.m]
      exports.table = table; exports.f = () => table.m; const all = mk(); exports.g = () => all`,
  }
  for (const [what, text] of Object.entries(ways))
    it(`is told: ${what}`, async () => {
      const files = (n: number): Files => ({ 'index.js': text.replaceAll('N', `${n}`) })
      await withPatch(files(1), files(10), '', async (_, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.match(
          made.findings.map(({ why }) => why).join(),
          /start-up code has (called|made) it.*: what it made then stays as it was/,
        )
      })
    })

  const made: Record<string, [text: string, use: string, gives: unknown]> = {
    'of an export': ['exports.y = N; exports.x = exports.y + 1', '[lib.y, lib.x]', [10, 11]],
    'by a callback': ['const y = N; exports.x = [1, 2].map((v) => v * y)', 'lib.x', [10, 20]],
    'where it stands': ['const y = N; exports.x = (() => y * 2)()', 'lib.x', 20],
    'as a static member': [
      'const y = N; exports.C = class { static t = [1].map((v) => v * y) }',
      'lib.C.t',
      [10],
    ],
  }
  for (const [what, [text, use, gives]] of Object.entries(made))
    it(`is made anew, ${what}`, () => {
      const files = (n: number): Files => ({ 'index.js': text.replaceAll('N', `${n}`) })
      return withPatch(files(1), files(10), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(use), gives)
      })
    })
})

describe('what is made of a function that is called later', () => {
  for (const [what, text] of Object.entries(ways)) {
    it(`stays, and the function in it is redirected: by a function ${what}`, async () => {
      const use = '[held(2, 3), lib.map(2, 3), held === lib.map]'
      await withPatch(text(DUAL, 1), text(DUAL, 10), 'const held = lib.map', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.deepEqual(
          made.deeds.filter((one) => /map/.test(one.what)).map((one) => one.what),
          [],
        )
        assert.deepEqual(await program.run(use), [[6], [6], true])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(use), [[60], [60], true])
        await program.disable(made.name)
        assert.deepEqual(await program.run(use), [[6], [6], true])
      })
    })

    for (const maker of [AT_ONCE, IN_LIST])
      it(`is another one, or told, where it has been called: by a function ${what}: ${maker.slice(35, 60)}`, async () => {
        await withPatch(text(maker, 1), text(maker, 10), '', async (program, made) => {
          if (made.findings.length > 0) return
          await program.load(made.code, 'patch.mjs')
          const [[first]] = (await program.run('lib.map(2, 3)')) as [[number]]
          assert.equal(first, 10)
        })
      })
  }
})
