// What functions made before the patch: objects and classes that are without members which the new version gives them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('what a function has made before the patch', () => {
  const kinds: Record<string, (body: string, more: string) => string> = {
    'a class': (body, more) => `exports.make = (n) => { class C { a() { ${body} } ${more} } return C }`,
    'a literal': (body, more) => `exports.make = (n) => ({ a() { ${body} }${more && `, ${more}`} })`,
    'a prototype': (body, more) =>
      `exports.make = (n) => { function C() {} C.prototype.a = function () { ${body} }; ${more && 'C.prototype.b = function () { return n + 1 };'} return C }`,
  }
  for (const [what, text] of Object.entries(kinds)) {
    it(`lacks a method of ${what} that its other methods call: a problem`, async () => {
      const young = index(text('return this.b()', 'b() { return n + 1 }'))
      await withPatch(index(text('return n', '')), young, '', async (_, made) => {
        assert.match(problemsOf(made).join(), /b: a new method: .* its other methods call it/)
      })
    })

    it(`goes on without a method of ${what} that nobody calls`, async () => {
      const young = index(text('return n * 10', 'b() { return n + 1 }'))
      const setup = `const made = lib.make(2), it = typeof made === 'function' ? new made() : made`
      await withPatch(index(text('return n', '')), young, setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run('it.a()'), 20)
        await program.disable(made.name)
        assert.equal(await program.run('it.a()'), 2)
      })
    })
  }

  it('is of other classes than those in a table that is made anew: a problem', async () => {
    const text = (more: string): Record<string, string> =>
      index(
        `const kinds = { bad: class Bad extends Error {}${more} }; exports.make = (k) => new kinds[k](); exports.is = (e, k) => e instanceof kinds[k]`,
      )
    await withPatch(text(''), text(', worse: class Worse extends Error {}'), '', async (_, made) => {
      assert.match(problemsOf(made).join(), /classes that stand in it would be others/)
    })
  })

  it('is no field of a literal that takes it from `this`', async () => {
    const text = (given: string, shown: string): Record<string, string> =>
      index(`exports.Cookie = class Cookie { constructor(o) { this.path = o.path; ${given} }
        toJSON() { return { path: this.path${shown} } } sent(now) { return this.toJSON().path + (this.until ?? now) } }`)
    const young = text('if (o.until) this.until = o.until', ', until: this.until, later: () => this.path')
    const use = `[JSON.stringify(it), it.sent(1), JSON.stringify(new lib.Cookie({ path: '/', until: 5 })), new lib.Cookie({ path: '/', until: 5 }).sent(1)]`
    await withPatch(
      text('', ''),
      young,
      `const it = new lib.Cookie({ path: '/' })`,
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(use), ['{"path":"/"}', '/1', '{"path":"/","until":5}', '/5'])
        await program.disable(made.name)
        assert.deepEqual(await program.run('[JSON.stringify(it), it.sent(1)]'), ['{"path":"/"}', '/1'])
      },
    )
  })
})
