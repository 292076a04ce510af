// However a file exports something and others take it: with the patch both do what the new version does, also for what the
// program took before, or the report says something.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Program } from '../support/program.ts'
import { scale } from '../support/scale.ts'
import { Counted, problemsOf, Versions, withPatch } from './versions.ts'

interface Text {
  f: string
  K: string
  N: string
  C: string
  /** A function that one version alone exports. */
  h: string
}

const made = ({ f, K, N, C, h }: Text): string => `const N = ${N}; const K = ${K}; ${f}\n${C}\n${h}\n`
const names = ({ h }: Text): string => `f, K, N, C${h && ', h'}`

const exporting: Record<string, (text: Text) => string> = {
  'a literal': (t) => `${made(t)} module.exports = { ${names(t)} }`,
  'each by itself': ({ f, K, N, C, h }) =>
    `const N = exports.N = ${N}; const K = exports.K = ${K}; exports.f = ${f}\n${C}\nexports.C = C\n${h && `exports.h = ${h}`}`,
  'members of a function': (t) =>
    `${made(t)} module.exports = f; f.f = f; f.K = K; f.N = N; f.C = C\n${t.h && 'f.h = h'}`,
  'Object.assign': (t) => `${made(t)} Object.assign(exports, { ${names(t)} })`,
  'an object of a class': (t) =>
    `${made(t)} class Api { constructor() { this.K = K; this.N = N; this.C = C } f(x) { return f(x) } ${t.h && 'h(x) { return h(x) }'} }
    module.exports = new Api()`,
  'a name for the exports': ({ f, K, N, C, h }) =>
    `const api = module.exports = {}; const N = api.N = ${N}; const K = api.K = ${K}; api.f = ${f}\nconst C = api.C = ${C}\n${h && `api.h = ${h}`}`,
  'another name of the exports': ({ f, K, N, C, h }) =>
    `const api = exports; const N = api.N = ${N}; const K = api.K = ${K}; api.f = ${f}\nconst C = api.C = ${C}\n${h && `api.h = ${h}`}`,
  'the default of Babel as the whole': (t) =>
    `exports.default = void 0; ${made(t)} var lib = { ${names(t)} }; var _default = lib; exports.default = _default
    module.exports = exports.default; module.exports.default = exports.default`,
  'a wrapper': (t) =>
    `(function (root, make) { if (typeof module === 'object') module.exports = make(); else root.lib = make() })(this, function () { ${made(t)} return { ${names(t)} } })`,
  'export of declarations': ({ f, K, N, C, h }) =>
    `export const N = ${N}; export const K = ${K}; export ${f}\nexport ${C}\n${h && `export ${h}`}`,
  'export of names': (t) => `${made(t)} export { ${names(t)} }`,
  'a default export': (t) => `${made(t)} export default { ${names(t)} }`,
}

/** How another file takes it, and what it has of each. */
const taking: Record<string, { head: string; f: string; K: string; N: string; C: string }> = {
  'as a whole': { head: 'lib', f: 'lib.f', K: 'lib.K', N: 'lib.N', C: 'lib.C' },
  'out of it': { head: '{ f, K, N, C }', f: 'f', K: 'K', N: 'N', C: 'C' },
  'to make more of it': {
    head: `{ f, K, N, C }; const M = N * 2, T = [K.a, N], S = new Set([K.a]), G = { g: f, ...K }, R = new RegExp('^' + N)`,
    f: '((x) => [f(x), M, T, [...S], G.g(x), G.a, R.source])',
    K: 'G',
    N: 'M',
    C: 'C',
  },
  'to call it': {
    head: `lib; const bound = lib.f.bind(null), one = new lib.C(), map = new Map([['f', lib.f]]), first = lib.f(0)
      class D extends lib.C { m() { return ['D', super.m()] } }`,
    f: `((x) => [bound(x), one.m(), map.get('f')(x)])`,
    K: 'lib.K',
    N: 'lib.N',
    C: 'D',
  },
}

const first = { f: 1, ka: 1, kl: 2, more: '', n: 1, cm: "'m'", cs: 1, field: '', method: '', h: '' }
const changes: Record<string, Partial<typeof first>> = {
  'a function': { f: 20 },
  'data in an object': { ka: 9 },
  'data in a list of it': { kl: 7 },
  'an object with a member more': { more: ', z: 3' },
  'a number': { n: 5 },
  'a method': { cm: "'M'" },
  'a static method': { cs: 2 },
  'a class with a field more': { field: '; this.more = N + 5' },
  'a class with a method more': { method: 'extra() { return this.m().length }' },
  'an export more': { h: 'function h(x) { return [x, N] }' },
  all: { f: 20, ka: 9, kl: 7, n: 5, cm: "'M'", cs: 2, h: 'function h(x) { return [x, N] }' },
}

function textOf({ f, ka, kl, more, n, cm, cs, field, method, h }: typeof first): Text {
  return {
    f: `function f(x) { return [x + ${f}, N, K.a${more && ', K.z'}] }`,
    K: `{ a: ${ka}, l: [1, ${kl}]${more} }`,
    N: `${n}`,
    C: `class C { constructor() { this.made = 1${field} } m() { return [this.made, ${cm}, N${field && ', this.more'}] } ${method} static s() { return ${cs} } }`,
    h,
  }
}

const counted = new Counted()

describe('an export that changes', () => {
  const all = Object.keys(exporting).flatMap((how) =>
    Object.keys(taking).flatMap((by) => Object.keys(changes).map((change) => [how, by, change])),
  )
  for (const [how, by, change] of all.filter((_, i) => scale === 'full' || i % 13 === 0))
    it(`by ${how}, taken ${by}: ${change}`, () => counted.run(() => check(how!, by!, change!)))
  it('mostly does what the new version does', () => counted.assert(0.65))
})

function filesOf(how: string, by: string, values: typeof first): Record<string, string> {
  const { head, f, K, N, C } = taking[by]!
  const isModule = / ?export\b/.test(how)
  const from = isModule ? './lib.mjs' : './lib.js'
  const [first, ...rest] = head.split(/; (.*)/s)
  const own = how === 'a default export' ? `import api from '${from}'; const ${first} = api` : undefined
  const whole = first === 'lib' ? '* as lib' : first
  const taken = own ?? (isModule ? `import ${whole} from '${from}'` : `const ${first} = require('${from}')`)
  const index = `${taken}; ${rest.join('')}
    const probe = (x) => { const c = new (${C})(); return [${f}(x), ${K}, ${N}, c.m(), Object.keys(c), ${C}.s()] }
    const held = () => ({ f: ${f}, K: ${K}, N: ${N}, C: ${C}, c: new (${C})() })
    ${isModule ? 'export { probe, held }' : 'module.exports = { probe, held }'}`
  const extension = isModule ? 'mjs' : 'js'
  return { [`index.${extension}`]: index, [`lib.${extension}`]: exporting[how]!(textOf(values)) }
}

async function check(how: string, by: string, change: string): Promise<boolean> {
  let isSame = false
  const [old, young] = [filesOf(how, by, first), filesOf(how, by, { ...first, ...changes[change] })]
  const setup = 'const kept = lib.held()'
  const use = `[lib.probe(1), kept.f(1), new kept.C().m(), kept.C.s(), kept.c.m(), kept.K, kept.N, kept.c.extra?.() ?? null]`
  await withPatch(old, young, setup, async (program, made) => {
    if (problemsOf(made).length > 0) return
    const isTold = made.findings.length > 0
    const expected = await runFresh(young, setup, use)
    const before = await program.run(use)
    if (made.empty) return assert.ok(isTold)
    await program.load(made.code, 'patch.mjs')
    const found = await program.run(use)
    isSame = isDeepStrictEqual(found, expected)
    if (!isTold) assert.deepEqual(found, expected)
    await program.disable(made.name)
    assert.deepEqual(await program.run(use), before)
  })
  return isSame
}

/** Versions that no patch of this process is for. */
let fresh = 10_000

async function runFresh(files: Record<string, string>, setup: string, use: string): Promise<unknown> {
  const versions = new Versions(files, files, {}, fresh++)
  const program: Program = await versions.enter(setup)
  try {
    return await program.run(use)
  } finally {
    await program.stop()
    versions.remove()
  }
}
