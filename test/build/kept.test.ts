// Closures of the running version whose variables changed: whether anybody still has them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

async function refused(text: (n: number) => string): Promise<void> {
  await withBuild(index(text(1)), index(text(2)), async (made) => {
    assert.match(problemsOf(made).join(), /are kept by the program and stay as they are/)
  })
}

describe('closures that a function collects in a list', () => {
  const all = 'function all(fns) { return () => fns.map((f) => f()).join() }'

  it('end with the call that calls them', async () => {
    const text = (n: number): string => `${all} exports.go = (list, x) => { const key = x + ${n}
      const chain = list.reduce((memo, one) => { memo.push(() => one + key * ${n}); return memo.concat([() => '-']) }, [])
      return all(chain)() }`
    await checkBothWays(index(text(1)), index(text(20)), '', 'lib.go([1, 2], 1)', ['3,-,4,-', '421,-,422,-'])
  })

  it('end with it where the list is filled in a loop', async () => {
    const text = (n: number): string => `${all} exports.go = (list, x) => { const key = x + ${n}, chain = []
      for (const one of list) chain.push(() => one + key * ${n})
      return all([...chain.slice(1)])() }`
    await checkBothWays(index(text(1)), index(text(20)), '', 'lib.go([1, 2], 1)', ['4', '422'])
  })

  describe('or that an object of a request gets', () => {
    const text = (put: string) => (n: number) =>
      `exports.handle = (req, res, next) => { const at = req.at + ${n}; ${put} = () => at * ${n}; return next() }`

    for (const put of ['res.end', 'res.raw.end'])
      it(`end with the request (${put})`, () =>
        checkBothWays(
          index(text(put)(1)),
          index(text(put)(20)),
          'const handle = (res) => { res.raw = {}; return lib.handle({ at: 1 }, res, () => (res.end ?? res.raw.end)()) }; const kept = {}; handle(kept)',
          '[(kept.end ?? kept.raw.end)(), handle({})]',
          [
            [2, 2],
            [2, 420],
          ],
        ))

    it('are a problem where a hook, which goes on for other requests, cannot be mended', () =>
      refused(
        (n) => `exports.plugin = function (app) { const at = app.at + ${n}; app.addHook('request', send)
          function send(req, res, next) { res.end = () => at * ${n}; next() } }`,
      ))

    for (const put of ['req.app.end', 'next.end', 'exports.end'])
      it(`are a problem where it is more than that (${put})`, () => refused(text(put)))
  })

  describe('or that is held until an object is gone', () => {
    const text = (held: string) => (n: number) =>
      `const gone = new FinalizationRegistry(({ signal, tell }) => signal.removeEventListener('x', tell)); const all = new Map(); all.register = all.set
        exports.Watch = class Watch { constructor(signal, n) { this.n = 0; const step = n + ${n}; const tell = () => { this.n += step * ${n} }
          signal.addEventListener('x', tell); ${held} } }`

    it('goes on as it is', () => {
      const [old, young] = [1, 20].map((n) => index(text('gone.register(this, { signal, tell })')(n)))
      return checkBothWays(
        old!,
        young!,
        'const s = new EventTarget(), was = new lib.Watch(s, 1)',
        `(() => { was.n = 0; const now = new lib.Watch(s, 1); s.dispatchEvent(new Event('x')); return [was.n, now.n] })()`,
        [
          [2, 2],
          [2, 420],
        ],
      )
    })

    it('is a problem where it is registered otherwise', () =>
      refused(text(`all.register('x', { signal, tell })`)))
  })

  describe('or a callback returns', () => {
    const text = (async: string, end: string) => (n: number) =>
      `exports.go = ${async} function (each, x) { const key = x + ${n}; let found
        const all = each((one) => ({ handler() { found = one + key * ${n} } })); ${end} }`

    it('end with a call that ends by a promise', () => {
      const [old, young] = [1, 20].map((n) => index(text('async', 'await all; return found')(n)))
      const setup = 'const each = async (make) => make(1).handler()'
      return checkBothWays(old!, young!, setup, 'await lib.go(each, 1)', [3, 421])
    })

    it('are a problem where it does not', () => refused(text('', 'return 1')))

    it('are a problem where what calls the callback is returned', () => refused(text('async', 'return all')))
  })

  const ways: Record<string, string> = {
    'the list is returned': 'return chain',
    'a part of it is returned': 'const rest = chain.slice(1); return rest',
    'what is made of it is returned': 'const f = all(chain); return f',
    'another list gets it': 'lists.push(chain)',
    'another list gets what is in it': 'lists.push(...chain)',
    'a function gets what is in it': 'chain.forEach((f) => lists.push(f))',
    'a loop gets what is in it': 'for (const f of chain) lists.push(f)',
    'one of them is a listener': "process.on('exit', chain[0])",
    'an object has it': 'this.chain = chain',
    'a closure that is returned calls them': 'return () => all(chain)',
    'an object is made of it': 'return new Set(chain).size',
  }
  for (const [name, end] of Object.entries(ways))
    it(`are a problem where ${name}`, () =>
      refused(
        (n) => `${all} const lists = []; exports.lists = lists
          exports.go = function (x) { const key = x + ${n}; const chain = []; chain.push(() => key * ${n}); ${end} }`,
      ))

  it('are a problem where one that is bound is returned', () =>
    refused(
      (n) =>
        `exports.go = (x) => { const key = x + ${n}; const f = (y) => key * ${n} + y; return f.bind(null, 1) }`,
    ))

  it('are a problem where the list is not of the call', () =>
    refused(
      (n) =>
        `exports.go = function (chain, x) { const key = x + ${n}; const fns = chain; fns.push(() => key * ${n}) }`,
    ))
})

it('closures of an object that has itself see what is made anew for it', async () => {
  const text = (n: number): string => `exports.Make = function (n) { this.o = {}; this.o.self = this
    const seen = [n + ${n}]; this.o.get = function () { return [seen[0], n * ${n}] } }`
  const use = '[it.o.get(), it.o.self.o.get()].join()'
  const setup = 'const it = new lib.Make(10)'
  await checkBothWays(index(text(1)), index(text(2)), setup, use, ['11,10,11,10', '12,20,12,20'])
})

describe('closures that a function makes for those who call it', () => {
  // The new version's variable begins with something that nothing makes for closures which exist.
  const text = (isNew: boolean, use: string): Record<string, string> =>
    index(`function walk(list) {
        var at${isNew ? ' = list[Symbol.iterator]' : ''}
        return {
          start() { at = ${isNew ? 'at.call(list)' : 'list[Symbol.iterator]()'} },
          next() { return at.next() },
          size: list.length,
        }
      }
      const sum = (one) => { let n = ${isNew ? 100 : 0}; for (let step; !(step = one.next()).done; ) n += step.value; return n }
      ${use}`)
  const both = (use: string): [Record<string, string>, Record<string, string>] => [
    text(false, use),
    text(true, use),
  ]

  it('end with the calls, those under way as they began', async () => {
    const use = `exports.sum = (list) => { const one = walk(list); one.start(); return sum(one) }
      exports.slow = async (list, gate) => { const one = walk(list); await gate; one.start(); const { size } = one
        return [sum(one), size] }`
    const setup = `let open; const gate = new Promise((resolve) => { open = resolve }); const slow = lib.slow([1, 2], gate)
      const end = () => { open(); return slow }`
    await withPatch(...both(use), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('lib.sum([1, 2])'), 103)
      assert.deepEqual(await program.run('end()'), [103, 2])
      assert.deepEqual(await program.run('lib.slow([1, 2])'), [103, 2])
    })
  })

  const fine: Record<string, string> = {
    'another function hands them on':
      'const open = (list) => walk(list); exports.go = (x) => { open(x).start() }',
    'a promise gives them': `const open = async (list) => ({ one: walk(list) })
      exports.go = async (x) => { const { one } = await open(x); one.start() }`,
    'others are asked for': 'exports.go = (x) => { const { size } = walk(x); return size }',
    'an object of the call has them': 'exports.go = (x) => { const o = {}; o.one = walk(x); o.one.start() }',
  }
  for (const [name, use] of Object.entries(fine))
    it(`end with them where ${name}`, () =>
      withPatch(...both(use), '', async (_, made) => assert.deepEqual(problemsOf(made), [])))

  const problems: Record<string, string> = {
    'a program has their maker': 'exports.walk = walk',
    'somebody returns them': 'exports.go = (x) => walk(x)',
    'somebody returns one of them': 'exports.go = (x) => { const { start } = walk(x); return start }',
    'somebody returns one that is asked for': 'exports.go = (x) => walk(x).start',
    'a variable of the module has them': 'let last; exports.go = (x) => { last = walk(x) }',
    'start-up code makes them': 'const first = walk([1]); exports.go = () => first.start()',
    'a list has them': 'const all = []; exports.go = (x) => { all.push(walk(x)) }',
    'an object has them': 'exports.go = function (x) { this.one = walk(x) }',
    'an object that is returned has them': 'exports.go = (x) => { const o = {}; o.one = walk(x); return o }',
    'somebody gets them': 'exports.go = (x, f) => { f(walk(x)) }',
    'somebody gets them in a list': 'exports.go = (x, f) => { const one = walk(x); f([one]) }',
    'what a promise waits for makes something of them':
      'exports.go = async (x, f) => { const made = f(walk(x)); return made }',
    'a promise gives them on':
      'const open = async (x) => walk(x); exports.go = (x, f) => { open(x).then(f) }',
    'a closure that is returned has them':
      'exports.go = (x) => { const one = walk(x); return () => one.start() }',
    'somebody binds one of them and returns that':
      'exports.go = (x) => { const { start } = walk(x); return start.bind(null) }',
    'a generator gives them': 'exports.go = function* (x) { yield walk(x) }',
    'they are made by another name': 'const open = walk; exports.go = open',
  }
  for (const [name, use] of Object.entries(problems))
    it(`are a problem where ${name}`, () =>
      withPatch(...both(use), '', async (_, made) => {
        assert.match(problemsOf(made).join(), /are kept by the program and stay as they are/)
      }))
})

describe('closures that values made anew had', () => {
  const memo = (more: string, then: string): string => `const caches = new WeakMap()
    const memo = (fn${more}) => { const seen = new Map()
      const it = (x) => { if (!seen.has(x)) seen.set(x, ${then}); return seen.get(x) }
      caches.set(it, seen); return it }`

  it('are nobody else’s', async () => {
    const use = 'exports.f = (x) => [twice(x), twice(x + 1)].join()'
    const old = `${memo('', 'fn(x)')}; const twice = memo((x) => x * 2); ${use}`
    const young = `${memo(', then', 'then(fn(x))')}; const twice = memo((x) => x * 2, (x) => x + 100); ${use}`
    await checkBothWays(index(old), index(young), 'lib.f(1)', 'lib.f(1)', ['2,4', '102,104'])
  })

  const ways: Record<string, string> = {
    'a program has the value': 'exports.f = (x) => twice(x); exports.twice = twice',
    'a function hands it on': 'exports.f = () => twice',
    'functions make others': 'exports.f = (x) => twice(x); exports.make = (f) => memo(f)',
    'a program has their maker': 'exports.f = (x) => twice(x); exports.memo = memo',
  }
  for (const [name, use] of Object.entries(ways))
    it(`are a problem where ${name}`, async () => {
      const old = `${memo('', 'fn(x)')}; const twice = memo((x) => x * 2); ${use}`
      const young = `${memo(', then = (x) => x + 1', 'then(fn(x))')}; const twice = memo((x) => x * 3); ${use}`
      await withBuild(index(old), index(young), async (made) => {
        assert.match(problemsOf(made).join(), /are kept by the program and stay as they are/)
      })
    })
})

describe('results that something keeps', () => {
  async function noted(
    text: (n: number) => string,
    setup: string,
    use: string,
    gives: unknown,
  ): Promise<string[]> {
    const notes: string[] = []
    await withPatch(index(text(1)), index(text(2)), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const told = made.findings.map(({ what, why }) => `${what}: ${why}`)
      notes.push(...told.filter((one) => !one.includes('has given it to a call')))
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), gives)
    })
    return notes
  }

  it('are told, by what the function does or, of a class, by the name of its method', async () => {
    const text = (
      n: number,
    ): string => `const memo = (f) => { let got; return () => (got ??= f()) }, run = (f) => f()
      const keyed = (f) => { const all = new Map(); return (k) => { if (!all.has(k)) all.set(k, f(k)); return all.get(k) } }
      class Store { constructor(f) { this.f = f } static cached(f) { return new Store(f) } get() { return this.f() } }
      exports.get = memo(() => ${n}); exports.each = () => run(() => ${n}); exports.first = Store.cached(() => ${n})
      exports.of = keyed((k) => k + ${n})`
    const use = '[lib.get(), lib.each(), lib.first.get(), lib.of(1), lib.of(2)]'
    assert.deepEqual(await noted(text, 'lib.get(); lib.of(1)', use, [1, 2, 2, 2, 4]), [
      "memo(() => 2): 'memo' keeps what it has found before",
      "Store.cached(() => 2): 'Store.cached' keeps what it has found before",
      "keyed((k) => k + 2): 'keyed' keeps what it has found before",
    ])
  })

  it('are told of a function that is given by its name', async () => {
    const text = (n: number): string => `const all = new Map()
      function cached(k, f) { let it = all.get(k); if (it) return it; it = f(k); all.set(k, it); return it }
      function once(f) { const it = f(0); return it }
      const compile = (k) => [k, ${n}]
      exports.of = (k) => cached(k, compile); exports.now = () => once(compile)`
    const use = '[lib.of(1), lib.of(2), lib.now()]'
    const gives = [
      [1, 1],
      [2, 2],
      [0, 2],
    ]
    assert.deepEqual(await noted(text, 'lib.of(1)', use, gives), [
      "cached(k, compile): 'cached' keeps what it has found before",
    ])
  })

  it('are told of a closure that has what something else has made for it, however indirectly', async () => {
    const text = (
      n: number,
    ): string => `const parse = (x) => [x, ${n}]; function match(x) { return () => parse(x) }
      match.make = (x) => match.parsed(x); match.parsed = (x) => parse(x)
      exports.of = (x) => { const made = Array.isArray(x) ? x : match.make(x); return () => made }`
    const use = '[it(), lib.of(0)()]'
    const gives = [
      [0, 1],
      [0, 2],
    ]
    assert.deepEqual(await noted(text, 'const it = lib.of(0)', use, gives), [
      "made: functions made by the running version have it as 'match.make' made it then",
    ])
  })

  const derived: Record<string, [body: string, by: string]> = {
    'in a list': ['const made = [parse(x)]; return () => made[0]', 'parse'],
    'in a literal': ['const made = { at: parse(x) }; return () => made.at', 'parse'],
    'put into a list': ['const made = []; made.push(parse(x)); return () => made[0]', 'parse'],
    'put on an object': ['const made = {}; made.at = parse(x); return () => made.at', 'parse'],
    'by a method of lists': ['const made = [x].map(parse); return () => made[0]', 'parse'],
    'by a closure that a method of lists calls': [
      'const made = [x].map((one) => parse(one)); return () => made[0]',
      'parse',
    ],
    'part of something else': ['const made = new Set(parse(x)); return () => [...made]', 'parse'],
    'bound to a function': [
      'const made = { at: parse(x) }; return ask.bind(null, made); function ask(one) { return one.at }',
      'parse',
    ],
  }
  for (const [way, [body, by]] of Object.entries(derived))
    it(`are told of what closures have, ${way}`, async () => {
      const text = (n: number): string =>
        `const parse = (x) => [x, ${n}]; exports.of = function (x) { ${body} }`
      const use = '[it(), lib.of(0)()]'
      const gives = [
        [0, 1],
        [0, 2],
      ]
      assert.deepEqual(await noted(text, 'const it = lib.of(0)', use, gives), [
        `made: functions made by the running version have it as '${by}' made it then`,
      ])
    })

  it('are not told of what is over with the call', async () => {
    const text = (n: number): string =>
      `const parse = (x) => [x, ${n}]; exports.of = function (x) { const made = [parse(x)]; const all = made.map(([y]) => y); return () => all.length }`
    assert.deepEqual(await noted(text, 'const it = lib.of(0)', '[it(), lib.of(0)()]', [1, 1]), [])
  })

  const ways: Record<string, [body: string, what: string]> = {
    'where there is nothing yet': ['if (!this.made) this.made = [N]; return this.made', 'this.made'],
    'if it does not return before': [
      'if (this.made) return this.made; const it = [N]; this.made = it; return it',
      'this.made',
    ],
    'where it is no member yet': [
      "if (!Object.hasOwn(this, 'made')) { this.made = [N] } return this.made",
      'this.made',
    ],
    'where its own method says that it has none': [
      "if (this.hasOwnProperty('made') === false) { this.made = [N] } return this.made",
      'this.made',
    ],
    'by asking for it': ['return this.made ?? (this.made = [N])', 'this.made'],
    'as a compiler writes it': [
      "var _a; const key = 'made'; if (!this.all) { this.all = {} } return (_a = this.all)[key] ?? (_a[key] = [N])",
      'this.all',
    ],
  }
  for (const [how, [body, what]] of Object.entries(ways))
    it(`are told of an object that a method puts them on ${how}`, async () => {
      const text = (n: number): string =>
        `exports.C = class { get() { if (!this.seen) { this.seen = true }; ${body.replace('N', String(n))} } }`
      const use = '[c.get(), new lib.C().get()]'
      assert.deepEqual(await noted(text, 'const c = new lib.C(); c.get()', use, [[1], [2]]), [
        `${what}: it keeps what the running version has found before`,
      ])
    })

  it('are told of an object that a method gives a value which changed', async () => {
    const text = (n: number): string =>
      `const hasOwn = (o, key) => Object.hasOwn(o, key), PATTERN = /${'a'.repeat(n)}/
      exports.C = class { get() { if (!hasOwn(this, 'made')) this.made = PATTERN; return this.made.test('a') } }`
    const use = '[c.get(), new lib.C().get()]'
    assert.deepEqual(await noted(text, 'const c = new lib.C(); c.get()', use, [true, false]), [
      'this.made: it keeps what the running version has found before',
    ])
  })

  it('are told of an object on which a getter puts them in its own place', async () => {
    const text = (n: number): string =>
      `exports.C = class { get made() { const it = [${n}]; Object.defineProperty(this, 'made', { value: it }); return it } }`
    const use = '[c.made, new lib.C().made]'
    assert.deepEqual(await noted(text, 'const c = new lib.C(); c.made', use, [[1], [2]]), [
      "Object.defineProperty(this, 'made', { value: it }): it keeps what the running version has found before",
    ])
  })

  it('are told of what a constructor that is the same makes by something that is not', async () => {
    const text = (n: number): string => `const make = (x) => [x, ${n}]
      exports.C = class { constructor(x) { this.own = this.own2(x); this.made = make(x); this.same = [x] } own2(x) { return x * ${n} } }`
    const use = '[c, new lib.C(1)].map(({ own, made }) => [own, made[1]])'
    assert.deepEqual(
      await noted(text, 'const c = new lib.C(1)', use, [
        [1, 1],
        [2, 2],
      ]),
      ['this.own', 'this.made'].map(
        (what) => `${what}: objects made before the patch keep what the running version has made for it`,
      ),
    )
  })
})

it('what a constructor takes from a variable that is made otherwise is told', async () => {
  const text = (n: number): string =>
    `exports.C = class { constructor(o) { const made = this.normalise(o); const { b } = made; this.a = made.a; this.b = b; this.o = o } normalise(o) { return { a: ${n}, b: o } } }`
  await withBuild(index(text(1)), index(text(2)), async (made) => {
    const told = made.findings.map(({ severity, what, why }) => `${severity} ${what}: ${why}`)
    const why = 'objects made before the patch keep what the running version has made for it'
    assert.deepEqual(told, [`note this.a: ${why}`, `note this.b: ${why}`])
  })
})

it('what a constructor puts on what it is given is told', async () => {
  const text = (more: string): string =>
    `exports.C = function C(options) { ${more} this.options = options }; exports.C.prototype.get = function () { return this.options }`
  const [old, young] = [text(''), text('options.strict = options.strict || true;')]
  await withBuild(index(old), index(young), async (made) => {
    assert.deepEqual(problemsOf(made), [])
    const [found] = made.findings
    assert.match(found?.why ?? '', /what those made before were given is without it/)
  })
})

it('calls under way take away the listeners that they have registered', async () => {
  const text = (name: string, then: string): Record<string, string> =>
    index(`exports.once = (emitter, signal) => new Promise((resolve) => {
      function cleanup() { signal.removeListener('abort', ${name}); emitter.removeListener('data', end) }
      function end(x) { cleanup(); resolve(x) }
      ${then}
      signal.on('abort', ${name}); emitter.on('data', end) })`)
  const young = text('stop', 'function stop() { cleanup(); resolve(null) }')
  const setup = `const { EventEmitter } = require('node:events'); const a = new EventEmitter(), s = new EventEmitter()
    const begin = () => lib.once(a, s); const first = begin()`
  await withPatch(text('cleanup', ''), young, setup, async (program, made) => {
    assert.deepEqual(problemsOf(made), [])
    await program.load(made.code, 'patch.mjs')
    const ended = `(a.emit('data', 1), s.listenerCount('abort'))`
    assert.equal(await program.run(ended), 0)
    assert.deepEqual(await program.run(`((p) => [${ended}, p])(begin())[0]`), 0)
    assert.equal(await program.run(`((p) => (s.emit('abort'), p))(begin())`), null)
  })
})

describe('what makes something of a closure', () => {
  const text = (schema: string, n: number): Record<string, string> =>
    index(`const makeRoute = (options, handle) => ({ options, handle }), schema = RegExp(${schema})
      exports.route = (limit) => makeRoute({ body: schema }, (x) => [x + limit, ${n}])`)

  it('goes on with what it was given with: a note', async () => {
    await withPatch(text('1', 1), text('2', 2), 'const kept = lib.route(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const found = made.findings.map(({ what, why }) => `${what}: ${why}`).join('\n')
      assert.match(found, /makeRoute.*what the running version has made goes on/)
      await program.load(made.code, 'patch.mjs')
      const use = '[kept, lib.route(1)].map((one) => [one.options.body.source, one.handle(1)])'
      assert.deepEqual(await program.run(use), [
        ['1', [2, 2]],
        ['2', [2, 2]],
      ])
    })
  })

  it('keeps it: a problem where it cannot be replaced', async () => {
    const young = index(`const makeRoute = (options, handle) => ({ options, handle })
      exports.route = (limit) => { const most = Symbol(limit); return makeRoute({}, (x) => [x, most]) }`)
    const old = index(`const makeRoute = (options, handle) => ({ options, handle })
      exports.route = (limit) => { return makeRoute({}, (x) => [x, limit]) }`)
    await withBuild(old, young, async (made) => {
      assert.match(problemsOf(made).join(), /kept by the program and stay as they are/)
    })
  })
})

describe('a parameter that the function around a closure takes now', () => {
  const check = (params: string, body: string, after: unknown): Promise<void> =>
    checkBothWays(
      index('exports.make = (a) => (x) => [a, x]'),
      index(`exports.make = (a${params}) => (x) => ${body}`),
      'const kept = lib.make(1, { b: 9 })',
      'kept(2)',
      [[1, 2], after],
    )

  it('is one that nobody has passed, where code can do without', async () => {
    await check(', b', '[a, x, b?.c ?? 3]', [1, 2, 3])
    await check(', b, c', '[a, x, c || 4]', [1, 2, 4])
    await check(', b = 5', '[a, x, b + 1]', [1, 2, 6])
    await check(', b = {}', '[a, x, b.b ?? 7]', [1, 2, 7])
  })

  const problems: Record<string, (n: number) => string> = {
    'code counts with it': (n) =>
      `exports.make = (a${n > 1 ? ', b' : ''}) => (x) => ${n > 1 ? 'x + b' : 'x'}`,
    'it is assigned': (n) => `exports.make = (a${n > 1 ? ', b' : ''}) => (x) => ${n > 1 ? '(b ??= x)' : 'x'}`,
    'the package passes it': (n) =>
      `function make(a${n > 1 ? ', b' : ''}) { return (x) => ${n > 1 ? 'b ?? x' : 'x'} } exports.go = (a) => make(a${n > 1 ? ', 1' : ''})`,
  }
  for (const [name, text] of Object.entries(problems)) it(`is a problem where ${name}`, () => refused(text))
})

describe('closures that are called otherwise', () => {
  const text = (head: string, result: string): Record<string, string> =>
    index(
      `function call(f, x) { return f.call(this, x) } exports.make = function (f) { ${head} { return ${result} } }`,
    )

  it('are those that stand in their place now', async () => {
    const named = text('return function made(x)', '[f(x), call(f, x)]')
    const both: [unknown, unknown] = [2, [2, 2]]
    const setup = 'const kept = lib.make((x) => x + 1)'
    await checkBothWays(text('return function (x)', 'f(x)'), named, setup, 'kept(1)', both)
    await checkBothWays(text('return function other(x)', 'f(x)'), named, setup, 'kept(1)', both)
    await checkBothWays(text('return (x) =>', 'f(x)'), named, setup, 'kept(1)', both)
  })

  it('give a promise still where nothing comes of it that they are not async any more', async () => {
    const made = (head: string, body: string): Record<string, string> =>
      index(`exports.make = (said) => ${head}(x) => { ${body} }`)
    const old = made('async ', 'said.push(x)')
    const setup = 'const said = []; const kept = lib.make(said)'
    const use = `[kept(1)?.then(() => 0) instanceof Promise, said.splice(0)]`
    await checkBothWays(old, made('', 'if (!x) return; said.push(x + 1)'), setup, use, [
      [true, [1]],
      [true, [2]],
    ])
    await withBuild(old, made('', 'return said.push(x + 1)'), async ({ findings }) => {
      assert.match(findings.map(({ why }) => why).join(), /it is not async any more/)
    })
  })

  it('are told where there are none', () =>
    withBuild(
      text('return (x) =>', 'f(x)'),
      text('const made = { run(x) { return 1 } }; return made.run.bind(made); { }', '2'),
      async (made) => {
        const told = made.findings.map(({ severity, why }) => `${severity} ${why}`).join()
        assert.match(told, /note functions that the running version has made here go on as they are/)
      },
    ))
})

describe('a closure beside which there is another one now', () => {
  const text = (first: string, second: string): Record<string, string> => ({
    'index.js': `const know = (o) => (o.known = true)
      exports.set = function (app, own) { const log = (e) => own.name + e
        if (own.handle) app.handler(${first}); else app.handler((e) => { ${second} return log(e) + e.known }) }`,
  })

  it('is what has most in common with it', () =>
    checkBothWays(
      text('own.handle', ''),
      text('(e) => { know(e); const { handle } = own; return handle(e) }', 'if (!e.known) { know(e) }'),
      `let f; lib.set({ handler: (g) => { f = g } }, { name: 'n' })`,
      `f({ toString: () => 'e' })`,
      ['neundefined', 'netrue'],
    ))
})

describe('a new variable that kept closures fill, and what they make for a call takes from', () => {
  const text = (waiting: string, first: string, then: string): Record<string, string> =>
    index(`exports.once = function (load) {
      var found = {}
      ${waiting}
      return function get(key, done) {
        if (key in found) return done(found[key])
        ${first}
        load(key, function (value) { found[key] = value; ${then} })
      }
    }`)
  const old = text('', '', 'done(value)')
  const young = text(
    'var waiting = {}',
    'if (key in waiting) return void waiting[key].push(done); waiting[key] = [done]',
    'var all = waiting[key]; delete waiting[key]; all.forEach(function (one) { one(value) })',
  )

  it('is there for calls after the patch, and those before end as they began', async () => {
    const setup = `const seen = []; const open = []
      const get = lib.once((key, done) => { open.push(() => done(key * 2)) })
      const ask = (key) => get(key, (value) => { seen.push(value) })
      const end = () => { for (const one of open.splice(0)) one(); return seen.splice(0) }
      ask(1)`
    await withPatch(old, young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`(ask(1), ask(1), ask(2), [open.length, end()])`), [3, [2, 2, 2, 4]])
      assert.deepEqual(await program.run(`(ask(3), ask(3), open.length)`), 1)
      await program.disable(made.name)
      assert.deepEqual(await program.run(`(ask(4), ask(4), [open.length, end()])`), [3, [6, 6, 8, 8]])
    })
  })

  it('is a problem where the call that made them is under way itself', async () => {
    const made = (then: string, get: string): Record<string, string> =>
      index(`exports.make = function (load) {
        var value = {}; ${then === '' ? '' : 'var waiting = []'}
        load(function (one) { value.is = one; ${then} })
        return function get(done) { ${get} }
      }`)
    const [before, after] = [
      made('', 'done(value.is)'),
      made('waiting.forEach(function (done) { done(one) })', 'waiting.push(done)'),
    ]
    await withBuild(before, after, async ({ findings }) => {
      const problems = findings.filter(({ severity }) => severity === 'problem')
      assert.match(problems.map(({ why }) => why).join(), /'waiting' is a new variable/)
    })
  })
})

describe('an arrow that is called where it stands', () => {
  it('may give another arrow', () =>
    checkBothWays(
      index('const add = ((n) => (x) => x + n)(1); exports.add = (x) => add(x)'),
      index('const add = ((n) => (x) => x + n)(1); exports.add = (x) => add(x) * 2'),
      '',
      'lib.add(1)',
      [2, 4],
    ))
})
