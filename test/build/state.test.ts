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

  it('is not made anew where the program has put something into it', async () => {
    const old = index(
      `const all = { limit: 1 }; exports.set = (k, v) => { all[k] = v }; exports.get = (k) => all[k]`,
    )
    const young = index(
      `const all = { limit: 2 }; exports.set = (k, v) => { all[k] = v }; exports.get = (k) => all[k]`,
    )
    await withPatch(old, young, '', async (_, made) => {
      const problems = problemsOf(made)
      assert.equal(problems.length, 1, problems.join('\n'))
      assert.match(problems[0]!, /'all' has to be made anew/)
    })
  })
})
