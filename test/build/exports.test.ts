// Exports that other text makes: of the same module, by a getter, or as a list of which the program holds the running one.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

const index = (text: string): Files => ({ 'index.js': text })

describe('an export that a compiler begins with nothing', () => {
  const text = (names: string, f: string): Files =>
    index(
      `Object.defineProperty(exports, '__esModule', { value: true }); ${names} = void 0; ${f} exports.f = f;`,
    )

  for (const [how, [head, tail]] of Object.entries({
    declared: ['function f(c) {', '}'],
    assigned: ['const f = (c) => {', '};'],
  }))
    it(`is what it is given then, where another one is gone: ${how}`, async () => {
      const old = text(
        'exports.f = exports.more',
        `exports.more = 1; ${head} return c ?? exports.more ${tail}`,
      )
      const young = text('exports.f', `${head} return c ?? 2 ${tail}`)
      await checkBothWays(old, young, '', '[typeof lib.f, lib.f(), lib.more]', [
        ['function', 1, 1],
        ['function', 2, 1],
      ])
    })
})

describe('an export that a loop fills', () => {
  it('is not put on the module with what it begins with', async () => {
    const text = (first: string, names: string, f: string): Files =>
      index(`${first} for (const k of [${names}]) exports[k] = 1; exports.f = () => exports.${f}`)
    const old = text('exports.a = null;', "'a'", 'a')
    const young = text('exports.a = null; exports.b = null;', "'a', 'b'", 'b')
    await withPatch(old, young, '', async (_, made) => {
      assert.match(problemsOf(made).join(), /for \(const k of \['a', 'b'\]\)/)
    })
  })
})

describe('an export that is given by another name of them', () => {
  for (const head of ['const api = exports', 'var api = module.exports', 'const api = module.exports = {}'])
    it(`is on the running module: ${head}`, async () => {
      const text = (a: string, more: string): Files => index(`${head}; api.a = (x) => ${a}; ${more}`)
      const young = text('api.b(x) + api.n', 'api.b = (x) => x * 2; api.n = 5; api.c = () => 1')
      const use = '[lib.a(1), lib.b?.(2) ?? null, lib.n ?? null, typeof lib.c]'
      await checkBothWays(text('x', ''), young, '', use, [
        [1, null, null, 'undefined'],
        [7, 4, 5, 'function'],
      ])
    })
})

describe('the default of Babel, exported as the whole', () => {
  const both = 'module.exports = exports.default; module.exports.default = exports.default'
  for (const end of ['module.exports = exports.default', both])
    it(`has on the running object what is new: ${end}`, async () => {
      const text = (members: string): Files =>
        index(`exports.default = void 0; const a = () => 1, b = () => 2; var lib = { ${members} }; var _default = lib
          exports.default = _default; ${end}`)
      const own = end === both ? ['default'] : []
      await checkBothWays(text('a'), text('a, b'), '', 'Object.keys(lib).sort()', [
        ['a', ...own],
        ['a', 'b', ...own],
      ])
    })
})

describe('an export of another module', () => {
  const other = `exports.a = function a() { return 1 }; exports.b = 2; exports.T = 'x'`
  const files = (text: string, own = other): Files => ({ 'index.js': text, 'other.js': own })

  const same: Record<string, [old: string, young: string]> = {
    'got before': [
      `module.exports = { a: require('./other').a, all: require('./other'), f }`,
      `const all = require('./other'); module.exports = { a: all.a, all, f }`,
    ],
    'got there': [
      `const { a } = require('./other'); exports.a = a; exports.f = f`,
      `exports.a = require('./other').a; exports.f = f`,
    ],
  }
  for (const [how, [old, young]] of Object.entries(same))
    it(`is the same where it is ${how}`, async () => {
      await withPatch(
        files(`function f() { return 1 } ${old}`),
        files(`function f() { return 2 } ${young}`),
        '',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          assert.doesNotMatch(made.findings.map(({ what }) => what).join(), /export/)
          await program.load(made.code, 'patch.mjs')
          assert.deepEqual(await program.run('[lib.f(), lib.a()]'), [2, 1])
        },
      )
    })

  it('is another one where that module makes it anew', async () => {
    const text = (n: number): string => `const make = (n) => () => n; exports.a = make(${n})`
    const old = files(`module.exports = { a: require('./other').a }`, text(1))
    const young = files(`const other = require('./other'); module.exports = { a: other.a }`, text(2))
    await withBuild(old, young, async (made) => {
      const told = made.findings.filter(({ what }) => what === 'export a')
      assert.equal(told.filter(({ file }) => file === 'index.js').length, 1)
    })
  })

  it('is another one where it is another member, or of another module', async () => {
    for (const young of [`exports.a = require('./other').T`, `exports.a = require('./more').a`]) {
      const old = {
        ...files(`exports.a = require('./other').a`),
        'more.js': `exports.a = function a() { return 3 }`,
      }
      await withBuild(old, { ...old, 'index.js': young }, async (made) => {
        const told = made.findings.filter(({ what }) => what === 'export a')
        assert.equal(told.length, 1)
      })
    }
  })
})

describe('an export of the module itself', () => {
  it('is another one where another name of the module stands there now, and a problem where that was a function', async () => {
    const text = (a: string, b: string): Files =>
      index(
        `const one = 2; const two = -2; function first() { return one } function second() { return two } exports.a = ${a}; exports.b = ${b}`,
      )
    await withPatch(text('one', 'two'), text('two', 'one'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.a, lib.b]'), [-2, 2])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[lib.a, lib.b]'), [2, -2])
    })
    await withBuild(text('first', 'second'), text('second', 'first'), async (made) => {
      assert.match(problemsOf(made).join(), /export a: .* the function that it was, .*export b: /)
    })
  })

  it('is a problem where it is one of an ES module, and only programs use it', async () => {
    const text = (a: string): Files => ({
      'index.mjs': `const one = [1].length; const two = [1, 2].length; export { ${a} as a }`,
    })
    await withBuild(text('one'), text('two'), async (made) => {
      assert.match(problemsOf(made).join(), /export a/)
    })
  })
})

describe('exports that one statement gives, as minifiers write it', () => {
  const text = (limit: number, more = ''): Files =>
    index(`'use strict';var n=require('node:os').hostname();var o=${limit};class A{get(){return o}}function f(x){return x>o}
      exports.n=n,exports.A=A,exports.f=f,exports.g=async function(x){return f(x)?${limit}:0},exports.list=[]${more};`)

  it('are compared one by one', () =>
    checkBothWays(
      text(1),
      text(5, ',exports.h=function(){return exports.list.length+o}'),
      'lib.list.push(7); const a = new lib.A(), { f, g } = lib, { list } = lib',
      '(async () => [a.get(), f(3), await g(9), lib.h?.(), list, lib.list === list])()',
      [
        [1, true, 1, null, [7], true],
        [5, false, 5, 6, [7], true],
      ],
    ))
})

describe('an object that another module makes anew', () => {
  it('takes what the program sets in it', async () => {
    const files = (size: number): Files => ({
      'index.js': `const defaults = require('./defaults'); function f() { return defaults.size } f.defaults = defaults; module.exports = f`,
      'defaults.js': `const sizeOf = (text) => text.length; module.exports = { size: sizeOf('${'x'.repeat(size)}'), more: 1 }`,
    })
    await withPatch(files(1), files(2), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      const set = 'lib.defaults.size = 7; lib.defaults.own = 8; delete lib.defaults.more;'
      assert.deepEqual(
        await program.run(`(() => { ${set} return [lib(), lib.defaults.own, lib.defaults.more] })()`),
        [7, 8, null],
      )
    })
  })
})

describe('exports that start-up code reads back', () => {
  it('are those of the running module, and the new ones where they have other values', async () => {
    const text = (n: number): Files =>
      index(`exports.A = 'a'; exports.B = 'b${n}'; const late = 'l${n}'
        Object.defineProperty(exports, 'L', { enumerable: true, get: function () { return late } })
        const P = \`\${exports.A}\${exports.B}\${exports.L}${n}\`; exports.C = P + exports.B; const Q = module.exports.A + module.exports.C + ${n}
        exports.f = () => [P, Q, other.of()].join(); const other = require('./other')`)
    const other = { 'other.js': `const { C } = require('./index'); exports.of = () => require('./index').C` }
    const setup = ''
    await checkBothWays({ ...text(1), ...other }, { ...text(2), ...other }, setup, 'lib.f()', [
      'ab1l11,aab1l11b11,ab1l11b1',
      'ab2l22,aab2l22b22,ab2l22b2',
    ])
  })
})

describe('an export that a getter makes', () => {
  const text = (get: string): Files =>
    index(`let n = 0; function count() { return ++n } function twice() { return count() * 2 }
      Object.defineProperty(module.exports, 'value', { enumerable: true, configurable: false, get: function () { return ${get} } });
      exports.twice = twice`)

  it('is told where a function that has a name is another getter now', async () => {
    const named = (get: string): Files => ({
      'index.js': text('0')['index.js']!.replace('function () { return 0 }', get),
    })
    await withBuild(named('count'), named('twice'), async (made) => {
      assert.match(problemsOf(made).join(), /defineProperty\(module\.exports/)
    })
  })

  it('is what the getter of the new version gives', async () => {
    await withPatch(text('count()'), text('twice()'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.equal(await program.run('lib.value'), 1)
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.value'), 4)
      await program.disable(made.name)
      assert.equal(await program.run('lib.value'), 3)
    })
  })
})

describe('a list that is exported', () => {
  it('gets the elements of the new version where it is', async () => {
    const text = (list: string): Files => index(`exports.list = ${list}; exports.f = () => 1`)
    const use = '[mine.join(), mine.length, lib.list === mine, Object.keys(mine).join()]'
    const results: [unknown, unknown] = [
      ['a,b', 2, true, '0,1'],
      ['b,c,d', 3, true, '0,1,2'],
    ]
    await checkBothWays(text(`['a', 'b']`), text(`['b', 'c', 'd']`), 'const mine = lib.list', use, results)
    await checkBothWays(text(`['b', 'c', 'd']`), text(`['a', 'b']`), 'const mine = lib.list', use, [
      results[1],
      results[0],
    ])
  })

  it('gets them where they come from what changed in another file', async () => {
    const files = (table: string): Files => ({
      'index.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.types = exports.has = void 0;
        const t = require('./table'); function has(x) { return x in t.table } exports.has = has;
        exports.types = Object.keys(t.table).filter((one) => one !== 'c').map((one) => one.toUpperCase())`,
      'table.js': `exports.table = ${table}`,
    })
    const old = files(`{ a: () => 1, c: 1 }`)
    const young = files(`{ a: () => 1, c: 1, d: class D {} }`)
    await checkBothWays(
      old,
      young,
      'const { types } = lib',
      `[types.join(), lib.types === types, lib.has('d')]`,
      [
        ['A', true, false],
        ['A,D', true, true],
      ],
    )
  })

  it('gets what start-up code fills it with', async () => {
    const text = (a: string): Files =>
      index(`var re = exports.re = []; var src = exports.src = []; var N = 0
        var A = N++; src[A] = ${a}; var H = N++; re[H] = /h/; var B = N++; src[B] = src[A] + 'b'
        for (var i = 0; i < N; i++) { if (!re[i]) re[i] = new RegExp(src[i]) }
        exports.test = function (x) { return re[B].test(x) }`)
    await checkBothWays(
      text(`'a+'`),
      text(`'c+'`),
      'const { re } = lib',
      `[String(re[2]), lib.src.join(), Object.keys(lib.src).join(), lib.test('ab'), lib.test('cb'), re === lib.re]`,
      [
        ['/a+b/', 'a+,,a+b', '0,2', true, false, true],
        ['/c+b/', 'c+,,c+b', '0,2', false, true, true],
      ],
    )
  })

  it('stays as the program has it, where that is something else', async () => {
    const text = (list: string): Files => index(`exports.list = ${list}`)
    await withPatch(text(`['a']`), text(`['b']`), `lib.list.unshift('mine')`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('lib.list'), ['mine', 'a'])
    })
  })

  it('keeps what the program has added to it', async () => {
    const text = (list: string): Files => index(`exports.list = ${list}`)
    await withPatch(text(`['a']`), text(`['b', 'c']`), `lib.list.push('mine')`, async (program, made) => {
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('lib.list'), ['b', 'c', 'mine'])
      await program.disable(made.name)
      assert.deepEqual(await program.run('lib.list'), ['a', 'mine'])
    })
  })

  it('keeps what the program does to it while the patch is there', async () => {
    const text = (list: string): Files => index(`exports.list = ${list}`)
    await withPatch(text(`['a']`), text(`['b']`), '', async (program, made) => {
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`[lib.list.push('mine'), ...lib.list]`), [2, 'b', 'mine'])
      await program.disable(made.name)
      assert.deepEqual(await program.run('lib.list'), ['a', 'mine'])
    })
  })

  it('is one of an ES module, too', async () => {
    const files = (list: string): Files => ({
      'index.mjs': `export const list = ${list}; export function f() { return list.length }`,
    })
    await withPatch(files(`['a']`), files(`['b', 'c']`), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const setup = `import('lib').then((it) => { globalThis.it = it; globalThis.mine = it.list; return 0 })`
      await program.run(setup)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[it.list === mine, ...mine, it.f()]'), [true, 'b', 'c', 2])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[...mine, it.f()]'), ['a', 1])
    })
  })

  const refused: Record<string, string> = {
    'of objects that are made': `Object.keys(t).map((one) => ({ one }))`,
    'of functions': `[() => 1].filter(Boolean)`,
    'that somebody else makes': `make(t)`,
  }
  for (const [what, list] of Object.entries(refused))
    it(`is a problem: ${what}`, async () => {
      const text = (n: number): Files =>
        index(
          `const t = { a: ${n} }; const make = (x) => [x]; exports.list = ${list.replace('=> 1', `=> ${n}`)}; exports.f = () => t`,
        )
      const withOther = (n: number): Files => index(`${text(n)['index.js']}; exports.more = ${n}`)
      await withPatch(withOther(1), withOther(2), 'const { list } = lib', async (program, made) => {
        assert.doesNotMatch(made.code, /\[exports\.list, /)
        if (problemsOf(made).length === 0) {
          await program.load(made.code, 'patch.mjs')
          assert.equal(await program.run('lib.list === list'), true)
        }
      })
    })

  it('that start-up code fills and that is new has what it is filled with', async () => {
    const old = index('exports.f = () => 1')
    const young = index(
      `var list = exports.list = []; list[0] = 'a'; list.push('b'); exports.f = () => list.length`,
    )
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.f(), lib.list]'), [2, ['a', 'b']])
    })
  })
})

describe('an export of an ES module that another file makes', () => {
  const a = `export const f = () => 1; export const g = () => 2`
  const from = (file: string): Files => ({
    'index.mjs': `export { f } from './${file}.mjs'; export { g } from './a.mjs'`,
    'a.mjs': a,
    'b.mjs': `export { f } from './a.mjs'`,
    'c.mjs': `export const f = () => 3`,
  })

  it('is a problem', async () => {
    await withBuild(from('a'), from('c'), async (made) => {
      assert.match(problemsOf(made).join(), /index\.mjs:1: export f: .* programs alone use it/)
    })
  })

  it('is none by way of another file', async () => {
    await withBuild(from('a'), from('b'), async (made) => assert.deepEqual(problemsOf(made), []))
  })
})

describe('a member of the default of Babel that is made of something else now', () => {
  for (const more of ['', ', b: () => 2'])
    it(`stays, which is told, and what is new is put beside it: ${more || 'nothing'}`, async () => {
      const files = (n: number, members: string): Files => ({
        'index.js': `exports.default = void 0; var n = require('./n'); const a = () => n.list; var lib = { a, l: n.list${members} }
          var _default = lib; exports.default = _default; module.exports = exports.default; module.exports.default = exports.default`,
        'n.js': `exports.list = Object.freeze([${n}])`,
      })
      await withPatch(files(1, ''), files(2, more), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.match(
          made.findings.map(({ what, why }) => `${what}: ${why}`).join(),
          /lib: start-up code has made it with 'n', which changed: what it made then stays/,
        )
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[lib.l, lib.b?.() ?? null]'), [[1], more ? 2 : null])
      })
    })
})

describe('an index that copies all exports of another file', () => {
  const ways = [
    `module.exports = { ...require('./a'), own: () => 1 }`,
    `const a = require('./a'); module.exports = { own: 1, ...a }`,
    `Object.assign(exports, require('./a'))`,
    `const a = require('./a'); Object.assign(module.exports, a)`,
    `module.exports = Object.assign(function () {}, require('./a'))`,
    `const a = require('./a'); for (const k in a) exports[k] = a[k]`,
    `const a = require('./a'); for (const k in a) { if (Object.hasOwn(a, k)) exports[k] = a[k] }`,
  ]
  for (const way of ways)
    it(`has what that exports more: ${way}`, () => {
      const files = (a: string): Files => ({ 'index.js': way, 'a.js': a })
      const [old, young] = ['exports.f = () => 1', 'exports.f = () => 2; exports.g = () => 3']
      return checkBothWays(files(old!), files(young!), '', '[lib.f(), lib.g?.() ?? null]', [
        [1, null],
        [2, 3],
      ])
    })
})

describe('a new export of an ES module that another one puts into an object', () => {
  const files = (a: string, names: string, members: string, more = ''): Files => ({
    'package.json': '{ "name": "lib", "version": "1.0.0", "type": "module", "main": "index.js" }',
    'index.js': `import { ${names} } from './a.js'; const lib = { ${members} }; export default lib; ${more}`,
    'a.js': a,
  })
  const [a, b] = ['export const a = () => 1', 'export const a = () => 2; export const b = () => 3']
  for (const members of ['a, b', 'a, b: () => b()'])
    it(`is there where functions lead to it, and a problem otherwise: ${members}`, async () => {
      await withPatch(files(a, 'a', 'a'), files(b, 'a, b', members), '', async (_, made) =>
        assert.match(
          problemsOf(made).join(),
          /'b' is new there, and is made of names that cannot be reached/,
        ),
      )
      const more = 'export function f() { return lib.a() }'
      const [old, young] = [files(a, 'a', 'a', more), files(b, 'a, b', members, more)]
      await withPatch(old, young, '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[lib.f(), lib.default.b()]'), [2, 3])
      })
    })
})

describe('all exports of a module', () => {
  const files = (rule: string, text: string): Files => ({
    'index.mjs': `import * as rules from './rules.mjs'; export const run = (name, x) => ${text}`,
    'rules.mjs': `export const one = (x) => x${rule}`,
  })
  const rule = '; export const two = (x) => x * 2'

  it('are looked for what is new: a problem in ES modules', async () => {
    for (const text of ['rules[name](x)', 'Object.keys(rules)'])
      await withBuild(files('', text), files(rule, text), async (made) => {
        assert.match(problemsOf(made).join(), /rules\.mjs:1: export two: .* among all exports of the module/)
      })
  })

  it('are handed to programs by a member: a problem where the package asks that for what is new, or for any', async () => {
    const given = (more: string): string =>
      `(() => { const it = {}; it.rules = rules; ${more} return it.rules.one(x) })()`
    for (const [more, isProblem] of [
      ['', false],
      ['it.rules.one(x);', false],
      ['it.rules.two(x);', true],
      ['it.rules[name];', true],
      ['const { two } = it.rules;', true],
    ] as const)
      await withBuild(files('', given('')), files(rule, given(more)), async (made) =>
        assert.equal(/among all exports/.test(problemsOf(made).join()), isProblem, more),
      )
  })

  it('are named one by one: none', async () => {
    await withBuild(
      files('', 'rules.one(x)'),
      files(rule, `name === 'two' ? rules.two(x) : rules.one(x)`),
      async (made) => assert.deepEqual(problemsOf(made), []),
    )
  })
})

describe('an export that says another version', () => {
  const says = (version: string, n: number): Files => ({
    'index.mjs': `const version = '${version}'; export const SDK_VERSION = version; export function f() { return ${n} }`,
  })

  it('stays with programs that have loaded it, which a note says', async () => {
    await withBuild(says('10.12.5', 1), says('10.13.0', 2), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(made.findings.map(({ why }) => why).join(), /it says another version/)
    })
  })

  it('is a problem where it says something else', async () => {
    await withBuild(says('fast', 1), says('slow', 2), async (made) => {
      assert.match(problemsOf(made).join(), /SDK_VERSION: the export has another value/)
    })
  })

  it('may read it from a package.json', async () => {
    const text = (version: string): Files => index(`exports.version = ${version}; exports.f = () => 1`)
    const read = "JSON.parse(require('fs').readFileSync(__dirname + '/package.json', 'utf8')).version"
    await withBuild(text("require('./package.json').version"), text(read), async (made) => {
      assert.deepEqual(problemsOf(made), [])
    })
  })

  // As compilers write `import manifest from './package.json'`.
  for (const asked of ['_package.default.main', '_package.default.nothing'])
    it(`is all that differs in a package.json of which start-up code asks for ${asked}`, async () => {
      const text = (n: number): Files =>
        index(`var _package = _interopRequireDefault(require('./package.json'));
          function _interopRequireDefault(one) { return one && one.__esModule ? one : { default: one } }
          process.title = ${asked}; globalThis.told = [_package.default]; exports.f = () => ${n}`)
      await withBuild(text(1), text(2), (made) => assert.deepEqual(problemsOf(made), []))
    })
})

describe('an export that a function makes of another one', () => {
  const text = (inner: string, own = '', after = ''): Files => ({
    'index.mjs': `export const fault = Object.assign(create(Error), { type: create(TypeError) })
      export function create(C) { ${own} made.displayName = C.name; ${after} return made; function made(x) { ${inner} } }`,
  })

  it('is the running one where that alone differs', async () => {
    await withPatch(text('return new C(x)'), text(`return new C('new ' + x)`), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const thrown = `[lib.fault(1).message, lib.fault.type('a').message, lib.create(Error)('b').message]`
      const use = `import('lib').then((lib) => ${thrown})`
      assert.deepEqual(await program.run(use), ['1', 'a', 'b'])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), ['new 1', 'new a', 'new b'])
      await program.disable(made.name)
      assert.deepEqual(await program.run(use), ['1', 'a', 'b'])
    })
  })

  it('is another one where that has been called there', async () => {
    const files = (n: number): Files =>
      text(`return [new C(x), ${n}]`, '', 'made.one = made(process.uptime());')
    await withBuild(files(1), files(2), async (made) => {
      assert.match(problemsOf(made).join(), /export fault: the export has another value/)
    })
  })
})

describe('an export that is given in passing', () => {
  it('is one like any other', async () => {
    const old = `exports.A = 1; exports.B = 2; const names = {}; names[1] = 'a'; names[2] = 'b'; exports.nameOf = (x) => names[x]`
    const young = `const names = {}; names[exports.A = 1] = 'a'; names[exports.B = 2] = 'b'; names[exports.C = 3] = 'c'
      exports.nameOf = (x) => names[x]`
    await withPatch(index(old), index(young), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.doesNotMatch(made.findings.map(({ why }) => why).join(), /does not export it any more/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib.A, lib.C, lib.nameOf(3)]'), [1, 3, 'c'])
      await program.disable(made.name)
      assert.deepEqual(await program.run('["C" in lib, lib.nameOf(1)]'), [false, 'a'])
    })
  })
})

describe('a set that is all that a module exports, and a list', () => {
  const set = (...all: string[]): Files => index(`module.exports = new Set(${JSON.stringify(all)})`)

  it('has the new elements, and what the program has done to it stays', async () => {
    const setup = `lib.add('own'); lib.delete('gone')`
    await checkBothWays(set('a', 'gone', 'b'), set('a', 'c', 'b', 'gone'), setup, '[...lib]', [
      ['a', 'b', 'own'],
      ['a', 'c', 'b', 'own'],
    ])
    await withPatch(set('a', 'b'), set('b', 'c'), '', async (program, made) => {
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`(lib.add('since'), lib.delete('b'), [...lib])`), ['c', 'since'])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[...lib]'), ['a', 'since'])
    })
  })

  it('has the new elements by a name', () =>
    checkBothWays(
      index(`const all = new Set(['a']); exports.all = all; exports.has = (x) => all.has(x)`),
      index(`const all = new Set(['a', 'b']); exports.all = all; exports.has = (x) => all.has(x)`),
      'const { all } = lib',
      `[lib.has('b'), all.has('b'), lib.all === all]`,
      [
        [false, false, true],
        [true, true, true],
      ],
    ))

  it('has the new elements as a list', () =>
    checkBothWays(
      index(`module.exports = ['a', 'b']`),
      index(`module.exports = ['a', 'c', 'd']`),
      `lib.push('own')`,
      'lib',
      [
        ['a', 'b', 'own'],
        ['a', 'c', 'd', 'own'],
      ],
    ))

  it('is a problem where a set became a list', async () => {
    await withBuild(set('a'), index(`module.exports = ['a', 'b']`), async (made) => {
      assert.match(problemsOf(made).join(), /programs alone use it/)
    })
  })
})

describe('what a module exports as a whole', () => {
  const young = `Object.defineProperty(exports, '__esModule', { value: true }); class C { f() { return 2 } } exports.default = C`
  const ways: Record<string, Files> = {
    'that of another one': {
      'index.js': `const C = require('./c'); module.exports = C`,
      'c.js': 'module.exports = class C { f() { return 1 } }',
    },
    'a member of its own': index(
      `class C { f() { return 1 } } exports.default = C; module.exports = exports.default`,
    ),
  }
  for (const [way, old] of Object.entries(ways))
    it(`is a problem where it was ${way}, and exports have names now`, () =>
      withBuild(old, { ...index(young) }, async (made) => {
        assert.match(problemsOf(made).join(), /index\.js:1: module\.exports: .*something of another kind/)
      }))
})

describe('what a file below the main one exports as a whole', () => {
  it('is told where it is of another kind, unless programs cannot load it', async () => {
    const files = (c: string, take: string, more = ''): Files => ({
      'package.json': `{ "name": "lib", "version": "1.0.0", "main": "index.js"${more} }`,
      'index.js': `const c = require('./c'); exports.f = () => new ${take}().f()`,
      'c.js': c,
    })
    const [was, is] = [
      'module.exports = class C { f() { return 1 } }',
      'exports.C = class C { f() { return 2 } }',
    ]
    const told = /c\.js: the module exports something of another kind/
    for (const [more, isTold] of [
      ['', true],
      [', "exports": "./index.js"', false],
    ] as const)
      await withBuild(files(was, 'c', more), files(is, 'c.C', more), async (made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.equal(told.test(made.findings.map(({ file, why }) => `${file}: ${why}`).join('; ')), isTold)
      })
  })
})

describe('an export that programs have by way of another module', () => {
  it('is a problem where it has another value, which nothing of the package asks for', () => {
    const files = (wrap: string): Files => ({
      'index.js': `exports.parts = require('./parts')`,
      'parts.js': `const { tag } = require('./tag'); ${wrap}`,
      'tag.js': `exports.tag = (text${wrap.includes('true') ? ', isEscaped' : ''}) => ${wrap.includes('true') ? "isEscaped ? text : text.replace('<', '&lt;')" : 'text'}`,
    })
    const old = files(`exports.select = function (x) { return { toHTML: () => tag('<' + x) } }`)
    const young = files(
      `const select = (isOne) => (x) => ({ isOne, toHTML: () => tag('<' + x, true) }); exports.select = select(true)`,
    )
    return withBuild(old, young, async (made) => {
      assert.match(problemsOf(made).join(), /parts\.js:1: export select: .*programs alone use it/)
    })
  })
})

describe('a new export that other files hand on, whose names come before', () => {
  const getter = (name: string): string =>
    `Object.defineProperty(exports, '${name}', { enumerable: true, get: function () { return z.${name} } });`
  const forms: Record<string, (names: string[]) => string> = {
    'by a getter': (names) => names.map(getter).join(' '),
    'by its value': (names) => names.map((name) => `exports.${name} = z.${name}`).join('; '),
    'in a table': (names) =>
      `const all = { ${names.map((name) => `${name}: z.${name}`).join(', ')} }; module.exports = all`,
    'as esbuild does': (names) =>
      `var __export = (target, all) => { for (var name in all) Object.defineProperty(target, name, { get: all[name], enumerable: true }) };
        __export(exports, { ${names.map((name) => `${name}: () => z.${name}`).join(', ')} })`,
  }
  const z = (more: string): string => `exports.a = a; function a() { return 1 } ${more}`
  const b = 'exports.b = b; function b() { return 2 }'
  for (const [form, text] of Object.entries(forms)) {
    const files = (names: string[], more: string, [first, last]: [string, string]): Files => ({
      'index.js': `module.exports = require('./${first}')`,
      [`${first}.js`]: `var z = require('./${last}'); ${text(names)}`,
      [`${last}.js`]: z(more),
    })
    for (const order of [
      ['m', 'z'],
      ['z', 'm'],
    ] as [string, string][])
      it(`are on the running module: ${form}, ${order.join(' of ')}`, () =>
        checkBothWays(
          files(['a'], '', order),
          files(['a', 'b'], b, order),
          '',
          '[lib.a(), lib.b?.() ?? null]',
          [
            [1, null],
            [1, 2],
          ],
        ))
  }

  it('are there where the files require each other', () => {
    const files = (more: string, own: string): Files => ({
      'index.js': `const z = require('./z'); exports.a = z.a; ${more}; exports.own = () => 5`,
      'z.js': `exports.a = () => 1; ${own}; const index = require('./index'); exports.own = () => index.own()`,
    })
    const young = files('exports.b = z.b', 'exports.b = () => 2')
    return checkBothWays(files('', ''), young, '', '[lib.a(), lib.b?.() ?? null]', [
      [1, null],
      [1, 2],
    ])
  })
})
