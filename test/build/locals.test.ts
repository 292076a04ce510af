// New variables of functions whose closures exist already.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('a new variable of kept closures', () => {
  it('is made where it needs nothing of the call', async () => {
    const old = index(`exports.make = function (n) { return { get: () => n } }`)
    const young = index(
      `exports.make = function (n) { const box = { of(x) { return [this === box, x] } }; return { get: () => box.of(n) } }`,
    )
    await withPatch(old, young, 'const it = lib.make(3)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('it.get()'), [true, 3])
    })
  })

  const refused = {
    this: [`const self = this`, `self.n`],
    'this in an arrow function': [`const get = () => this.n`, `get()`],
    'another name of this in a function': [
      `const self = this; const get = function () { return self.n }`,
      `get()`,
    ],
    arguments: [`const all = arguments`, `all[0]`],
    'new.target': [`const target = new.target`, `target.name`],
  }
  for (const [what, [declared, use]] of Object.entries(refused))
    it(`is a problem where it is ${what}`, async () => {
      const old = index(
        `exports.Q = function Q(n) { void arguments.length; this.n = n; this.get = () => this.n }`,
      )
      const young = index(
        `exports.Q = function Q(n) { void arguments.length; ${declared}; this.n = n; this.get = () => ${use} }`,
      )
      await withPatch(old, young, '', async (_, made) => {
        assert.match(problemsOf(made).join(), /a new variable of the function around it/)
      })
    })
})
