// Start-up code that differs: what of it reaches the running program, and what it can do without.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, Versions, withBuild, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

const HELPER = `var __exportStar = function (m, exports) {
  for (var p in m) if (p !== 'default' && !Object.prototype.hasOwnProperty.call(exports, p)) exports[p] = m[p]
}`

describe('start-up code that differs', () => {
  it('is told where what it defines is spread from something else', async () => {
    const text = (n: number): Record<string, string> =>
      index(
        `const more = (value) => ({ b: { value } }); class C {}; Object.defineProperties(C.prototype, { a: { value: ${n} }, ...more(Date.now()) }); exports.C = C`,
      )
    await withBuild(text(1), text(2), async (made) => {
      assert.match(problemsOf(made).join(), /changed code that runs at start-up/)
    })
  })

  it('is a note where it only says which members are enumerable', async () => {
    const text = (n: number, more: string): Record<string, string> =>
      index(`const own = Symbol.for('own'); class C { f() { return ${n} } [own]() {} }
        Object.defineProperties(C.prototype, { f: { enumerable: true }${more} }); exports.C = C`)
    const setup = 'const it = new lib.C()'
    await checkBothWays(text(1, ''), text(2, ', [own]: { enumerable: false }'), setup, 'it.f()', [1, 2])
    // By a name, of another file perhaps.
    const named = (n: number, more: string, given = 'enumerable'): Record<string, string> => ({
      'index.js': `${text(n, more)['index.js']}; const { seen } = require('./seen')`,
      'seen.js': `const seen = Object.create(null); seen.${given} = true; exports.seen = seen`,
    })
    const [old, young] = [named(1, ''), named(2, ', [own]: seen')]
    await checkBothWays(old, young, setup, 'it.f()', [1, 2])
    for (const other of [text(2, ', [own]: { value: 1 }'), named(2, ', [own]: seen', 'writable')])
      await withBuild(old, other, async (made) => {
        assert.match(problemsOf(made).join(), /changed code that runs at start-up/)
      })
  })

  it('is nothing where it only works something out, and nobody takes that', async () => {
    const young = (more: string): Record<string, string> =>
      index(`const a = '[b]'; ${more}; exports.f = () => RegExp(a).test('b')`)
    const old = index(`const a = '[b]'; exports.f = () => false`)
    for (const more of [
      "new RegExp('^(?:' + a + '|c)$')",
      'Object.keys(exports).length',
      `a.replace('b', (x) => x + a)`,
      "require('node:fs')",
    ])
      await checkBothWays(old, young(more), '', 'lib.f()', [false, true])
    for (const more of [
      'exports.f.x = 1, a.length',
      'Object.assign(process, { a })',
      `a.replace('b', () => { process.a = 1 })`,
      'require(process.execArgv[0] ?? "fs")',
    ])
      await withBuild(old, young(more), async (made) => {
        assert.match(problemsOf(made).join(), /new code that runs at start-up/, more)
      })
  })

  it('is what it calls, where only that uses what differs', async () => {
    const text = (max: number, rest: string, given = 'exports'): Record<string, string> =>
      index(`const limits = { max: ${max} }; function put(to, from) { for (const key in from) to[key] = from[key] }
        function publish(to) { put(to, { limits }) }; publish(${given}); ${rest}`)
    // Trying it out tells what has to be changed.
    await checkBothWays(text(1, ''), text(2, ''), '', 'lib.limits.max', [1, 2])
    const rest = "exports.get = () => all.limits.max + require('os').EOL.length"
    const shared = (max: number): Record<string, string> =>
      index(`(function (root) { const all = root.all || (root.all = {})
        ${text(max, rest, 'all')['index.js']} })(process)`)
    await withBuild(shared(1), shared(2), async (made) => {
      assert.match(problemsOf(made).join(), /publish: it uses 'limits': .*only start-up code calls it/)
    })
  })

  it('does nothing twice to what was there before, and is there under another name', async () => {
    const text = (max: number): Record<string, string> =>
      index(`const limits = { max: ${max} }; const all = process.all || {}; process.all = all
        all.limits = limits; all.count = 0; exports.add = () => all.count++
        exports.get = () => [all.count, all.limits.max, typeof require('os').EOL]`)
    await checkBothWays(text(1), text(2), 'lib.add()', 'lib.get()', [
      [1, 1, 'string'],
      [1, 2, 'string'],
    ])
  })

  describe('and sets what others have made', () => {
    const told = async (more: string): Promise<string[]> => {
      let findings: string[] = []
      const young = index(`${more}; exports.f = () => 2`)
      await withBuild(index('exports.f = () => 1'), young, async (made) => {
        findings = made.findings.map(({ severity, what, why }) => `${severity}: ${what}: ${why}`)
      })
      return findings
    }
    for (const more of [
      'Error.stackTraceLimit = 2',
      "process.env.A = '1'",
      "const http = require('http'); http.globalAgent.keepAlive = true",
      "const { globalAgent } = require('node:http'); globalAgent.keepAlive = true",
      "const http = require('http'); Object.assign(http.globalAgent, { keepAlive: true })",
      "const { EventEmitter } = require('events'); EventEmitter.defaultMaxListeners = 0",
      "const all = process.env; all.A = '1'",
    ])
      it(`is a problem: ${more}`, async () =>
        assert.match((await told(more)).join(), /^problem: .*new code that runs at start-up and has effects/))
    it('is a note where nothing goes by it', async () => {
      for (const more of ['Array.prototype.ownMember = 1', 'globalThis.ownName = 1'])
        assert.match((await told(more)).join(), /^note: .*a new member that nothing else of the package uses/)
    })
    it('is nothing where the module makes it itself', async () => {
      for (const more of [
        "const { Agent } = require('http'); const own = new Agent(); own.keepAlive = true",
        "const E = require('events'); function B() {} B.prototype = Object.create(E.prototype); B.prototype.x = () => {}",
      ])
        assert.deepEqual(await told(more), [])
    })
  })

  it('gives a variable a stand-in for what the platform may lack, which is made again with it', async () => {
    const text = (mark: string): Record<string, string> =>
      index(`let { seal } = Object; if (!seal) { seal = function seal(x) { return x } }
        const marks = seal(/${mark}/); exports.f = (x) => marks.test(x)`)
    await checkBothWays(text('a'), text('b'), '', `lib.f('b')`, [false, true])
  })

  it('makes a constant again that a call has only worked out, if it leaves no function behind', async () => {
    const text = (size: string, more: string): Record<string, string> =>
      index(
        `const at = Date.now(); const size = ${size}; const table = { size${more} }; exports.f = () => table.size + (table.more ?? 0)`,
      )
    const made = [
      '(() => ["a", "b"].map((x) => x + 1).length)()',
      '((x) => { let n = 0; for (const one of x) n += one; return n })([1, 1])',
      '(function () { return Array.prototype.join.call(arguments, "") })("a", "b").length',
    ]
    for (const size of made)
      await checkBothWays(text(size, ''), text(size, ', more: 1'), '', 'lib.f()', [2, 3])
    for (const size of [
      '(() => Date.now())() && 2',
      '(() => { process.a = 2; return 2 })()',
      '(() => { let n = 1; return () => ++n })()',
      '(function () { Array.prototype.push.call(process.argv, arguments); return 2 })()',
      '(function () { return Array.prototype.map.call(arguments, Date.now).length + 1 })(0)',
    ])
      await withBuild(text(size, ''), text(size, ', more: 1'), async ({ findings }) => {
        assert.match(findings.map(({ why }) => why).join(), /a second time may have effects/, size)
      })
  })

  it('makes a function again that goes on with nothing of the call that made it but what stays as it is', async () => {
    const text = (count: string, more: string): Record<string, string> =>
      index(
        `const at = Date.now(); const count = ${count}; const table = { size: count({ a: 1, b: 2 })${more} }; exports.f = () => table.size + (table.more ?? 0)`,
      )
    const keys = (first: string): string =>
      `(() => { const none = 0; var keys = function (o) { ${first} return keys(o) }; function add(n) { return n + none } return (o) => add(keys(o).length) })()`
    const replaced = `keys = Object.keys || function (o) { const all = []; for (const k in o) all[all.length] = k; return all };`
    await checkBothWays(text(keys(replaced), ''), text(keys(replaced), ', more: 1'), '', 'lib.f()', [2, 3])
    for (const made of [
      keys('const was = Object.keys(o); keys = () => was;'),
      keys('keys = Date.now() && Object.keys;'),
      '(() => { const seen = new Set(); return (o) => seen.add(o).size + 1 })()',
      '((seen) => (o) => seen.push(o) + 1)([])',
    ])
      await withBuild(text(made, ''), text(made, ', more: 1'), async ({ findings }) => {
        assert.match(findings.map(({ why }) => why).join(), /a second time may have effects/, made)
      })
  })

  it('builds a value by calls of another package, which only checks something by it', async () => {
    const dep = `class Schema { constructor(rules) { this.rules = rules } limit(n) { return new Schema({ ...this.rules, n }) }
      extend(more) { return new Schema({ ...this.rules, ...more.rules }) } safeParse(x) { return { success: x.length <= this.rules.n } } }
      exports.text = () => new Schema({ n: Infinity })`
    const text = (limit: string): Record<string, string> => ({
      ...index(`const { text } = require('dep'); const short = text()${limit}; const schema = text().extend(short)
        exports.check = (x) => schema.safeParse(x).success`),
      'node_modules/dep/index.js': dep,
      'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0" }',
    })
    await checkBothWays(text(''), text('.limit(3)'), '', `[lib.check('abc'), lib.check('abcd')]`, [
      [true, true],
      [true, false],
    ])
  })

  it('makes a schema again of which functions derive others, and none of which they may change', async () => {
    const dep = `class Schema { constructor(rules) { this.rules = rules } max(n) { return new Schema([...this.rules, (x) => x.length <= n]) }
      also(rule) { this.rules.push(rule); return this }
      extend(more) { return z.object({ ...this.parts, ...more }) } parse(x) { return this.rules.every((rule) => rule(x)) } }
      const z = exports.z = { string: () => new Schema([(x) => typeof x === 'string']),
        object: (parts) => Object.assign(new Schema(Object.keys(parts).map((key) => (x) => parts[key].parse(x[key]))), { parts }) }`
    const text = (more: string, derived = 'User.extend({ more: z.string() })'): Record<string, string> => ({
      ...index(`const { z } = require('dep'); const Name = z.string(); const User = z.object({ name: Name${more} })
        exports.check = (x) => User.parse(x); exports.named = (x) => ${derived}.parse(x)`),
      'node_modules/dep/index.js': dep,
      'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0" }',
    })
    const asked = `[lib.check({ name: 'abcd' }), lib.check({ name: 1 }), lib.named({ name: 'a', more: 'b' }), lib.named({ name: 'abcd', more: 'b' })]`
    await checkBothWays(text(''), text('.max(3)'), '', asked, [
      [true, false, true, true],
      [false, false, true, false],
    ])
    const also = 'User.also((x) => x.more)'
    await withBuild(text('', also), text('.max(3)', also), async (made) => {
      assert.match(problemsOf(made).join(), /'User' has to be made anew, and the running one holds/)
    })
  })

  it('assigns functions to an object of the module: the patch calls its own', async () => {
    const old = index(
      `const internals = {}; internals.rx = /a/g; exports.count = (x) => (x.match(internals.rx) ?? []).length`,
    )
    const young = (size: string): Record<string, string> =>
      index(`const internals = {}; exports.count = (x) => internals.walk(x, (n) => n) + internals.add(1)
        internals.walk = function (x, each) { let n = 0; for (const c of x) if (c === 'a') n++; return each(this === internals ? n : -1) }
        internals.add = (n) => n + 1${size}`)
    // With a value beside them the object is made anew.
    for (const size of ['', '; internals.size = 0'])
      await withPatch(old, young(size), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run(`lib.count('abaca')`), 5)
        await program.disable(made.name)
        assert.equal(await program.run(`lib.count('abaca')`), 3)
      })
  })

  it('puts a function around one of another package, which is that again when the patch is gone', async () => {
    const text = (more: string): Record<string, string> =>
      index(`const query = require('node:querystring'); ${more}; module.exports = query`)
    for (const declared of ['const more = function (text)', 'function more(text)'])
      await checkBothWays(
        text(''),
        text(
          `const original = query.unescape; ${declared} { return original.call(this, text) + '!' }; query.unescape = more`,
        ),
        `const held = lib`,
        `[lib.unescape('%20'), Object.values(require('node:querystring').parse('a=%20'))[0], held.unescape.length]`,
        [
          [' ', ' ', 2],
          [' !', ' !', 1],
        ],
      )
  })

  it('exports a function under its own name, or where it stands', async () => {
    const [named, plain] = [
      (value: number): string => `var f = function f(x) { return x + ${value} }; module.exports = f`,
      (value: number): string => `module.exports = function f(x) { return x + ${value} }`,
    ]
    const setup = 'const held = lib'
    await checkBothWays(index(named(1)), index(plain(2)), setup, 'held(1)', [2, 3])
    await checkBothWays(index(plain(1)), index(named(2)), setup, 'held(1)', [2, 3])
    const wrapped = `var f = function f(x) { return x + 1 }; f = f.bind(null, 5); module.exports = f`
    await withBuild(index(wrapped), index(plain(2)), async (made) => {
      assert.notDeepEqual(problemsOf(made), [])
    })
  })

  it('gives an export a module, or a list, that is new', async () => {
    const old = index(
      `class Key {}; Key.prototype.version = [1, 5]; Key.prototype.old = 1; exports.Key = Key; exports.lib = function lib() { return 1 }`,
    )
    const young = {
      'index.js': `class Key {}; Key.prototype.version = [1, 6]; exports.Key = Key; exports.lib = function lib() { return 2 }; exports.lib.check = require('./check')`,
      'check.js': `module.exports = function check(x) { return 'checked ' + x }`,
    }
    await withPatch(old, young, 'const key = new lib.Key()', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.ok(
        made.findings.some(
          ({ what, severity }) => what.startsWith('Key.prototype.old') && severity === 'note',
        ),
      )
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[key.version, lib.lib(), key.old]`), [[1, 6], 2, 1])
      await program.disable(made.name)
      assert.deepEqual(await program.run(`[key.version, lib.lib(), typeof lib.lib.check]`), [
        [1, 5],
        1,
        'undefined',
      ])
    })
  })

  it('gives a member a list that changed', async () => {
    const text = (list: string): Record<string, string> =>
      index(
        `const NAMES = ${list}; class Tunnel { names() { return NAMES } }; Tunnel.names = NAMES; Tunnel.first = () => Tunnel.names[0]; module.exports = Tunnel`,
      )
    await withPatch(text(`['a']`), text(`['b', 'c']`), 'const it = new lib()', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[it.names(), lib.names, lib.first()]`), [
        ['b', 'c'],
        ['b', 'c'],
        'b',
      ])
      await program.disable(made.name)
      assert.deepEqual(await program.run(`[it.names(), lib.names, lib.first()]`), [['a'], ['a'], 'a'])
    })
  })

  it('fills what a member holds', async () => {
    const text = (value: number): Record<string, string> =>
      index(
        `const all = {}; all.one = ${value}; class Key { get() { return all } }; Key.all = all; Key.first = () => Key.all.one; module.exports = Key`,
      )
    await withPatch(text(1), text(2), 'const held = lib.all; held.own = 3', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const use = '[lib.first(), held, new lib().get() === held]'
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), [2, { one: 2, own: 3 }, true])
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), [1, { one: 1, own: 3 }, true])
    })
  })

  it('fills an enum, for functions of other files too', async () => {
    const codes = (values: string): string => `"use strict"; exports.Codes = void 0; var Codes
      ;(function (Codes) { ${values} })(Codes || (exports.Codes = Codes = {})); exports.name = (n) => Codes[n]`
    const user = `const { Codes } = require('./codes'); exports.code = (name) => Codes[name]; exports.name = require('./codes').name`
    const old = { 'index.js': user, 'codes.js': codes(`Codes[Codes["A"] = 1] = "A"`) }
    const young = {
      'index.js': user,
      'codes.js': codes(`Codes[Codes["A"] = 1] = "A"; Codes[Codes["B"] = 2] = "B"`),
    }
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[lib.code('B'), lib.code('A'), lib.name(2)]`), [2, 1, 'B'])
    })
    const renumbered = {
      'index.js': user,
      'codes.js': codes(`Codes[Codes["B"] = 1] = "B"; Codes[Codes["A"] = 2] = "A"`),
    }
    await withBuild(old, renumbered, async (made) => {
      assert.match(problemsOf(made).join(), /Codes\.A: it is 2 instead of 1/)
    })
    const older = {
      ...old,
      'codes.js': old['codes.js'].replace(
        'Codes || (exports.Codes = Codes = {})',
        'Codes = exports.Codes || (exports.Codes = {})',
      ),
    }
    await withBuild(older, old, async (made) => {
      assert.deepEqual(made.findings, [])
      assert.ok(made.empty)
    })
  })

  it('hands over functions, which are replaced where they are kept', async () => {
    const text = (rx: string): Record<string, string> =>
      index(`const rx = ${rx}; const all = {}; function def(name, fn) { all[name] = fn }
      def('test', function (x) { return rx.test(x) }); exports.test = (x) => all.test(x)`)
    await withPatch(text('/^a/'), text('/^b/'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[lib.test('a'), lib.test('b')]`), [false, true])
    })
  })

  it('says how loaders define the module: that is done', async () => {
    const factory = `(this, function (exports) { exports.f = function f() { return VALUE } })`
    const wrapped = (head: string, value: number): Record<string, string> =>
      index(`(function define(global, factory) { ${head} })${factory.replace('VALUE', String(value))}`)
    const old = wrapped(`if (typeof exports === 'object') factory(exports); else factory(global.lib = {})`, 1)
    const young = wrapped(
      `if (typeof exports === 'object' && exports) { factory(exports) } else if (typeof define === 'function') { factory({}) } else { factory(global.lib = {}) }`,
      2,
    )
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.f()'), 2)
    })
  })

  it('makes frozen lists, also where only the patch needs them', async () => {
    const old = index(`let { freeze } = Object; const LIST = freeze(['a', 'b']); exports.f = (x) => x`)
    const young = index(
      `let { freeze } = Object; const LIST = freeze(['a', 'b']); exports.f = (x) => [LIST.includes(x), Object.isFrozen(LIST)]`,
    )
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`lib.f('b')`), [true, true])
    })
  })
})

describe('start-up code that has not run, or that functions do now', () => {
  it('makes no difference where it would have ended in an error', async () => {
    const text = (say: string, by: number): Record<string, string> =>
      index(`let limit; try { limit = require('os').cpus().length > 0 ? 2 : 3 } catch (error) { const help = [error.message]; help.push('${say}'); throw new Error(help.join()) }
        exports.f = (x) => x * limit * ${by}`)
    await checkBothWays(text('ask', 1), text('ask again', 10), '', 'lib.f(1)', [2, 20])
  })

  it('is a problem where it goes on behind the error', async () => {
    const text = (otherwise: number): Record<string, string> =>
      index(`try { require("os").setPriority(0) } catch (error) { process.env.LIMIT = ${otherwise}; if (!error) throw error }
        exports.f = (x) => x + process.env.LIMIT`)
    await withBuild(text(1), text(2), async (made) => {
      assert.match(problemsOf(made).join(), /start-up/)
    })
  })

  it('counts as called where a function does it when it is called', async () => {
    const set = `switch (os.type()) { case 'Nowhere': how = 'n'; break; default: how = 'h' }`
    const old = `const os = require('os'); let how; ${set}; exports.f = (x) => how + x`
    const young = `const os = require('os'); let how; function setUp() { ${set} }; exports.f = (x) => { setUp(); if (x === 0) how = 'zero'; return how + x + '!' }`
    await checkBothWays(index(old), index(young), '', '[lib.f(1), lib.f(2)]', [
      ['h1', 'h2'],
      ['h1!', 'h2!'],
    ])
  })

  it('does not where it does more than that', async () => {
    const set = `how = 'h'; global.count = (global.count ?? 0) + 1`
    const old = `let how; { ${set} }; exports.f = (x) => how + x`
    const young = `let how; function setUp() { { ${set} } }; exports.f = (x) => { setUp(); return how + x + '!' }`
    await withBuild(index(old), index(young), async (made) => {
      assert.match(problemsOf(made).join(), /what it did stays done/)
    })
  })
})

describe('functions that start-up code has called where they stand', () => {
  const base = `const os = require('os'); const table = []; exports.add = (one) => { table.push(one); return os }; exports.all = () => table.join();`
  const text = (n: number, code: string): Record<string, string> => index(base + code.replaceAll('$', `${n}`))

  const remade: Record<string, string> = {
    'an element': '[1, 2].forEach((one) => exports.add(one + $))',
    'elements of elements': '[[1, 2]].forEach((list) => { list.forEach((one) => { exports.add(one + $) }) })',
    'a promise': 'new Promise((resolve) => { exports.add(1 + $); exports.add(2 + $); resolve() })',
    'nothing, and go on soon': '(async () => { await null; exports.add(1 + $); exports.add(2 + $) })()',
  }
  for (const [name, code] of Object.entries(remade))
    it(`are part of it: with ${name}`, () =>
      checkBothWays(text(1, code), text(4, code), `setImmediate(() => lib.add('own'))`, 'lib.all()', [
        '2,3,own',
        '5,6,own',
      ]))

  it('make a value anew', async () => {
    const list = (n: number): Record<string, string> =>
      index(
        `const list = Object.keys(process.versions).slice(0, 1).map(() => ${n}); exports.f = () => list[0]`,
      )
    await checkBothWays(list(1), list(2), '', 'lib.f()', [1, 2])
  })

  const told = [
    `os.cpus().forEach(() => exports.add($))`,
    `Promise.resolve().then(() => exports.add($))`,
    `os.ready?.catch(() => exports.add($))`,
    `setTimeout(function () { exports.add($) })`,
    `process.nextTick(() => { exports.add($) })`,
    `exports.list = os.cpus().map(() => $)`,
    `exports.ready = new Promise((resolve) => { setImmediate(resolve, $) })`,
  ]
  for (const code of told)
    it(`are told where that cannot be done again: ${code}`, () =>
      withBuild(text(1, code), text(2, code), async (made) => {
        assert.notDeepEqual(problemsOf(made), [])
      }))

  it('may have been called by what has them now', () =>
    withBuild(text(1, 'os.each?.(() => $)'), text(2, 'os.each?.(() => $)'), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(made.findings.map(({ why }) => why).join(), /if that has called it already/)
    }))
})

describe('new start-up code that gives a new variable its value and does something else', () => {
  it('is told', () =>
    withBuild(
      index('exports.f = () => 1'),
      index(
        `let n = 0; const isSo = () => { n++; return true }; if (isSo()) process.on('x', () => {}); exports.f = () => n`,
      ),
      async (made) => {
        assert.match(problemsOf(made).join(), /new code that runs at start-up and has effects/)
      },
    ))
})

describe('what a function that is called where it stands exports', () => {
  const text = (n: number, end: string): Record<string, string> =>
    index(
      `(function () { const os = require('os'); const wrap = (f) => os.wrap?.(f) || f; const R = { f: wrap(${n === 1 ? '() => 1' : 'os.other?.() || (() => 2)'}) }; ${end} })()`,
    )

  for (const end of [
    'module.exports = R',
    'exports.R = R',
    `if (typeof exports === 'object') { module.exports = R }`,
  ])
    it(`is told where programs alone use it: ${end}`, () =>
      withBuild(text(1, end), text(2, end), async (made) => {
        assert.match(problemsOf(made).join(), /it is run at start-up with 'R', which changed/)
      }))
})

describe('a function that is called in one place only, as the module starts', () => {
  const text = (body: string, call: string): Record<string, string> =>
    index(`const fill = 1; function make(lib) { ${body} } ${call}`)
  const body = (limit: number): string =>
    `const limit = ${limit}; const seen = []; lib.over = (n) => { seen.push(n); return n > limit }; lib.seen = () => seen.join()`

  it('has variables that exist once', () =>
    checkBothWays(
      text(body(1), 'make(exports)'),
      text(body(2), 'make(exports)'),
      'lib.over(0)',
      '[lib.over(2), lib.seen().startsWith("0,2")]',
      [
        [true, true],
        [false, true],
      ],
    ))

  it('has others for each call otherwise', async () => {
    for (const call of ['make(exports); make({})', 'for (const one of [exports]) make(one)'])
      await withBuild(text(body(1), call), text(body(2), call), async (made) => {
        assert.match(problemsOf(made).join(), /make: it changed, and only start-up code calls it/)
      })
  })
})

describe('the mark of a module that a bundler makes', () => {
  it('stays as it is, and is told', async () => {
    const mark = `Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });`
    const text = (limit: number, more: string): Record<string, string> =>
      index(`${more} exports.over = (n) => n > ${limit}`)
    for (const [old, young] of [
      [mark, ''],
      ['', mark],
    ] as const) {
      await checkBothWays(text(1, old), text(2, young), '', 'lib.over(2)', [true, false])
      await withBuild(text(1, old), text(2, young), async (made) => {
        assert.match(JSON.stringify(made.findings), /how bundlers mark a module/)
      })
    }
  })
})

describe('a function that is called where it stands', () => {
  it('is part of the one around it, which start-up code alone has called', async () => {
    const text = (limit: number): Record<string, string> =>
      index(`function make(lib) { lib.rules = (function () { var rules = { limit: ${limit} }; return rules })() }
        make(exports); make({}); exports.get = () => exports.rules.limit`)
    await withBuild(text(1), text(2), async (made) => {
      assert.match(problemsOf(made).join(), /it changed, and only start-up code calls it/)
    })
  })

  it('in a module of a bundle, in parentheses or not, is start-up code', async () => {
    const text = (limit: number, [open, close]: string): Record<string, string> =>
      index(`module.exports = (function (modules) { const cache = {};
          function load(i) { const module = cache[i] ||= { exports: {} }; if (!module.done) { module.done = true; modules[i](module, module.exports, load) } return module.exports }
          return load(0) })([
        ${open}function (module, exports, load) { exports.rules = load(1) }${close},
        ${open}function (module, exports) { var own = (function () { var rules = {}; rules.limit = ${limit}; note(rules); return rules })(); function note(one) { globalThis.noted = one } module.exports = own }${close}
      ])`)
    for (const around of ['()', '  '])
      await checkBothWays(text(1, around), text(2, around), '', '[lib.rules.limit, noted.limit]', [
        [1, 1],
        [2, 2],
      ])
  })
})

describe('functions that are new in a call that has ended', () => {
  it('are made from what its closures see', async () => {
    const old = index(
      `module.exports = (options) => { const base = options.base; const kept = []; return { get(x) { kept.push(x); return base + x } } }`,
    )
    const young = index(`module.exports = (options) => { const base = options.base; const kept = []
      function clean(x) { return typeof x === 'string' ? strip(x, 1) : x }
      function strip(x, n) { return n > 2 ? x.trim() : strip(x.replaceAll('.', ''), n + 1) }
      return { get(x) { kept.push(x); return base + clean(x) + kept.length } } }`)
    await withPatch(old, young, `const it = lib({ base: '/' }); it.get('a')`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[it.get(' ..b'), lib({ base: '#' }).get('c ')]`), ['/b2', '#c1'])
    })
  })
})

describe('a literal that says a version of the package', () => {
  it('is no change, whether or not it was counted up', async () => {
    const text = (version: string, sign: string): Record<string, string> =>
      index(`exports.version = '${version}'; exports.f = () => '${sign}'`)
    await withPatch(text('1.0.0', '-'), text('1.0.0', '+'), '', async (program, made) => {
      assert.deepEqual(made.findings, [])
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.f()'), '+')
    })
  })

  const problemsBetween = async (
    old: Record<string, string>,
    young: Record<string, string>,
  ): Promise<string> => {
    const versions = new Versions(old, young)
    try {
      return problemsOf(await versions.build()).join('\n')
    } finally {
      versions.remove()
    }
  }

  it('says something, or has stopped to', async () => {
    const text = (value: number, more: string): Record<string, string> =>
      index(`let n = 0; exports.f = function f() { return ${value} + n }; ${more}`)
    const warning = `if (process.platform === 'none') console.warn('too ' + 'old'); else process.emitWarning('new')`
    await checkBothWays(text(1, `console.error('hello')`), text(2, warning), '', 'lib.f()', [1, 2])
    assert.match(
      await problemsBetween(text(1, ''), text(2, `console.warn((process.exitCode = 0))`)),
      /new code that runs at start-up/,
    )
  })

  it('asks first whether there is what it uses', async () => {
    const text = (value: number, more: string): Record<string, string> =>
      index(`const tool = { go: (x) => x * 2 }; exports.f = function f() { return ${value} }; ${more}`)
    const done = `exports.f.made = tool.go(4); process.once('umbra-test', tool.go)`
    const asked = (test: string, body = done): string =>
      `if (${test}) { ${body} } else { console.warn('no tool') }`
    const use = `[lib.f(), lib.f.made, process.listenerCount('umbra-test')]`
    await checkBothWays(text(1, done), text(2, asked(`typeof tool.go === 'function'`)), '', use, [
      [1, 8, 1],
      [2, 8, 1],
    ])
    // Any other condition may be there so that it is not done.
    for (const other of [
      asked('!process.env.NO_TOOL'),
      asked(`typeof tool.stop === 'function'`),
      asked(`typeof tool.go === 'undefined'`),
      asked(`typeof tool.go === 'function'`, `${done}; process.once('other', tool.go)`),
    ])
      assert.match(await problemsBetween(text(1, done), text(2, other)), /start-up/, other)
  })

  it('is what a file does as a program by itself, where it is for others to load', async () => {
    const files = (value: number, more: string, main = ''): Record<string, string> => ({
      'index.js': `exports.f = require('./parse').f; ${main}`,
      'parse.js': `exports.f = function f() { return ${value} }; ${more}`,
    })
    const alone = `if (typeof module !== 'undefined' && require.main === module) process.on('x', () => 1)`
    await checkBothWays(files(1, alone), files(2, ''), '', 'lib.f()', [1, 2])
    await checkBothWays(files(1, ''), files(2, alone), '', 'lib.f()', [1, 2])
    // The main script may be the program.
    assert.match(await problemsBetween(files(1, ''), files(2, '', alone)), /index\.js.*start-up/)
    assert.match(await problemsBetween(files(1, ''), files(2, alone.replace('===', '!=='))), /parse\.js/)
  })

  it('asks first, with a part of what it makes', async () => {
    const setup = 'globalThis.Shape = class Shape {};'
    const text = (value: number, made: string): Record<string, string> =>
      index(`${setup} const instanceOf = (C) => () => C.name
        class C { f() { return ${value} } } C.kinds = process.env.NOT_SET ? {} : { of: instanceOf(Array), shape: ${made} }
        exports.C = C`)
    const use = '[new lib.C().f(), lib.C.kinds.shape()]'
    const asked = `typeof Shape === 'undefined' ? instanceOf(Object) : instanceOf(Shape)`
    await checkBothWays(text(1, 'instanceOf(Shape)'), text(2, asked), '', use, [
      [1, 'Shape'],
      [2, 'Shape'],
    ])
    // The other way round it comes to something else, functions may differ, and what is in a function has not been needed.
    for (const [old, young] of [
      ['instanceOf(Shape)', asked.replace('===', '!==')],
      ['instanceOf(Shape), say: () => 1', `${asked}, say: () => 2`],
      ['(() => Other)', `typeof Other === 'undefined' ? (() => 0) : (() => Other)`],
    ] as const)
      assert.match(await problemsBetween(text(1, old), text(2, young)), /C\.kinds/)
  })

  it('gives a variable the value that it has', async () => {
    const text = (value: number, more: string): Record<string, string> =>
      index(`let fallback = null; exports.f = function f() { return ${value} * (fallback ? fallback() : 1) }
        ${more}; exports.use = use; function use(fn) { fallback = fn }`)
    for (const [old, young] of [
      ['', 'fallback = null'],
      ['fallback = null', ''],
    ] as const)
      await checkBothWays(text(1, old), text(2, young), 'lib.use(() => 10)', 'lib.f()', [10, 20])
    for (const other of [`use(() => 5); fallback = null`, `[() => 5].forEach(use); fallback = null`])
      assert.match(
        await problemsBetween(text(1, other), text(2, other.replace('fallback = null', ''))),
        /start-up/,
      )
  })

  it('hands on all that a new file exports', async () => {
    const star = `var __exportStar = function (m, exports) { for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(exports, p)) exports[p] = m[p] }`
    const main = (...files: string[]): string =>
      [
        star,
        `exports.own = () => 'own'`,
        ...files.map((file) => `__exportStar(require('./${file}'), exports)`),
      ].join('\n')
    const a = `exports.a = () => 'a'`
    const b = `exports.b = () => 'b of ' + require('./a').a(); exports.own = () => 'not this one'; exports.default = 1`
    const old = { 'index.js': main('a'), 'a.js': a }
    await checkBothWays(
      old,
      { 'index.js': main('a', 'b'), 'a.js': a, 'b.js': b },
      '',
      `[lib.own(), lib.a(), lib.b?.(), Object.keys(lib).sort()]`,
      [
        ['own', 'a', null, ['a', 'own']],
        ['own', 'a', 'b of a', ['a', 'b', 'own']],
      ],
    )
    // What programs have already another file makes now.
    const moved = { 'index.js': main('c'), 'c.js': `exports.a = () => 'c'` }
    const both = { 'index.js': main('a', 'c'), 'a.js': a, 'c.js': moved['c.js'] }
    for (const young of [moved, { ...moved, 'a.js': '' }, both])
      assert.match(await problemsBetween(old, young), /export a: the export has another value/)
  })

  it('hands on all that a file exports, as each compiler writes it', async () => {
    const guard = `if (key === 'default' || key === '__esModule') return; if (Object.prototype.hasOwnProperty.call(_exportNames, key)) return`
    const forms: Record<string, (name: string) => string> = {
      babel: (name) =>
        `var _${name} = require('./${name}'); Object.keys(_${name}).forEach(function (key) { ${guard}; if (key in exports && exports[key] === _${name}[key]) return
           Object.defineProperty(exports, key, { enumerable: true, get: function () { return _${name}[key] } }) })`,
      plainly: (name) =>
        `var _${name} = require('./${name}'); Object.keys(_${name}).forEach(function (key) { ${guard}; exports[key] = _${name}[key] })`,
      rollup: (name) =>
        `var _${name} = require('./${name}'); Object.keys(_${name}).forEach(function (k) { if (k !== 'default' && !Object.prototype.hasOwnProperty.call(exports, k)) exports[k] = _${name}[k] })`,
      swc: (name) =>
        `_export_star(require('./${name}'), exports); function _export_star(from, to) { Object.keys(from).forEach(function (k) { if (k !== 'default' && !Object.prototype.hasOwnProperty.call(to, k)) to[k] = from[k] }) }`,
      typescript: (name) =>
        `__export(require('./${name}')); function __export(m) { for (var p in m) if (!exports.hasOwnProperty(p)) exports[p] = m[p] }`,
    }
    for (const form of Object.values(forms)) {
      const files = (more: string, b: Record<string, string>): Record<string, string> => ({
        'index.js': `var _exportNames = { own: true${more && ', more: true'} }; exports.own = () => 'own'; ${more}; ${form('a')}; ${Object.keys(b).map((file) => form(file.slice(0, -3)))}`,
        'a.js': `exports.a = () => 'a'; exports.own = () => 'not this one'${more && `; exports.a2 = () => 'a2'`}`,
        ...b,
      })
      await checkBothWays(
        files('', {}),
        files(`exports.more = () => 'more'`, { 'b.js': `exports.b = () => 'b'` }),
        '',
        '[lib.own(), lib.a(), lib.more?.(), lib.a2?.(), lib.b?.()]',
        [
          ['own', 'a', null, null, null],
          ['own', 'a', 'more', 'a2', 'b'],
        ],
      )
    }
  })

  it('hands on the same by another helper of the compiler', async () => {
    const text = (helper: string, value: number): Record<string, string> => ({
      'index.js': `${helper}(require('./a'), exports); exports.f = () => ${value}`,
      'a.js': 'exports.a = () => "a"',
      'helpers.js': HELPER.replace('var __exportStar', 'exports.__exportStar'),
    })
    const own = `${HELPER}; __exportStar`
    const others = `const tslib_1 = require('./helpers'); (0, tslib_1.__exportStar)`
    for (const [old, young] of [
      [own, others],
      [others, own],
    ] as const)
      await checkBothWays(text(old, 1), text(young, 2), '', '[lib.f(), lib.a()]', [
        [1, 'a'],
        [2, 'a'],
      ])
  })
})

describe('start-up code that is gone', () => {
  it('may be one of several definitions that an old engine could not make', async () => {
    const text = (n: string, more: string): Record<string, string> =>
      index(`function A() {} ; let set = (x) => x; exports.A = A; exports.set = (x) => set(x)
        try { if (Object.defineProperty) {
          Object.defineProperty(A.prototype, 'a', { get: function () { return ${n} } }); ${more}
          set = function (x) { return x * ${n.length} } } } catch (e) {}`)
    const own = 'function own() { return 1 }'
    const define = "Object.defineProperty(A.prototype, 'b', { get: function () { return 3 } })"
    const setup = 'const it = new lib.A()'
    await checkBothWays(text('own()', own), text('22', define), setup, '[it.a, lib.set(1)]', [
      [1, 5],
      [22, 2],
    ])
    await withBuild(text('22', ''), text('own()', own), async (made) =>
      assert.match(problemsOf(made).join(), /own/),
    )
    for (const more of ['process.on("exit", () => 0)', 'try { require("x"); set = 1 } catch {}'])
      await withBuild(text('22', ''), text('2', more), async (made) =>
        assert.match(problemsOf(made).join(), /start-up/, more),
      )
  })

  const text = (more: string, n: number): Record<string, string> =>
    index(`exports.table = {}; ${more}; exports.f = (k) => [exports.table[k], ${n}].join()`)
  const gone: Record<string, [more: string, isProblem: boolean]> = {
    'is nothing where it gave a value to what is gone, too': [
      'try { var Bytes = Uint8Array } catch (e) { var Bytes = Buffer }',
      false,
    ],
    'is nothing where it filled a literal that is': ["const tags = {}; tags.a = tags['b'] = true", false],
    'is told where the literal is not its own': [
      "const tags = exports.table; tags['a' + process.pid] = 1",
      true,
    ],
    'is told where it calls something': ["const tags = {}; if (1) tags.a = process.emit('x')", true],
  }
  for (const [what, [more, isProblem]] of Object.entries(gone))
    it(what, async () => {
      if (!isProblem) return checkBothWays(text(more, 1), text('', 2), '', "lib.f('a')", [',1', ',2'])
      await withBuild(text(more, 1), text('', 2), async (made) => {
        assert.match(problemsOf(made).join(), /what it did stays done/)
      })
    })
})

describe('a variable that nothing declares', () => {
  const text = (more: string, n: number): string =>
    `(function () { const one = 1; ${more}; exports.f = function f(a) { return a + ${n === 1 ? 'one' : 'g(a)'} }; ${n === 1 ? '' : 'function g(a) { return (known[a] = (known[a] || one) + one) }'} })()`

  it('is one of the file alone in the patch, where start-up code makes it', async () => {
    await checkBothWays(
      index(text('', 1)),
      index(text('known = {}', 2)),
      'const { f } = lib',
      `[f(5), 'known' in globalThis]`,
      [
        [6, false],
        [7, false],
      ],
    )
    await withBuild(index(text('', 1)), index(text('known = {}', 2)), async ({ findings }) => {
      assert.match(findings.map(({ what, why }) => `${what}: ${why}`).join(), /known: a global variable/)
    })
  })

  it('is told where another file asks for it, or it is not made in any case', async () => {
    const other = { 'other.js': 'exports.g = () => known', 'index.js': '' }
    const files = (own: string): Record<string, string> => ({
      ...other,
      'index.js': `${own}; exports.other = require('./other')`,
    })
    for (const [old, young] of [
      [files(text('', 1)), files(text('known = {}', 2))],
      [index(text('', 1)), index(text('if (exports.x) known = {}', 2))],
    ])
      await withBuild(old!, young!, async (made) => {
        assert.match(problemsOf(made).join(), /new code that runs at start-up/)
      })
  })
})

describe('start-up code that changed something, and is gone', () => {
  const text = (more: string, n: number): string =>
    `const wrap = (a) => a + '!'; const table = { a: 'x', b: 'y' }; ${more}; table.c = table.a + Date.now().toString().slice(0, 0)
     class C { constructor() { this.made = ${n} } get() { return table.a + table.c } }; exports.C = C`

  it('has it as the new version leaves it', async () => {
    const [old, young] = [index(text('table.a = wrap(table.a)', 1)), index(text('', 2))]
    await checkBothWays(old, young, 'const it = new lib.C()', 'it.get()', ['x!x!', 'xx'])
  })
})
