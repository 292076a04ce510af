// Packages that only the new version depends on come along in the patch.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withBuild, withPatch } from './versions.ts'

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more })

const old = {
  'index.js': `exports.size = (x) => x.length`,
  'package.json': manifest('lib', '1.0.0'),
}

function young(text: string, dependencies: object = { dep: '^1.0.0' }): Record<string, string> {
  return { 'index.js': text, 'package.json': manifest('lib', '1.0.1', { dependencies }) }
}

describe('a package that only the new version depends on', () => {
  it('comes along with what it needs, each in the version that it asks for', async () => {
    const packages = {
      'dep@^1.0.0': {
        'package.json': manifest('dep', '1.2.0', {
          main: 'lib/main',
          dependencies: { inner: '^2.0.0', '@s/other': '1' },
        }),
        'lib/main.js': `const inner = require('inner'); const other = require('@s/other'); const { unit } = require('./data')
          let calls = 0
          exports.measure = (x) => [inner.name(), other(), x.length + unit, ++calls]`,
        'lib/data.json': `{ "unit": 10 }`,
      },
      'inner@^2.0.0': {
        'package.json': manifest('inner', '2.0.0', { type: 'module', exports: './in.js' }),
        'in.js': `import { basename } from 'node:path'; export const name = () => 'inner 2 of ' + basename(import.meta.url)`,
      },
      '@s/other@1': {
        'package.json': manifest('@s/other', '1.0.0', { dependencies: { inner: '^1.0.0' } }),
        'index.js': `const inner = require('inner'); const sub = require('inner/sub'); module.exports = () => [inner, sub.name]`,
      },
      'inner@^1.0.0': {
        'package.json': manifest('inner', '1.0.0'),
        'index.js': `module.exports = 'inner 1'; globalThis.inners = (globalThis.inners ?? 0) + 1`,
        'sub.js': `require('./deep/'); exports.name = 'sub of ' + require('./') + require('.').length + globalThis.inners`,
        'deep/index.js': `require('..')`,
      },
    }
    const text = `const dep = require('dep'); exports.size = (x) => dep.measure(x)`
    await withPatch(
      old,
      young(text),
      '',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        const first = ['inner 2 of in.js', ['inner 1', 'sub of inner 171'], 13, 1]
        assert.deepEqual(await program.run(`lib.size('abc')`), first)
        assert.deepEqual(await program.run(`lib.size('abc')`), [...first.slice(0, 3), 2])
        await program.disable(made.name)
        assert.equal(await program.run(`lib.size('abc')`), 3)
      },
      { packages },
    )
  })

  it('comes along with JSON that its exports lead to', async () => {
    const packages = {
      'dep@^1.0.0': {
        'package.json': manifest('dep', '1.0.0', { exports: { './data/*.json': './data/*.json' } }),
        'data/words.json': '["a", "b"]',
      },
    }
    const text = `const words = require('dep/data/words.json'); exports.size = (x) => x.length + words.length`
    await withPatch(
      old,
      young(text),
      '',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run(`lib.size('abc')`), 5)
      },
      { packages },
    )
  })

  it('comes along where a function asks for it, or takes the place of an export', async () => {
    const packages = {
      'dep@^1.0.0': {
        'package.json': manifest('dep', '1.0.0'),
        'index.js': `module.exports = function (a, b) { return [this === undefined, a, b] }; module.exports.size = (x) => x.length * 2`,
      },
    }
    const text = (size: string, more: string): string =>
      `const path = require('path'); exports.size = (x) => ${size}; exports.sep = () => require('path').sep === path.sep; ${more}`
    const was = {
      ...old,
      'index.js': text(
        'x.length',
        `function join(a, b) { return a + b }; exports.join = join; exports.add = (a) => [a]`,
      ),
    }
    await withPatch(
      was,
      young(
        text(`require('dep').size(x)`, `exports.join = require('dep'); exports.add = require('dep').size`),
      ),
      'const { join, add } = lib',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        const use = `[lib.size('abc'), lib.join(1, 2).slice(1), join(1, 2).slice(1), lib.add('ab'), lib.sep()]`
        assert.deepEqual(await program.run(use), [6, [1, 2], [1, 2], 4, true])
        await program.disable(made.name)
        assert.deepEqual(await program.run(`[lib.size('abc'), lib.join(1, 2), join(1, 2), lib.sep()]`), [
          3,
          3,
          3,
          true,
        ])
      },
      { packages },
    )
  })

  it('comes along in another version, where it is nothing but called', async () => {
    const packages = {
      'dep@^5.0.0': {
        'package.json': manifest('dep', '5.1.0'),
        'index.js': `exports.measure = (x) => [5, x.length]; exports.C = class {}`,
      },
    }
    const running = {
      'index.js': `const measure = require('dep'); exports.size = (x) => measure(x); exports.other = (x) => measure(x)`,
      'package.json': manifest('lib', '1.0.0', { dependencies: { dep: '^2.0.0' } }),
      'node_modules/dep/package.json': manifest('dep', '2.0.0'),
      'node_modules/dep/index.js': `module.exports = (x) => [2, x.length]`,
    }
    const release = (text: string): Record<string, string> => young(text, { dep: '^5.0.0' })
    const taken = `const measure = require('dep').measure; exports.size = (x) => measure(x); exports.other = (x) => measure(x)`
    await withPatch(
      running,
      release(taken),
      'const { size } = lib',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(`[size('ab'), lib.other('abc')]`), [
          [5, 2],
          [5, 3],
        ])
        await program.disable(made.name)
        assert.deepEqual(await program.run(`[size('ab'), lib.other('abc')]`), [
          [2, 2],
          [2, 3],
        ])
      },
      { packages },
    )
    for (const use of ['x instanceof C', '[C]', '({ C })', 'new C()'])
      await withBuild(
        running,
        release(`const { C } = require('dep'); exports.size = (x) => ${use}; exports.other = () => 1`),
        async (made) => assert.match(problemsOf(made).join(), /C: it is taken from dep@\^5\.0\.0/),
        { packages },
      )
  })

  it('is a problem in another version, where code asks it for something else', async () => {
    const with2 = (text: string, range: string): Record<string, string> => ({
      'index.js': `const Search = require('dep'); ${text}`,
      'package.json': manifest('lib', '1.0.0', { dependencies: { dep: range } }),
      'node_modules/dep/package.json': manifest('dep', '2.0.0'),
      'node_modules/dep/index.js': `module.exports = class { constructor(x, f) { this.f = f } }`,
    })
    const old = with2('exports.f = (x) => new Search(x)', '^2.0.0')
    const problems = async (text: string): Promise<string[]> => {
      let found: string[] = []
      await withBuild(old, with2(text, '^3.0.0'), async (made) => {
        found = problemsOf(made)
      })
      return found
    }
    for (const use of ['new Search(x, () => x)', '[Search]'])
      assert.match(
        (await problems(`exports.f = (x) => ${use}`)).join(),
        /Search: it is taken from dep@\^3\.0\.0/,
      )
    assert.deepEqual(await problems('exports.f = (x) => new Search(x + 1)'), [])
  })

  const using = (text: string, range: string, own: Record<string, string> = {}): Record<string, string> => ({
    'index.js': text,
    'package.json': manifest('lib', '1.0.0', { dependencies: { dep: range } }),
    ...own,
  })
  const installed = (version: string, text: string): Record<string, string> => ({
    'node_modules/dep/package.json': manifest('dep', version),
    'node_modules/dep/index.js': text,
  })
  const published = (version: string, text: string): Record<string, string> => ({
    'package.json': manifest('dep', version),
    'index.js': text,
  })

  for (const parse of ['dep.parse', '(0, dep.parse)'])
    it(`comes along in another version, where ${parse} is called in another way`, async () => {
      const two = 'exports.parse = (x) => [2, x]; exports.skip = () => {}'
      const five = two.replace('(x) => [2, x]', '(x, y) => [5, x, y]')
      const old = `const dep = require('dep'); exports.size = (x) => ${parse}(x); exports.on = (e) => e.on('a', dep.skip)`
      await withPatch(
        using(old, '^2.0.0', installed('2.0.0', two)),
        using(old.replace('(x);', '(x, 1);'), '^5.0.0'),
        '',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          await program.load(made.code, 'patch.mjs')
          assert.deepEqual(await program.run('lib.size(3)'), [5, 3, 1])
          await program.disable(made.name)
          assert.deepEqual(await program.run('lib.size(3)'), [2, 3])
        },
        {
          packages: {
            'dep@2.0.0': published('2.0.0', two),
            'dep@^2.0.0': published('2.0.0', two),
            'dep@^5.0.0': published('5.0.0', five),
          },
        },
      )
    })

  it('is a problem where objects have what it gave them, and code asks that for something else', async () => {
    const file = (call: string, ask: string): string =>
      `const dep = require('dep'); module.exports = class { constructor(x) { this.p = dep.make(${call}) } go() { return this.p.${ask}() } }`
    const [two, five] = ['one', 'two'].map((name) => `exports.make = () => ({ ${name}: () => 1 })`)
    await withBuild(
      using(file('1', 'one'), '^2.0.0', installed('2.0.0', two!)),
      using(file('1, 2', 'two'), '^5.0.0'),
      async (made) => assert.match(problemsOf(made).join(), /keeps what the running version gave it/),
      {
        packages: {
          'dep@2.0.0': published('2.0.0', two!),
          'dep@^2.0.0': published('2.0.0', two!),
          'dep@^5.0.0': published('5.0.0', five!),
        },
      },
    )
  })

  describe('that code takes something else from', () => {
    const old = `const { a } = require('dep'); exports.f = (x) => a(x)`
    const release = `const { a, B } = require('dep'); exports.f = (x) => new B(x).go(a)`
    const cases: Record<string, [old: string, young: string, isSame: boolean]> = {
      'is the one that the program has, where that is the same': [
        `const h = (x) => x; class B { constructor(x) { this.x = x } go(f) { return [h(this.x), f(1)] } }
         exports.a = (x) => x; exports.B = B; exports.c = () => 1`,
        `const h = (x) => x; class B { constructor(x) { this.x = x } go(f) { return [h(this.x), f(1)] } }
         exports.a = (x) => x; exports.B = B; exports.c = () => 2; exports.d = 3`,
        true,
      ],
      'is a problem where the program does not have it': [
        `exports.a = (x) => x`,
        `class B { constructor(x) { this.x = x } go(f) { return [this.x, f(1)] } } exports.a = (x) => x; exports.B = B`,
        false,
      ],
      'is a problem where a method differs': [
        `class B { constructor(x) { this.x = x } go() { return 1 } } exports.a = (x) => x; exports.B = B`,
        `class B { constructor(x) { this.x = x } go(f) { return [this.x, f(1)] } } exports.a = (x) => x; exports.B = B`,
        false,
      ],
      'is a problem where something that it uses differs': [
        `const k = 1; const h = (x) => x + k; class B { constructor(x) { this.x = h(x) } go(f) { return [this.x, f(1)] } }
         exports.a = (x) => x; exports.B = B`,
        `const k = 2; const h = (x) => x + k; class B { constructor(x) { this.x = h(x) } go(f) { return [this.x, f(1)] } }
         exports.a = (x) => x; exports.B = B`,
        false,
      ],
      'is a problem where its prototype gets something else': [
        `function B(x) { this.x = x } B.prototype.go = function (f) { return [this.x, f(1)] }
         exports.a = (x) => x; exports.B = B`,
        `function B(x) { this.x = x } B.prototype.go = function (f) { return [this.x, f(1)] }; B.prototype.y = 1
         exports.a = (x) => x; exports.B = B`,
        false,
      ],
    }
    for (const [what, [two, five, isSame]] of Object.entries(cases))
      it(what, async () => {
        await withPatch(
          using(old, '2.0.0', installed('2.0.0', two)),
          using(release, '2.0.1'),
          '',
          async (program, made) => {
            if (!isSame) return assert.match(problemsOf(made).join(), /B: it is taken from dep@2\.0\.1/)
            assert.deepEqual(problemsOf(made), [])
            assert.match(made.findings.map(({ what }) => what).join(), /dep 2\.0\.0 became 2\.0\.1/)
            await program.load(made.code, 'patch.mjs')
            assert.deepEqual(await program.run('lib.f(7)'), [7, 1])
            await program.disable(made.name)
            assert.equal(await program.run('lib.f(7)'), 7)
          },
          { packages: { 'dep@2.0.0': published('2.0.0', two), 'dep@2.0.1': published('2.0.1', five) } },
        )
      })
  })

  it('is a problem where one function was two exports', async () => {
    const was = {
      ...old,
      'index.js': 'const join = (a, b) => a + b; exports.join = join; exports.add = join',
    }
    const text = `const join = (a, b) => a + b; exports.join = join; exports.add = require('dep')`
    const packages = {
      'dep@^1.0.0': { 'package.json': manifest('dep', '1.0.0'), 'index.js': 'module.exports = () => 1' },
    }
    await withBuild(
      {
        ...was,
        'index.js': was['index.js'].replace('const join', 'const sum').replaceAll('= join', '= sum'),
      },
      young(text),
      async (made) => assert.match(problemsOf(made).join(), /export add: .*programs alone use it/),
      { packages },
    )
  })

  it('is refused where it looks for files, and where it cannot be had', async () => {
    const packages = {
      'dep@^1.0.0': {
        'package.json': manifest('dep', '1.0.0'),
        'index.js': `module.exports = require('fs').readdirSync(__dirname)`,
      },
    }
    const text = `const dep = require('dep'); const gone = require('gone'); exports.size = (x) => [dep, gone]`
    await withBuild(
      old,
      young(text, { dep: '^1.0.0', gone: '1' }),
      async (made) => {
        const why =
          'the new version needs a package that the running one does not depend on, and it cannot come along'
        assert.deepEqual(problemsOf(made), [
          `index.js:1: dep: ${why}: 'node_modules/dep' looks for files by names that it makes when it runs`,
          `index.js:1: gone: ${why}: it cannot be had: there is no gone@1`,
        ])
      },
      { packages },
    )
  })

  it('is left to the program where the release does not depend on it and asks for it in a call', async () => {
    const text = `exports.size = (x) => { try { return require('optional') } catch { return -x.length } }`
    await withPatch(old, young(text, {}), '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.ok(made.findings.some(({ what, severity }) => what === 'optional' && severity === 'note'))
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run(`lib.size('abc')`), -3)
    })
  })

  it('is not taken to be there because the running version has its name in a string', async () => {
    const was = { ...old, 'index.js': `exports.size = (x) => 'dependency: ' + x` }
    await withBuild(
      was,
      young(`const dep = require('dep'); exports.size = (x) => dep(x)`, {}),
      async (made) => {
        assert.match(problemsOf(made).join(), /^index.js:1: dep: the new version needs a package/)
      },
    )
  })
})

describe('a table that another package makes', () => {
  const text = (ask: string, range: string, rest = ''): Record<string, string> => ({
    'index.js': `exports.find = (router, id) => router.ids${ask} ?? null; ${rest}`,
    'package.json': manifest('lib', '1.0.0', { dependencies: { dep: range } }),
  })

  it('is asked in another way by a release that depends on another major version', async () => {
    const told = async (range: string, rest = ''): Promise<string> => {
      let problems = ''
      await withBuild(text('[id]', '^7.0.0', rest), text('.get(id)', range, rest), async (made) => {
        problems = problemsOf(made).join()
      })
      return problems
    }
    assert.match(await told('^8.0.0'), /ids: it is asked as a collection and not by key: dep@\^8\.0\.0/)
    assert.equal(await told('^7.0.1'), '')
    assert.equal(await told('^8.0.0', 'exports.make = () => ({ ids: new Map() })'), '')
  })
})
