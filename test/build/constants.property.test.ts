// Whatever a constant is, whatever start-up code makes of it and wherever functions use that: with the patch the program finds
// what it would find in the new version, or the report says something.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { scale } from '../support/scale.ts'
import { Counted, fresh, problemsOf, withPatch } from './versions.ts'

/** What it is in both versions, and what functions ask it for. */
const constants: Record<string, [old: string, young: string, ask: string]> = {
  'a number': ['3', '4', 'A'],
  'a text': [`'a'`, `'b'`, 'A'],
  'a regular expression': ['/a+/', '/b+/', 'A.source'],
  'a made regular expression': [`new RegExp('a' + 1)`, `new RegExp('b' + 1)`, 'A.source'],
  'a list': ['[1, 2]', '[1, 2, 3]', 'A.length'],
  'a list of functions': ['[(x) => x]', '[(x) => -x]', 'A[0](5)'],
  'an object': ['{ k: 1 }', '{ k: 2 }', 'A.k'],
  'an object with a member more': ['{ k: 1 }', '{ k: 1, j: 5 }', 'Object.keys(A).join()'],
  'a set': ['new Set([1])', 'new Set([1, 2])', 'A.size'],
  'a map': [`new Map([['a', 1]])`, `new Map([['a', 2]])`, `A.get('a')`],
  'a frozen object': ['Object.freeze({ k: 1 })', 'Object.freeze({ k: 2 })', 'A.k'],
  'what a call gives': ['make(1)', 'make(2)', 'A.v'],
  'an object of a class': ['new Box(1)', 'new Box(2)', 'A.v'],
  'a condition': ['process.env.NOPE ? 1 : 2', 'process.env.NOPE ? 1 : 3', 'A'],
  'a buffer': [`Buffer.from('a')`, `Buffer.from('b')`, 'A.toString()'],
  nothing: ['null', '7', 'A'],
  'a function': ['(x) => x', '(x) => x * 2', 'A(4)'],
  'a bound function': ['add.bind(null, 1)', 'add.bind(null, 2)', 'A(4)'],
  'a symbol': [`Symbol('a')`, `Symbol('b')`, 'String(A)'],
}

const made: Record<string, (ask: string) => string> = {
  nothing: (ask) => `const D = () => ${ask}`,
  'a constant': (ask) => `const v = ${ask}, D = () => v`,
  'an object': (ask) => `const o = { p: ${ask} }, D = () => o.p`,
  'a list of lists': (ask) => `const v = [${ask}], w = v.map((x) => [x]), D = () => w[0][0]`,
  'something when it is asked for': (ask) => `let v; const D = () => (v ??= ${ask})`,
  'a variable': (ask) => `let v = ${ask}; exports.set = (x) => { v = x }; const D = () => v`,
  'a static': (ask) => `class S { static v = ${ask} } const D = () => S.v`,
  'a closure': (ask) => `const D = (() => { const v = ${ask}; return () => v })()`,
  'a table': (ask) => `const t = {}; for (const k of ['a', 'b']) t[k] = ${ask}; const D = () => t.a`,
  'a map': (ask) => `const m = new Map(); m.set('k', ${ask}); const D = () => m.get('k')`,
  'a list of hooks': (ask) => `const hooks = []; hooks.push(() => ${ask}); const D = () => hooks[0]()`,
  'a member of a function': (ask) => `const D = () => D.v; D.v = ${ask}`,
}

const used: Record<string, (ask: string) => string> = {
  'a function': (ask) => `exports.g = () => [D(), ${ask}]`,
  'a parameter': (ask) => `exports.g = (a = D(), b = ${ask}) => [a, b]`,
  'a field': (ask) =>
    `class F { a = D(); b = ${ask}; get() { return [this.a, this.b] } } exports.g = () => new F().get()`,
  'a closure': (ask) => `exports.g = (() => { const inner = () => [D(), ${ask}]; return () => inner() })()`,
  'a getter': (ask) => `exports.o = { get x() { return [D(), ${ask}] } }; exports.g = () => exports.o.x`,
  'a generator': (ask) => `function* it() { yield D(); yield ${ask} } exports.g = () => [...it()]`,
}

const declared: Record<string, (value: string) => string> = {
  'a constant': (value) => `const A = ${value}`,
  'a variable': (value) => `let A = ${value}; exports.setA = (x) => { A = x }`,
  'an export': (value) => `exports.A = ${value}; const A = exports.A`,
}

const HEAD = 'class Box { constructor(v) { this.v = v } } const make = (v) => ({ v }), add = (a, b) => a + b;'

const counted = new Counted()

describe('a value that changes', () => {
  const all = Object.keys(constants).flatMap((constant) =>
    Object.keys(made).flatMap((what) =>
      Object.keys(used).flatMap((by) => Object.keys(declared).map((how) => [constant, what, by, how])),
    ),
  )
  // A stride that has no factor in common with the sizes meets all of them.
  for (const [constant, what, by, how] of all.filter((_, i) => i % (scale === 'full' ? 5 : 97) === 0))
    it(`${constant}, ${how}, of which start-up code makes ${what}, in ${by}`, () =>
      counted.run(() => check(constant!, what!, by!, how!)))
  it('mostly does what the new version does', () => counted.assert(0.35))
})

async function check(constant: string, what: string, by: string, how: string): Promise<boolean> {
  const [was, is, ask] = constants[constant]!
  const text = (value: string): string =>
    `${HEAD} ${declared[how]!(value)}\n${made[what]!(ask)}\n${used[by]!(ask)}`
  const [setup, use] = ['const { g } = lib; g()', '[lib.g(), g()]']
  let isSame = false
  await withPatch({ 'index.js': text(was) }, { 'index.js': text(is) }, setup, async (program, built) => {
    if (problemsOf(built).length > 0) return
    if (built.empty) return assert.ok(built.findings.length > 0)
    await program.load(built.code, 'patch.mjs')
    const found = await program.run(use)
    const expected = fresh(text(is), setup, use)
    isSame = isDeepStrictEqual(found, expected)
    if (built.findings.length === 0) assert.deepEqual(found, expected)
    await program.disable(built.name)
  })
  return isSame
}
