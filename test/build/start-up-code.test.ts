// Start-up code that differs: what of it reaches the running program, and what it can do without.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('start-up code that differs', () => {
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
    const older = {
      ...old,
      'codes.js': old['codes.js'].replace(
        'Codes || (exports.Codes = Codes = {})',
        'Codes = exports.Codes || (exports.Codes = {})',
      ),
    }
    await withPatch(older, old, '', async (_, made) => {
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
})
