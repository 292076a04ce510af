// A patch that adds names to scopes of its target: constants, functions and variables that all its replacements share,
// once for each instance of the scope; modules that it brings along; and the refusal of any other text.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hashSource } from '#dist/livepatch/source-hash.js'
import { Program } from '../support/program.ts'

const LIB = `
const start = 10
function helper(n) { return n + start }
exports.add = function add(n) { return helper(n) }
exports.count = function count() { return helper(0) }
exports.make = function make(step) {
  let total = 0
  function bump() { total += step; return total }
  return { bump, twice: () => bump() + bump() }
}`

describe('names that a patch adds to a scope', () => {
  let app: Program
  before(async () => {
    app = await Program.start({
      'main.js': `const lib = require('./lib.js')
        const a = lib.make(1), b = lib.make(100)`,
      'lib.js': LIB,
      'late.js': 'exports.size = function size() { return 1 }',
    })
  })
  after(() => app.stop())

  it('are made once, see the scope that they stand in, and are shared by all replacements', async () => {
    await app.load(`
      import { definePatch, scope } from 'umbra'
      export default definePatch({ name: 'p', targets: [{ module: './lib.js',
        source: ${JSON.stringify(hashSource(LIB))},
        scopes: {
          module(require) {
            const { limit } = require('./added.js')
            let calls = 0
            function clamp(n) { calls++; return Math.min(limit, scope.helper(n)) }
            return { clamp, start: 1000, get calls() { return calls }, set calls(value) { calls = value } }
          },
          make() { const seen = []; return { seen } },
        },
        functions: {
          add(n) { return scope.clamp(n) },
          count() { scope.calls += 100; return [scope.calls, scope.start] },
          'make/bump'() { scope.seen.push(scope.step); return scope.seen.length },
        } }],
        files: { '${app.path('added.js')}'(require, exports) { exports.limit = 15 } },
      })`)
    assert.deepEqual(await app.run('[lib.add(1), lib.add(100), lib.count()]'), [11, 15, [102, 1000]])
    assert.deepEqual(await app.run('[a.bump(), a.bump(), b.bump(), a.twice()]'), [1, 2, 1, 7])
    await app.disable('p')
    assert.deepEqual(await app.run('[lib.add(100), lib.count()]'), [110, 10])
  })

  it('are made as the patch is enabled: what fails then refuses it, and leaves nothing', async () => {
    const text = (value: string): string => `
      import { definePatch, scope } from 'umbra'
      export default definePatch({ name: 'r', targets: [{ module: './lib.js',
        members: (lib) => [[lib, { added: 1 }, true]],
        scopes: { module() { globalThis.made = (globalThis.made ?? 0) + 1; const limit = ${value}; return { limit } } },
        functions: { add(n) { return scope.limit } } }] })`
    const { code, message } = await app.refuse(text('undefined.length'))
    assert.equal(code, 'SCOPE_FAILED')
    assert.match(message, /lib\.js.*nothing has changed: TypeError: Cannot read properties of undefined/)
    assert.deepEqual(await app.run('[made, lib.add(1), "added" in lib]'), [1, 11, false])
    await app.load(text('7'))
    assert.deepEqual(await app.run('[made, lib.add(1), lib.added, made]'), [2, 7, 1, 2])
    await app.disable('r')
    assert.deepEqual(await app.run('[lib.add(1), "added" in lib]'), [11, false])
  })

  it('are given to a list once by a patch, whose targets may lead to one; another patch is told that it has been changed', async () => {
    const text = (name: string): string => `
      import { definePatch } from 'umbra'
      const members = () => [[globalThis.list, ['b', 'c'], false, ['a']]]
      export default definePatch({ name: '${name}', targets: [{ module: './lib.js', members }, { module: './late.js', members }] })`
    await app.run(`(globalThis.list = ['a'], require('./late.js'), 0)`)
    assert.deepEqual((await app.load(text('one'))).notes, [])
    assert.deepEqual(await app.run('list'), ['b', 'c'])
    assert.match(
      (await app.load(text('other'))).notes.join(),
      /the program has changed the list \[ 'b', 'c' \]/,
    )
    await app.disable('other')
    assert.deepEqual(await app.run('list'), ['b', 'c'])
    await app.disable('one')
    assert.deepEqual(await app.run('list'), ['a'])
  })

  it('are made with the new functions, those of a file among them that is loaded for it', async () => {
    await app.load(`
      import { definePatch, scope } from 'umbra'
      export default definePatch({ name: 's', targets: [
        { module: './late.js', functions: { size() { return 20 } } },
        { module: './lib.js',
          scopes: { module(require) { const limit = require('./late.js').size(); return { limit } } },
          functions: { add(n) { return scope.limit } } }] })`)
    assert.deepEqual(await app.run('[lib.add(1), require("./late.js").size()]'), [20, 20])
    await app.disable('s')
    assert.deepEqual(await app.run('[lib.add(1), require("./late.js").size()]'), [11, 1])
  })

  it('are there for the new functions that make the others, as far as they are made', async () => {
    const text = (first: string): string => `
      import { definePatch, scope } from 'umbra'
      export default definePatch({ name: 't', targets: [{ module: './lib.js', entry: { make: (lib) => lib.make },
        scopes: { module() { 'use strict'
          ${first}const limit = 3; let calls = 0; const five = scope.helper(2), start = 1000
          return { limit, five, start, get calls() { return calls }, set calls(n) { calls = n } } } },
        functions: {
          helper(n) { scope.calls++; return n + scope.limit },
          add() { return scope.five },
          count() { return [scope.calls, scope.start] } } }] })`
    const { code, message } = await app.refuse(text('const early = scope.helper(0);'))
    assert.equal(code, 'SCOPE_FAILED')
    assert.match(message, /Cannot access 'calls' before initialization/)
    await app.load(text(''))
    assert.deepEqual(await app.run('[lib.add(), lib.count()]'), [5, [1, 1000]])
    await app.disable('t')
  })

  it('are a cycle where one needs itself, and nothing tells what it is so far', async () => {
    const { code, message } = await app.refuse(`
      import { definePatch, scope } from 'umbra'
      export default definePatch({ name: 'u', targets: [{ module: './lib.js', entry: { make: (lib) => lib.make },
        scopes: { module() { const one = scope.helper(2); return { limit: 3, one } } },
        functions: { helper(n) { return n + scope.limit }, add() { return scope.one } } }] })`)
    assert.equal(code, 'SCOPE_CYCLE')
    assert.match(message, /needs itself to be made/)
  })

  it('are refused where the text is another than the one that the patch was built against', async () => {
    const { code, message } = await app.refuse(`
      import { definePatch } from 'umbra'
      export default definePatch({ name: 'q', targets: [{ module: './lib.js', source: 'sha256-AAAA',
        functions: { add() { return 0 } } }] })`)
    assert.equal(code, 'TARGET_SOURCE')
    assert.match(message, /lib\.js.*instead of sha256-AAAA/)
  })
})

describe('names that a patch adds to each call of a function', () => {
  const text = (scopes: string, calls = "{ 'exports.make': 'all' }"): string => `
    import { definePatch, scope } from 'umbra'
    export default definePatch({ name: 'p', targets: [{ module: './lib.js', calls: ${calls},
      scopes: { 'exports.make'() { let last; return { get last() { return last }, set last(value) { last = value } } }, ${scopes} },
      functions: { 'exports.make/put': (v) => { const was = scope.last; scope.last = v; scope.all.push(v); return was } } }] })`
  const LATE = `exports.make = async (wait, hold) => { const put = (v) => all.push(v); hold?.(put); await wait; var all = []; let n = 0; return { put, all, inc: () => n++ } }`
  const start = (): Promise<Program> =>
    Program.start({
      'main.js': `const lib = require('./lib.js'); let early, go; const never = new Promise((done) => (go = done))
        const made = [lib.make(), lib.make()], late = lib.make(never, (put) => (early = put)); let a, b
        Promise.all(made).then((all) => ([a, b] = all))`,
      'lib.js': LATE,
    })

  it('are told apart by what the patch says, once a call has made that', async () => {
    const app = await start()
    try {
      await app.load(text(''))
      assert.deepEqual(await app.run('[a.put(1), b.put(2), a.put(3), b.put(4), a.all]'), [
        null,
        null,
        1,
        2,
        [1, 3],
      ])
      assert.equal(
        await app.run('(() => { try { early(1) } catch (error) { return error.code } })()'),
        'SCOPE_TOO_EARLY',
      )
      assert.deepEqual(await app.run('(go(), late).then(({ put }) => [put(5), put(6), a.put(7)])'), [
        null,
        5,
        3,
      ])
      await app.disable('p')
      assert.deepEqual(await app.run('[a.put(8), a.all]'), [4, [1, 3, 7, 8]])
    } finally {
      await app.stop()
    }
  })

  it('are refused where that is assigned, or not there', async () => {
    const app = await start()
    try {
      for (const name of ['n', 'wait', 'other']) {
        const { code, message } = await app.refuse(text('', `{ 'exports.make': '${name}' }`))
        assert.deepEqual([code, message.includes(`'${name}'`)], ['SCOPE_NONE', true])
      }
      for (const calls of ["{ other: 'all' }", "{ 'exports.make': 1 }", '[]'])
        assert.equal((await app.refuse(text('', calls))).code, 'PATCH_INVALID')
    } finally {
      await app.stop()
    }
  })
})

describe('names of a module before any of its functions was called', () => {
  const text = (entry: string, name = 'p'): string => `
    import { definePatch, scope } from 'umbra'
    export default definePatch({ name: '${name}', targets: [{ module: './hidden.js', entry: { ${entry} },
      members: (exports) => [[scope.Hidden.prototype, { more() { return [this.n, ++scope.made] } }, false]] }] })`
  const HIDDEN = `let made = 0
    class Hidden { constructor(n) { made++; this.n = n } }
    exports.make = function make(n = boom()) { return new Hidden(n) }
    exports.made = () => made
    exports.later = async function later() { return made }
    function boom() { throw new Error('the function ran') }`
  const start = (): Promise<Program> =>
    Program.start({
      'main.js': `const lib = require('./hidden.js'); const it = lib.make(7)`,
      'hidden.js': HIDDEN,
    })

  it('are reached by one that does not run, each time the patch is enabled', async () => {
    const app = await start()
    try {
      await app.load(text(`'make': (exports) => exports.make`))
      assert.deepEqual(await app.run('[lib.made(), it.more(), lib.made()]'), [1, [7, 2], 2])
      await app.disable('p')
      assert.deepEqual(await app.run('[typeof it.more, lib.made()]'), ['undefined', 2])
      await app.unload('p')
      await app.load(text(`'make': (exports) => exports.make`))
      assert.deepEqual(await app.run('it.more()'), [7, 3])
    } finally {
      await app.stop()
    }
  })

  it('are not reached through what is not that function', async () => {
    const app = await start()
    try {
      const { code } = await app.refuse(text(`'make': (exports) => exports.made`))
      assert.equal(code, 'ENTRY_NOT_FOUND')
      await app.run(`lib.make = function make(n = boom()) { lib.ran = true }`)
      assert.equal((await app.refuse(text(`'make': (exports) => exports.make`))).code, 'ENTRY_NOT_FOUND')
      assert.deepEqual(
        await app.run('[typeof it.more, lib.ran]'),
        ['undefined', undefined].map((one) => one ?? null),
      )
    } finally {
      await app.stop()
    }
  })
})

describe('a module that is loaded while a patch is there', () => {
  const cjs = `
    function helper(x) { return x }
    exports.first = [helper(1), plain()]
    class Foo { get v() { return 10 } }
    exports.Foo = Foo
    function plain() { return 'old' }
    function kind() { return Foo }
    exports.later = () => [helper(1), plain()]`
  const esm = cjs
    .replace('exports.first =', 'export const first =')
    .replace('class Foo', 'export class Foo')
    .replace('exports.Foo = Foo', '')
    .replace('exports.later =', 'export const later =')
  const patch = (file: string, block: string): string => `
    import { definePatch, scope } from 'umbra'
    export default definePatch({ name: 'p', targets: [{ module: './${file}',
      scopes: { module(require, exports, module) { ${block} } },
      functions: { helper(x) { return scope.more(x) }, plain() { return 'new' } } }] })`
  const blocks: Record<string, string> = {
    'by its exports': "const by = new (require('./coming.js').Foo)().v; return { more: (x) => x + by }",
    'by its scope': 'const by = new scope.Foo().v; return { more: (x) => x + by }',
    'by those of a module that requires it':
      "const { by } = require('./around.js'); return { more: (x) => x + by }",
  }
  const files = {
    'main.js': `const load = () => import('./importer.mjs').then(({ first, after }) => [first, after])
      const other = () => import('./other.mjs').then(({ first, after }) => [first, after])
      const again = () => import('./coming.mjs').then(({ later }) => later())`,
    'importer.mjs': `import { first, later } from './coming.mjs'; export { first }; export const after = later()`,
    'other.mjs': `import lib from './coming.js'; export const { first } = lib; export const after = lib.later()`,
    'coming.js': cjs,
    'coming.mjs': esm,
    'around.js': "const { Foo } = require('./coming.js'); exports.by = new Foo().v",
  }
  /** A program that has loaded the patch, and none of its targets. */
  const withPatch = async (
    file: string,
    block: string,
    use: (app: Program) => Promise<void>,
  ): Promise<void> => {
    const app = await Program.start(files)
    try {
      await app.load(patch(file, block))
      await use(app)
    } finally {
      await app.stop()
    }
  }
  const both = [
    [1, 'new'],
    [11, 'new'],
  ]

  for (const [way, block] of Object.entries(blocks))
    it(`begins with its own functions where new names are made of it, ${way}`, () =>
      withPatch('coming.js', block, async (app) => {
        const all = `(() => { const { first, later } = require('./coming.js'); return [first, later()] })()`
        assert.deepEqual(await app.run(all), both)
        await app.disable('p')
        assert.deepEqual(await app.run(all), [
          [1, 'new'],
          [1, 'old'],
        ])
      }))

  it('begins with the new ones where these need nothing of it', () =>
    withPatch('coming.js', 'return { more: (x) => x * 7 }', async (app) => {
      assert.deepEqual(await app.run(`require('./coming.js').first`), [7, 'new'])
    }))

  it('has the new ones as soon as it has run, for an ES module that imports it, too', () =>
    withPatch('coming.js', blocks['by its exports']!, async (app) => {
      assert.deepEqual(await app.run('other()'), both)
    }))

  it('does so as an ES module, and has the new ones as soon as it has run', () =>
    withPatch('coming.mjs', blocks['by its scope']!, async (app) => {
      assert.deepEqual(await app.run('load()'), both)
      await app.disable('p')
      assert.deepEqual(await app.run('again()'), [1, 'old'])
    }))
})
