// A field that only objects of the new version are made with: objects in flight get it as a shadow variable, without
// being touched, and what the old code sees of them stays what it was.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Build } from '#dist/build/build.js'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

/** In flight before the patch, in use with it, left alone after it, in use again. */
async function check(
  [old, young]: [string, string],
  { setup, use, fresh, expect }: { setup: string; use: string; fresh: string; expect: unknown[] },
): Promise<Build> {
  let built: Build | undefined
  await withPatch({ 'index.js': old }, { 'index.js': young }, `${setup}`, async (program, made) => {
    built = made
    assert.deepEqual(problemsOf(made), [])
    const keys = await program.run('Reflect.ownKeys(it)')
    const before = await program.run(use)
    for (let round = 0; round < 2; round++) {
      await program.load(made.code, 'patch.mjs')
      for (const one of expect) assert.deepEqual(await program.run(use), one)
      assert.deepEqual(await program.run(fresh), expect[0])
      assert.deepEqual(await program.run('Reflect.ownKeys(it)'), keys, 'the object is untouched')
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), before)
      await program.unload(made.name)
    }
  })
  return built!
}

describe('objects in flight get a new field', () => {
  it('of a class, given by its constructor', async () => {
    await check(
      [
        `class Queue { constructor(items) { this.items = items } size() { return this.items.length } }; module.exports = { Queue }`,
        `class Queue { constructor(items) { this.items = items; this.calls = 0; this.log = [] }
          size() { this.calls++; this.log.push(this.calls); const { log } = this; return [this.items.length, this.calls, log.length] } }; module.exports = { Queue }`,
      ],
      {
        setup: `const it = new lib.Queue([1, 2])`,
        use: `it.size()`,
        fresh: `new lib.Queue([1, 2]).size()`,
        expect: [
          [2, 1, 1],
          [2, 2, 2],
        ],
      },
    )
  })

  it('beside one that is given itself', async () => {
    await check(
      [
        `class A { constructor() { this.own = this.own } f() { return 'old' } }; module.exports = { A }`,
        `class A { constructor() { this.own = this.own; this.calls = 0 } f() { return [++this.calls, this.own] } }; module.exports = { A }`,
      ],
      {
        setup: 'const { A } = lib; A.prototype.own = 7; const it = new A()',
        use: 'it.f()',
        fresh: 'new A().f()',
        expect: [
          [1, 7],
          [2, 7],
        ],
      },
    )
  })

  it('that is one object with a field which they have, by what they have put into that', async () => {
    const add = 'add(x) { this.list.push(x); return this }'
    for (const made of [
      'this.all = []; this.list = this.all',
      'this.list = []; this.all = this.list',
      'this.list = this.all = []',
    ])
      await check(
        [
          `class Queue { constructor() { this.list = [] } ${add} size() { return this.list.length } }; module.exports = { Queue }`,
          `class Queue { constructor() { ${made} } ${add} size() { return [this.all.length, this.all.includes(1)] } }; module.exports = { Queue }`,
        ],
        {
          setup: `const it = new lib.Queue().add(1)`,
          use: `it.size()`,
          fresh: `new lib.Queue().add(1).size()`,
          expect: [[1, true]],
        },
      )
  })

  it('of what a constructor hands to a function, which gives it that', async () => {
    const text = (made: string, size: string): string =>
      `function begin(queue, items) { queue.items = items; ${made} } class Queue { constructor(items) { begin(this, items) } size() { return ${size} } }; module.exports = { Queue }`
    await check([text('', 'this.items.length'), text('queue.seen = new Set()', 'this.seen.add(1).size')], {
      setup: `const it = new lib.Queue([1, 2])`,
      use: `it.size()`,
      fresh: `new lib.Queue([1, 2]).size()`,
      expect: [1],
    })
  })

  it('of a class, in functions that its constructor gives to each object', async () => {
    const text = (...[value, f, g]: string[]): string =>
      `class C { constructor(a, more) { this.a = a; this.f = (n) => { return n + this.a ${f} }; this.g = (n) => n ${g}; ${value} } h = (n) => this.a + n ${g}; own(n) { return this.g(n) } }; module.exports = { C }`
    for (const [value, results] of [
      ['this.b = { x: 100 }', ['102,101,102', '102,101,102']],
      // Nothing says what it would be: they go on as before.
      ['this.b = { x: more }', ['2,1,2', '102,101,102']],
    ] as const)
      await withPatch(
        { 'index.js': text('', '', '') },
        { 'index.js': text(value, '+ this.b.x', '+ this.b.x') },
        'const it = new lib.C(1, 100); const use = (one) => [one.f(1), one.own(1), one.h(1)].join()',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          await program.load(made.code, 'patch.mjs')
          assert.deepEqual(await program.run('[use(it), use(new lib.C(1, 100))]'), results)
          await program.disable(made.name)
          assert.equal(await program.run('use(it)'), '2,1,2')
        },
      )
  })

  it('that a symbol is the key of, one of the module or one that it imports', async () => {
    const methods = `{ const has = kCalls in this; return [this[kItems].length, ++this[kCalls], has, this?.[kName]?.(), this.other] }`
    const young = `const kItems = Symbol('items'), kCalls = Symbol('calls'), kName = Symbol('name')
      class Queue { constructor(items) { this[kItems] = items; this[kCalls] = 0; this[kName] = function () { return this[kItems][0] } } size() ${methods} }
      module.exports = { Queue }`
    const old = `const kItems = Symbol('items'); class Queue { constructor(items) { this[kItems] = items } size() { return this[kItems].length } }; module.exports = { Queue }`
    const uses = {
      setup: `const it = new lib.Queue([7, 8])`,
      use: `it.size()`,
      fresh: `new lib.Queue([7, 8]).size()`,
    }
    await check([old, young], {
      ...uses,
      expect: [
        [2, 1, true, 7, null],
        [2, 2, true, 7, null],
      ],
    })
  })

  it('that a symbol is the key of, which another file makes: and not one of the same name', async () => {
    const symbols = (names: string): string =>
      names
        .split(' ')
        .map((name) => `exports.${name} = Symbol('${name}')`)
        .join('; ')
    const other = `const kSeen = Symbol('other'); exports.Box = class { constructor() { this[kSeen] = 'box'; this.look = 1 } }; exports.see = (it) =>`
    const old = {
      'index.js': `const { kState } = require('./symbols'); const { Box, see } = require('./box')
        exports.Gate = class Gate { constructor() { this[kState] = 'open' } look() { return this[kState] } }; exports.Box = Box; exports.see = see`,
      'symbols.js': symbols('kState'),
      'box.js': `${other} it[kSeen]`,
    }
    const young = {
      'index.js': `const { kState, kSeen } = require('./symbols'); const { Box, see } = require('./box')
        exports.Gate = class Gate { constructor() { this[kState] = 'open'; this[kSeen] = [1] } look() { return [this[kState], this[kSeen]] } }; exports.Box = Box; exports.see = see`,
      'symbols.js': symbols('kState kSeen'),
      'box.js': `${other} [it[kSeen]]`,
    }
    await withPatch(old, young, 'const it = new lib.Gate(), box = new lib.Box()', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.look(), new lib.Gate().look()]'), [
        ['open', [1]],
        ['open', [1]],
      ])
      assert.deepEqual(await program.run('[lib.see(box), lib.see(it).length]'), [['box'], 1])
      await program.disable(made.name)
      assert.equal(await program.run('it.look()'), 'open')
    })
  })

  it('of a constructor function that is all that the module exports', async () => {
    await check(
      [
        `module.exports = function (n) { this.n = n }; module.exports.prototype.get = function () { return [this.n] }`,
        `module.exports = function (n) { this.n = n; this.hits = 0 }; module.exports.prototype.get = function () { this.hits++; return [this.n, this.hits] }`,
      ],
      {
        setup: `const it = new lib(4)`,
        use: `it.get()`,
        fresh: `new lib(4).get()`,
        expect: [
          [4, 1],
          [4, 2],
        ],
      },
    )
  })

  it('of a class, declared in it', async () => {
    await check(
      [
        `exports.Gate = class Gate { open = true; pass(n) { return n } }`,
        `exports.Gate = class Gate { open = true; limit = 5; seen = new Map();
          pass(n) { this.seen.set(n, (this.seen.get(n) ?? 0) + 1); return n > this.limit ? -1 : this.seen.get(n) } }`,
      ],
      {
        setup: `const it = new lib.Gate()`,
        use: `[it.pass(3), it.pass(9)]`,
        fresh: `(() => { const g = new lib.Gate(); return [g.pass(3), g.pass(9)] })()`,
        expect: [
          [1, -1],
          [2, -1],
        ],
      },
    )
  })

  it('of a class, a private one', async () => {
    await check(
      [
        `class A { constructor(n) { this.n = n } get() { return this.n } }; module.exports = { A }`,
        `class A { #cache = new Map(); #hits; constructor(n) { this.n = n; this.#hits = 0 }
          get() { this.#hits += 1; if (!this.#cache.has(this.n)) this.#cache.set(this.n, this.n * 2); return [this.#cache.get(this.n), this.#hits, #hits in this, this?.#cache.size] } }; module.exports = { A }`,
      ],
      {
        setup: `const it = new lib.A(4)`,
        use: `it.get()`,
        fresh: `new lib.A(4).get()`,
        expect: [
          [8, 1, true, 1],
          [8, 2, true, 1],
        ],
      },
    )
  })

  it('of a constructor function', async () => {
    await check(
      [
        `function Pool(size) { this.size = size }
         Pool.prototype.take = function () { return this.size }
         module.exports = Pool`,
        `function Pool(size) { this.size = size; this.taken = 0; this.max = size * 2; this.now = () => this.size }
         Pool.prototype.take = function () { return this.taken < this.max ? [++this.taken, this.now()] : 'empty' }
         module.exports = Pool`,
      ],
      {
        setup: `const it = new lib(1)`,
        use: `it.take()`,
        fresh: `new lib(1).take()`,
        expect: [[1, 1], [2, 1], 'empty'],
      },
    )
  })

  it('of what a factory makes', async () => {
    await check(
      [
        `exports.make = function make(name) { return { name, size: 1 } }
         exports.use = function use(thing) { return thing.name }`,
        `exports.make = function make(name) { return { name, size: 1, uses: 0, label: name + '!' } }
         exports.use = function use(thing) { thing.uses++; return [thing.name, thing.uses, thing.label] }`,
      ],
      {
        setup: `const it = lib.make('a')`,
        use: `lib.use(it)`,
        fresh: `lib.use(lib.make('a'))`,
        expect: [
          ['a', 1, 'a!'],
          ['a', 2, 'a!'],
        ],
      },
    )
  })

  const held = {
    'a closure that is returned': 'return () => use(state)',
    'a closure that a function makes which is handed it':
      'return hold(state) }; function hold(held) { return () => use(held)',
  }
  for (const [what, rest] of Object.entries(held))
    it(`of a literal that ${what} holds`, async () => {
      const text = (literal: string, used: string): string =>
        `exports.make = function make() { const state = ${literal}; ${rest} }
         function use(state) { return ${used} }`
      await check(
        [text('{ size: 1 }', 'state.size'), text('{ size: 1, limits: { top: 2 } }', 'state.limits.top')],
        { setup: 'const it = lib.make()', use: 'it()', fresh: 'lib.make()()', expect: [2] },
      )
    })

  const nested: Record<string, [text: (more: string, used: string) => string, use: string, fresh: string]> = {
    'a literal in one that an object has': [
      (more, used) =>
        `exports.make = () => new C(); class C { constructor() { this.state = { n: 1, user: { id: 1${more && `, ${more}`} } } } use() { const { user } = this.state; return ${used} } }`,
      'it.use()',
      'lib.make().use()',
    ],
    'a literal that a function gives, as a method': [
      (more, used) =>
        `exports.make = () => ({ id: 1${more && `, ${more}`} }); exports.use = (user) => ${used}`,
      'lib.use(it)',
      'lib.use(lib.make())',
    ],
    'what a literal copies, as a method': [
      (more, used) =>
        `const base = { id: 1${more && `, ${more}`} }; exports.make = () => ({ ...base, use() { const user = this; return ${used} } })`,
      'it.use()',
      'lib.make().use()',
    ],
  }
  for (const [what, [text, use, fresh]] of Object.entries(nested))
    it(`of ${what}`, async () => {
      const [more, used] = what.endsWith('method')
        ? ['async twice(x = 1) { return 2 * x * this.id }', 'user.twice()']
        : ['roles: []', 'user.roles.push(1) + 1']
      await check([text('', 'user.id'), text(more!, used!)], {
        setup: 'const it = lib.make()',
        use,
        fresh,
        expect: what.endsWith('method') ? [2, 2] : [2, 3],
      })
    })

  const helpers = `
    function _defineProperty(o, k, v) { Object.defineProperty(o, k, { value: v, enumerable: true, configurable: true, writable: true }) }
    function _createClass(C, list) { for (const one of list) Object.defineProperty(C.prototype, one.key, { value: one.value, configurable: true, writable: true }) }
    function _inherits(C, B) { C.prototype = Object.create(B.prototype); C.prototype.constructor = C }
    function Base() {}`
  const compiled: Record<string, (fields: string, method: string) => string> = {
    'a class, with its methods in a list': (fields, method) =>
      `var Q = function () { function Q(name) { ${fields} } _createClass(Q, [{ key: 'use', value: function use(x) { ${method} } }]); return Q }()`,
    'a class, with a name for its prototype': (fields, method) =>
      `var Q = function () { function Q(name) { ${fields} } var _proto = Q.prototype; _proto.use = function use(x) { ${method} }; return Q }()`,
    'a class, with fields in a sequence': (fields, method) =>
      `function Q(name) { ${fields.replace('; ', ', ')} } Q.prototype.use = function (x) { ${method} }`,
    'a class with declared fields': (fields, method) =>
      `class Q { constructor(name) { ${fields.replace(/this\.(\w+) = ([^;]+)/g, "_defineProperty(this, '$1', $2)")} } use(x) { ${method} } }`,
    'a subclass': (fields, method) =>
      `var Q = function (_Base) { _inherits(Q, _Base); function Q(name) { var _this; _this = _Base.call(this) || this; ${fields.replaceAll('this', '_this')}; return _this } var _proto = Q.prototype; _proto.use = function use(x) { ${method} }; return Q }(Base)`,
  }
  for (const [what, text] of Object.entries(compiled))
    it(`of what a compiler makes of ${what}`, async () => {
      const of = (fields: string, method: string): string =>
        `${helpers}\n${text(fields, method)}\nexports.Q = Q`
      await check(
        [
          of('this.name = name', 'return this.name'),
          of('this.name = name; this.seen = []', 'this.seen.push(x); return [this.name, this.seen.length]'),
        ],
        {
          setup: `const it = new lib.Q('a')`,
          use: 'it.use(1)',
          fresh: `new lib.Q('a').use(1)`,
          expect: [
            ['a', 1],
            ['a', 2],
          ],
        },
      )
    })

  it('that begins with a value of the module', async () => {
    await check(
      [
        `const LIMIT = 3; let made = 0
         class Counter { constructor() { made++ } count() { return LIMIT } static made() { return made } }
         module.exports = { Counter }`,
        `const LIMIT = 3; let made = 0
         class Counter { constructor() { made++; this.left = LIMIT } count() { return this.left-- } static made() { return made } }
         module.exports = { Counter }`,
      ],
      {
        setup: `const it = new lib.Counter()`,
        use: `it.count()`,
        fresh: `new lib.Counter().count()`,
        expect: [3, 2, 1],
      },
    )
  })

  it('that begins with what a module has under the same name, in two files', async () => {
    const star = `var __importStar = (this && this.__importStar) || function (mod) { return mod }`
    const file = (name: string, n: number, more: string, ask: string): string =>
      `'use strict'; ${star}; const common = __importStar(require('./common'));
       class ${name} { constructor() { this.is = common.is; ${more} } get() { return [${n}, this.${ask}(1)] } } exports.${name} = ${name}`
    const text = (more: string, ask: string, exported: string): Record<string, string> => ({
      'index.js': `Object.assign(exports, require('./four'), require('./six'))`,
      'common.js': `exports.is = (x) => x + 1; ${exported}`,
      'four.js': file('Four', 4, more, ask),
      'six.js': file('Six', 6, more, ask),
    })
    await checkBothWays(
      text('', 'is', ''),
      text('this.isHost = common.isHost;', 'isHost', 'exports.isHost = (x) => x + 10'),
      'const made = [new lib.Four(), new lib.Six()]',
      'JSON.stringify(made.map((one) => one.get()))',
      ['[[4,2],[6,2]]', '[[4,11],[6,11]]'],
    )
  })

  it('that functions of its own value use', async () => {
    const text = (more: string, use: string): string =>
      `const LIMIT = 3; class Gate { constructor() { this.n = 1; ${more} } take() { return ${use} } }; module.exports = { Gate }`
    await check(
      [
        text('', 'this.n'),
        text('this.rest = { left: LIMIT, use: () => --this.rest.left }', 'this.n + this.rest.use()'),
      ],
      {
        setup: `const it = new lib.Gate()`,
        use: `it.take()`,
        fresh: `new lib.Gate().take()`,
        expect: [3, 2],
      },
    )
  })

  it('not, where to make what it begins with is to do something: methods of objects go on as before', async () => {
    const text = (more: string): Record<string, string> => ({
      'index.js': `let opened = 0; exports.opened = () => opened
        exports.Link = class Link { constructor() { this.open() } open() { ${more} } wait() { return Promise.resolve(this.ready).then(() => opened) } }`,
    })
    const old = text('opened++')
    const young = text('this.ready = Promise.resolve().then(() => { opened++ })')
    await withPatch(old, young, 'const it = new lib.Link()', async (program, made) => {
      assert.match(
        made.findings.map(({ why }) => why).join(),
        /to make what it begins with is to do something/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[await it.wait(), await it.wait(), lib.opened()]`), [1, 1, 1])
      assert.equal(await program.run(`await new lib.Link().wait()`), 2)
    })
  })

  it('that nobody has set, where it comes from a new option', async () => {
    await check(
      [
        `exports.Parser = class Parser { constructor(options) { this.strict = options.strict } parse(n) { return n } }`,
        `exports.Parser = class Parser { constructor(options) { this.strict = options.strict; this.depth = options.depth ?? 3; this.extra = options.extra }
          parse(n) { return n > this.depth ? 'too deep' : [n, this.extra === undefined] } }`,
      ],
      {
        setup: `const it = new lib.Parser({})`,
        use: `[it.parse(2), it.parse(9)]`,
        fresh: `(() => { const p = new lib.Parser({}); return [p.parse(2), p.parse(9)] })()`,
        expect: [[[2, true], 'too deep']],
      },
    )
  })

  it('that nobody has set, where a compiler has written the option with a default', async () => {
    await check(
      [
        `class Box { constructor(options = {}) { this.items = options.items || [] } size() { return this.items.length } }; module.exports = { Box }`,
        `class Box { constructor(options = {}) { var _a, _b; this.items = options.items || []
            this.limit = (_a = options.limit) !== null && _a !== void 0 ? _a : 5
            this.names = [(_b = options.first) !== null && _b !== void 0 ? _b : 'none', 'all'] }
          size() { return [this.items.length, this.limit, this.names.join()] } }; module.exports = { Box }`,
      ],
      {
        setup: 'const it = new lib.Box()',
        use: 'it.size()',
        fresh: 'new lib.Box().size()',
        expect: [[0, 5, 'none,all']],
      },
    )
  })

  it('of a class that had no constructor, where that only gives fields', async () => {
    const old = `class Base { sum(n) { return n } }
      class Sub extends Base { constructor(own) { super(); this.own = own } }
      class Rest extends Sub { get() { return this.own } }
      module.exports = { Sub, Rest }`
    const young = `class Base { constructor() { this.total = 0; this.log = [] } sum(n) { this.log.push(n); return [this.total += n, this.log.length] } }
      class Sub extends Base { constructor(own) { super(); this.own = own } }
      class Rest extends Sub { constructor(...args) { super(...args); this.asked = 10 } get() { return [this.own, ++this.asked] } }
      module.exports = { Sub, Rest }`
    await check([old, young], {
      setup: 'const it = new lib.Rest(1)',
      use: '[it.sum(2), it.get()]',
      fresh: '(() => { const one = new lib.Rest(1); return [one.sum(2), one.get()] })()',
      expect: [
        [
          [2, 1],
          [1, 11],
        ],
        [
          [4, 2],
          [1, 12],
        ],
      ],
    })
  })

  it('nor of a class that had no constructor, where that hands on what it declares', async () => {
    const text = (own: string, get: string): string =>
      `class Base { constructor(a, b) { this.all = [a, b] } }
      class Box extends Base { ${own} get() { return ${get} } }; exports.Box = Box`
    const old = { 'index.js': text('', 'this.all') }
    const young = { 'index.js': text('constructor(a) { super(a) }', '[...this.all, 1]') }
    await withPatch(old, young, 'const box = new lib.Box(1, 2)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const told = made.findings.filter(({ what }) => what === 'Box.constructor')
      assert.match(told.map(({ why }) => why).join(), /its superclass goes on getting all/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[box.get(), new lib.Box(3).get()]'), [
        [1, 2, 1],
        [3, null, 1],
      ])
    })
  })

  it('nor where that gives fields, too', async () => {
    const text = (own: string, get: string): string =>
      `class Base { constructor(a) { this.a = a } }
      class Box extends Base { ${own} get() { return ${get} } }; exports.Box = Box; exports.make = (a) => new Box(a)`
    const old = { 'index.js': text('', 'this.a') }
    const young = { 'index.js': text('constructor(a) { super(a); this.n = 7 }', '[this.a, ++this.n]') }
    await withPatch(old, young, 'const box = new lib.Box(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const told = made.findings.filter(({ what }) => what === 'Box.constructor')
      assert.match(told.map(({ why }) => why).join(), /its superclass goes on getting all/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[box.get(), box.get(), new lib.Box(3).get(), lib.make(4).get()]'), [
        [1, 8],
        [1, 9],
        [3, 8],
        [4, 8],
      ])
    })
  })

  it('not of a class that had no constructor, where that does more', async () => {
    const bodies: Record<string, [string, string]> = {
      'takes something': ['', 'constructor(n) { this.n = n }'],
      'does something': ['', 'constructor() { this.n = 0; made.push(this) }'],
      'hands on something else': ['extends Base', 'constructor(a) { super([a]); this.n = 0 }'],
      'gives a field that is known': ['', 'constructor() { this.known = 0 }'],
      'asks for something': ['', 'constructor() { this.n = count() }'],
    }
    for (const [what, [head, body]] of Object.entries(bodies)) {
      const text = (own: string): string => `const made = [], count = () => made.length; class Base {}
        class Box ${head} { ${own} get() { return [this.n, this.known] } set(v) { this.known = v } }; module.exports = { Box, made }`
      await withBuild({ 'index.js': text('') }, { 'index.js': text(body) }, async (made) => {
        assert.match(problemsOf(made).join(), /a method was added to a class/, what)
      })
    }
  })

  it('not, where a constructor gives it in each of its ways that end well, in another value', async () => {
    const text = (plain: string, other: string): string => `class Box { constructor(o) {
        if (typeof o === 'function') { this.f = o${plain} } else if (o) { this.f = o.f${other} } else { throw new Error('no') } }
      get() { return [this.f(), ${plain && 'this.strict'}] } }; module.exports = { Box, get: (box) => box${plain && '.strict'} }`
    await withBuild(
      { 'index.js': text('', '') },
      { 'index.js': text('; this.strict = true', '; this.strict = o.strict') },
      async (made) => {
        assert.match(
          problemsOf(made).join(),
          /Box.strict: a new field, which objects made before .* depends on how the object was made/,
        )
      },
    )
  })

  it('of a parameter that the objects hold in another field', async () => {
    await check(
      [
        `class Url { constructor(href) { this.href = href } get() { return this.href } }; module.exports = { Url }`,
        `class Url { constructor(href) { this.href = href; const parts = href.split('/'); this.parts = parts } get() { return this.parts } }; module.exports = { Url }`,
      ],
      {
        setup: `const it = new lib.Url('a/b')`,
        use: `it.get()`,
        fresh: `new lib.Url('a/b').get()`,
        expect: [['a', 'b']],
      },
    )
  })

  it('that another file reads', async () => {
    const old = {
      'index.js': `const { Item } = require('./item'); exports.make = () => new Item(); exports.show = function show(item) { return item.id }`,
      'item.js': `exports.Item = class Item { constructor() { this.id = 1 } name() { return 'n' } }`,
    }
    const young = {
      'index.js': `const { Item } = require('./item'); exports.make = () => new Item(); exports.show = function show(item) { item.tags.push('t'); return [item.id, item.tags.length] }`,
      'item.js': `exports.Item = class Item { constructor() { this.id = 1; this.tags = [] } name() { return 'n' } }`,
    }
    await withPatch(old, young, `const it = lib.make()`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.show(it), lib.show(it), lib.show(lib.make())]'), [
        [1, 1],
        [1, 2],
        [1, 1],
      ])
      assert.deepEqual(await program.run('Object.keys(it)'), ['id'])
    })
  })

  it('not, where nothing says what it would be: their methods go on as before', async () => {
    const old = {
      'index.js': `exports.Conn = class Conn { constructor(socket) { this.id = socket.fd } async send(a) { return ['old', this.id, a] } *each() { yield 'old' } close() { return 'old' } }`,
    }
    const young = {
      'index.js': `exports.Conn = class Conn { #key; constructor(socket) { this.id = socket.fd; this.peer = socket.peer; this.#key = socket.key }
        async send(a) { return ['new', this.id, a, this.peer] } *each() { yield this.#key } close() { return 'new' } }`,
    }
    const all = `(async (it) => [await it.send('x'), [...it.each()], it.close()])`
    await withPatch(
      old,
      young,
      `const it = new lib.Conn({ fd: 7, peer: 'p', key: 'k' })`,
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        const notes = made.findings.map(({ what, why }) => `${what}: ${why}`)
        assert.equal(
          notes.filter((one) => /Conn\.(peer|#key): .*go on as in the running version/.test(one)).length,
          2,
        )
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(`${all}(it)`), [['old', 7, 'x'], ['old'], 'new'])
        const fresh = `${all}(new lib.Conn({ fd: 8, peer: 'q', key: 'l' }))`
        assert.deepEqual(await program.run(fresh), [['new', 8, 'x', 'q'], ['l'], 'new'])
        await program.disable(made.name)
        assert.deepEqual(await program.run(fresh), [['old', 8, 'x'], ['old'], 'old'])
      },
    )
  })

  it('not, where it is in the place of another one, in another form: their methods go on as before', async () => {
    const text = (start: string, node: string) => ({
      'index.js': `exports.Router = class Router { constructor() { ${start} } on(m, x) { ${node}.push(x); return this }
        find(m) { return ${node}.length } }`,
    })
    const setup = `const it = new lib.Router().on('GET', 1); const find = (it) => [it.find('GET'), it.on('PUT', 2).find('GET')]`
    const old = text('this.list = Array.of()', 'this.list')
    const young = text('this.lists = {}', '(this.lists[m] ??= [])')
    await withPatch(old, young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(made.findings.map(({ why }) => why).join(), /may be what 'list' was/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[find(it), find(new lib.Router().on('GET', 1))]`), [
        [1, 2],
        [1, 1],
      ])
      await program.disable(made.name)
      assert.deepEqual(await program.run(`[find(it), find(new lib.Router())]`), [
        [2, 3],
        [0, 1],
      ])
    })
  })

  it('is a problem where methods that would go on as before take other parameters', async () => {
    const text = (start: string, method: string) => ({
      'index.js': `exports.make = (o) => new Node(o)
        class Node { constructor(o) { this.all = o.all; ${start} } ${method} }
        exports.get = (one, m) => one.${method.includes('get(m, x)') ? 'get(m, 1)' : 'get(1)'}`,
    })
    const old = text('', 'get(m, x) { return this.all[m + x] }')
    const young = text('this.method = o.method', 'get(x) { return this.all[this.method + x] }')
    await withBuild(old, young, async (made) => {
      assert.match(problemsOf(made).join(), /it takes other parameters, and objects made before the patch/)
    })
  })

  it('as a property, where the patched constructor makes them: others see it', async () => {
    const old = {
      'index.js': `class Base {} class C extends Base { a = 1; constructor(n) { super(); this.n = n } get() { return this.a } }; exports.C = C`,
    }
    const young = {
      'index.js': `const START = 5; class Base {} class C extends Base { a = 2; b = [START].map((one) => one + 1); constructor(n) { super(); this.n = n } get() { return [this.a, this.b] } }; exports.C = C`,
    }
    await withPatch(old, young, `const it = new lib.C(0)`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[it.get(), it]`), [[1, [6]], { a: 1, n: 0 }])
      assert.deepEqual(await program.run(`((c) => [c.get(), c])(new lib.C(0))`), [
        [2, [6]],
        { a: 2, b: [6], n: 0 },
      ])
    })
  })

  it('unless that is left to the author', async () => {
    const old = { 'index.js': `exports.C = class C { constructor() { this.a = 1 } m() { return 1 } }` }
    const young = {
      'index.js': `exports.C = class C { constructor() { this.a = 1; this.b = [] } m() { return this.b } }`,
    }
    await withBuild(
      old,
      young,
      async (made) => {
        assert.doesNotMatch(made.code, /AddedField|shadowId/)
        assert.match(made.findings[0]!.why, /objects made before the patch are without/)
        assert.match(made.findings[0]!.advice, /pre-patch callback/)
      },
      { fields: 'author' },
    )
  })
})

describe('a new member of what an optional chain leads to', () => {
  const file = (more: string, use: string): Files => ({
    'index.js': `class Box { constructor() { this.items = [] ${more} } add(x) { return this.items.push(x) } }
      exports.Box = Box; exports.of = (h) => ${use}`,
  })

  it('ends the chain where the release does', async () => {
    const uses = [
      `h?.inner.seen.x`,
      `h?.inner['seen'].x`,
      `h?.inner\n.seen`,
      `h?.inner.get()`,
      `(h?.inner ?? 0).seen`,
    ]
    const young = file(`; this.seen = 5; this.get = Boolean`, `[${uses.join(', ')}]`)
    await withPatch(
      file('', 'h?.inner.items'),
      young,
      `const it = { inner: new lib.Box() }`,
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        const text = (of: string): Promise<unknown> => program.run(`JSON.stringify(lib.of(${of}))`)
        assert.equal(await text('undefined'), '[null,null,null,null,null]')
        assert.equal(await text('it'), '[null,null,5,false,5]')
      },
    )
  })

  it('is a problem where it is private', async () => {
    const file = (use: string): Files => ({
      'index.js': `exports.Box = class Box { #n = 1; static of(h) { return ${use} } get() { return this.#n } }`,
    })
    await withBuild(file('h?.a.#n'), file('[h?.a.#n]'), async (made) => {
      assert.match(problemsOf(made).join(), /private member in an optional chain/)
    })
  })
})

describe('a new field that a function gives to what it has been given', () => {
  const told = async (begin: string, rest = ''): Promise<string> => {
    const text = (given: string, asks: string): Files => ({
      'index.js': `exports.begin = function (it, x) { it.n = 1; ${given} }; exports.end = (it) => ${asks}it.n; ${rest}`,
    })
    let found = ''
    await withPatch(text('', ''), text(begin, 'it.began && '), '', async (_, made) => {
      const all = made.findings.filter(({ what }) => what.endsWith('.began'))
      found = all.map(({ severity, what, why }) => `${severity}: ${what}: ${why}`).join('; ')
    })
    return found
  }

  const givers: Record<string, string> = {
    'to a parameter': 'it.began = x',
    'to what is in one': 'it.state.began = true',
    'by a variable': 'const { state } = it; const inner = it.inner; inner.began = [1]',
    'to what its object has': 'this.state.began = true',
  }
  for (const [how, begin] of Object.entries(givers))
    it(`is told: ${how}`, async () =>
      assert.match(await told(begin), /^note: .*\.began: a new field that it gives its object/))

  it('is told where a class hands over its objects', async () => {
    const rest = 'class C { constructor(x) { exports.begin(this, x) } } exports.C = C'
    assert.match(await told('it.began = true', rest), /^note: it\.began: a new field that it gives/)
  })

  it('is not told of what the function makes, nor of nothing', async () => {
    assert.equal(await told('const o = {}; o.began = 1; exports.end(o)'), '')
    assert.equal(await told('it.began = undefined'), '')
  })
})

describe('a new field of what is made in one case or in another', () => {
  const text = (ofClient: string, ofServer: string, asks: string): Files => ({
    'index.js': `const kIt = Symbol()
      function connect(it, options) { it.options = options; ${ofClient} }
      function onPing() { const it = this[kIt]; ${asks}; return it.n }
      class Socket {
        constructor(address, options) { if (address) { this.address = address; connect(this, options) } else { this.n = 0; ${ofServer} } }
        ping() { return onPing.call({ [kIt]: this }) }
      }
      module.exports = { Socket }`,
  })
  const found = async (...texts: [string, string, string]): Promise<string> => {
    let told = ''
    const old = text('', '', 'it.n = 1')
    await withPatch(old, text(...texts), '', async (_, made) => {
      const all = made.findings.filter(({ what }) => what.endsWith('.answers'))
      told = all.map(({ severity, why }) => `${severity}: ${why}`).join('; ')
    })
    return told
  }
  const ask = 'if (it.answers) it.n = 1'

  it('is a problem where it is given in both, and others ask for it', async () =>
    assert.match(
      await found('it.answers = options.a !== false', 'this.answers = true', ask),
      /^problem: a new field, .* depends on how the object was made$/,
    ))

  it('is told where it is given in one of them, by the constructor or by a function that it calls', async () => {
    const why =
      /^note: a new field that it gives its object: objects for which it was called before .* without it$/
    assert.match(await found('it.answers = options.a', '', ask), why)
    assert.match(await found('', 'this.answers = true', ask), why)
  })

  it('is a problem where others ask for what is in it', async () =>
    assert.match(
      await found('it.answers = new Map()', '', 'it.answers.get(1)'),
      /^problem: a new field that it gives/,
    ))

  it('is not told where a function may have ended before, unless others ask for what is in it', async () =>
    assert.match(
      await found('if (!options) return; it.answers = true', 'this.answers = true', ask),
      /^note: /,
    ))
})

describe('a field that begins with another value', () => {
  const told = ({ findings }: Build): string[] =>
    findings
      .filter(({ why }) => /begins with another value/.test(why))
      .map(({ severity, what }) => `${severity} ${what}`)

  for (const [what, old, young] of [
    [
      'of a constructor function',
      `function Y(n) { this.n = n; this.cache = {} }; Y.prototype.m = function m() { return this.cache }; module.exports = { Y }`,
      `function Y(n) { this.n = (n); this.cache = Object.create(null) }; Y.prototype.m = function m() { return this.cache }; module.exports = { Y }`,
    ],
    [
      'of a class',
      `exports.Y = class Y { cache = {}; constructor(n) { this.n = n; this.cache = {} } m() { return this.cache } }`,
      `exports.Y = class Y { cache = {}; constructor(n) { this.n = n; this.cache = Object.create(null) } m() { return this.cache } }`,
    ],
    [
      'of a class that puts it there later',
      `exports.Y = class Y { constructor(n) { this.n = n } m() { return this.cache ?? {} } set(c) { this.cache = c } }`,
      `exports.Y = class Y { constructor(n) { this.n = n; this.cache = Object.create(null) } m() { return this.cache ?? {} } set(c) { this.cache = c } }`,
    ],
  ] as const) {
    it(`${what}: objects that exist keep theirs, and the report says so`, async () => {
      await withPatch(
        { 'index.js': old },
        { 'index.js': young },
        'const it = new lib.Y(1)',
        async (program, made) => {
          assert.deepEqual(told(made), ['note Y.cache'])
          await program.load(made.code, 'patch.mjs')
          const hasPrototype = (of: string): Promise<boolean> =>
            program.run(`Object.getPrototypeOf(${of}.m()) !== null`)
          assert.deepEqual([await hasPrototype('it'), await hasPrototype('new lib.Y(2)')], [true, false])
        },
      )
    })
  }
})

describe('a field that nothing of the package reads', () => {
  const text = (field: string, rest: string, n: number): Files => ({
    'index.js': `exports.C = class C { ${field} ${rest} get() { return ${n} } }`,
  })
  it('is told, of a class without any function', async () => {
    const text = (field: string): Files => ({
      'index.js': `class E extends Error {${field}}; exports.f = () => { throw new E() }`,
    })
    await withBuild(text(''), text(` code = 'E_X' `), async (built) => {
      assert.match(
        built.findings.map((one) => `${one.what}: ${one.why}`).join(),
        /E\.code: a new field .* and so are those made after it/,
      )
    })
  })

  for (const [what, rest, made, why] of [
    [
      'a constructor',
      'constructor(x) { this.x = x }',
      2,
      /C\.extra: a new field .* before the patch are without it$/m,
    ],
    ['no constructor', '', undefined, /C\.extra: a new field .* and so are those made after it/],
  ] as const)
    it(`is told, of a class with ${what}`, async () => {
      await withPatch(
        text('', rest, 1),
        text('extra = 2;', rest, 2),
        'const it = new lib.C()',
        async (program, built) => {
          assert.deepEqual(problemsOf(built), [])
          assert.match(built.findings.map((one) => `${one.what}: ${one.why}`).join('\n'), why)
          await program.load(built.code, 'patch.mjs')
          assert.deepEqual(await program.run('[it.get(), it.extra ?? null]'), [2, null])
          assert.equal(await program.run('new lib.C().extra'), made)
        },
      )
    })
})

it('an error that objects of the new version hear from the start does not end the process by others', async () => {
  const text = (start: string, raise: string) => ({
    'index.js': `const { EventEmitter } = require('node:events'); const noop = () => {}
      exports.Socket = class Socket extends EventEmitter { constructor() { super(); this.n = 0; ${start} } emitReserved(...args) { return super.emit(...args) }
        fail(error) { this.n += 1; ${raise}; return this.n } }`,
  })
  const old = text(
    '',
    `if (this.listeners('error').length) this.emitReserved('error', error); else this.n += 10`,
  )
  const young = text(`this.on('error', noop)`, `this.emitReserved('error', error)`)
  await withPatch(old, young, 'const it = new lib.Socket()', async (program, made) => {
    assert.deepEqual(problemsOf(made), [])
    await program.load(made.code, 'patch.mjs')
    assert.deepEqual(await program.run('[it.fail(Error()), new lib.Socket().fail(Error())]'), [11, 1])
    assert.equal(await program.run(`it.on('error', () => {}).fail(Error())`), 12)
    await program.disable(made.name)
    assert.deepEqual(await program.run('[new lib.Socket().fail(Error())]'), [11])
  })
})

describe('a table of defaults that has got a member', () => {
  const merge = `const merge = (a, b) => { const made = {}; for (const from of [a, b]) for (const key of Object.keys(from ?? {})) made[key] = from[key]; return made }`
  const files = (table: string, ask: string): Record<string, string> => ({
    'defaults.js': `module.exports = { ${table} }`,
    'index.js': `const defaults = require('./defaults'); ${merge}
      class Client { constructor(options) { this.options = options } send(own) { const config = merge(this.options, own); return ${ask} } }
      const first = new Client(defaults)
      exports.create = (options) => new Client(merge(defaults, options)); exports.first = first; exports.defaults = defaults`,
  })
  const setup = `const kept = lib.create({ a: 5 }); lib.defaults.b = 6`

  it('gives it to what was made of it, whatever has merged them, and stays the object that programs hold', () =>
    checkBothWays(
      files('a: 1, b: 2, c: 3', '[config.a, config.b]'),
      files('strict: { on: true }, a: 1, b: 2, c: 3', '[config.a, config.b, config.strict.on]'),
      setup,
      `[kept.send(), kept.send({ a: 7 }), lib.first.send(), lib.create({ c: 1 }).send(), Object.keys(lib.defaults)[0]]`,
      [
        [[5, 2], [7, 2], [1, 6], [1, 6], 'a'],
        [[5, 2, true], [7, 2, true], [1, 6, true], [1, 6, true], 'strict'],
      ],
    ))

  it('is told where nothing tells what was made of it', () =>
    withBuild(
      files('a: 1', 'config.a'),
      files('a: 1, strict: true', '[config.a, config.strict]'),
      async (made) => {
        assert.deepEqual(problemsOf(made), [])
        const found = made.findings.map(({ what, why }) => `${what}: ${why}`).join()
        assert.match(found, /strict: a new field.*nothing tells those that were made of it from others/)
      },
    ))
})
