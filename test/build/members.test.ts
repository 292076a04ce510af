// What a release adds to classes and exports appears on the running ones, and is gone when the patch is disabled.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until } from '../support/until.ts'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('added to what is running', () => {
  it('methods, accessors and statics of a class', async () => {
    const old = index(
      `class Counter { constructor(n) { this.n = n } inc() { return ++this.n } }; module.exports = { Counter }`,
    )
    const young = index(`const STEP = 10; function twice(x) { return x * 2 }
      class Counter { static LIMIT = [99]; static from(n) { return new Counter(n) } constructor(n) { this.n = n } inc() { return ++this.n }
        get double() { return twice(this.n) } set value(n) { this.n = n } async *steps() { yield this.jump() } jump(by = STEP) { this.n += by; return this.n } }
      module.exports = { Counter }`)
    await withPatch(old, young, `const it = new lib.Counter(1)`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const keys = `[Reflect.ownKeys(lib.Counter.prototype), Reflect.ownKeys(lib.Counter)]`
      const before = await program.run(keys)
      for (let round = 0; round < 2; round++) {
        await program.load(made.code, 'patch.mjs')
        const use = `(async () => { it.value = 3; const steps = []; for await (const one of it.steps()) steps.push(one)
          return [it.double, steps, it.jump(1), lib.Counter.from(5).inc(), lib.Counter.LIMIT, Object.keys(lib.Counter.prototype)] })()`
        assert.deepEqual(await program.run(use), [26, [13], 14, 6, [99], []])
        await program.disable(made.name)
        assert.deepEqual(await program.run(keys), before)
        assert.equal(await program.run(`typeof it.jump`), 'undefined')
        await program.unload(made.name)
      }
    })
  })

  it('a setter for a getter, and a getter for a setter, that the class has', async () => {
    const text = (more: string): Record<string, string> =>
      index(
        `class Counter { get n() { return this.all } set m(n) { this.all = n } ${more} }; module.exports = { Counter }`,
      )
    const young = text('set n(n) { this.all = n * 2 } get m() { return this.all + 1 }')
    await withPatch(text(''), young, `const it = new lib.Counter()`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('(it.n = 3, it.m = 5, it.n = it.n, [it.n, it.m])'), [10, 11])
      await program.disable(made.name)
      assert.deepEqual(await program.run('(it.n = 3, it.m = 7, [it.n, typeof it.m])'), [7, 'undefined'])
    })
  })

  it('accessors of a literal that is the prototype', async () => {
    const text = (more: string, use: string): Record<string, string> =>
      index(`function Cell(n) { this.n = n } exports.Cell = Cell; const twice = (n) => n * 2; exports.use = (it) => ${use}
        Cell.prototype = { get text() { return 't' + this.n }, get n2() { return twice(this.n) }, set n2(n) { this.n = n / 2 } ${more} }`)
    const young = text(
      `, get html() { return '<' + this.text + '>' }, set html(n) { this.n = n.length }, set text(n) { this.n = n }`,
      `(it.html = 'abc', it.text += twice(1), [it.html, it.text, it.n2])`,
    )
    await checkBothWays(
      text('', '[it.html, it.text, it.n2]'),
      young,
      'const it = new lib.Cell(1)',
      '(it.n = 1, lib.use(it))',
      [
        [null, 't1', 2],
        ['<tt32>', 'tt32', null],
      ],
    )
  })

  it('a method that another file of the package calls', async () => {
    const old = {
      'index.js': `const { Item } = require('./item'); exports.make = () => new Item(1); exports.show = function show(item) { return item.id }`,
      'item.js': `exports.Item = class Item { constructor(id) { this.id = id } name() { return 'n' } }`,
    }
    const young = {
      'index.js': `const { Item } = require('./item'); exports.make = () => new Item(1); exports.show = function show(item) { return [item.label(), Item.parse('7').id] }`,
      'item.js': `exports.Item = class Item { static parse(text) { return new Item(Number(text)) } constructor(id) { this.id = id } name() { return 'n' } label() { return this.name() + this.id } }`,
    }
    await withPatch(old, young, `const it = lib.make()`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('lib.show(it)'), ['n1', 7])
    })
  })

  it('methods of a constructor function', async () => {
    const old = index(
      `function Pool() { this.all = [] }; Pool.prototype.add = function (x) { this.all.push(x) }; module.exports = Pool`,
    )
    const young =
      index(`function Pool() { this.all = [] }; Pool.prototype.add = function (x) { this.all.push(x) }
      Pool.prototype.size = function size() { return this.all.length }; Pool.prototype.kind = 'pool'; Pool.of = function (x) { const p = new Pool(); p.add(x); return p }
      module.exports = Pool`)
    await withPatch(old, young, `const it = new lib()`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.size(), it.kind, lib.of(1).size()]'), [0, 'pool', 1])
      await program.disable(made.name)
      assert.deepEqual(
        await program.run('[it.size, it.kind, lib.of]').then(JSON.stringify),
        '[null,null,null]',
      )
    })
  })

  it('what the module puts things into, and no copy of it', async () => {
    const old = index(`exports.add = (x) => x`)
    const young = index(
      `const store = {}; exports.add = (x) => { store[x] = true; return Object.keys(store).length }; exports.store = store`,
    )
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[lib.add('a'), lib.store]`), [1, { a: true }])
      await program.disable(made.name)
      assert.equal(await program.run(`'store' in lib`), false)
    })
  })

  it('accessors and aliases that are defined on a prototype', async () => {
    const old = index(
      `function Pool() { this.all = [] }; Pool.prototype.add = function (x) { this.all.push(x) }; module.exports = Pool`,
    )
    const young =
      index(`function Pool() { this.all = [] }; Pool.prototype.add = function (x) { this.all.push(x) }
      Object.defineProperty(Pool.prototype, 'size', { enumerable: false, configurable: true, get: function () { return this.all.length }, set(n) { this.all.length = n } })
      Object.defineProperty(Pool.prototype, 'twice', { value: function twice(x) { this.add(x); this.push(x) } })
      Pool.prototype.push = Pool.prototype.add; Object.freeze(Pool.prototype)
      module.exports = Pool`)
    await withPatch(old, young, `const it = new lib()`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      for (let round = 0; round < 2; round++) {
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('(it.push(1), it.twice(2), [it.size, (it.size = 1, it.all)])'), [
          3,
          [1],
        ])
        assert.deepEqual(await program.run('(it.size = 0, Object.keys(lib.prototype))'), ['add', 'push'])
        await program.disable(made.name)
        assert.deepEqual(await program.run('Object.getOwnPropertyNames(lib.prototype)'), [
          'constructor',
          'add',
        ])
        await program.unload(made.name)
      }
    })
  })

  it('exports of a CommonJS module, and other values of them', async () => {
    const old = index(`exports.LIMIT = 5; exports.mode = 'a'; exports.f = (n) => n < exports.LIMIT`)
    const young = index(
      `exports.LIMIT = 7; exports.mode = 'b'; exports.f = (n) => n < exports.LIMIT; exports.added = function added() { return exports.LIMIT }; exports.g = g; function g() { return helper() } function helper() { return 'h' }`,
    )
    await withPatch(old, young, ``, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[lib.LIMIT, lib.f(6), lib.added(), lib.g(), lib.mode]`), [
        7,
        true,
        7,
        'h',
        'b',
      ])
      await program.run(`lib.mode = 'mine'`)
      await program.disable(made.name)
      // What the program has set since is the program's.
      assert.deepEqual(await program.run(`[lib.LIMIT, lib.f(6), Object.keys(lib), lib.mode]`), [
        5,
        false,
        ['LIMIT', 'mode', 'f'],
        'mine',
      ])
    })
  })

  it('but not over what the program has set', async () => {
    const file = (n: number, more = ''): Record<string, string> =>
      index(`exports.defaults = { a: 1, net: { port: ${n} }, gone: { port: ${n} }${more} }
        exports.timeout = ${n}; exports.other = ${n}; exports.G = function G() {}; exports.G.limit = ${n}
        exports.C = class C { static depth = ${n}; static list = [${n}] }
        function F() {}; exports.F = F; F.limit = ${n}; F.rest = ${n}
        exports.all = () => [exports.timeout, exports.other, exports.C.depth, exports.C.list, F.limit, F.rest, exports.G.limit,
          exports.defaults.more, exports.defaults.own, exports.defaults.net, exports.defaults.gone]`)
    const setup = `lib.timeout = 50; lib.C.depth = 51; lib.F.limit = 52; lib.defaults.more = 53; lib.defaults.net = null; delete lib.defaults.gone`
    await withPatch(file(1), file(2, `, more: 7, own: 8`), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`lib.all().slice(0, 10)`), [50, 2, 51, [2], 52, 2, 2, 53, 8, null])
      await program.disable(made.name)
      const before = '[50,1,51,[1],52,1,1,53,null,null,null]'
      assert.equal(await program.run(`JSON.stringify(lib.all())`), before)
    })
  })

  it('and taken away, but not where the program has its own', async () => {
    const file = (mine: string): Record<string, string> =>
      index(`class B { m() { return 'B' } n() { return 'B' } static s() { return 'B' } }
        exports.A = class A extends B { ${mine} }`)
    const old = file(`m() { return 'A' }
      n() { return 'A' }
      static s() { return 'A' }`)
    const setup = `const it = new lib.A(); const { n } = lib.A.prototype; Object.assign(lib.A.prototype, { n() { return 'own ' + n.call(this) } })`
    await withPatch(old, file(''), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[it.m(), it.n(), lib.A.s()]`), ['B', 'own A', 'B'])
      await program.disable(made.name)
      assert.deepEqual(await program.run(`[it.m(), it.n(), lib.A.s()]`), ['A', 'own A', 'A'])
    })
  })

  it('of a function that gets the exports and is called where it stands', async () => {
    const text = (more: string): Record<string, string> =>
      index(`(function begin(exports) { 'use strict'; var Keys, Walker
        Keys = { Call: ['callee']${more} }
        Walker = class { keys(type) { return Keys[type] ?? null } }
        exports.Keys = Keys; exports.Walker = Walker }(exports))`)
    const use = `[Object.keys(lib.Keys), it.keys('Field'), held.Field ?? null]`
    const setup = 'const it = new lib.Walker(), held = lib.Keys'
    await withPatch(text(''), text(`, Field: ['key']`), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), [['Call', 'Field'], ['key'], ['key']])
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), [['Call'], null, null])
    })
  })

  it('with super, of the class and of its objects, where others of it have names of the module', async () => {
    const file = (mine: string): Record<string, string> =>
      index(`const secret = { n: 7 }
        class B { set(x) { this.x = x; return 'B' } get kind() { return 'b' } static make() { return ['B', this.name] } }
        exports.secret = () => secret.n
        exports.A = class A extends B { n() { return 1 } ${mine} }`)
    const young =
      file(`set(x) { const [first] = [super.set(x)].map((one) => super.kind + one); return first + this.x }
      get kind() { return super.kind.toUpperCase() + secret.n }
      static make() { return [...super.make(), 'A'] }`)
    const setup = `const it = new lib.A(); class Own extends lib.A { set(x) { return 'own ' + super.set(x) } }; const own = new Own()`
    const use = `[it.set(1), it.kind, own.set(2), own.kind, lib.A.make(), Own.make()]`
    await checkBothWays(file(''), young, setup, use, [
      ['B', 'b', 'own B', 'b', ['B', 'A'], ['B', 'Own']],
      ['bB1', 'B7', 'own bB2', 'B7', ['B', 'A', 'A'], ['B', 'Own', 'A']],
    ])
  })

  it('to a module that is loaded later, and to an ES module', async () => {
    const old = {
      'index.js': `exports.x = 1`,
      'late.js': `exports.C = class C { a() { return 'a' } }`,
      'late.mjs': `export class C { a() { return 'a' } }`,
    }
    const young = {
      'index.js': `exports.x = 1`,
      'late.js': `exports.C = class C { a() { return 'a' } b() { return 'b' } }`,
      'late.mjs': `export class C { a() { return 'a' } b() { return 'b' } }`,
    }
    const setup = `const late = () => import('lib/late.mjs')`
    await withPatch(old, young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run(`new (require('lib/late.js').C)().b()`), 'b')
      // Nothing tells when an ES module has run to its end but its promise: its members come a moment later.
      const ask = 'late().then(({ C }) => new C().b?.())'
      await until(async () => (await program.run(ask)) === 'b')
      await program.disable(made.name)
      assert.equal(await program.run(`typeof new (require('lib/late.js').C)().b`), 'undefined')
      await program.enable(made.name)
      assert.equal(await program.run(ask), 'b')
      assert.equal(await program.run(`new (require('lib/late.js').C)().b()`), 'b')
    })
  })

  it('not to an object that does not take them: the patch is refused, and nothing has changed', async () => {
    const old = index(`exports.C = Object.freeze(class C { a() { return 'a' } }); exports.f = () => 1`)
    await withPatch(
      old,
      old,
      ``,
      async (program) => {
        const text = `import { definePatch } from 'umbra'
        export default definePatch({ name: 'p', targets: [{ module: 'lib/index.js', functions: { 'exports.f': () => 2 },
          members: (exports) => [[exports, { g: 1 }, true], [exports.C, { b: 1 }, false]] }] })`
        const { message } = await program.refuse(text)
        assert.match(message, /not extensible/)
        assert.deepEqual(await program.run(`[Object.keys(lib), lib.f()]`), [['C', 'f'], 1])
        assert.deepEqual(await program.list(), [])
      },
      { alone: true },
    )
  })
})

describe('what start-up code puts on an object that is made anew', () => {
  it('is the running class, not a copy', () => {
    const text = (more: string): Record<string, string> =>
      index(`class Context { constructor(defaults) { this.kept = defaults } run(x) { return [x, this.kept.flags] } }
        function create(defaults) { const context = new Context(defaults); const api = Context.prototype.run.bind(context); extend(api, context); return api }
        function extend(to, from) { for (const key in from) to[key] = from[key] }
        const flags = { silent: true${more} }; const defaults = { flags, names: ['a'] }; const api = create(defaults)
        class Token { static of() { return new Token() } } const Token$1 = Token; api.Token = Token$1; module.exports = api`)
    return withBuild(text(''), text(', ordered: true'), async (made) =>
      assert.doesNotMatch(made.code, /class Token/),
    )
  })
})
