// Which values may be made anew, and which hold what the program has put into them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Build } from '#dist/build/build.js'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('a value that the running version has', () => {
  it('is made anew where only start-up code has put something into it', async () => {
    const old =
      index(`const CODES = { a: 1 }; Object.keys(CODES).forEach(function (k) { CODES[CODES[k]] = k })
      const os = require('os'); exports.get = (k) => CODES[k]; exports.eol = () => os.EOL`)
    const young =
      index(`const CODES = { a: 1, b: 2 }; Object.keys(CODES).forEach(function (k) { CODES[CODES[k]] = k })
      let os; exports.get = (k) => CODES[k]; exports.eol = () => { if (!os) os = require('os'); return [os.EOL] }`)
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[lib.get('b'), lib.get(2), lib.get(1), lib.eol()]`), [
        2,
        'b',
        'a',
        ['\n'],
      ])
    })
  })

  it('is made anew where it is the global object', async () => {
    const text = (used: string): Record<string, string> =>
      index(
        `const self = 0; const root = self || Function('return this')(); const Sym = root.Symbol; exports.f = () => [${used}]`,
      )
    await withPatch(
      text('Sym === Symbol'),
      text('Sym === Symbol, root === globalThis'),
      '',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.f()'), [true, true])
      },
    )
  })

  it('is the same where it is a module of Node’s, whatever functions put into that', async () => {
    const text = (version: number): Record<string, string> => ({
      'index.js': `const lib = require('./env.js'); exports.f = () => [lib.VERSION, lib.mark(), lib.home]`,
      'env.js': `const process = require('node:process'); exports.VERSION = process.env.UMBRA_TEST_NONE || ${version}; exports.home = 1
        exports.mark = () => (process.env.UMBRA_TEST_MARK = (process.env.UMBRA_TEST_MARK || '') + ${version}, process.env.UMBRA_TEST_MARK)`,
    })
    await checkBothWays(
      text(1),
      text(2),
      'lib.f()',
      'lib.f().length && process.env.UMBRA_TEST_MARK.slice(-1)',
      ['1', '2'],
    )
  })

  it('stays with what is in it where start-up code that did not change filled it through a function that did', async () => {
    const text = (more: string): Record<string, string> =>
      index(`const all = {}; function add(name, value) { all[name] = value${more} }
        add('one', 1); exports.add = add; exports.get = (k) => all[k]; exports.count = () => Object.keys(all).length`)
    await withPatch(text(''), text(' + 0.5'), `lib.add('own', 5)`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(
        await program.run(`[lib.get('one'), lib.get('own'), (lib.add('x', 1), lib.get('x')), lib.count()]`),
        [1, 5, 1.5, 3],
      )
    })
  })

  it('is changed where it is, with what the program has put into it', async () => {
    const text = (limit: number): Record<string, string> =>
      index(
        `const all = { limit: ${limit} }; exports.set = (k, v) => { all[k] = v }; exports.get = (k) => all[k]`,
      )
    await withPatch(text(1), text(2), `lib.set('own', 3)`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const use = `['limit', 'own'].map(lib.get)`
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), [2, 3])
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), [1, 3])
    })
  })

  it('is told where it is new, and what one function puts into it another one looks for', async () => {
    const text = (module: string, own: string, add: string, has: string, all = 'x'): Record<string, string> =>
      index(`${module} exports.make = (all = false) => { function every() { return all } ${own}
        return { add(x) { ${add} return every() }, has(x) { return ${has} every() } } }; exports.all = (x) => ${all}`)
    const kinds = 'const kinds = new Set();'
    const old = text('', '', '', '')
    const told = (made: Build): string[] =>
      made.findings.filter(({ why }) => /what calls before/.test(why)).map(({ what }) => what)
    for (const places of [
      ['', kinds],
      [kinds, ''],
    ] as const)
      await withPatch(
        old,
        text(places[0], places[1], 'kinds.add(x);', 'kinds.has(x) ||'),
        'const it = lib.make(), other = lib.make(); it.add(1)',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          assert.deepEqual(told(made), ['kinds'])
          await program.load(made.code, 'patch.mjs')
          const use = '(it.add(2), [it.has(1), it.has(2), other.has(2)])'
          assert.deepEqual(await program.run(use), [false, true, places[1] === ''])
        },
      )
    const forItself = text(kinds, '', '', '', 'kinds.has(x) || kinds.add(x).size')
    await withPatch(old, forItself, '', async (program, made) => {
      assert.deepEqual(told(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.all(1), lib.all(1)]'), [1, true])
    })
  })

  it('is a problem where it is new for each call of a function, and nothing tells one call from another', async () => {
    const text = (own: string, add: string, has: string): Record<string, string> =>
      index(
        `exports.make = (all = false) => { ${own} return { add(x) { ${add} return all }, has(x) { return ${has} all } } }`,
      )
    const young = text('const kinds = new Set();', 'kinds.add(x);', 'kinds.has(x) ||')
    await withBuild(text('', '', ''), young, async (made) => {
      assert.match(problemsOf(made).join(), /'kinds' is new, functions put something into it/)
    })
    // What nobody changes may as well be made for each use.
    const constant = text('const kinds = new Set([1]);', 'x = kinds.size;', 'kinds.has(x) ||')
    await withPatch(text('', '', ''), constant, 'const it = lib.make()', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.add(1), it.has(1), it.has(2)]'), [false, true, false])
    })
  })

  it('is changed where it is where others have it, so that they see it and it stays what they have', async () => {
    const text = (more: string, traps: string): Record<string, string> =>
      index(`const DEFAULTS = { a: 1${more} }; const traps = { get: (of, key) => key + '!'${traps} }
        exports.C = class C { constructor(o) { this.o = o || DEFAULTS } all() { return { ...this.o } } isDefault() { return this.o === DEFAULTS } }
        exports.wrap = (it) => new Proxy(it, traps); exports.a = () => DEFAULTS.a`)
    const setup = `const it = new lib.C(), proxy = lib.wrap({})`
    const use = `[it.all(), it.isDefault(), new lib.C().isDefault(), 'b' in proxy, proxy.b]`
    await withPatch(text('', ''), text(', b: 2', `, has: () => true`), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), [{ a: 1, b: 2 }, true, true, true, 'b!'])
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), [{ a: 1 }, true, true, false, 'b!'])
    })
  })

  it('is a problem where it is made anew and objects are told by it', async () => {
    const text = (none: string): Record<string, string> =>
      index(
        `const NONE = ${none}; exports.C = class C { constructor() { this.value = NONE } isEmpty() { return this.value === NONE } }`,
      )
    await withBuild(text('[]'), text('Object.freeze([])'), async (made) => {
      assert.match(problemsOf(made).join(), /'NONE' has to be made anew, and what has the running one/)
    })
  })

  it('is told of all functions that would go on with the running one, where another of the file holds what the program has put there', async () => {
    const text = (n: number): Record<string, string> => ({
      'index.js': `const a = require('./a'); const re = a.make('a'); const kept = new (a.C)(); let n = 0
        exports.test = (s) => re.test(s); exports.count = () => kept.add(n++); exports.same = (x) => x`,
      'a.js': `const more = (s) => s + ${n}; exports.make = (s) => new RegExp(more(s)); exports.K = ${n}; exports.C = class { add(x) { return x } }`,
    })
    await withBuild(text(1), text(2), async (made) => {
      const problems = problemsOf(made)
      assert.match(problems.join('\n'), /'kept' has to be made anew/)
      assert.ok(
        problems.some((one) => /exports\.test: it needs a name of this version/.test(one)),
        problems.join('\n'),
      )
      assert.ok(!problems.some((one) => one.includes('exports.same')))
    })
  })

  it('is not made anew where the program has put something into it', async () => {
    const text = (limit: string): Record<string, string> =>
      index(
        `const all = new Map(${limit}); exports.set = (k, v) => { all.set(k, v) }; exports.get = (k) => all.get(k)`,
      )
    await withBuild(text(''), text(`[['limit', 2]]`), async (made) => {
      const problems = problemsOf(made)
      assert.equal(problems.length, 1, problems.join('\n'))
      assert.match(problems[0]!, /'all' has to be made anew/)
    })
  })

  const bus = `const EventEmitter = require('events'); const all = `
  const held: Record<string, [old: string, young: string, rest: string]> = {
    'by another name': [
      `const all = {}`,
      `const all = Object.create({})`,
      `exports.f = (k, v) => { const a = all; a[k] = v }`,
    ],
    'in a function that gets it': [
      `const all = {}`,
      `const all = Object.create({})`,
      `function put(into, k) { into[k] = 1 } exports.f = (k) => put(all, k)`,
    ],
    'by a method of a class': [
      `class Pool { constructor(n) { this.n = [n, Date.now()] } add(x) { this.x = x } } const all = new Pool(5)`,
      `class Pool { constructor(n) { this.n = [n, Date.now()] } add(x) { this.x = x } } const all = new Pool(6)`,
      `exports.f = (x) => all.add(x)`,
    ],
    'by a method of a platform class': [
      `${bus}new EventEmitter()`,
      `${bus}new EventEmitter({})`,
      `exports.f = (f) => all.on('x', f)`,
    ],
    'where an exported constant is called at the start, too': [
      `const all = []`,
      `const all = [process.title]`,
      `const add = exports.add = (one) => all.push(one); add(1); exports.f = () => all.join()`,
    ],
    'where it was returned': [
      `const all = []`,
      `const all = Array.from(process.title)`,
      `exports.f = () => all`,
    ],
  }
  for (const [how, [old, young, rest]] of Object.entries(held))
    it(`is not made anew where the program may have put something into it ${how}`, async () => {
      await withBuild(index(`${old}; ${rest}`), index(`${young}; ${rest}`), async (made) => {
        assert.match(problemsOf(made).join(), /'all' has to be made anew/)
      })
    })

  const looked: Record<string, [old: string, young: string, rest: string]> = {
    'a table that is read by another name': [
      `const all = { a: 1 }`,
      `const all = { a: 2 }`,
      `exports.f = (k) => { const a = all; return a[k] }`,
    ],
    'a table that a function gets': [
      `const all = [1]`,
      `const all = [2]`,
      `const of = (list, i) => list[i]; exports.f = (i) => of(all, i)`,
    ],
    'a table that a function of the platform gets beside one without a name': [
      `const all = [1]`,
      `const all = [2]`,
      `exports.each = (f) => [1].map(function () { return f }); exports.f = () => String(all)`,
    ],
    'an object that is asked': [
      `class Schema { constructor(n) { this.n = n } test(x) { return x > this.n } } const all = new Schema(1)`,
      `class Schema { constructor(n) { this.n = n } test(x) { return x > this.n } } const all = new Schema(2)`,
      `exports.f = (x) => all.test(x)`,
    ],
  }
  for (const [what, [old, young, rest]] of Object.entries(looked))
    it(`is made anew where it is ${what}`, async () => {
      await withBuild(index(`${old}; ${rest}`), index(`${young}; ${rest}`), async (made) => {
        assert.deepEqual(problemsOf(made), [])
      })
    })
})

describe('a table that is made anew, whose parts functions hand out', () => {
  const uses: Record<string, [text: string, isTold: boolean]> = {
    'a copy of it': ['const f = { ...D }; f.t.l.push(1); return f', true],
    'one by Object.assign': ['const f = Object.assign({}, D); f.t.l.push(1); return f', true],
    'what is taken out of it': ['const { t } = D; t.l.push(1); return t.l.length', true],
    'a copy of plain values': ['const f = { ...P }; f.n++; return f', false],
  }
  for (const [what, [text, isTold]] of Object.entries(uses))
    it(`is told, but for plain values: ${what}`, async () => {
      const files = (key: string): Record<string, string> => ({
        'index.js': `const D = { ${key}: {}, t: { l: [] } }, P = { ${key}: 1, n: 1 }; exports.f = () => { ${text} }`,
      })
      await withBuild(files('a'), files('b'), (made) =>
        assert.equal(
          made.findings.some(({ why }) => /made anew: whoever has got the running one keeps that/.test(why)),
          isTold,
        ),
      )
    })
})

describe('a value that a function has made of which only the closures do something else', () => {
  // With what the platform says it cannot be tried out.
  const text = (by: number, make: string, more = ''): Record<string, string> => ({
    'package.json': JSON.stringify({ name: 'lib', version: '1.0.0', type: 'module' }),
    'index.js': `import { hostname } from 'node:os'; function step(n) { return n + ${by} } export function make(from, ${more}) { ${make} } export const made = make(1${more && ', hostname()'})`,
  })
  const setup = 'const was = lib.made'
  const stay: Record<string, string> = {
    'are returned': 'return { next: () => step(from) }',
    'are put on an object': 'const it = {}; it.next = function () { return step(from) }; return it',
    'have names': 'return { next }; function next() { return step(from) }',
    'call each other':
      'const go = () => step(from); const next = () => go(); return Object.assign(() => 1, { next })',
  }
  for (const [how, make] of Object.entries(stay))
    it(`stays where they ${how}`, () =>
      checkBothWays(
        text(1, make, 'host'),
        text(10, make, 'host'),
        setup,
        '[lib.made === was, lib.made.next()]',
        [
          [true, 2],
          [true, 11],
        ],
      ))

  const run: Record<string, string> = {
    'by name': 'const next = () => step(from); const first = next(); return { next, first }',
    'as a member': 'const it = { next: () => step(from) }; const first = it.next(); return { ...it, first }',
    'by what gets it':
      'const next = () => step(from); const [first] = Array.from({ length: 1 }, next); return { next, first }',
    'through another one':
      'const go = () => step(from); const next = () => go(); return { next, first: next() }',
    'where others see it':
      'make.next = () => step(from); return { next: make.next, first: run() }; function run() { return make.next() }',
  }
  for (const [how, make] of Object.entries(run))
    it(`has what the call gives where that runs one of them ${how}`, () =>
      checkBothWays(text(1, make), text(10, make), setup, '[lib.made.first, lib.made.next()]', [
        [2, 2],
        [11, 11],
      ]))
  for (const [how, make] of Object.entries(run))
    it(`is told where the call runs one of them ${how}, and cannot be tried out`, () =>
      withBuild(text(1, make, 'host'), text(10, make, 'host'), async (made) => {
        assert.match(problemsOf(made).join(), /export made: the export has another value/)
      }))
})
