// Exports that the package uses too: the program gets the very class or object that functions of the package have.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withPatch } from './versions.ts'

type Files = Record<string, string>

const index = (text: string): Files => ({ 'index.js': text })
const thrown =
  '(() => { try { lib.f(1) } catch (error) { return [error instanceof lib.E, error.message] } })()'

describe('a new export that functions of the module use', () => {
  const E = 'class E extends Error {}'
  const f = 'f(x) { throw new E(x) }'
  const cases: Record<string, [old: string, young: string]> = {
    'by its name': [`exports.f = (x) => 1`, `${E} exports.E = E; exports.f = function ${f}`],
    'as an export': [
      `exports.f = (x) => 1`,
      `exports.E = ${E}; exports.f = (x) => { throw new exports.E(x) }`,
    ],
    'beside it in a literal': [
      `function f(x) { return 1 } module.exports = { f }`,
      `${E} function ${f} module.exports = { f, E }`,
    ],
    'on a function': [
      `module.exports = function f(x) { return 1 }; module.exports.f = module.exports`,
      `${E} module.exports = function ${f}; module.exports.f = module.exports; module.exports.E = E`,
    ],
    'with a constructor and its prototype': [
      `exports.f = (x) => 1`,
      `function E(message) { this.message = message } E.prototype = Object.create(Error.prototype)
       exports.E = E; exports.f = (x) => { throw new E(String(x)) }`,
    ],
  }
  for (const [how, [old, young]] of Object.entries(cases))
    it(`is the class that they use ${how}`, async () => {
      await withPatch(index(old), index(young), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(thrown), [true, '1'])
        await program.disable(made.name)
        assert.deepEqual(await program.run('[lib.f(1), "E" in lib]'), [1, false])
      })
    })

  it('is the running class where that is called otherwise now, whose name stays: told', async () => {
    const text = (name: string): Files =>
      index(
        `class ${name} extends Error { constructor(text, status) { super(text); this.status = status } }
         exports.${name} = ${name}; exports.f = (x) => { throw new ${name}('' + x, 7) }`,
      )
    await withPatch(text('OldError'), text('NewError'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(made.findings.map(({ why }) => why).join(), /its name stays 'OldError'/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('lib.NewError === lib.OldError'), true)
    })
  })

  it('is the class that the module exports under other names already', async () => {
    const C = 'class C { f() { return 1 } } module.exports = C; module.exports.default = C'
    await withPatch(index(C), index(`${C}; module.exports.C = C`), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.C === lib, new lib.C() instanceof lib]'), [true, true])
      await program.disable(made.name)
      assert.equal(await program.run('"C" in lib'), false)
    })
  })

  it('is the object, symbol or marker that they use', async () => {
    await checkBothWays(
      index(`exports.f = (x) => [x.length]`),
      index(`const options = { max: 5 }, skip = () => {}; exports.options = options; exports.skip = skip
        exports.KEY = Symbol('key'); exports.f = (x) => [options.max, x === skip, typeof exports.KEY]`),
      '',
      `(() => { if (lib.options) lib.options.max = 7; return lib.f(lib.skip ?? 'a') })()`,
      [[1], [7, true, 'symbol']],
    )
  })
})

describe('a new export that other files use', () => {
  const files = (error: string, thrower: string, own = ''): Files => ({
    'index.js': `exports.f = require('./f')${own}`,
    'f.js': thrower,
    'error.js': error,
  })
  const thrower = `const { E } = require('./error'); module.exports = (x) => { throw new E(x) }`
  const oldError = 'exports.make = () => new Error()'

  for (const [how, error] of [
    ['a name', `${oldError}; class E extends Error {} exports.E = E`],
    ['nothing but the export', `${oldError}; exports.E = class E extends Error {}`],
  ])
    it(`is one class, with ${how} for it`, async () => {
      const young = files(error!, thrower, `; exports.errors = require('./error')`)
      const old = files(oldError, 'module.exports = (x) => 1', `; exports.errors = require('./error')`)
      await withPatch(old, young, '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(thrown.replace('lib.E', 'lib.errors.E')), [true, '1'])
      })
    })

  it('is one class for all files of ES modules', async () => {
    const text = (more: string, test: string, thrower: string): Files => ({
      'index.mjs': `import { throws${more} } from './error.mjs'; export const f = (x) => throws(x); export const is = (error) => ${test}`,
      'error.mjs': thrower,
    })
    const old = text('', 'false', 'export const throws = (x) => { throw new Error(x) }')
    const young = text(
      ', E',
      'error instanceof E',
      'export class E extends Error {} export const throws = (x) => { throw new E(x) }',
    )
    const use = '(() => { try { lib.f(1) } catch (error) { return lib.is(error) } })()'
    await checkBothWays(old, young, '', use, [false, true])
  })

  it('is there although nobody has loaded its file yet', async () => {
    const young = files(
      `${oldError}; exports.E = class E extends Error {}`,
      thrower,
      `; exports.E = require('./error').E`,
    )
    await withPatch(files(oldError, 'module.exports = (x) => 1'), young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(thrown), [true, '1'])
    })
  })
})

describe('a new export that needs the running module before anything leads to it', () => {
  it('is reached by a function that the module has in any case', async () => {
    const text = (more: string): Files =>
      index(`exports.mark = void 0; const all = new Map([[1, 'one']])
        { if (globalThis.window) { exports.mark = (x) => x } }
        exports.first = (x) => all.get(x); ${more}`)
    await withPatch(text(''), text('exports.has = (x) => all.has(x)'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.has(1), lib.has(2)]'), [true, false])
    })
  })

  it('is left to the package, and a note says so', async () => {
    const text = (more: string, run: string): Files =>
      index(`let n = 0; const make = (o) => o; ${more} exports.o = make({ run(x) { ++n; return ${run} } })`)
    const young = text('class Ok { get() { return n } } exports.Ok = Ok;', 'new Ok().get()')
    await withPatch(text('', 'n * 10'), young, 'lib.o.run(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ what, why }) => `${what}: ${why}`).join(),
        /export Ok: .* goes on with/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.o.run(1), "Ok" in lib]'), [2, false])
    })
  })
})

describe('what a module gives to its export by a name of its own', () => {
  const own = (limit: number): string =>
    `const constants = require('./constants'); const own = (x) => [x, own.limit, constants.A]; own.limit = ${limit}; own.constants = constants; module.exports = own`

  it('reaches the files that take it out of that', () =>
    checkBothWays(
      {
        'index.js': `const { limit, constants } = require('./own'); exports.f = () => [limit, constants.A]`,
        'own.js': own(1),
        'constants.js': 'exports.A = 1',
      },
      {
        'index.js': `const { limit, constants } = require('./own'); exports.f = () => [limit, constants.A]`,
        'own.js': own(5),
        'constants.js': 'exports.A = 7',
      },
      'const { f } = lib',
      'f()',
      [
        [1, 1],
        [5, 7],
      ],
    ))

  it('is the running one where it is another module, also for those who have copied it', () => {
    const index = `const own = require('./own'); const f = (x) => own(x); Object.assign(f, own); exports.f = f`
    return checkBothWays(
      { 'index.js': index, 'own.js': own(1), 'constants.js': 'exports.A = 1' },
      { 'index.js': index, 'own.js': own(1), 'constants.js': 'exports.A = 7; exports.B = 2' },
      'const { f } = lib',
      '[f(0), f.constants.A, f.constants.B ?? 0]',
      [
        [[0, 1, 1], 1, 0],
        [[0, 1, 7], 7, 2],
      ],
    )
  })
})
