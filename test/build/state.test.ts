// Which values may be made anew, and which hold what the program has put into them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('a value that the running version has', () => {
  it('is made anew where only start-up code has put something into it', async () => {
    const old =
      index(`const CODES = { a: 1 }; Object.keys(CODES).forEach(function (k) { CODES[CODES[k]] = k })
      const os = require('os'); exports.get = (k) => CODES[k]; exports.eol = () => os.EOL`)
    const young =
      index(`const CODES = { a: 1, b: 2 }; Object.keys(CODES).forEach(function (k) { CODES[CODES[k]] = k })
      let os; exports.get = (k) => CODES[k]; exports.eol = () => { if (!os) os = require('os'); return [os.EOL] }`)
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[lib.get('b'), lib.get(2), lib.get(1), lib.eol()]`), [
        2,
        'b',
        'a',
        ['\n'],
      ])
    })
  })

  it('is made anew where it is the global object', async () => {
    const text = (used: string): Record<string, string> =>
      index(
        `const self = 0; const root = self || Function('return this')(); const Sym = root.Symbol; exports.f = () => [${used}]`,
      )
    await withPatch(
      text('Sym === Symbol'),
      text('Sym === Symbol, root === globalThis'),
      '',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.f()'), [true, true])
      },
    )
  })

  it('stays with what is in it where start-up code that did not change filled it through a function that did', async () => {
    const text = (more: string): Record<string, string> =>
      index(`const all = {}; function add(name, value) { all[name] = value${more} }
        add('one', 1); exports.add = add; exports.get = (k) => all[k]; exports.count = () => Object.keys(all).length`)
    await withPatch(text(''), text(' + 0.5'), `lib.add('own', 5)`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(
        await program.run(`[lib.get('one'), lib.get('own'), (lib.add('x', 1), lib.get('x')), lib.count()]`),
        [1, 5, 1.5, 3],
      )
    })
  })

  it('is changed where it is, with what the program has put into it', async () => {
    const text = (limit: number): Record<string, string> =>
      index(
        `const all = { limit: ${limit} }; exports.set = (k, v) => { all[k] = v }; exports.get = (k) => all[k]`,
      )
    await withPatch(text(1), text(2), `lib.set('own', 3)`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const use = `['limit', 'own'].map(lib.get)`
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), [2, 3])
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), [1, 3])
    })
  })

  it('is not made anew where the program has put something into it', async () => {
    const text = (limit: string): Record<string, string> =>
      index(
        `const all = new Map(${limit}); exports.set = (k, v) => { all.set(k, v) }; exports.get = (k) => all.get(k)`,
      )
    await withPatch(text(''), text(`[['limit', 2]]`), '', async (_, made) => {
      const problems = problemsOf(made)
      assert.equal(problems.length, 1, problems.join('\n'))
      assert.match(problems[0]!, /'all' has to be made anew/)
    })
  })

  const bus = `const EventEmitter = require('events'); const all = `
  const held: Record<string, [old: string, young: string, rest: string]> = {
    'by another name': [
      `const all = {}`,
      `const all = Object.create(null)`,
      `exports.f = (k, v) => { const a = all; a[k] = v }`,
    ],
    'in a function that gets it': [
      `const all = {}`,
      `const all = Object.create(null)`,
      `function put(into, k) { into[k] = 1 } exports.f = (k) => put(all, k)`,
    ],
    'by a method of a class': [
      `class Pool { constructor(n) { this.n = n } add(x) { this.x = x } } const all = new Pool(5)`,
      `class Pool { constructor(n) { this.n = n } add(x) { this.x = x } } const all = new Pool(6)`,
      `exports.f = (x) => all.add(x)`,
    ],
    'by a method of a platform class': [
      `${bus}new EventEmitter()`,
      `${bus}new EventEmitter({})`,
      `exports.f = (f) => all.on('x', f)`,
    ],
    'where it was returned': [`const all = []`, `const all = Array.from('')`, `exports.f = () => all`],
  }
  for (const [how, [old, young, rest]] of Object.entries(held))
    it(`is not made anew where the program may have put something into it ${how}`, async () => {
      await withPatch(index(`${old}; ${rest}`), index(`${young}; ${rest}`), '', async (_, made) => {
        assert.match(problemsOf(made).join(), /'all' has to be made anew/)
      })
    })

  const looked: Record<string, [old: string, young: string, rest: string]> = {
    'a table that is read by another name': [
      `const all = { a: 1 }`,
      `const all = { a: 2 }`,
      `exports.f = (k) => { const a = all; return a[k] }`,
    ],
    'a table that a function gets': [
      `const all = [1]`,
      `const all = [2]`,
      `const of = (list, i) => list[i]; exports.f = (i) => of(all, i)`,
    ],
    'a table that a function of the platform gets beside one without a name': [
      `const all = [1]`,
      `const all = [2]`,
      `exports.each = (f) => [1].map(function () { return f }); exports.f = () => String(all)`,
    ],
    'an object that is asked': [
      `class Schema { constructor(n) { this.n = n } test(x) { return x > this.n } } const all = new Schema(1)`,
      `class Schema { constructor(n) { this.n = n } test(x) { return x > this.n } } const all = new Schema(2)`,
      `exports.f = (x) => all.test(x)`,
    ],
  }
  for (const [what, [old, young, rest]] of Object.entries(looked))
    it(`is made anew where it is ${what}`, async () => {
      await withPatch(index(`${old}; ${rest}`), index(`${young}; ${rest}`), '', async (_, made) => {
        assert.deepEqual(problemsOf(made), [])
      })
    })
})
