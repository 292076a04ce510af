// However a package makes objects: with the patch those that it makes do what they do in the new version, and those that the
// program had before do, too, or the report says something.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { scale } from '../support/scale.ts'
import { Counted, fresh, problemsOf, withPatch } from './versions.ts'

interface Text {
  step: number
  begin: number
  /** What a new variable, or field, begins with. */
  more: string
  /** A method more. */
  reset: boolean
  /** An option is asked for. */
  option: boolean
  /** Some calls end in an error. */
  refuses: boolean
}

/** What a call does: `n` and `more` are how the maker has them. */
function body({ step, more, option, refuses }: Text, n: string, other: string): string {
  const error = refuses ? `if (x > 5) throw new Error('too much: ' + x); ` : ''
  const by = option ? ' + (options.by ?? 10)' : ''
  return `let extra = 0; ${error}${n} += x * ${step}${by};${more && ` ${other} += 2; extra = ${other};`} return [${n}, extra]`
}

const local = (t: Text): string => body(t, 'n', 'more')
const own = (t: Text): string => `const { options } = this; ${body(t, 'this.n', 'this.more')}`
const state = ({ begin, more }: Text): string => `options, n: ${begin}${more && `, more: ${more}`}`
const fields = ({ begin, more }: Text): string =>
  `this.options = options; this.n = ${begin}; ${more && `this.more = ${more};`}`
const variables = ({ begin, more }: Text): string => `let n = ${begin}; ${more && `let more = ${more};`}`
const reset = ({ reset }: Text, text: string): string => (reset ? text : '')

const makers: Record<string, (text: Text) => string> = {
  'a literal': (t) => `exports.make = (options = {}) => { ${variables(t)}
    return { m(x) { ${local(t)} }, get n() { return n }${reset(t, ', reset() { return (n = 0) }')} } }`,
  'a variable': (t) => `exports.make = function (options = {}) { ${variables(t)} var self = {}
    self.m = function (x) { ${local(t)} }; ${reset(t, 'self.reset = function () { return (n = 0) };')} return self }`,
  'a class': (
    t,
  ) => `class A { constructor(options = {}) { ${fields(t)} } m(x) { ${own(t)} } ${reset(t, 'reset() { return (this.n = 0) }')} }
    exports.make = (options) => new A(options)`,
  'a class with private fields': (
    t,
  ) => `class A { #n = ${t.begin}; ${t.more && `#more = ${t.more};`} constructor(options = {}) { this.options = options }
    m(x) { const { options } = this; ${body(t, 'this.#n', 'this.#more')} } ${reset(t, 'reset() { return (this.#n = 0) }')} }
    exports.make = (options) => new A(options)`,
  'a constructor function': (
    t,
  ) => `function A(options) { options = options || {}; ${fields(t)} } A.prototype.m = function (x) { ${own(t)} }
    ${reset(t, 'A.prototype.reset = function () { return (this.n = 0) }')}
    exports.make = function (options) { return new A(options) }`,
  'a constructor that gives methods': (
    t,
  ) => `function A(options) { options = options || {}; ${variables(t)} this.m = function (x) { ${local(t)} }
    ${reset(t, 'this.reset = function () { return (n = 0) }')} }
    exports.make = function (options) { return new A(options) }`,
  'an emitter': (t) => `const { EventEmitter } = require('node:events')
    class A extends EventEmitter { constructor(options = {}) { super(); ${fields(t)} this.on('x', (x, done) => { done((() => { ${own(t)} })()) }) }
      m(x) { let out; this.emit('x', x, (found) => { out = found }); return out } ${reset(t, 'reset() { return (this.n = 0) }')} }
    exports.make = (options) => new A(options)`,
  'a weak map': (
    t,
  ) => `const states = new WeakMap(); class A { constructor(options = {}) { states.set(this, { ${state(t)} }) }
      m(x) { const s = states.get(this); const { options } = s; ${body(t, 's.n', 's.more')} } ${reset(t, 'reset() { return (states.get(this).n = 0) }')} }
    exports.make = (options) => new A(options)`,
  'an object that inherits': (
    t,
  ) => `const proto = { m(x) { ${own(t)} }${reset(t, ', reset() { return (this.n = 0) }')} }
    exports.make = (options = {}) => Object.assign(Object.create(proto), { ${state(t)} })`,
  'a proxy': (t) => `exports.make = (options = {}) => { ${variables(t)}
    return new Proxy({}, { get(_, key) { if (key === 'm') return (x) => { ${local(t)} }; ${reset(t, `if (key === 'reset') return () => (n = 0)`)} } }) }`,
  'a function that makes one': (t) => `const apply = (s, options) => (x) => { ${body(t, 's.n', 's.more')} }
    exports.make = (options = {}) => { const s = { ${state(t)} }; return { m: apply(s, options)${reset(t, ', reset: () => (s.n = 0)')} } }`,
  'a mixin': (
    t,
  ) => `const M = (B) => class extends B { m(x) { ${own(t)} } ${reset(t, 'reset() { return (this.n = 0) }')} }
    class Base { constructor(options = {}) { ${fields(t)} } } class A extends M(Base) {}
    exports.make = (options) => new A(options)`,
  'a generator': (
    t,
  ) => `function* run(options) { ${variables(t)} let found; for (;;) { const x = yield found; found = (() => { ${local(t)} })() } }
    exports.make = (options = {}) => { const it = run(options); it.next(); return { m: (x) => it.next(x).value } }`,
  'functions that it is handed to': (t) => `function advance(s, x, options) { ${body(t, 's.n', 's.more')} }
    class A { constructor(options = {}) { this.s = init(options) } m(x) { return advance(this.s, x, this.s.options) } ${reset(t, 'reset() { return (this.s.n = 0) }')} }
    function init(options) { return { ${state(t)} } }
    exports.make = (options) => new A(options)`,
  'a table': (t) => `const all = new Map()
    exports.make = (options = {}) => { const id = all.size; all.set(id, { id, ${state(t)} }); return { m: (x) => step(id, x)${reset(t, ', reset: () => (all.get(id).n = 0)')} } }
    function step(id, x) { const s = all.get(id); const { options } = s; ${body(t, 's.n', 's.more')} }`,
}

const first: Text = { step: 1, begin: 0, more: '', reset: false, option: false, refuses: false }
const changes: Record<string, Partial<Text>> = {
  'another step': { step: 3 },
  'a variable more': { more: '40' },
  'a variable more that is reckoned': { more: '[1].length' },
  'a method more': { reset: true },
  'an option more': { option: true },
  'a check more': { refuses: true },
  all: { step: 3, more: '40', reset: true, option: true, refuses: true },
}

const counted = new Counted()

describe('what makes objects', () => {
  const all = Object.keys(makers).flatMap((maker) => Object.keys(changes).map((change) => [maker, change]))
  for (const [maker, change] of all.filter((_, i) => scale === 'full' || i % 2 === 0)) {
    const text = makers[maker!]!
    it(`is ${maker}: ${change}`, () =>
      counted.run(() => check(text(first), text({ ...first, ...changes[change!] }))))
  }
  it('mostly does what the new version does', () => counted.assert(0.6))
})

async function check(old: string, young: string): Promise<boolean> {
  if (old === young) return true
  let isSame = false
  const setup = `const kept = lib.make(), set = lib.make({ by: 1 }), { m } = kept
    const attempt = (f) => { try { return f() } catch (error) { return error.message } }
    const run = (one) => [...[1, 2, 9].map((x) => attempt(() => one.m(x))), attempt(() => one.reset?.() ?? null)]`
  const use = '[run(lib.make()), run(lib.make({ by: 2 })), run(kept), run(set)]'
  await withPatch({ 'index.js': old }, { 'index.js': young }, setup, async (program, made) => {
    if (problemsOf(made).length > 0 || made.empty) return assert.ok(made.findings.length > 0)
    await program.load(made.code, 'patch.mjs')
    const found = await program.run(use)
    const expected = fresh(young, setup, use)
    isSame = isDeepStrictEqual(found, expected)
    if (made.findings.length === 0) assert.deepEqual(found, expected)
    await program.disable(made.name)
  })
  return isSame
}
