// What functions made before the patch: objects and classes that are without members which the new version gives them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('what a function has made before the patch', () => {
  const kinds: Record<string, (body: string, more: string) => string> = {
    'a class': (body, more) => `exports.make = (n) => { class C { a() { ${body} } ${more} } return C }`,
    'a literal': (body, more) => `exports.make = (n) => ({ a() { ${body} }${more && `, ${more}`} })`,
    'what a variable holds': (body, more) =>
      `exports.make = (n) => { const it = {}; it.a = function () { ${body} }; ${more && 'it.b = function () { return n + 1 };'} return it }`,
    'a prototype': (body, more) =>
      `exports.make = (n) => { function C() {} C.prototype.a = function () { ${body} }; ${more && 'C.prototype.b = function () { return n + 1 };'} return C }`,
  }
  for (const [what, text] of Object.entries(kinds)) {
    it(`lacks a method of ${what} that its other methods call: a problem`, async () => {
      const young = index(text('return this.b()', 'b() { return n + 1 }'))
      await withBuild(index(text('return n', '')), young, async (made) => {
        assert.match(problemsOf(made).join(), /b: a new method: .* its other methods call it/)
      })
    })

    it(`lacks a method of ${what} that other functions call now: a problem`, async () => {
      const uses = (name: string): string => `; exports.use = (it) => it.${name}()`
      const old = index(text('return n', '') + uses('a'))
      const young = index(text('return n', 'b() { return n + 1 }') + uses('b'))
      await withBuild(old, young, async (made) => {
        assert.match(problemsOf(made).join(), /b: a new method: .* functions call it now/)
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

  it('goes on making whole objects of a class that has got a method which nobody calls', async () => {
    const text = (more: string): Record<string, string> =>
      index(`exports.make = () => { const lib = { of: (x) => new C(x), same: (it) => it instanceof C }
        function C(x) { this.x = x } C.prototype.get = function () { return this.x }; ${more} return lib }`)
    const young = text('C.prototype.more = function () { return this.x + 1 };')
    await withPatch(text(''), young, 'const it = lib.make(), one = it.of(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.of(2).get(), one.get(), it.same(one), it.same(it.of(3))]'), [
        2,
        1,
        true,
        true,
      ])
      assert.deepEqual(await program.run('[lib.make().of(2).get(), lib.make().of(2).more()]'), [2, 3])
    })
  })

  for (const [what, old, young, why] of [
    ['a static field', '', 'static limit = 2', /a static field is new/],
    ['another static field', 'static limit = 1', 'static limit = 2', /a static field is new or changed/],
    ['a static block', '', 'static { C.limit = 2 }', /a static block is new/],
    ['a static method', '', 'static limit() {}', /C\.limit: a new method: .* its other methods call it/],
  ] as const) {
    it(`has a class without ${what} that its methods ask for: a problem`, async () => {
      const text = (part: string, more: string): Record<string, string> =>
        index(`exports.make = () => { class C { ${part}; get() { return C.limit${more} } } return C }`)
      await withBuild(text(old, ''), text(young, ' ?? 0'), async (made) => {
        assert.match(problemsOf(made).join(), why)
      })
    })
  }

  it('has a class with another superclass: a problem', async () => {
    const text = (superclass: string): Record<string, string> =>
      index(`exports.mixed = (A, B) => class extends ${superclass} { own() { return 1 } }`)
    await withBuild(text('A'), text('B(A)'), async (made) => {
      assert.match(
        problemsOf(made).join(),
        /its superclass is another one: classes that the function has made/,
      )
    })
  })

  it('has proxies without a new trap, and objects without what the language asks for: notes', async () => {
    const text = (trap: string, end: string): Record<string, string> =>
      index(`exports.guarded = (o) => new Proxy(o, { get: (_, key) => o[key]${trap} })
        exports.each = (list) => { let i = 0; return { next: () => ({ value: list[i++], done: i > list.length })${end} } }`)
    const young = text(', has: () => true', ', return() { i = list.length; return { done: true } }')
    await withPatch(text('', ''), young, 'const it = lib.guarded({})', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const notes = made.findings.map(({ what, why }) => `${what}: ${why}`).join('\n')
      assert.match(
        notes,
        /guarded\/has: a new method: what the function has made before the patch is without it/,
      )
      assert.match(notes, /each\/return: a new method/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`['z' in it, 'z' in lib.guarded({})]`), [false, true])
    })
  })

  it('has objects without a member that other objects have: a note where functions ask for it now', async () => {
    const text = (more: string, sum: string): Record<string, string> =>
      index(
        `exports.make = (n) => ({ a: n, b: 2${more} }); exports.of = (x) => x.timeout; exports.sum = (o) => o.a${sum}`,
      )
    const why = /a new member: objects that the function has made before the patch are without it/
    const found = async (young: Record<string, string>): Promise<string> => {
      let all = ''
      await withBuild(text('', ''), young, async (made) => {
        all = made.findings.map(({ what, why }) => `${what} ${why}`).join()
      })
      return all
    }
    assert.match(await found(text(', timeout: 5', ' + o.timeout')), why)
    assert.doesNotMatch(await found(text(', timeout: 5', ' + o.b')), why)
    const filled = (more: string, sum: string): Record<string, string> =>
      index(
        `exports.make = (n) => { const o = Object.create(null); o.a = n; o.b = 2;${more} return o }; exports.of = (x) => x.timeout; exports.sum = (o) => o.a${sum}`,
      )
    await withBuild(filled('', ''), filled(' o.timeout = 5;', ' + o.timeout'), async (made) => {
      assert.match(made.findings.map(({ why }) => why).join(), why)
    })
  })

  describe('has objects without a member that only the call could have given them', () => {
    const text = (more: string, entry: string, sum: string): Record<string, string> =>
      index(
        `const all = []; exports.add = (path, o) => { ${more} all.push(${entry}) }; exports.sum = () => all.map((one) => one.path${sum})`,
      )
    const most = 'const most = o.most;'
    const problems: Record<string, Record<string, string>> = {
      'which code takes something of': text(most, '{ path, most }', ' + one.most.toFixed(0)'),
      'which code reckons with': text(most, '{ path, most }', ' * one.most'),
      'which code takes by a pattern': index(
        `const all = []; exports.add = (path, o) => { ${most} all.push({ path, most }) }; exports.sum = () => all.map(({ path, most }) => path + most.toFixed(0))`,
      ),
      'in a variable': text(`${most} const one = { path, most };`, 'one', ' + one.most.toFixed(0)'),
      'by a name that other things have': text('', '{ path, o }', ' + one.o.most'),
    }
    for (const [how, young] of Object.entries(problems))
      it(`a problem: ${how}`, async () => {
        const old =
          how === 'in a variable' ? text('const one = { path };', 'one', '') : text('', '{ path }', '')
        await withBuild(old, young, async (made) => {
          assert.match(problemsOf(made).join(), /objects (made before the patch|that the function has made) /)
        })
      })

    it('a problem for its own methods', async () => {
      const own = (more: string, member: string, sum: string): Record<string, string> =>
        index(`exports.make = (o) => { ${more} return { a: 1${member}, get() { return this.a${sum} } } }`)
      await withBuild(own('', '', ''), own(most, ', most', ' + this.most'), async (made) => {
        assert.match(
          problemsOf(made).join(),
          /most: a new field, which objects made before the patch are without/,
        )
      })
    })

    const notes: Record<string, [old: Record<string, string>, young: Record<string, string>]> = {
      'where code can do without': [
        text('', '{ path }', ''),
        text(most, '{ path, most }', ' + (one.most ? one.most.toFixed(0) : 0)'),
      ],
      'where the list is one of the call': [
        index(
          `exports.f = (paths, o) => { const all = []; const add = (path) => { const one = { path }; all.push(one) }; paths.forEach(add); return all.map((one) => one.path) }`,
        ),
        index(
          `exports.f = (paths, o) => { const all = []; const add = (path) => { const most = o.most; const one = { path, most }; all.push(one) }; paths.forEach(add); return all.map((one) => one.path + one.most.toFixed(0)) }`,
        ),
      ],
      'where it is what a call gives': [
        index(
          `const parse = (a, o) => { return { a } }; exports.f = (a, o) => { const it = parse(a, o); return it.a }`,
        ),
        index(
          `const parse = (a, o) => { ${most} return { a, most } }; exports.f = (a, o) => { const it = parse(a, o); return it.a + it.most.toFixed(0) }`,
        ),
      ],
    }
    for (const [where, [old, young]] of Object.entries(notes))
      it(`none ${where}`, () => withBuild(old, young, async (made) => assert.deepEqual(problemsOf(made), [])))
  })

  it('has parts of what an object works by without a new method: notes', async () => {
    const text = (more: string): Record<string, string> =>
      index(`exports.make = (n, Plugin) => new Plugin({ state: 1, props: { text() { return n }${more} } })`)
    await withBuild(text(''), text(', events: { end() { return n } }'), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      const [found] = made.findings
      assert.equal(found?.what, 'exports.make/props.events.end')
      assert.match(found.why, /what the function has made before the patch is without it/)
    })
  })

  it('goes on with the plugins that it has registered: a note', async () => {
    const text = (plugin: string): Record<string, string> =>
      index(`const one = (app) => app, two = (app) => app
        exports.Adapter = class { constructor(app) { this.app = app } async init() { await this.app.register(${plugin}); this.app.addHook('onClose', one) } }`)
    await withBuild(text('one'), text('two'), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      const notes = made.findings.map(({ what, why }) => `${what}: ${why}`)
      assert.match(notes.join(), /this\.app\.register\(two\): it is registered now/)
      assert.doesNotMatch(notes.join(), /addHook/)
    })
  })

  it('is without plugins that a function puts into what it gives: a note', async () => {
    const text = (more: string): Record<string, string> =>
      index(`const limit = (max) => ({ check: (n) => { if (n > max) throw new Error('limit') } }), odd = () => ({ check() {} })
        class Client { constructor(plugins) { this.plugins = plugins } run(n) { for (const one of this.plugins) one.check(n); return n } }
        exports.make = (max) => { const plugins = new Set(), seen = []; plugins.add(odd()); ${more} return new Client(plugins) }`)
    const young = text('seen.push(odd()); plugins.add(limit(max));')
    await withPatch(text(''), young, 'const c = lib.make(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const notes = made.findings.map(({ what, why }) => `${what}: ${why}`).join('\n')
      assert.match(
        notes,
        /^plugins\.add\(limit\(max\)\): it is done to what the function makes now: .*without it$/,
      )
      await program.load(made.code, 'patch.mjs')
      const run =
        '[c, lib.make(1)].map((one) => { try { return one.run(2) } catch ({ message }) { return message } })'
      assert.deepEqual(await program.run(run), [2, 'limit'])
    })
  })

  it('has not had calls with which objects are made now, or listeners and timers: notes', async () => {
    const text = (more: string, then: string): Record<string, string> =>
      index(`const { EventEmitter } = require('node:events'); const all = new Set()
        exports.C = class extends EventEmitter { constructor() { super(); this.on('a', () => this.n++); ${more} } all() { return all.size } }
        exports.watch = (source) => { source.on('data', (x) => x); source.onopen = () => {}; ${then} return source }`)
    const young = text(
      `this.on('b', () => this.n++); all.add(this)`,
      `source.on('error', () => {}); setInterval(() => source, 10).unref(); source.onclose = () => {}; source.setTimeout(10);`,
    )
    await withPatch(text('', ''), young, 'const c = new lib.C()', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const notes = made.findings.map(({ what, why }) => `${what}: ${why}`).join('\n')
      assert.match(notes, /this\.on\('b'.*: it is registered now: what the function has set up before/)
      assert.match(notes, /source\.on\('error'.*: it is registered now/)
      assert.match(notes, /setInterval\(.*: it is registered now/)
      assert.match(notes, /source\.onclose = .*: it is registered now/)
      assert.match(notes, /source\.setTimeout\(10\): it is registered now/)
      assert.match(notes, /all\.add\(this\): objects are made with this call now/)
      assert.doesNotMatch(notes, /'a'|'data'|onopen/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[c.listenerCount('b'), new lib.C().listenerCount('b')]`), [0, 1])
    })
  })

  for (const [what, text, use, results, why] of [
    [
      'another call of a method beside one of the same form',
      (
        more,
      ) => `exports.make = () => new C(); class C { constructor() { this.all = []; this.use((x) => x + 1); ${more && 'this.use((x) => x * 2)'} }
        use(f) { this.all.push(f) } run(x) { return this.all.reduce((y, f) => f(y), x) } }`,
      '[made.run(1), lib.make().run(1)]',
      [2, 4],
      /this\.use\(.*: objects are made with this call now/,
    ],
    [
      'a call of what it has made',
      (more) => `class Router { all = []; use(f) { this.all.push(f) } }
        exports.make = () => { const router = new Router(); router.use((x) => x); ${more && 'router.use((x) => x)'}; return router }`,
      '[made.all.length, lib.make().all.length]',
      [1, 2],
      /router\.use\(.*: it is done to what the function makes now/,
    ],
    [
      'a setting of what it has made',
      (more) => `const { createServer } = require('node:http')
        exports.make = () => { const server = createServer(); ${more && 'server.keepAliveTimeout = 7'}; return server }`,
      '[made.keepAliveTimeout, lib.make().keepAliveTimeout]',
      [5000, 7],
      /server\.keepAliveTimeout = 7: it is done to what the function makes now/,
    ],
    [
      'a call of a function of its own that fills something',
      (more) => `exports.make = () => { const all = new Map(); add('a', 1); ${more && "add('b', 2)"}
        function add(key, x) { all.set(key, x) }
        return (key) => all.get(key) ?? 0 }`,
      `[made('b'), lib.make()('b')]`,
      [0, 2],
      /add\('b', 2\): it is done to what the function makes now/,
    ],
    [
      'which closure it gives',
      (more) =>
        `exports.make = (o = {}) => { const raw = (x) => x, safe = (x) => -x; return { run: o.safe ${more ? '!==' : '==='} false ? safe : raw } }`,
      '[made.run(1), lib.make().run(1)]',
      [1, -1],
      /safe : raw: the function gives something else now/,
    ],
    [
      'when an object gets a member',
      (more) =>
        `exports.make = (o = {}) => new C(o); class C { constructor(o) { this.n = 1; if (o.safe ${more ? '!==' : '==='} false) this.n = -1 } }`,
      '[made.n, lib.make().n]',
      [1, -1],
      /this\.n = -1: it is done to what the function makes now/,
    ],
  ] as const satisfies [string, (more: string) => string, string, [unknown, unknown], RegExp][])
    it(`is without ${what}: a note`, () =>
      withPatch(index(text('')), index(text('more')), 'const made = lib.make()', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(use), results)
        assert.match(made.findings.map(({ what, why }) => `${what}: ${why}`).join('\n'), why)
      }))

  describe('or connected', () => {
    const text = (connect: string, run: string): Record<string, string> =>
      index(
        `exports.C = class { connect() { this.isOpen = true; ${connect} return this } run(x) { ${run} } }`,
      )

    it('is without a field that this gives now: a note', () =>
      withPatch(
        text('', 'return x'),
        text('this.limit = 10;', 'return x > this.limit ? 0 : x'),
        'const made = new lib.C().connect()',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          assert.match(
            made.findings.map(({ why }) => why).join(),
            /for which it was called before the patch are without it/,
          )
          await program.load(made.code, 'patch.mjs')
          assert.deepEqual(await program.run('[made.run(20), new lib.C().connect().run(20)]'), [20, 0])
        },
      ))

    for (const run of [
      'return this.seen.has(x)',
      'return [...this.seen]',
      'for (const one of this.seen) return one',
    ])
      it(`is without one, and a method asks for what is in it: a problem (${run})`, () =>
        withBuild(text('', 'return x'), text('this.seen = new Set();', run), async (made) =>
          assert.match(problemsOf(made).join(), /this\.seen: a new field .* functions ask for what is in it/),
        ))

    it('is none where a method asks whether there is one, or is called by what gives it', async () => {
      const texts = [
        text('this.seen = new Set();', 'return this.seen !== undefined && this.seen.has(x)'),
        text('this.seen = new Set(); this.run(1);', 'return this.seen.has(x)'),
      ]
      for (const young of texts)
        await withBuild(text('', 'return x'), young, async (made) => assert.deepEqual(problemsOf(made), []))
    })
  })

  it('is not in a weak collection that is new, where methods look for it: a problem', async () => {
    const text = (names: string, made: string, run: string): Record<string, string> =>
      index(`${names} class C { constructor() { ${made} } run() { ${run} } }; exports.C = C`)
    const init =
      'const init = (object, all, value) => all.set(object, value), _count = /*#__PURE__*/ new WeakMap();'
    const young = text(init, 'init(this, _count, { n: 0 })', 'return ++_count.get(this).n')
    await withBuild(text('', '', 'return 1'), young, async (made) => {
      assert.match(problemsOf(made).join(), /objects made before the patch are not in it/)
    })
  })

  it('is of other classes than those in a table that is made anew: a problem', async () => {
    const text = (more: string): Record<string, string> =>
      index(
        `const kinds = { bad: class Bad extends Error {}${more} }; exports.make = (k) => new kinds[k](); exports.is = (e, k) => e instanceof kinds[k]`,
      )
    await withBuild(text(''), text(', worse: class Worse extends Error {}'), async (made) => {
      assert.match(problemsOf(made).join(), /classes that stand in it would be others/)
    })
  })

  it('is of another class than one that is made anew, which programs get by a getter: a problem', async () => {
    const text = (made: string): Record<string, string> =>
      index(`var _a; const A = ${made}; Object.defineProperty(exports, 'A', { get: () => A })`)
    const young = text('(_a = class { f() { return ++_a.n } }, _a.n = 1, _a)')
    await withBuild(text('class { f() { return 1 } }'), young, async (made) => {
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

describe('what objects made before have of what their superclass got', () => {
  const forms: Record<string, (given: string) => string> = {
    super: (given) => `class A extends Base { constructor() { super(${given}) } }; exports.A = A`,
    call: (given) =>
      `function A() { Base.call(this, ${given}) }; require('node:util').inherits(A, Base); exports.A = A`,
    apply: (given) =>
      `exports.A = (function (_super) { function A() { return _super.apply(this, [${given}]) || this }; Object.setPrototypeOf(A.prototype, _super.prototype); return A })(Base)`,
  }
  for (const [how, form] of Object.entries(forms))
    it(`stays, which a note says: by ${how}`, async () => {
      const base = `function Base(options) { this.limit = options.limit }; Base.prototype.get = function () { return this.limit }; `
      const text = (limit: number): Record<string, string> => index(`${base}${form(`{ limit: ${limit} }`)}`)
      await withPatch(text(1), text(2), 'const it = new lib.A()', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.match(made.findings.map(({ why }) => why).join(), /it is given something else/)
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[it.get(), new lib.A().get()]'), [1, 2])
      })
    })
})

describe('a method that a class has no more', () => {
  it('stays where its superclass has got it, and nothing leads to that: a problem', async () => {
    const text = (b: string, c: string): Record<string, string> =>
      index(`class B { ${b} }; exports.C = class C extends B { ${c} }`)
    await withBuild(text('', 'f() { return 1 }'), text('f() { return 2 }', ''), async (made) => {
      assert.match(problemsOf(made).join(), /f: the new version has it no more, and the running one stays/)
    })
  })
})

describe('what a constructor returns', () => {
  it('is told where it is another object now', async () => {
    const text = (end: string): Record<string, string> =>
      index(`exports.C = class C { constructor() { this.n = 1; ${end} } get() { return this.n } }`)
    await withBuild(text(''), text('return new Proxy(this, {})'), async (made) => {
      assert.match(made.findings.map(({ why }) => why).join(), /objects are made with this call now/)
    })
  })
})

describe('a closure that an arrow gives', () => {
  it('is the one that is returned now', async () => {
    const old = index(`module.exports = (o) => function (x) { return x + o.n }`)
    const young = index(
      `module.exports = (o) => { const n = o.n; return function (x) { if (x < 0) throw new RangeError('x'); return x + n } }`,
    )
    await withPatch(old, young, 'const it = lib({ n: 1 })', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      const use = '[it(1), (() => { try { return it(-1) } catch (e) { return e.name } })()]'
      assert.deepEqual(await program.run(use), [2, 'RangeError'])
    })
  })
})

describe('what a method puts in place of another one', () => {
  const text = (limit: number, made: string): Record<string, string> => ({
    'index.js': `const maker = require('./maker')
      class Reader {
        setup() { this.read = maker.reader(this); return this }
        read(x) { return this.setup().read(x) }
      }
      exports.Reader = Reader`,
    'maker.js': `const maker = exports
      maker.reader = function reader() { const limit = ${limit}; ${made} }`,
  })

  it('is a problem where something that changed has made it of text', async () => {
    const compiled = `return Function('x', 'return x < ' + limit)`
    await withBuild(text(2, compiled), text(1, compiled), async (made) => {
      assert.match(problemsOf(made).join(), /objects keep, in place of their method 'read'/)
    })
  })

  it('is redirected where it is a function of the package', async () => {
    const closure = (more: string): string => `return function (x) { return x < 2${more} }`
    await checkBothWays(
      text(2, closure('')),
      text(2, closure(' - 1')),
      'const made = new lib.Reader(); made.read(1)',
      'made.read(1)',
      [true, false],
    )
  })
})

describe('what a call makes with other options', () => {
  const text = (strict: boolean, give: string): Record<string, string> => ({
    'index.js': `class Parser { constructor(options) { this.options = options } parse(text) { return this.options.strict ? text : text.trim() } }
      exports.make = () => { const parser = new Parser({ strict: ${strict} }); return ${give} }`,
  })
  const gives = ['parser.parse.bind(parser)', '(text) => parser.parse(text)']

  for (const give of gives)
    it(`is a problem where those who have it go on with what was made: ${give}`, () =>
      withBuild(text(true, give), text(false, give), async (made) =>
        assert.match(problemsOf(made).join(), /parser: it is made with another 'strict'/),
      ))

  it('is none where it serves the call alone', () =>
    withPatch(
      text(true, `parser.parse(' a')`),
      text(false, `parser.parse(' a')`),
      '',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run('lib.make()'), 'a')
      },
    ))
})
