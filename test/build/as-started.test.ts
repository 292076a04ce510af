// What start-up code has made of something that changed, by ways that no text tells: both versions are run, and compared.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

const WHY = /start-up code makes something else of it in this version/

/** The same text with 1 and with 2 where `#` stands. */
function both(files: Files): [Files, Files] {
  const [old, young] = ['1', '2'].map((n) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('#', n)])),
  )
  return [old!, young!]
}

async function toldOf(files: Files): Promise<string[]> {
  let told: string[] = []
  await withBuild(...both(files), (made) => {
    assert.deepEqual(problemsOf(made), [])
    told = made.findings.filter(({ why }) => WHY.test(why)).map(({ file, what }) => `${file}: ${what}`)
  })
  return told
}

describe('what start-up code has made of something that changed', () => {
  const ways: Record<string, [text: string, what: string]> = {
    'by a getter': ['const o = { get f() { return # } }; exports.o = o; exports.x = o.f', 'exports.x'],
    'by a getter of a class': [
      'class S { get v() { return # } }; exports.S = S; exports.x = new S().v',
      'exports.x',
    ],
    'by toJSON': [
      'const o = { toJSON() { return # } }; exports.o = o; exports.x = JSON.stringify(o)',
      'exports.x',
    ],
    'by toString': [
      'const o = { toString() { return "#" } }; exports.o = o; exports.x = "" + o',
      'exports.x',
    ],
    'by a tag': ['exports.t = (s) => s[0] + "#"; exports.x = exports.t`a`', 'exports.x'],
    'by an iterator': [
      'const o = { *[Symbol.iterator]() { yield # } }; exports.o = o; exports.x = [...o]',
      'exports.x.0',
    ],
    'by a member of a member': [
      'const u = { a: { f: () => # } }; exports.u = u; exports.x = { y: u.a.f() }',
      'exports.x.y',
    ],
    'by a name of it': [
      'const u = { f: () => # }; const { f } = u; exports.u = u; exports.x = f()',
      'exports.x',
    ],
    'by a key of it': [
      'const u = { f: () => # }; exports.u = u; exports.x = {}; for (const k of Object.keys(u)) exports.x[k] = u[k]()',
      'exports.x.f',
    ],
    'by a function that Reflect calls': [
      'exports.f = () => #; exports.x = Reflect.apply(exports.f, null, [])',
      'exports.x',
    ],
    'in a variable': [
      'const u = { a: { f: () => # } }; exports.u = u; const x = u.a.f(); exports.g = () => x',
      'x',
    ],
    'in a map': [
      'const u = { a: { f: () => # } }; exports.u = u; exports.x = new Map([["k", u.a.f()]])',
      'exports.x.get(k)',
    ],
    'in a set': [
      'const u = { a: { f: () => # } }; exports.u = u; exports.x = new Set([u.a.f()])',
      'exports.x',
    ],
    'in an expression': [
      'const u = { a: { f: () => "#" } }; exports.u = u; exports.x = new RegExp(u.a.f())',
      'exports.x',
    ],
    'on a prototype': [
      'const u = { a: { f: () => # } }; exports.u = u; class C {}; C.prototype.x = u.a.f(); exports.C = C',
      'exports.C.prototype.x',
    ],
  }
  for (const [way, [text, what]] of Object.entries(ways))
    it(`is told: ${way}`, async () => {
      assert.deepEqual(await toldOf({ 'index.js': text }), [`index.js: ${what}`])
    })

  it('is told where another file has made it', async () => {
    const files = {
      'index.js': 'exports.x = require("./o.js").get("f"); exports.o = require("./o.js")',
      'o.js': 'const all = { f: { get v() { return # } } }; exports.get = (k) => all[k].v',
    }
    assert.deepEqual(await toldOf(files), ['index.js: exports.x'])
  })

  it('is told where members are copied, and one is new', async () => {
    const mixin = (more: string): Files => ({
      'index.js': `const B = require('./b'); function R() {}; B(R.prototype); exports.make = () => new R()`,
      'b.js': `module.exports = B; function B(o) { for (const k in B.prototype) o[k] = B.prototype[k] }; B.prototype.a = () => 1; ${more}`,
    })
    await withBuild(mixin(''), mixin('B.prototype.b = () => 2'), ({ findings, deeds }) => {
      assert.deepEqual(
        deeds.map(({ what }) => what),
        ['B.prototype.b put on the running module'],
      )
      assert.deepEqual(
        findings.map(({ file, what }) => `${file}: ${what}`),
        ['index.js: R.prototype.b'],
      )
    })
  })

  it('is told of ES modules', async () => {
    const files = {
      'index.mjs': 'import { o } from "./o.mjs"; export const x = o.f; export const g = () => [x, o.f]',
      'o.mjs': 'export const o = { get f() { return # } }',
    }
    assert.deepEqual(await toldOf(files), ['index.mjs: exports.x'])
  })

  it('is told where other packages are part of it', async () => {
    const text = `const { EventEmitter } = require('events'), util = require('util'), lib = require('other')
      class C extends EventEmitter { constructor() { super(); this.on('x', () => {}) } }
      util.inherits(D, lib.Base); function D() { lib.Base.call(this, process.env.NONE) }
      for (const one of lib.all) one()
      const u = { a: { f: () => # } }
      exports.u = u; exports.c = Object.assign(new C(), { n: u.a.f() }); exports.D = D; exports.now = Date.now(); setTimeout(() => {}, 10)`
    assert.deepEqual(await toldOf({ 'index.js': text }), ['index.js: exports.c.n'])
  })

  it('is what the running program has, before and with the patch', async () => {
    const files = { 'index.js': 'const o = { get f() { return # } }; exports.o = o; exports.x = o.f' }
    await withPatch(...both(files), '', async (program, made) => {
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.o.f, lib.x]'), [2, 1])
    })
  })
})

describe('nothing is told', () => {
  const same: Record<string, string> = {
    'of what is put on the running module': 'exports.x = { y: # }; exports.f = () => exports.x.y',
    'of a variable that the patch makes anew': 'const x = #; exports.f = () => x',
    'of what nobody asks for later':
      'const o = { get f() { return # } }; const x = o.f; exports.o = o; exports.n = x > 5',
    'of the release that a module is of': 'exports.VERSION = "1.0.#"; exports.f = () => #',
    'of code that does not end':
      'const other = require("other"); while (other.next()) other.use(); exports.f = () => #',
    'of code that asks on and on':
      'let at = require("other"); const all = []; while (at) { all.push(at); at = at.parent }; exports.f = () => #',
    'of code that fails':
      'const { f } = require("other"); exports.f = () => #; if (f.name !== "f") throw new Error()',
    'of promises that fail':
      'Promise.reject(new Error("own")); (async () => { throw new Error("own") })(); exports.f = () => #',
  }
  for (const [what, text] of Object.entries(same))
    it(what, async () => {
      const release = (n: number): Files => ({ 'index.js': text.replace('1.0.#', `1.0.${n - 1}`) })
      const [old, young] = [1, 2].map((n) => ({
        'index.js': release(n)['index.js']!.replaceAll('#', `${n}`),
      }))
      await withBuild(old!, young!, ({ findings }) => {
        assert.deepEqual(
          findings.filter(({ why }) => WHY.test(why)),
          [],
        )
      })
    })
})
