// New variables of functions whose closures exist already.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

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

  it('is the running one where a pattern takes what a member was', async () => {
    const make = (declared: string, get: string): Record<string, string> =>
      index(`exports.make = function (o) { ${declared} return { get: () => [a, b, ${get}] } }`)
    const old = make('var a = o.a; var b = o.b;', '0')
    for (const declared of ['const { a } = o; const { b } = o;', 'const { a, b } = o;'])
      await checkBothWays(
        old,
        make(declared, '1'),
        'const it = lib.make({ a: 1, b: 2 })',
        'it.get().join()',
        ['1,2,0', '1,2,1'],
      )
    const other = make('const { a, b = 1 } = o;', '1')
    await withBuild(old, other, async (made) =>
      assert.match(problemsOf(made).join(), /'b' has another value/),
    )
  })

  it('has no value where nothing gives it one', () =>
    checkBothWays(
      index(`exports.make = function (n) { return { get: () => [n] } }`),
      index(`exports.make = function (n) { let none; return { get: () => [n, none ?? 'none'] } }`),
      'const it = lib.make(3)',
      'it.get()',
      [[3], [3, 'none']],
    ))

  it('is one of some functions', async () => {
    const make = (declared: string, get: string): Record<string, string> =>
      index(`function make(o) { o = o || {}; function own(x) { return x + 1 } ${declared}
        return { get: function (x) { void o.more; return ${get} }, same: function (x) { return own(x) } } } exports.make = make`)
    const young = make(
      'var f; if (o.more) { f = function (x) { return own(x) * 2 } } else f = function (x) { return own(x) }',
      'f(x)',
    )
    const use = '[plain, more].map((it) => it.get(1)).join()'
    const setup = 'const plain = lib.make(), more = lib.make({ more: true })'
    await checkBothWays(make('', '0'), young, setup, use, ['0,0', '2,4'])
  })

  it('is strict code where the function around it is', async () => {
    const make = (declared: string, get: string): Record<string, string> =>
      index(`var sloppy = function () { return this !== undefined }; exports.make = function (n) { 'use strict'; ${declared} return { get: function () { return [n, ${get}] } } };
        exports.sloppy = sloppy`)
    const young = make('const f = function () { return this === undefined };', 'f()')
    await checkBothWays(make('', '0'), young, 'const it = lib.make(1)', 'it.get().join()', ['1,0', '1,true'])
  })

  it("is another name of 'this'", async () => {
    const text = (self: string, n: number): Record<string, string> =>
      index(
        `exports.Q = function Q(n) { var ${self} = this; this.n = n; this.get = function () { return ${self}.n + ${n} } }`,
      )
    const setup = 'const it = new lib.Q(1), { get } = it'
    await checkBothWays(text('self', 0), text('_this', 1), setup, 'get()', [1, 2])
  })

  it('begins as in a new call where closures assign it, for each call by itself', async () => {
    const text = (declared: string, put: string, get: string): Record<string, string> =>
      index(
        `exports.make = function (o) { let n = 0${declared}; return { put(v) { ${put} add(v) }, get() { return ${get} } }; function add(v) { n += v } }`,
      )
    const old = text('', '', 'n')
    const [declared, put] = [
      ', ok = true, name = "none", at = -1',
      'if (v < 0) { ok = false; name += v; at = n }',
    ]
    const young = text(declared, put, '[ok, name, n, at]')
    await withPatch(old, young, 'const a = lib.make(), b = lib.make(); a.put(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(made.findings.map(({ what, why }) => `${what}: ${why}`).join(), /ok: a new variable/)
      await program.load(made.code, 'patch.mjs')
      await program.run('[a.put(-1), a.put(-2), b.put(5)]')
      assert.deepEqual(await program.run('[a.get(), b.get(), lib.make().get()]'), [
        [false, 'none-1-2', -2, 0],
        [true, 'none', 5, -1],
        [true, 'none', 0, -1],
      ])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[a.get(), b.get()]'), [-2, 5])
    })
  })

  it('is a problem where closures assign it and it begins with nothing, or with what the call gives', async () => {
    for (const declared of ['let last', 'let last = o', 'let last = 0; last = 1']) {
      const text = (head: string, put: string): Record<string, string> =>
        index(`exports.make = function (o) { ${head}; return { put(v) { ${put} }, o: () => o } }`)
      await withBuild(
        text('', 'return v'),
        text(declared, 'const was = last; last = v; return was'),
        async (made) => {
          assert.match(problemsOf(made).join(), /put: functions made by the running version are kept/)
        },
      )
    }
  })

  it('is a problem where closures fill it and nothing tells one call from another', async () => {
    for (const [declared, put] of [
      ['let ok = true;', 'if (v < 0) ok = false'],
      ['const seen = new Set();', 'if (seen.has(v)) return; seen.add(v)'],
    ]) {
      const text = (head: string, more: string): Record<string, string> =>
        index(
          `exports.make = function (o) { const all = o; ${head} return { put(v) { ${more}; all.push(v) }, all } }`,
        )
      await withBuild(text('', ''), text(declared!, put!), async (made) => {
        assert.match(problemsOf(made).join(), /put: functions made by the running version are kept/)
      })
    }
  })

  const telling = {
    'a list': 'const all = []',
    'an object': 'const all = {}',
    'a function': 'const all = () => o',
    'a map, and no variable before it': 'const { length } = o, self = o; let n = 0; var all = new Map()',
  }
  for (const [what, declared] of Object.entries(telling))
    it(`begins as in a new call where it is told by ${what}`, async () => {
      const text = (head: string, more: string): Record<string, string> =>
        index(
          `exports.make = (o) => { ${declared}; ${head} return { put: (v) => { ${more}; void all; void o; return o.push(v) } } }`,
        )
      const young = text('let n2 = 0; const seen = new Set();', 'n2++; seen.add(v); return [n2, seen.size]')
      const setup = 'const shared = [], a = lib.make(shared), b = lib.make(shared)'
      await withPatch(text('', ''), young, setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(
          await program.run('[a.put(1), a.put(1), b.put(1), lib.make(shared).put(1), a.put(2)]'),
          [
            [1, 1],
            [2, 1],
            [1, 1],
            [1, 1],
            [3, 2],
          ],
        )
        await program.disable(made.name)
        assert.equal(await program.run('b.put(1)'), 1)
      })
    })

  it('is a problem where what might tell calls apart may be of several of them', async () => {
    for (const declared of [
      'const all = o',
      'const all = list()',
      'let all = []; all = o',
      'if (o) var all = []',
    ]) {
      const text = (head: string, more: string): Record<string, string> =>
        index(
          `const one = [], list = () => one; exports.make = (o) => { ${declared}; ${head} return { put: (v) => { ${more}; return [all, o, v] } } }`,
        )
      await withBuild(text('', ''), text('let n = 0;', 'n++; v = n'), async (made) => {
        assert.match(problemsOf(made).join(), /nothing tells for which call/)
      })
    }
  })

  it('is not made for calls under way, which have put nothing into it', async () => {
    const text = (head: string, more: string): Record<string, string> =>
      index(`exports.run = function (list) { ${head} function own() { return list }
        return new Promise((done) => setTimeout(() => { ${more}; done(own().length) }, 5)) }`)
    const young = text('let late = false;', 'if (late) return; late = true')
    await withBuild(text('', ''), young, async (made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ why }) => why).join(),
        /calls under way end in the running version: 'late' is a new variable/,
      )
    })
  })

  const selves: Record<string, [old: string, young: string]> = {
    'an arrow, by a name': [
      'this.n = n; this.get = () => this.n',
      'var _this = this; this.n = n; this.get = function () { return [1].map(() => _this.n + 1)[0] }',
    ],
    'a name, as an arrow does': [
      'var self = this; this.n = n; this.get = function () { return self.n }',
      'this.n = n; this.get = () => [1].map(() => this.n + 1)[0]',
    ],
    'an arrow that did not ask for it, by the name that another one has': [
      'var self = this; this.n = n; this.inc = () => self.n++; this.get = () => n',
      'this.n = n; this.inc = () => this.n++; this.get = () => this.n + 1',
    ],
  }
  for (const [how, [old, young]] of Object.entries(selves))
    it(`is not needed where 'this' is asked for in the other way: ${how}`, async () => {
      const text = (body: string): Record<string, string> => index(`exports.Q = function Q(n) { ${body} }`)
      const setup = 'const a = new lib.Q(1), b = new lib.Q(5), { get } = a, other = { n: 100, get }'
      await checkBothWays(text(old), text(young), setup, '[get(), other.get(), b.get()]', [
        [1, 1, 5],
        [2, 2, 6],
      ])
    })

  it("is a problem where nothing leads to 'this'", async () => {
    for (const [was, is] of [
      ['() => n', '() => this.n'],
      ['function () { return n }', '() => this.n'],
      ['() => this.n', 'function () { const inner = function () { return _this.n }; return inner() }'],
    ]) {
      const text = (head: string, get: string): Record<string, string> =>
        index(`exports.Q = function Q(n) { ${head} this.n = n; this.get = ${get} }`)
      await withBuild(text('', was!), text('var _this = this;', is!), async (made) => {
        assert.match(problemsOf(made).join(), /get: functions made by the running version are kept/)
      })
    }
  })

  const unsteady: Record<string, string> = {
    'by a closure': 'const first = n; ',
    'behind it': 'const first = last; last = 2; ',
  }
  for (const [how, declared] of Object.entries(unsteady))
    it(`is a problem where what it is made from changes ${how}`, async () => {
      const text = (made: string, get: string): Record<string, string> =>
        index(
          `exports.make = (n) => { let last = 1; ${made} return { inc() { n++; return last }, get() { return ${get} } } }`,
        )
      await withBuild(text('last = 2; ', '0'), text(declared, 'first'), async (made) => {
        assert.match(problemsOf(made).join(), /get: functions made by the running version are kept/)
      })
    })

  const notChosen: Record<string, string> = {
    'by something with effects': 'let f; if (log()) f = () => 1; else f = () => 2; ',
    'with something else': 'let f; if (n) { f = () => 1; log() } else f = () => 2; ',
    'and assigned by something with effects':
      'let f; if (n) f = () => 1; else f = () => 2; if (log()) f = log; ',
    'as what is no function': 'let f; if (n) f = log(); else f = () => 2; ',
    "and has the 'this' of the call": 'let f; if (n) f = () => this; else f = () => 2; ',
  }
  for (const [how, declared] of Object.entries(notChosen))
    it(`is a problem where it is chosen ${how}`, async () => {
      const text = (made: string, get: string): Record<string, string> =>
        index(
          `let logged = 0; const log = () => ++logged; exports.make = function (n) { ${made} return { get() { return [n, log, ${get}] } } }`,
        )
      await withBuild(text('', '0'), text(declared, 'f()'), async (made) => {
        assert.match(problemsOf(made).join(), /'f' is a new variable of the function around it/)
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
      await withBuild(old, young, async (made) => {
        assert.match(problemsOf(made).join(), /a new variable of the function around it/)
      })
    })
})

describe('a variable of kept closures that calls of the running version made in another way', () => {
  const remade: Record<string, [old: string, young: string, module?: [string, string]]> = {
    'a constant': ['const v = 1', 'const v = 2'],
    'a pattern': ['const { v } = { v: 1 }', 'const { v } = { v: 2 }'],
    'a pattern with a default': ['const v = 1', 'const { v = 2 } = {}'],
    'assigned afterwards': ['let v = 1; v++', 'let v = 1; v += 1'],
    'what is made from one': ['const a = 1; const v = a + 1', 'const a = 2; const v = a'],
    'what is made from a constant of the module': [
      'const v = K',
      'const v = K',
      ['const K = 1;', 'const K = 2;'],
    ],
  }
  for (const [what, [old, young, [before, after] = ['', '']]] of Object.entries(remade))
    it(`is made anew: ${what}`, async () => {
      const text = (module: string, declared: string): Record<string, string> =>
        index(`${module} exports.make = () => { ${declared}; return () => v }`)
      await withPatch(
        text(before, old),
        text(after, young),
        'const it = lib.make()',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          const was = await program.run('it()')
          await program.load(made.code, 'patch.mjs')
          assert.deepEqual(await program.run('[it(), lib.make()()]'), [2, 2])
          await program.disable(made.name)
          assert.deepEqual(await program.run('it()'), was)
        },
      )
    })

  it('is what was passed where a parameter has got a default, and that otherwise', async () => {
    const text = (a: string, result: string): Record<string, string> =>
      index(`exports.make = (${a}) => () => ${result}`)
    const setup = `const it = lib.make({ x: 1 }), other = lib.make(), nothing = lib.make(null)`
    const use = '[it(), other(), nothing(), lib.make()()]'
    await checkBothWays(text('o', 'o?.x ?? 0'), text('o = { x: 7 }', 'o?.x ?? 0'), setup, use, [
      [1, 0, 0, 0],
      [1, 7, 0, 7],
    ])
    await checkBothWays(text('o', '[o, 1][0]?.x ?? 0'), text('o = { x: 7 }', 'o?.x ?? 0'), setup, use, [
      [1, 0, 0, 0],
      [1, 7, 0, 7],
    ])
  })

  const told: Record<string, [old: string, young: string]> = {
    'a default of a parameter': ['const v = a', 'const v = a; void 0'],
    'a parameter that is assigned': ['o = o || 1; const v = o', 'o = o || 2; const v = o'],
  }
  for (const [what, [old, young]] of Object.entries(told))
    it(`is a problem otherwise: ${what}`, async () => {
      const text = (declared: string, a = 'a = 1'): Record<string, string> =>
        index(`exports.make = (o, ${a}) => { ${declared}; return () => [v, a, o] }`)
      const isDefault = what === 'a default of a parameter'
      await withBuild(text(old), text(young, isDefault ? 'a = 2' : 'a = 1'), async (made) => {
        assert.match(
          problemsOf(made).join(),
          /exports\.make\/<anonymous>: functions made by the running version are kept/,
        )
      })
    })

  it('is a problem where it began with nothing, which closures fill, unless it begins with as much as nothing', async () => {
    const text = (begins: string, get: string): Record<string, string> =>
      index(
        `exports.make = (list) => { let at${begins}; return { start() { at = list.length }, get() { return ${get} } } }`,
      )
    await withBuild(text('', 'at'), text(' = list.length', 'at + 0'), async (made) => {
      assert.match(problemsOf(made).join(), /'at' has another value in this version/)
    })
    const setup = 'const it = lib.make([1]), other = lib.make([1]); it.start()'
    const use = '[it.get(), other.get()]'
    await checkBothWays(text('', 'at || 1'), text(' = null', 'at || 2'), setup, use, [
      [1, 1],
      [1, 2],
    ])
  })

  it('is a problem where it counts with an option that the running version does not know', async () => {
    const text = (declared: string, get: string): Record<string, string> =>
      index(`exports.make = (o) => { ${declared}; return () => ${get} }`)
    await withBuild(text('const v = 1', 'v'), text('const v = o.some + 1', 'v + 0'), async (made) => {
      assert.match(problemsOf(made).join(), /'v' has another value in this version/)
    })
  })

  it('stays what it was where it is a literal of the same members in both, and functions that use it do as before', async () => {
    const text = (size: number, more = ''): Record<string, string> =>
      index(
        `exports.make = (o) => { const made = { ...o, size: ${size}${more} }; return { get: () => made.size } }`,
      )
    await withPatch(text(1), text(2, ', name: o.name'), 'const it = lib.make({})', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ why }) => why).join(),
        /'made' has another value in this version: functions made by/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.get(), lib.make({}).get()]'), [1, 2])
    })
    const other = index(
      `exports.make = (o) => { const made = { ...o, length: 2 }; return { get: () => made.size } }`,
    )
    await withBuild(text(1), other, async (made) =>
      assert.match(problemsOf(made).join(), /'made' has another value in this version/),
    )
  })

  it('stays where it is returned before the difference', async () => {
    const text = (n: number): Record<string, string> =>
      index(`exports.make = (v) => { if (typeof v === 'number') return () => v; v = v + ${n}; return v }`)
    await withPatch(text(1), text(2), 'const it = lib.make(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[it(), lib.make('a')]`), [1, 'a2'])
    })
  })

  const decided: Record<string, (n: number) => string> = {
    'what stands before &&': (n) => `let v = 0; o.${'ab'[n]} && (v = 1)`,
    'where a loop ends': (n) => `let v = 0; for (const k of [1, 2]) { if (k === ${n + 1}) break; v = k }`,
    'what is thrown': (n) => `let v = 0; try { if (o.${'ab'[n]}) throw 1 } catch { v = 1 }`,
    'a call of a function in it': (n) => `let v = 0; const set = () => { v = ${n + 1} }; set()`,
    'a loop that calls a function': (n) => `let v = 0; [1].forEach((k) => { v = k + ${n} })`,
  }
  const left: Record<string, (n: number) => string> = {
    'a return of a closure that somebody has then': (n) =>
      `let v = 0; const f = () => v; if (o.${'ab'[n]}) return f; v = 1; return f`,
    'a return of one that is declared later': (n) =>
      `let v = 0; if (o.${'ba'[n]}) return f; v = 1; return f; function f() { return v }`,
    'a return of what holds a closure': (n) =>
      `let v = 0; const made = { f: () => v }; if (o.${'ba'[n]}) return made.f; v = 1; return made.f`,
    'what is thrown before, and caught': (n) =>
      `let v = 0; try { if (o.${'ab'[n]}) throw 1; v = 1 } catch {}`,
    'a break out of a block': (n) => `let v = 0; here: { if (o.${'ba'[n]}) break here; v = 1 }`,
    'the case before': (n) =>
      `let v = 0; switch (o.a) { case 1: o.a = 2; ${['', 'break;'][n]} case 2: v = 1 }`,
  }
  for (const [what, declared] of Object.entries({ ...decided, ...left }))
    it(`gets what the new version gives it, or is told, where this decides: ${what}`, async () => {
      const text = (n: number): Record<string, string> =>
        index(`exports.make = (o) => { ${declared(n)}; return () => v }`)
      const made = 'const it = lib.make({ a: 1, b: 0 })'
      await withPatch(text(0), text(1), made, async (program, { code, findings }) => {
        if (findings.some(({ why }) => why.includes(`'v' has another value`))) return
        assert.deepEqual(
          findings.filter(({ why }) => !why.includes('taken as not passed')),
          [],
        )
        await program.load(code, 'patch.mjs')
        assert.equal(await program.run('it()'), await program.run('lib.make({ a: 1, b: 0 })()'))
        assert.equal(await program.run('it()'), 0)
      })
    })

  it('stays where nobody has a closure when the function is left', async () => {
    const text = (guard: string): Record<string, string> =>
      index(
        `exports.make = (o) => { ${guard} let v = o.n; run(); if (!v) return; v++; return f; function f() { return v } function run() { o.n++ } }`,
      )
    await withPatch(
      text(''),
      text('if (!o) return () => 0; if (o.bad) throw new TypeError();'),
      'const it = lib.make({ n: 1 })',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.deepEqual(
          made.findings.map(({ what }) => what),
          ['() => 0', 'exports.make'],
        )
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[it(), lib.make()()]'), [2, 0])
      },
    )
  })

  const indirect: Record<string, [old: string, young: string]> = {
    'what is put into it': ['const v = []; v.push(1)', 'const v = []; v.push(2)'],
    'what is made from such': [
      'let b = 1; b = b + side(); const v = b',
      'let b = 1; b = b + side() + 1; const v = b',
    ],
  }
  const thrown = (value: number): string =>
    `const v = () => f(); let f; try { throw ${value} } catch (error) { f = () => error }`
  indirect['what was thrown'] = [thrown(1), thrown(2)]
  for (const [what, [old, young]] of Object.entries(indirect))
    it(`stays, and a note says so: ${what}`, async () => {
      const text = (declared: string): Record<string, string> =>
        index(`exports.make = (o) => { ${declared}; return () => v }`)
      await withBuild(text(old), text(young), async (made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.match(
          made.findings.map(({ why }) => why).join(),
          /made by the running version go on with theirs/,
        )
      })
    })

  const places: Record<string, string> = {
    'in a block': 'if (o) { const v = N; return () => v + N }',
    'of a loop': 'const all = []; for (const v of [N]) all.push(() => v + N); return all[0]',
    'of a closure that another one calls':
      'const [v] = side([N]); function get() { return v + N } return () => get()',
    'of a method of an object with a name':
      'const [v] = side([N]); const api = { get() { return v + N } }; return api',
    'of a class': 'const [v] = side([N]); class C { get() { return v + N } } return new C()',
  }
  for (const [place, text] of Object.entries(places))
    it(`is a problem, too, ${place}`, async () => {
      const of = (n: number): Record<string, string> =>
        index(`exports.make = (o) => { ${text.replaceAll('N', `${n}`)} }`)
      await withBuild(of(1), of(2), async (made) => {
        assert.match(problemsOf(made).join(), /has another value in this version|is made from/)
      })
    })
})

describe('a variable of kept closures that do what they did, made in another way', () => {
  // Nothing makes it anew: each call counts.
  const text = (declared: string, get = 'v'): Record<string, string> =>
    index(`let calls = 0; const made = (x) => (calls++, { size: x }), other = (x) => (calls++, { size: x + 10 })
      const number = (x) => calls++ * 0 + x, other2 = (x) => calls++ * 0 + x + 10, take = (x) => x.size + (N); 
      exports.make = (o) => { ${declared}; return () => ${get} }`)
  const toTake = (files: Record<string, string>, n: number): Record<string, string> =>
    index(files['index.js']!.replaceAll('(N)', `${n}`))

  const stay: Record<string, [old: string, young: string, get: string, gives: [number, number]]> = {
    'a number': ['const v = number(1)', 'const v = number(2)', 'v', [1, 2]],
    'of another function': ['const v = number(1)', 'const v = other2(1)', 'v', [1, 11]],
    'an object that it asks for a member': ['const v = made(1)', 'const v = other(1)', 'v.size', [1, 11]],
    'in a block': [
      'if (o) { var f = number(1) } const v = f',
      'if (o) { var f = number(2) } const v = f',
      'v',
      [1, 2],
    ],
    'of a try': [
      'let v; try { v = number(1) } catch (e) { throw e }',
      'let v; try { v = other2(1) } catch (e) { throw e }',
      'v',
      [1, 11],
    ],
  }
  for (const [what, [old, young, get, gives]] of Object.entries(stay))
    it(`stays, and a note says so: ${what}`, async () => {
      const [was, now] = [toTake(text(old, get), 0), toTake(text(young, get), 0)]
      await withPatch(was, now, 'const it = lib.make(1)', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.match(
          made.findings.map(({ why }) => why).join(),
          /made by the running version go on with theirs/,
        )
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[it(), lib.make(1)()]'), gives)
        await program.disable(made.name)
        assert.deepEqual(await program.run('[it(), lib.make(1)()]'), [gives[0], gives[0]])
      })
    })

  const problems: Record<string, [old: string, young: string, get: string]> = {
    'another kind of collection': ['const v = []; v.push(number(1))', 'const v = new Set([number(1)])', 'v'],
    'an object without what it had': ['const v = { a: number(1) }', 'const v = { b: number(1) }', 'v.a'],
    'a literal that a function makes now, and another one gets': [
      'const v = { size: number(1) }',
      'const v = made(1)',
      'take(v)',
    ],
    'what another function makes, and gets': ['const v = made(1)', 'const v = other(1)', 'take(v)'],
    'what it uses in another way': ['const v = number(1)', 'const v = number(2)', 'v + (N)'],
  }
  for (const [what, [old, young, get]] of Object.entries(problems))
    it(`is a problem: ${what}`, async () => {
      const [was, now] = [toTake(text(old, get), 0), toTake(text(young, get), 1)]
      await withBuild(was, now, (made) =>
        assert.match(problemsOf(made).join(), /'v' (has another value|is made from)|are kept by the program/),
      )
    })
})

describe('a variable of kept closures that holds what was put into it', () => {
  const text = (made: string, put: string, get: string): Record<string, string> =>
    index(
      `exports.make = () => { const all = ${made}; return { put: (k, v) => { ${put} }, get: (k) => ${get} } }`,
    )
  const old = text('{}', 'all[k] = v', 'all[k]')

  it('stays where it is an object of the same kind, which a note says', async () => {
    const young = text('Object.create(null)', 'all[k] = v', 'all[k] ?? "none"')
    await withPatch(old, young, 'const it = lib.make(); it.put("a", 1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ what, why }) => `${what}: ${why}`).join(),
        /all: .* go on with theirs/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.get("a"), it.get("b"), lib.make().get("toString")]'), [
        1,
        'none',
        'none',
      ])
    })
  })

  it('stays where what is called has got another name, for functions that do what they did', async () => {
    const text = (made: string): Record<string, string> =>
      index(`exports.kinds = { a: () => ({ list: [] }) }
        exports.make = (kind) => { ${made}; const put = file.list.push; file.list.push = (x) => put.call(file.list, x); return file }`)
    const found = 'const open = exports.kinds[kind]; const file = open()'
    const named = 'const all = exports.kinds; if (!Object.hasOwn(all, kind)) return; const file = all[kind]()'
    await withPatch(text(found), text(named), 'const it = lib.make("a")', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ why }) => why).join(),
        /'file' has another value .* go on with theirs/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(
        await program.run('(it.list.push(1), [it.list.length, lib.make("toString") ?? null])'),
        [1, null],
      )
    })
  })

  it('stays where the same call makes it of something else, for functions that do what they did', async () => {
    const opened = (given: string, get: string): Record<string, string> =>
      index(`let count = 0; function open(mode) { count++; return { mode, list: [] } }
        exports.make = () => { const file = open(${given}); return { put(x) { file.list.push(x) }, get() { return ${get} } } }`)
    const [was, now] = [opened('1', 'file.list.length'), opened('2', 'file.list.length')]
    await withPatch(was, now, 'const it = lib.make(); it.put(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ what, why }) => `${what}: ${why}`).join(),
        /file: .* go on with theirs/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('(it.put(2), lib.make().put(1), it.get())'), 2)
    })
    await withBuild(was, opened('2', 'file.list.length + file.mode'), async (made) => {
      assert.match(problemsOf(made).join(), /get: .*the running one holds what was put into it/)
    })
  })

  it('is a problem where it is of another kind', async () => {
    for (const young of [
      text('new Map()', 'all.set(k, v)', 'all.get(k)'),
      text('[]', 'all.push([k, v])', 'all.length'),
    ])
      await withBuild(old, young, async (made) => {
        assert.match(problemsOf(made).join(), /get: .*the running one holds what was put into it/)
      })
  })
})

describe('a variable of kept closures that is reached under another condition', () => {
  const text = (test: string, get: string): Record<string, string> =>
    index(`exports.values = (x) => {
      if (${test}) { var i = 0; return { next() { i++; return ${get} } } }
      return { next: () => 'none' } }`)

  it('is what it was for closures that are made under it as well', async () => {
    const setup = 'const it = lib.values("ab"); it.next(); const none = lib.values("")'
    await withPatch(text('x', 'x[i - 1]'), text('x != null', '[x, i]'), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it, none, lib.values("")].map((one) => one.next())'), [
        ['ab', 2],
        'none',
        ['', 1],
      ])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[it.next() === undefined, lib.values("").next()]'), [true, 'none'])
    })
  })

  const others: Record<string, string> = {
    'in a loop':
      'let v; const all = []; for (const one of o) if (one > N) { v = one; all.push(() => v + N) } return all',
    'and they stand elsewhere': 'let v = 1; if (o > N) v = 2; return () => v + N',
    'and they stand in the other branch': 'let v = 1; if (o > N) v = 2; else return () => v + N',
    'and another one stands in between': 'let v = 1; if (o) { if (o > N) v = 2; return () => v + N }',
  }
  for (const [where, body] of Object.entries(others))
    it(`is a problem ${where}`, async () => {
      const of = (n: number): Record<string, string> =>
        index(`exports.make = (o) => { ${body.replaceAll('N', `${n}`)} }`)
      await withBuild(of(1), of(2), async (made) => {
        assert.match(problemsOf(made).join(), /'v' has another value in this version/)
      })
    })
})

describe('a variable of a block in a loop that is reached under another condition', () => {
  const text = (test: string, key: string, get: string): Record<string, string> =>
    index(`exports.make = (names, own = {}) => {
      for (const name of names) {
        let count = 0
        while (count < 1) {
          if (${test}) {
            const real = ${key}
            own[name] = (x) => ${get}
          }
          count++
        }
      }
      return own }`)
  const old = text('!own.hasOwnProperty(name)', 'name.trim()', 'real')

  it('is what it was for closures that are made under that as well', () =>
    checkBothWays(
      old,
      text('!Object.prototype.hasOwnProperty.call(own, name)', 'name.trim()', 'real + x'),
      `const it = lib.make([' a', 'b '])`,
      `[it[' a'](1), it['b '](2)]`,
      [
        ['a', 'b'],
        ['a1', 'b2'],
      ],
    ))

  it('is a problem where it is made otherwise', () =>
    withBuild(old, text('!Object.hasOwn(own, name)', 'name.trimEnd()', 'real + x'), async (made) =>
      assert.match(problemsOf(made).join(), /'real' has another value/),
    ))
})

describe('a variable of kept closures that a function beside them fills', () => {
  const filled = (load: string, last: string): Record<string, string> =>
    index(`exports.make = (o) => { let v; function load() { ${load} } load(); ${last} }`)

  it('is a problem where it gets something else', async () => {
    for (const last of ['return () => v', 'return { get: () => v, load }'])
      await withBuild(
        filled('v = o.a', last),
        filled('v = o.b', last.replace('=> v', '=> v + 1')),
        async (made) => {
          assert.match(problemsOf(made).join(), /'v' (has another value|is a new variable)/)
        },
      )
  })

  it('is what it is where that goes on filling it, under another condition', () =>
    checkBothWays(
      filled('v = o.a', 'return { get: () => v, load }'),
      filled('if (o.busy) return; v = o.a', 'return { get: () => v, load }'),
      'const o = { a: 1 }; const it = lib.make(o); it.load()',
      '(() => { o.busy = true; o.a++; it.load(); const got = it.get(); o.a = 1; o.busy = false; it.load(); return got })()',
      [2, 1],
    ))
})

describe('a new variable of kept closures that is declared in a block and that they alone fill', () => {
  it('is a problem', () =>
    withBuild(
      index('exports.make = (o) => { if (o) o++; return () => o + 1 }'),
      index('exports.make = (o) => { if (o) { var t; o++ } return () => { t = o; return t + 2 } }'),
      async (made) => {
        assert.match(problemsOf(made).join(), /'t' is a new variable of the function around it/)
      },
    ))
})

describe('a variable of kept closures that takes more than a declaration', () => {
  const ways: Record<string, string> = {
    'statements that assign it':
      'let v = o.limit; if (v === undefined) v = 10; else if (v < 0) { v = -v; v++ }',
    'a parameter taken apart':
      'const { limit: n, ...rest } = o; const { a = 10, limit: b = a } = o; const v = b < 0 ? 1 - n : b; void rest',
    'statements that put something into it':
      'const box = { v: 10 }; if ("limit" in o) box.v = o.limit; if (box.v < 0) Object.assign(box, { v: 1 - box.v }); const { v } = box',
    'a list':
      'const all = []; for (const key of Object.keys(o)) all.push(o[key]); const v = all.length ? (all[0] < 0 ? 1 - all[0] : all[0]) : 10',
    'another variable':
      'let a, v; if (o.limit === undefined) { a = 10; v = a } else { a = 1; v = o.limit < 0 ? a - o.limit : o.limit }',
    'a function of the module': 'const v = limitOf(o)',
    'a function that has something called later':
      'const late = (one) => [one].map(exports.limitOf)[0], v = limitOf(o), get = () => late(o)',
    'a function that is new': 'const v = newLimit(o)',
    'a function of the call': 'const v = own(o); function own(one) { return one === o ? newLimit(one) : 0 }',
  }
  const text = (declared: string, more: string, get: string): Record<string, string> =>
    index(
      `${more}; exports.make = (o) => { ${declared}; void 0; return { get() { return ${get} }, key: (k) => o[k] } }`,
    )
  const limitOf = `const isSet = (n) => n !== undefined
    function limitOf(o) { const found = []; for (const key in o) if (isSet(o[key])) found.push(o[key]); const [one = 10] = found; return one < 0 ? 1 - one : one }`
  for (const [what, declared] of Object.entries(ways))
    it(`is made anew: ${what}`, async () => {
      const setup =
        'const all = [{}, { limit: 5 }, { limit: -2 }], made = all.map(lib.make), then = () => all.map(lib.make)'
      const use = '[...made, ...then()].map((it) => it.get()).join()'
      const young = text(
        declared,
        `${limitOf}; exports.limitOf = limitOf; function newLimit(o) { return limitOf(o) }`,
        '[v]',
      )
      const old = text('', `${limitOf}; exports.limitOf = limitOf`, '0')
      await checkBothWays(old, young, setup, use, ['0,0,0,0,0,0', '10,5,3,10,5,3'])
    })

  const refused: Record<string, string> = {
    'a call with effects': 'const v = counted(o)',
    'a call that has effects by another one': 'const v = through(o)',
    'a call that looks at what changes': 'const v = seen(o)',
    'a call that changes what it gets': 'const v = marked(o)',
    'a call of what it gets': 'const v = called(o)',
    'a function with effects that a method calls': 'const v = [o].map(counted)',
    'a call of chance': 'const v = chance()',
    'a statement with effects besides': 'let v = 1; if (o.limit) { v = 2; count++ }',
    'somebody else, who gets it': 'const v = {}; fill(v)',
    'a statement behind a return': 'let v = 1; if (o.limit) return { get() { return v } }; v = 2',
    'what a closure of this version assigns':
      'let n = 1; const set = () => { n = 5 }; const v = n; o.set = set',
    'a part of what the program has': 'const box = o; box.v = 1; const v = box.v',
  }
  const functions = `let count = 0; const known = new Map()
    function counted(o) { count++; return o } function through(o) { return [o].map(counted) } function chance() { return Math.random() }
    function seen(o) { return known.get(o) } exports.see = (o) => known.set(o, 1); function marked(o) { o.marked = true; return o }
    function called(o) { return o.f() } function fill(v) { v.a = 1 }`
  for (const [what, declared] of Object.entries(refused))
    it(`is a problem where it takes ${what}`, async () => {
      await withBuild(text('', functions, '0'), text(declared, functions, '[v, count]'), async (made) => {
        assert.match(problemsOf(made).join(), /functions made by the running version are kept/)
      })
    })

  it('begins with nothing for each of two calls by itself, where closures assign it', async () => {
    const of = (declared: string, put: string, get: string): Record<string, string> =>
      index(
        `exports.make = (o) => { ${declared} return { put(v) { ${put} add(v) }, get: () => ${get} }; function add(v) { o.push(v) } }`,
      )
    const young = of('let last; let all = 0;', 'last = v; all++;', '[o, last, all]')
    const setup = 'const a = lib.make([]), b = lib.make([])'
    await withPatch(of('', '', 'o'), young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.run('a.put(1)')
      await program.load(made.code, 'patch.mjs')
      await program.run('[a.put(2), b.put(3), b.put(4)]')
      const values = [
        [[1, 2], 2, 1],
        [[3, 4], 4, 2],
      ]
      assert.deepEqual(await program.run('[a.get(), b.get()]'), values)
      await program.disable(made.name)
      assert.deepEqual(await program.run('[a.get(), b.get()]'), [
        [1, 2],
        [3, 4],
      ])
    })
  })
})

describe('a variable of kept closures that they give another value in the running version alone', () => {
  it('is what they gave it, which a note says', async () => {
    const text = (first: string): Record<string, string> =>
      index(`exports.make = (v) => { return { of: (x) => { ${first}; return [v, x] } } }`)
    const setup = 'const it = lib.make(); it.of(1)'
    await withPatch(text('v = v || x'), text('void 0'), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ what, why }) => `${what}: ${why}`).join(),
        /v: 'v' is given no other value any more: functions made by the running version go on with theirs/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.of(2), lib.make().of(2)]'), [
        [1, 2],
        [null, 2],
      ])
    })
  })

  it('is nothing to tell where they still do, or where the function around it alone did', async () => {
    for (const [old, young] of [
      ['const f = () => { v = 1; return v }', 'const f = () => { v = 1; return [v] }'],
      ['v = 1; const f = () => v', 'v = 1; const f = () => [v]'],
    ])
      await withBuild(
        index(`exports.make = (v) => { ${old}; return f }`),
        index(`exports.make = (v) => { ${young}; return f }`),
        async (made) => {
          assert.doesNotMatch(made.findings.map(({ why }) => why).join(), /no other value any more/)
        },
      )
  })
})

describe('variables of kept closures that a pattern takes from options', () => {
  const text = (pattern: string, get: string, more = ''): Record<string, string> =>
    index(
      `exports.make = (o = {}) => { const ${pattern} = o; ${more} return { get: () => ${get}, a: () => a } }`,
    )

  it('are what they were beside one that is new, which nobody has set', async () => {
    const young = text('{ a = 1, limit = 7, b: { c = 3 } = {} }', '[a, limit, c]')
    const setup = 'const all = [{}, { a: 2, b: { c: 4 } }].map(lib.make), then = () => lib.make({ limit: 1 })'
    await checkBothWays(
      text('{ a = 1, b: { c = 3 } = {} }', '[a, c]'),
      young,
      setup,
      '[...all, then()].map((it) => it.get().join())',
      [
        ['1,3', '2,4', '1,3'],
        ['1,7,3', '2,7,4', '1,1,3'],
      ],
    )
  })

  it('are so as well where the pattern is a parameter', async () => {
    const of = (pattern: string, get: string): Record<string, string> =>
      index(`exports.make = (${pattern}) => { return { get: () => ${get} } }`)
    const setup = 'const it = lib.make({ a: 5 }), then = () => lib.make({ a: 6 })'
    const young = of('{ a = 1, b = 2 }', '[a]')
    await checkBothWays(of('{ a = 1 }', 'a'), young, setup, '[it, then()].map((one) => [one.get()].join())', [
      ['5', '6'],
      ['5', '6'],
    ])
  })

  const told: Record<string, [old: string, young: string, get: string]> = {
    'another default': ['{ a = 1 }', '{ a = 2 }', 'a'],
    'another name of what is taken': ['{ a }', '{ z: a }', 'a'],
    'an option that the running version knows': ['{ a = 1 }', '{ a = 1, length = 2 }', 'length'],
    'the rest': ['{ a, ...rest }', '{ a, b, ...rest }', 'rest'],
  }
  for (const [what, [old, young, get]] of Object.entries(told))
    it(`is a problem where it is ${what}`, async () => {
      const known = 'void [].length, void { z: 1 }.z, void a;'
      const isRest = what === 'the rest'
      await withBuild(text(old, isRest ? get : '0', known), text(young, `[${get}]`, known), async (made) => {
        assert.match(problemsOf(made).join(), /functions made by the running version are kept/)
      })
    })
})

describe('a variable of kept closures that is made of what the platform says', () => {
  const text = (made: string): Record<string, string> =>
    index(`const os = require('os')
      exports.make = function (options) { ${made}; return () => [dest === os.tmpdir() ? 0 : dest, options.a] }`)

  it('is made again', async () => {
    await checkBothWays(
      text('var dest = options.dest || os.tmpdir()'),
      text(`var dest; if (options.dest) dest = options.dest + '/'; else dest = os.tmpdir()`),
      `const made = [lib.make({ a: 1 }), lib.make({ a: 2, dest: '/x' })]`,
      'made.map((one) => one())',
      [
        [
          [0, 1],
          ['/x', 2],
        ],
        [
          [0, 1],
          ['/x/', 2],
        ],
      ],
    )
  })

  it('is a problem where that changes', async () => {
    const [old, young] = [
      text('var dest = options.dest || os.freemem()'),
      text('var dest = options.dest || os.uptime()'),
    ]
    await withBuild(old, young, async ({ findings }) => {
      const problems = findings.filter(({ severity }) => severity === 'problem')
      assert.match(problems.map(({ why }) => why).join(), /are kept by the program and stay as they are/)
    })
  })
})

describe('a variable of kept closures that is made from what another one of the running version holds', () => {
  const text = (before: string, made: string, then = ''): Record<string, string> => ({
    'index.js': `${before}
      exports.make = function (options) {
        ${made}
        return function (x) { ${then} return [clean, settings.a ?? 0, settings.clean ?? 0, x] }
      }`,
  })
  const old = (otherwise: string): string =>
    `var settings = options || ${otherwise}; var clean = settings.clean ?? 0`
  const young = (otherwise: string): string => `var settings = Object.assign({}, options || ${otherwise})
    var clean = true
    if (typeof settings.clean === 'boolean') { clean = settings.clean; settings.clean = undefined }`

  it('is made from that', async () => {
    await checkBothWays(
      text('', old('{}')),
      text('', young('{}')),
      'const made = [lib.make({ clean: false, a: 1 }), lib.make(), lib.make({ clean: 2 })]',
      'made.concat(lib.make({ clean: true })).map((one) => one(3))',
      [
        [
          [false, 1, false, 3],
          [0, 0, 0, 3],
          [2, 0, 2, 3],
          [true, 0, true, 3],
        ],
        [
          [false, 1, 0, 3],
          [true, 0, 0, 3],
          [true, 0, 2, 3],
          [true, 0, 0, 3],
        ],
      ],
    )
  })

  for (const [why, [before, after]] of Object.entries({
    'is filled': [text('', old('{}'), 'settings.b = x;'), text('', young('{}'), 'settings.b = x;')],
    'begins with something else': [
      text('const A = 1', old('{ a: A }')),
      text('const A = 2', young('{ a: A }')),
    ],
  }))
    it(`is a problem where that ${why}`, async () => {
      await withBuild(before!, after!, async ({ findings }) => {
        const problems = findings.filter(({ severity }) => severity === 'problem')
        assert.match(problems.map(({ why }) => why).join(), /are kept by the program and stay as they are/)
      })
    })
})

describe('a variable that no closure of the running version has in sight', () => {
  const module = `const own = { isSet: (x) => x instanceof Set }
    const unary = (f) => (x) => f(x)
    function counted() { let n = 0; return () => ++n }
    function hidden() { return counted() }`
  const text = (made: string, use: string, get: string): Record<string, string> =>
    index(`${module}
      exports.make = (o) => { function other(x) { return o.other(x) }
        ${made}
        const it = { get(x) { return ${get} } }
        ${use}
        return it }
      exports.all = [unary, hidden]`)

  const alike: Record<string, [made: string, ofOther: number]> = {
    'a function that is made of others': ['const is = own.isSet ? unary(own.isSet) : other', 2],
    'a function of the call': ['const is = o.none ? unary(own.isSet) : other', 1],
    'a function that is declared': ['function is(x) { return own.isSet(x) || o.other(x) }', 1],
  }
  for (const [what, [made, ofOther]] of Object.entries(alike))
    it(`is made again: ${what}`, async () => {
      const setup = `const of = (kind) => lib.make({ other: (x) => x instanceof kind }); const it = of(Set), other = of(Map)`
      const [old, young] = ['0', 'is(x) ? 1 : 2'].map((get) => text(made, 'it.is = is', get))
      const use = '[it.get(new Set()), it.get(1), it.is(new Set()), other.is(1)]'
      await checkBothWays(old!, young!, setup, use, [
        [0, 0, true, false],
        [1, 2, true, false],
      ])
      await checkBothWays(old!, young!, setup, 'other.get(new Map())', [0, ofOther])
    })

  it('is made again where it is a plain value', () =>
    checkBothWays(
      text('const n = o.n + 1', 'it.n = n', '0'),
      text('const n = o.n + 1', 'it.n = n', 'n + o.n'),
      'const it = lib.make({ n: 1 })',
      'it.get()',
      [0, 3],
    ))

  const shown = (use: string, get: string): Record<string, string> =>
    text('const v = counted()', `it.n = 0; ${use}`, `it.n + ${get}`)

  it('is found where the call has put it on an object that closures see', async () => {
    const [old, young] = [shown('it.v = v', '0'), shown('it.v = v', 'v()')]
    await withPatch(old, young, 'const it = lib.make({}), other = lib.make({})', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(
        made.findings.map(({ why }) => why).join(),
        /find it as 'it\.v': what the program has put there/,
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(
        await program.run('[it.get(), it.v(), it.get(), other.get(), lib.make({}).get()]'),
        [1, 2, 3, 1, 1],
      )
    })
  })

  const unshown: Record<string, string> = {
    'on something else': 'o.v = v',
    'under a condition': 'if (o.is) it.v = v',
    'and something else after that': 'it.v = v; o.hide = () => { it.v = undefined }',
  }
  for (const [what, use] of Object.entries(unshown))
    it(`is a problem where the call has put it ${what}`, () =>
      withBuild(shown(use, '0'), shown(use, 'v()'), async (made) =>
        assert.match(problemsOf(made).join(), /'scope.v' cannot be reached/),
      ))

  const others: Record<string, [made: string, get: string]> = {
    'keeps something': ['const v = counted()', 'v()'],
    'keeps something that another function makes': ['const v = hidden()', 'v()'],
    'is handed on': ['const v = unary(own.isSet)', 'v'],
    'is an object': ['const v = { is: own.isSet }', 'v.is(x)'],
    'is assigned': ['let v = o.n; v = o.m', 'v'],
    'is made by somebody else': ['const v = o.make()', 'v()'],
  }
  for (const [what, [made, get]] of Object.entries(others))
    it(`is a problem where it ${what}`, () =>
      withBuild(text(made, 'it.v = v', '0'), text(made, 'it.v = v', get), async (result) => {
        assert.match(problemsOf(result).join(), /'scope.v' cannot be reached/)
      }))
})

describe('a variable of kept closures that holds what a pattern took apart', () => {
  const files = (helper: string, made: string, text: string): Record<string, string> => ({
    'index.js': `const { normal } = require('./normal')
      exports.make = (options) => { ${made} return { get: (x) => ${text} } }`,
    'normal.js': `exports.normal = normal
      function normal(options) { const limit = options?.limit ?? 10, strict = options?.strict !== false; ${helper} }`,
  })
  const old = files(
    'return { limit, strict }',
    'const { limit, strict } = normal(options);',
    'strict ? Math.min(x, limit) : x',
  )
  const whole = (helper: string, own = ''): Record<string, string> =>
    files(
      helper,
      `${own} const settings = normal(options);`,
      'settings.strict ? Math.min(x, settings.limit) + (settings.kind ?? "") : x',
    )
  const setup = 'const some = [lib.make(), lib.make({ limit: 3 }), lib.make({ strict: false })]'

  it('is made of what they hold, and of what nobody can have passed', async () => {
    await checkBothWays(
      old,
      whole(`const kind = options?.kind || 'x'; return { limit, kind, strict }`),
      setup,
      'some.map((one) => one.get(20))',
      [
        [10, 3, 20],
        ['10x', '3x', 20],
      ],
    )
  })

  it('is made of a variable of the call that holds the same', async () => {
    const own = `const kind = options?.kind || 'x';`
    const before = files(
      'return { limit, strict }',
      `${own} const { limit, strict } = normal(options);`,
      'strict ? Math.min(x, limit) + kind.slice(1) : x',
    )
    const young = whole(`const kind = options?.kind || 'x'; return { limit, kind, strict }`)
    const one = `${setup}, it = lib.make({ kind: 'ab' })`
    await checkBothWays(before, young, one, '[it.get(20), some[1].get(20)]', [
      ['10b', '3'],
      ['10ab', '3x'],
    ])
  })

  const others: Record<string, Record<string, string>> = {
    'is made with what else came in': whole('return { limit, kind: options?.limit, strict }'),
    'may have been passed': {
      ...whole(`const kind = options?.kind || 'x'; return { limit, kind, strict }`),
      'other.js': `exports.more = (make) => require('./index.js').make({ kind: 'y' })`,
    },
    'is another call': files(
      'return { limit, strict }',
      'const settings = normal({ ...options });',
      'settings.limit',
    ),
  }
  for (const [what, young] of Object.entries(others))
    it(`is a problem where a part ${what}`, () =>
      withBuild(
        { ...old, ...(young['other.js'] && { 'other.js': young['other.js'] }) },
        young,
        async (made) =>
          assert.match(problemsOf(made).join(), /'settings' is a new variable of the function around it/),
      ))
})
