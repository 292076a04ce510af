// What start-up code puts on an object by a function that does nothing else.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

const index = (text: string): Files => ({ 'index.js': text })

const forms: Record<string, (calls: string) => string> = {
  'a member of module.exports': (calls) => `module.exports = app; module.exports.token = token
    function app(name) { return app[name](1) } function token(name, fn) { app[name] = fn; return this }
    app.token('one', (x) => [x]); ${calls}`,
  'a function by its name': (calls) => `'use strict'; const app = (name) => app[name](1); module.exports = app
    const put = function (fn, name) { 'use strict'; app[name] = fn }; put((x) => [x], 'one')
    ${calls.replace(/app\.token\(('\w+'), (.*)\)/, 'put($2, $1)')}`,
  'a method': (calls) => `const app = exports.app = { token(name, fn) { return null } }
    app.token = function (name, fn) { this[name] = fn }; app.token('one', (x) => [x]); ${calls}`,
}

describe('what start-up code puts on an object by a function for that', () => {
  const added = `const by = 2; app.token('two', (x) => [x, by])`
  const use =
    '(() => { const app = lib.app ?? lib; return [app.one(1), app.two?.(1), Object.keys(app).includes("two")] })()'

  for (const [how, text] of Object.entries(forms))
    it(`is put on the running one: ${how}`, () =>
      checkBothWays(index(text('')), index(text(added)), '', use, [
        [[1], null, false],
        [[1], [1, 2], true],
      ]))

  it('leaves what the program has put there', () => {
    const [text] = Object.values(forms)
    return withPatch(
      index(text!('')),
      index(text!(added)),
      `lib.token('two', () => 'own')`,
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        const { notes } = await program.load(made.code, 'patch.mjs')
        assert.match(notes.join(), /has changed 'two'/)
        assert.equal(await program.run('lib("two")'), 'own')
        await program.disable(made.name)
        assert.equal(await program.run('lib("two")'), 'own')
      },
    )
  })

  it('is put there under each name that it gets', () => {
    const text = (
      calls: string,
    ): string => `const all = globalThis.forge ?? {}; const ids = module.exports = all.ids = all.ids ?? {}
      function both(id, name) { ids[id] = name; ids[name] = id } both('1.2', 'a'); ${calls}`
    return checkBothWays(index(text('')), index(text(`both('1.3', 'b')`)), '', 'Object.entries(lib)', [
      [
        ['1.2', 'a'],
        ['a', '1.2'],
      ],
      [
        ['1.2', 'a'],
        ['a', '1.2'],
        ['1.3', 'b'],
        ['b', '1.3'],
      ],
    ])
  })

  const others: Record<string, (calls: string) => string> = {
    'that counts': (calls) => `module.exports = app; app.token = token; let count = 0
      function app() { return count } function token(name, fn) { app[name] = fn; count++ }; app.token('one', 1); ${calls}`,
    'with a name that is made': (
      calls,
    ) => `module.exports = app; app.token = token; const name = String(Date.now())
      function app() {} function token(name, fn) { app[name] = fn } ${calls.replace("'two'", 'name')}`,
  }
  for (const [how, text] of Object.entries(others))
    it(`is a problem by one ${how}`, () =>
      withBuild(index(text('')), index(text(added)), (made) =>
        assert.match(problemsOf(made).join(), /runs at start-up and has effects/),
      ))

  it('is a problem by one that changed', () => {
    const text = (calls: string, value: string): string => `module.exports = app; app.token = token
      function app() {} function token(name, fn) { app[name] = ${value} } ${calls}`
    return withBuild(index(text('', '[fn]')), index(text(added, 'fn')), (made) =>
      assert.match(problemsOf(made).join(), /runs at start-up and has effects/),
    )
  })
})
