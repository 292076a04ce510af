// Bundlers and minifiers choose names anew in each release: what is the same but for them goes on being used.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, Versions, withPatch } from './versions.ts'

type Files = Record<string, string>

const index = (text: string): Files => ({ 'index.js': text })

async function builtFrom(old: Files, young: Files): ReturnType<Versions['build']> {
  const versions = new Versions(old, young)
  try {
    return await versions.build()
  } finally {
    versions.remove()
  }
}

/** Names of an order, as a minifier gives them. */
const named = (text: string, order: string): string =>
  text.replaceAll(/\$(\d)/g, (_, number) => order[Number(number)]!)

describe('a file whose names were chosen anew', () => {
  const bundle = (by: number): string => `const $0 = new Map(), $1 = new Map()
    function $2($5, $6) { return $5.size * 10 + $6 }
    function $3($6) { $0.set($6, 1); return $2($0, ${by}) }
    function $4($6) { $1.set($6, 1); return $2($1, $6.length) }
    const $7 = ($5) => { for (const $8 of $5) $3($8); return { add: $3, size: $0.size } }
    exports.first = $3; exports.second = $4; exports.all = $7`

  it('has not changed', async () => {
    const made = await builtFrom(index(named(bundle(1), 'abcdefghi')), index(named(bundle(1), 'ihgfedcba')))
    assert.deepEqual([made.empty, made.findings], [true, []])
  })

  it('has changed where it differs in more, and what it has kept goes on', () =>
    checkBothWays(
      index(named(bundle(1), 'abcdefghi')),
      index(named(bundle(2), 'ecdbhgifa')),
      `lib.first('a'); lib.second('abc')`,
      `[lib.first('x'), lib.second('xyz'), Object.keys(lib.all(['x'])).length]`,
      [
        [21, 23, 2],
        [22, 23, 2],
      ],
    ))

  it('has the function in the patch that changed, and no other', async () => {
    const made = await builtFrom(index(named(bundle(1), 'abcdefghi')), index(named(bundle(2), 'ecdbhgifa')))
    assert.deepEqual(
      made.deeds.map(({ what }) => what),
      ['function d replaced'],
    )
  })

  it('has what is exported under another name now where it was', () => {
    const text = (a: string, b: string): Files =>
      index(
        `const one = 2, two = -2; function f() { return one } function g() { return two } exports.a = ${a}; exports.b = ${b}`,
      )
    return checkBothWays(
      text('f', 'g'),
      text('g', 'f'),
      'const { a, b } = lib',
      '[lib.a(), lib.b(), a(), b()]',
      [
        [2, -2, 2, -2],
        [-2, 2, -2, 2],
      ],
    )
  })

  it('is told from another one by what it imports', () =>
    checkBothWays(
      index(
        `const a = require('node:path'), b = require('node:url'); exports.f = () => a.basename('x/y') + 1; exports.g = () => typeof b.parse`,
      ),
      index(
        `const b = require('node:path'), a = require('node:url'); exports.f = () => b.basename('x/y') + 2; exports.g = () => typeof a.parse`,
      ),
      '',
      '[lib.f(), lib.g()]',
      [
        ['y1', 'function'],
        ['y2', 'function'],
      ],
    ))
})

describe('a variable by another name', () => {
  it('does not hide a global', () =>
    checkBothWays(
      index(`const e = [1]; exports.f = (t) => e.concat(t).length; exports.g = () => typeof Map`),
      index(`const n = [1]; exports.f = (t) => n.concat(t).length; exports.g = () => typeof Map + typeof e`),
      '',
      '[lib.f(2), lib.g()]',
      [
        [2, 'function'],
        [2, 'functionundefined'],
      ],
    ))

  it('does not hide a parameter, nor is hidden by one', () =>
    checkBothWays(
      index(
        `const a = { n: 1 }; function b(c) { return a.n + c } exports.f = b; exports.g = (c) => [c, a.n]`,
      ),
      index(
        `const c = { n: 1 }; function b(a) { return c.n + a } exports.f = b; exports.g = (a) => [a, c.n, a + c.n]`,
      ),
      '',
      '[lib.f(1), lib.g(5)]',
      [
        [2, [5, 1]],
        [2, [5, 1, 6]],
      ],
    ))

  it('keeps the name of a property that is written with it', () =>
    checkBothWays(
      index(`const a = 7, b = (x) => x * 2; exports.f = () => ({ a, b: b(2) })`),
      index(`const b = 7, a = (x) => x * 2; exports.f = () => ({ b, a: a(3) })`),
      '',
      'lib.f()',
      [
        { a: 7, b: 4 },
        { b: 7, a: 6 },
      ],
    ))

  it('is what closures have that were made before', () =>
    checkBothWays(
      index(
        `exports.make = (a) => { let b = 0; const c = []; return (d) => { b += a; c.push(d); return [b, c.length] } }`,
      ),
      index(
        `exports.make = (t) => { let e = 0; const n = []; return (r) => { e += t; n.push(r); return [e, n.length, 'new'] } }`,
      ),
      'const one = lib.make(2); one(); one()',
      `((r) => [r[0] === r[1] * 2, r.slice(2)])(one())`,
      [
        [true, []],
        [true, ['new']],
      ],
    ))

  it('is a new one where nothing says that it was there', async () => {
    const old = `const a = []; function b(x) { a.push(x); return a.length } exports.see = b`
    const young = `const b = []; function a(x, y) { return b.includes(x) ? -1 : b.unshift(y) } exports.mark = a`
    await withPatch(index(old), index(young), 'lib.see(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.mark(1, 1)'), 1)
    })
  })

  it('is left alone where text that is compiled may name it', async () => {
    const text = (name: string): Files =>
      index(
        `function f(${name}) { return eval('${name}') } exports.f = f; exports.g = (${name}) => ${name} + 1`,
      )
    const made = await builtFrom(text('x'), text('y'))
    assert.deepEqual(
      made.deeds.map(({ what }) => what),
      [],
    )
    assert.match(problemsOf(made).join(), /direct eval/)
  })
})

describe('a variable that closures were made with, in a function that changed', () => {
  const text = (test: string, params: string, made: string, more = ''): Files =>
    index(`exports.make = function m(n, ${params}) { if (${test}) return null; var p = ${made}, q = p + n.by
      return function () { return q - p } ; }
      exports.sum = function s(n, ${params}) { if (${test}) return null; var p = ${made}; return function () { return p${more} } }`)
  const old = text('null != n.x', 'r, i', 'r * 10 + i + r')
  const setup =
    'const kept = lib.sum({ by: 1 }, 1, 2), all = (f) => [f?.() ?? null, lib.sum({ x: null }, 3, 4)?.() ?? null]'

  it('is what it was where only names of parameters have been exchanged', () =>
    checkBothWays(old, text('void 0 !== n.x', 'i, r', 'i * 10 + r + i'), setup, 'all(kept)', [
      [13, 37],
      [13, null],
    ]))

  it('is another one where another parameter is meant: a problem', async () => {
    const made = await builtFrom(old, text('void 0 !== n.x', 'r, i', 'i * 10 + i + i', ' + 0'))
    assert.match(
      problemsOf(made).join(),
      /are kept by the program and stay as they are: 'p' has another value/,
    )
  })

  it('is another one where a parameter has another place: a problem', async () => {
    const made = await builtFrom(old, text('void 0 !== n.x', 'i, e, r', 'r * 10 + i + r'))
    assert.match(problemsOf(made).join(), /'p' has another value|cannot do without/)
  })
})

it('a label is what it marks, whatever it is called', async () => {
  const text = (a: string, b: string): Files =>
    index(
      `exports.f = (x) => { ${a}: for (;;) { ${b}: for (;;) { if (x) break ${a}; break ${b} } return 1 } return 2 }`,
    )
  assert.equal((await builtFrom(text('a', 'b'), text('b', 'a'))).empty, true)
  const other = `exports.f = (x) => { a: for (;;) { b: for (;;) { if (x) break b; break b } return 1 } return 2 }`
  assert.equal((await builtFrom(text('a', 'b'), index(other))).empty, false)
})

it('a class that a minifier has put into a function is told when it gets a method', async () => {
  const text = (more: string): Files =>
    index(`function def(to, all) { for (var i = 0; i < all.length; i++) Object.defineProperty(to, all[i].key, all[i]) }
      var C = function () { function h() { this.n = 1 }
        return e = h, (t = [{ key: 'a', value: function () { return 1 } }${more}]) && def(e.prototype, t), e; var e, t }()
      exports.C = C`)
  const made = await builtFrom(text(''), text(`, { key: 'b', value: function () { return 2 } }`))
  assert.match(problemsOf(made).join(), /new code that runs at start-up/)
})

it('start-up code is told where what it needs cannot be read, and nothing else becomes of that', async () => {
  const files = (by: number): Files => ({
    'index.js': `const { n } = require('./more.js'); const t = new Map(); t.set('a', n('a') + ${by})
      Object.freeze([${by}]).map((x) => process.emit('x', x)); exports.f = (k) => { t.set(k, 1) }`,
    'more.js': `const n = (k) => k.length;export{n}`,
  })
  const made = await builtFrom(files(1), files(2))
  assert.match(problemsOf(made).join(), /index\.js/)
})

describe('the own name of a function expression', () => {
  const text = (value: string): Files =>
    index(`const later = (fn, self, given) => [fn === exports.hash, fn.call(self, ...given, (x) => x)]
      exports.hash = function hash(x, done) { if (!done) return later(hash, this, [x]); return done(${value}) }
      exports.sum = function sum(x, n) { return x === 0 ? [n, ${value}] : sum.call(this, x - 1, n + x) }`)

  it('means what the running module exports, where it is handed on', () =>
    checkBothWays(
      text('x'),
      text('x + 1'),
      `const { hash, sum } = lib`,
      `[hash(1), hash(1, String), sum(2, 0)]`,
      [
        [[true, 1], '1', [3, 0]],
        [[true, 2], '2', [3, 1]],
      ],
    ))

  it('is a problem where nothing leads to the function', async () => {
    const timer = (by: number): Files =>
      index(`exports.f = (out) => { const tick = function tick() { out.push(${by}, tick) }; return tick }`)
    assert.match(problemsOf(await builtFrom(timer(1), timer(2))).join(), /hands itself on by its own name/)
  })
})

it('what a constant is made of together with what the machine says is asked for again', () => {
  const text = (limit: number): Files =>
    index(`const os = require('os'); const { pid } = process; const host = os.hostname()
      const defaults = { limit: ${limit}, base: { pid, host } }; exports.f = (own) => ({ ...defaults, ...own })`)
  const use = `(({ limit, base }) => [limit, base.pid === process.pid, base.host === require('os').hostname()])(lib.f())`
  return checkBothWays(text(1), text(2), '', use, [
    [1, true, true],
    [2, true, true],
  ])
})
