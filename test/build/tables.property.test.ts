// Whatever a function stands in, and whatever changes beside it: the running program does what the new version does, with the
// functions and objects that it had before as well, or the report says something.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Program } from '../support/program.ts'
import { scale } from '../support/scale.ts'
import { Counted, fresh, problemsOf, withPatch } from './versions.ts'

/** Where the function stands in a member of a table, and how it is found there. */
const places: Record<string, (fn: string) => [member: string, path: string]> = {
  'a member': (fn) => [`a: ${fn}`, '.a'],
  'an object': (fn) => [`o: { i: 1, a: ${fn} }`, '.o.a'],
  'a list': (fn) => [`l: [${fn}, 1]`, '.l[0]'],
  'a call': (fn) => [`w: wrap(${fn})`, '.w'],
  'a map': (fn) => [`m: new Map([['a', ${fn}]])`, `.m.get('a')`],
  'a condition': (fn) => [`c: flag ? ${fn} : null`, '.c'],
  'a frozen object': (fn) => [`z: Object.freeze({ a: ${fn} })`, '.z.a'],
  'a list of objects': (fn) => [`o: { p: [{ q: ${fn} }] }`, '.o.p[0].q'],
  'a class': (fn) => [`K: class { static m(x) { return (${fn})(x) } }`, '.K.m'],
  'a function that is called there': (fn) => [`k: (() => { const s = 1; return ${fn} })()`, '.k'],
  'a getter': (fn) => [`get g() { return ${fn} }`, '.g'],
  'a computed member': (fn) => [`['c' + 1]: ${fn}`, '.c1'],
}

/** What the table is. */
const tables: Record<string, (members: string) => string> = {
  'a constant': (members) => `const T = { ${members} }; exports.get = () => T`,
  'a variable': (members) => `let T = { ${members} }; exports.get = () => T; exports.set = (t) => { T = t }`,
  'an export': (members) => `exports.T = { ${members} }; exports.get = () => exports.T`,
  'all that is exported': (members) => `module.exports = { ${members}, get: () => module.exports }`,
  'exported by a name': (members) => `const T = { ${members} }; module.exports = T; T.get = () => T`,
  'without a prototype': (members) => `const T = { __proto__: null, ${members} }; exports.get = () => T`,
  frozen: (members) => `const T = Object.freeze({ ${members} }); exports.get = () => T`,
  assigned: (members) => `const T = {}; Object.assign(T, { ${members} }); exports.get = () => T`,
  'made by a call': (members) => `const T = make({ ${members} }); exports.get = () => T`,
  'a static': (members) => `class C { static T = { ${members} } } exports.get = () => C.T`,
  'of a function': (members) => `exports.get = (() => { const T = { ${members} }; return () => T })()`,
  'in a list': (members) => `const L = [{ ${members} }, 5]; exports.get = () => L[0]`,
}

/** Other members, in both versions; what comes before all others in the new one. */
const changes: Record<string, [old: string, young: string, front?: string]> = {
  nothing: ['v: 1', 'v: 1'],
  'a new member': ['v: 1', 'v: 1, n: { x: 2 }'],
  'a new member in front': ['v: 1', 'v: 1', 'n: 3, '],
  'another value': ['v: 1', 'v: 2'],
  'a member less': ['v: 1, y: 7', 'v: 1'],
  'other functions': ['v: 1, h: (x) => x', 'v: 1, h: (x) => -x, j(x) { return this.h(x) }'],
}

const HEAD = `const flag = true, wrap = (f) => f, make = (o) => Object.assign(Object.create({ base: 1 }), o);`

const counted = new Counted()

describe('a function in a table that changes', () => {
  const all = Object.keys(tables).flatMap((table) =>
    Object.keys(places).flatMap((place) => Object.keys(changes).map((change) => [table, place, change])),
  )
  // A stride that has no factor in common with the sizes meets all of them.
  for (const [table, place, change] of all.filter((_, i) => scale === 'full' || i % 23 === 0))
    it(`in ${place} of one that is ${table}, beside ${change}`, () =>
      counted.run(() => check(table!, place!, change!)))
  it('mostly does what the new version does', () => counted.assert(0.45))
})

async function check(table: string, place: string, change: string): Promise<boolean> {
  const [was, is, front = ''] = changes[change]!
  const [old, path] = places[place]!('(x) => x + 1')
  const [young] = places[place]!('(x) => x + 20')
  const [a, b] = [`${old}, ${was}`, `${front}${young}, ${is}`].map((one) => HEAD + tables[table]!(one))
  const setup = `const f = (t) => t${path}, whole = lib.get(), held = f(whole); whole.mine = 4
    const show = (t) => JSON.stringify(Object.keys(t).filter((key) => !/get|set|mine/.test(key)).map((key) => [key, typeof t[key] === 'function' ? 'f' : t[key]]))`
  const use = `[held(1), f(lib.get())(1), f(whole)(1), show(lib.get()), show(whole), lib.get().mine ?? null, lib.get().h?.(1) ?? null, lib.get().j?.(1) ?? null]`
  let isSame = false
  await withPatch({ 'index.js': a! }, { 'index.js': b! }, setup, async (program: Program, made) => {
    if (problemsOf(made).length > 0) return
    const before = await program.run(use)
    await program.load(made.code, 'patch.mjs')
    const found = await program.run(use)
    const expected = fresh(b!, setup, use)
    isSame = isDeepStrictEqual(found, expected)
    if (made.findings.length === 0) assert.deepEqual(found, expected)
    await program.disable(made.name)
    assert.deepEqual(await program.run(use), before)
  })
  return isSame
}
