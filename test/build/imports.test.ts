// `import()` and `import.meta` in what a patch puts in place of running code lead where they lead in the file that runs.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

describe('import() in a patch', () => {
  it('leads to files of the package, and to packages of the program, by the conditions of import', async () => {
    const dep = {
      'node_modules/dep/package.json':
        '{ "name": "dep", "version": "1.0.0", "exports": { "import": "./a.mjs", "require": "./a.cjs" } }',
      'node_modules/dep/a.mjs': 'export const kind = "import"',
      'node_modules/dep/a.cjs': 'exports.kind = "require"',
    }
    const own = { 'own.mjs': 'export let count = 0\nexport function add() { return ++count }', ...dep }
    const index = (result: string): Record<string, string> => ({
      'index.js': `exports.f = async (name) => { const own = await import('./own.mjs'); const dep = await import(name); return ${result} }`,
      ...own,
    })
    await withPatch(index('[own.add()]'), index('[own.add(), dep.kind]'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.deepEqual(await program.run('lib.f("dep")'), [1])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('lib.f("dep")'), [2, 'import'])
      await program.disable(made.name)
      assert.deepEqual(await program.run('lib.f("dep")'), [3])
    })
  })

  it('gives what is new in a module, and a new module, which imports in turn', async () => {
    const old = {
      'index.mjs': `export async function f() { const { one } = await import('./a.mjs'); return [one()] }`,
      'a.mjs': 'export function one() { return 1 }',
    }
    const young = {
      'index.mjs': `export async function f() {
        const { one, two } = await import('./a.mjs')
        const { default: three, four } = await import('./b.mjs')
        return [one(), two(), three(), await four()]
      }`,
      'a.mjs': 'export function one() { return 1 }\nexport function two() { return 2 }',
      'b.mjs': `import { basename } from 'node:path'\nexport default () => basename(import.meta.filename)\nexport async function four() { return (await import('./c.cjs')).default }`,
      'c.cjs': 'module.exports = 4',
    }
    const use = 'import("lib").then((lib) => lib.f())'
    await withPatch(old, young, 'import("lib")', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.deepEqual(await program.run(use), [1])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(use), [1, 2, 'b.mjs', 4])
    })
  })

  it('has the place of the running file in import.meta', async () => {
    const old = { 'index.mjs': 'export function f() { return 1 }' }
    const young = {
      'index.mjs': `const here = import.meta.url\nexport function f() { return [import.meta.url === here, import.meta.filename, import.meta.dirname] }`,
    }
    await withPatch(old, young, 'import("lib")', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      const [same, filename, dirname] = (await program.run(
        'import("lib").then((lib) => lib.f())',
      )) as unknown[]
      assert.equal(same, true)
      assert.match(String(filename), /1\.0\.\d+.node_modules.lib.index\.mjs$/)
      assert.match(String(dirname), /1\.0\.\d+.node_modules.lib$/)
    })
  })

  it('is refused where import.meta is asked for more', async () => {
    const old = { 'index.mjs': 'export function f() { return 1 }' }
    const young = { 'index.mjs': `export function f() { return import.meta.resolve('x') }` }
    await withBuild(old, young, async (made) => {
      assert.match(problemsOf(made).join(), /import\.meta/)
    })
  })
})

describe('an import that is new', () => {
  const text = (names: string, result: string): Record<string, string> => ({
    'index.mjs': `import { ${names} } from 'dep'; export const f = (x) => ${result}`,
    'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0", "main": "index.js" }',
    'node_modules/dep/index.js': 'exports.one = (x) => x; exports.two = (x) => x * 2',
  })

  it('of what the package of the program has not: the patch is refused, as the release would not start', () =>
    withPatch(text('one', 'one(x)'), text('one, more', 'more(one(x))'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await assert.rejects(program.load(made.code, 'patch.mjs'), /'dep' of the program has no export 'more'/)
      assert.equal(await program.run('lib.f(2)'), 2)
    }))

  it('of what it has is taken', () =>
    withPatch(text('one', 'one(x)'), text('one, two', 'two(one(x))'), '', async (program, made) => {
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.f(2)'), 4)
    }))
})

describe("the default of a module that is required, by a bundler's helper", () => {
  const dep = {
    'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0" }',
    'node_modules/dep/index.js': 'exports.default = (x) => "dep " + x; exports.other = 1',
  }
  const file = (head: string, call: string): Record<string, string> => ({
    'index.js': `'use strict';\n${head}\nexports.made = ${call}('start')\nlet count = 0\nexports.f = (x) => ${call}(x) + ++count`,
    ...dep,
  })
  const rollup = `function _interopDefault (ex) { return (ex && (typeof ex === 'object') && 'default' in ex) ? ex['default'] : ex; }
    var dep = _interopDefault(require('dep'));`
  const legacy = `var dep = require('dep');
    function _interopDefaultLegacy (e) { return e && typeof e === 'object' && 'default' in e ? e : { 'default': e }; }
    var dep__default = /*#__PURE__*/_interopDefaultLegacy(dep);`
  const babel = `function _interopRequireDefault(obj) { return obj && obj.__esModule ? obj : { default: obj }; }
    var _path = _interopRequireDefault(require('node:path'));`
  const typescript = `var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
    const path_1 = __importDefault(require("node:path"));`

  const same: Record<string, [old: Record<string, string>, young: Record<string, string>]> = {
    'held by another helper': [file(rollup, 'dep'), file(legacy, `dep__default['default']`)],
    "of Node's, held by a helper": [
      file(`const path = require('node:path')`, 'path.basename'),
      file(babel, '_path.default.basename'),
    ],
    'as TypeScript holds it': [
      file(`const path = require('node:path')`, 'path.basename'),
      file(typescript, 'path_1.default.basename'),
    ],
  }
  for (const [how, [old, young]] of Object.entries(same))
    it(`is the same: ${how}`, async () => {
      const now = { ...young, 'index.js': young['index.js']!.replace('++count', `++count + '!'`) }
      await withPatch(old, now, `lib.f('x')`, async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        const was = await program.run<string>(`lib.f('x')`)
        assert.ok(was.endsWith('2'))
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run(`lib.f('x')`), `${was.slice(0, -1)}3!`)
        await program.disable(made.name)
        assert.equal(await program.run(`lib.f('x')`), `${was.slice(0, -1)}4`)
      })
    })

  it("is the same namespace of a module of Node's, by whichever helper", async () => {
    const namespace = (name: string, isModule: string): string => `var path = require('path');
      function ${name}(e) { ${isModule} var n = Object.create(null); Object.keys(e).forEach((k) => { n[k] = e[k] }); n.default = e; return Object.freeze(n) }
      var path__namespace = /*#__PURE__*/${name}(path);`
    const old = file(
      namespace('_interopNamespace', 'if (e && e.__esModule) return e;'),
      'path__namespace.basename',
    )
    const young = file(namespace('_interopNamespaceDefault', ''), 'path__namespace.basename')
    young['index.js'] = young['index.js']!.replace('++count', '++count * 10')
    await withPatch(old, young, `lib.f('x')`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.deepEqual(
        made.deeds.map(({ what }) => what),
        ['function exports.f replaced'],
      )
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run(`lib.f('a/x')`), 'x20')
    })
  })

  it("is told otherwise: where the helpers tell it in another way, or the module is somebody else's", async () => {
    const holder = babel.replaceAll('_path', '_dep').replace('node:path', 'dep')
    for (const head of [rollup, `const dep = require('dep').default`, `const dep = require('dep')`]) {
      const call = head.endsWith(`require('dep')`) ? 'dep.default' : 'dep'
      await withBuild(file(head, call), file(holder, '_dep.default'), async (made) => {
        assert.notDeepEqual(made.deeds, [])
      })
    }
  })
})

describe('something that is called anew of a package in a range that moved', () => {
  const text = (version: string, range: string, code: string): Record<string, string> => ({
    'package.json': JSON.stringify({ name: 'lib', version, main: 'index.js', dependencies: { dep: range } }),
    'index.js': code,
    'node_modules/dep/package.json': '{ "name": "dep", "version": "1.2.0", "main": "index.js" }',
    'node_modules/dep/index.js': 'exports.one = (x) => x; exports.two = (x) => x * 2',
  })
  const old = text('1.0.0', '^1.0.0', `const dep = require('dep'); exports.f = (x) => dep.one(x)`)
  const young = (called: string, range = '^1.1.0'): Record<string, string> =>
    text('1.0.1', range, `const dep = require('dep'); exports.f = (x) => ${called}`)

  it('is asked for as the patch is loaded: without it, it is refused', () =>
    withPatch(old, young('dep.more(x)'), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await assert.rejects(program.load(made.code, 'patch.mjs'), /'dep' of the program has no export 'more'/)
      assert.equal(await program.run('lib.f(2)'), 2)
    }))

  it('is taken where it is there', () => checkBothWays(old, young('dep.two(x)'), '', 'lib.f(2)', [2, 4]))

  for (const [how, head] of [
    [
      'by its name',
      (use: string) =>
        `const { one${use === 'one(x)' ? '' : ', table'} } = require('dep'); exports.f = (x) => ${use}`,
    ],
    [
      'as a parameter',
      (
        use: string,
      ) => `(function (root, factory) { factory(exports, require('dep')) })(this, function (exports, dep) {
        exports.f = function f(x) { return ${use.replace(/\b(one|table)\b/g, 'dep.$1')} } })`,
    ],
  ] as const)
    it(`is asked for where a member of it is asked for, and it is reached ${how}`, () => {
      const was = text('1.0.0', '^1.0.0', head('one(x)'))
      const is = text('1.0.1', '^1.1.0', head('x > 5 ? table.has(x) : one(x)'))
      return withPatch(was, is, '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await assert.rejects(
          program.load(made.code, 'patch.mjs'),
          /'dep' of the program has no export 'table'/,
        )
        assert.equal(await program.run('lib.f(2)'), 2)
      })
    })

  it('is taken where a parameter has it', () => {
    const head = (use: string): string =>
      `(function (root, factory) { factory(exports, require('dep')) })(this, function (exports, dep) { exports.f = function f(x) { return ${use} } })`
    const [was, is] = [
      text('1.0.0', '^1.0.0', head('dep.one(x)')),
      text('1.0.1', '^1.1.0', head('dep.two(x)')),
    ]
    return checkBothWays(was, is, '', 'lib.f(2)', [2, 4])
  })

  const others: Record<string, string> = {
    'code looks for it first': 'dep.more ? dep.more(x) : dep.one(x)',
    'it is called if it is there': 'dep.more?.(x) ?? dep.one(x)',
  }
  for (const [what, called] of Object.entries(others))
    it(`is not asked for where ${what}`, () =>
      withPatch(old, young(`[${called}]`), '', async (program, made) => {
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.f(2)'), [2])
      }))

  it('is not asked for where the range is the same', () =>
    withPatch(old, young('x > 9 ? dep.more(x) : dep.two(x)', '^1.0.0'), '', async (program, made) => {
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.f(2)'), 4)
    }))
})
