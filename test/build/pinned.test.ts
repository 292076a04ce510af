// Dependencies that both versions pin to one version each: their changes come along.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

const manifest = (name: string, version: string, dependencies: object = {}): string =>
  JSON.stringify({ name, version, main: 'index.js', dependencies })

/** A class that objects in flight are of; the newer one counts what they were asked. */
const box = (isNew: boolean): string =>
  isNew
    ? `class Box { constructor(x) { this.x = x; this.asked = 0 } get() { return [this.x, ++this.asked] } }`
    : `class Box { constructor(x) { this.x = x } get() { return [this.x] } }`

const inner = (version: string): Files => ({
  'package.json': manifest('inner', version),
  'index.js': `module.exports = () => 'inner ${version}'`,
})
const dep = (version: string, innerVersion: string): Files => ({
  'package.json': manifest('dep', version, { inner: innerVersion }),
  'index.js': `const inner = require('inner'); ${box(version !== '1.2.0')}
    exports.make = (x) => new Box(x); exports.inner = () => inner()`,
})
const lib = (isNew: boolean, own = `'old'`, range = isNew ? '1.3.0' : '1.2.0'): Files => ({
  'index.js': `const dep = require('dep'); ${box(isNew)}
    exports.boxes = (x) => [new Box(x), dep.make(x)]
    exports.tell = () => [${own}, dep.inner()]`,
  'package.json': manifest('lib', isNew ? '1.0.1' : '1.0.0', { dep: range }),
})
const installed = (name: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`node_modules/${name}/${path}`, text]))

const packages = {
  'dep@1.2.0': dep('1.2.0', '0.4.0'),
  'dep@1.3.0': dep('1.3.0', '0.4.1'),
  'inner@0.4.0': inner('0.4.0'),
  'inner@0.4.1': inner('0.4.1'),
}
const running = {
  ...lib(false),
  ...installed('dep', packages['dep@1.2.0']),
  ...installed('inner', packages['inner@0.4.0']),
}
const noteOf = (made: { findings: { file: string; what: string; why: string }[] }): string[] =>
  made.findings.filter(({ file }) => file === 'package.json').map(({ what, why }) => `${what}: ${why}`)

describe('a dependency that both versions pin', () => {
  it('comes along with what it pins itself, and objects in flight of both packages are seen to', () =>
    withPatch(
      running,
      lib(true, `'new'`),
      'const made = lib.boxes(1)',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.deepEqual(noteOf(made), [
          'dep 1.2.0 became 1.3.0: a dependency of lib@1.0.1 changed, and comes along',
          'inner 0.4.0 became 0.4.1: a dependency of dep@1.3.0 changed, and comes along',
        ])
        assert.match(made.code, /^\/\/ {3}with dep@1\.2\.0 → dep@1\.3\.0$/m)
        const ask = 'made.map((box) => box.get())'
        assert.deepEqual(await program.run(ask), [[1], [1]])
        await program.load(made.code, 'patch.mjs')
        for (let times = 1; times <= 2; times++)
          assert.deepEqual(await program.run(ask), [
            [1, times],
            [1, times],
          ])
        assert.deepEqual(await program.run('lib.tell()'), ['new', 'inner 0.4.1'])
        await program.disable(made.name)
        assert.deepEqual(await program.run(ask), [[1], [1]])
        assert.deepEqual(await program.run('lib.tell()'), ['old', 'inner 0.4.0'])
        await program.unload(made.name)
      },
      { packages },
    ))

  it('may depend on the package itself in turn, which is built once', () =>
    withPatch(
      running,
      lib(true, `'new'`),
      '',
      async (program, made) => {
        assert.equal(made.code.match(/module: 'lib@1\.0\.0/g)?.length, 1)
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.tell()'), ['new', 'inner 0.4.0'])
      },
      {
        packages: {
          'dep@1.2.0': {
            ...packages['dep@1.2.0'],
            'package.json': manifest('dep', '1.2.0', { lib: '1.0.0' }),
          },
          'dep@1.3.0': {
            ...packages['dep@1.3.0'],
            'package.json': manifest('dep', '1.3.0', { lib: '1.0.1' }),
          },
          'lib@1.0.0': lib(false),
          'lib@1.0.1': lib(true, `'new'`),
        },
      },
    ))

  it('comes along where nothing changed of the package itself but a bundle beside its main entry, which may not be patched', () => {
    const text = (version: string, range: string, port: number): Files => ({
      ...running,
      'package.json': JSON.stringify({
        ...JSON.parse(manifest('lib', version, { dep: range })),
        exports: { '.': './index.js', './dist/*': './dist/*' },
      }),
      'dist/bundle.js': `require('node:http').globalAgent.maxSockets = ${port}; exports.port = () => ${port}`,
    })
    return withPatch(
      text('1.0.0', '1.2.0', 1),
      text('1.0.1', '1.3.0', 2),
      '',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.ok(made.findings.some(({ why }) => /main entry does not lead to this file/.test(why)))
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.tell()'), ['old', 'inner 0.4.1'])
      },
      { packages },
    )
  })

  it('comes along where nothing of the package itself changed', () =>
    withPatch(
      running,
      { ...running, 'package.json': manifest('lib', '1.0.1', { dep: '1.3.0' }) },
      '',
      async (program, made) => {
        assert.equal(made.empty, false)
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.tell()'), ['old', 'inner 0.4.1'])
      },
      { packages },
    ))

  describe('and that has an export more', () => {
    const exported = (files: Files, text: string): Files => ({
      ...files,
      'index.js': `${files['index.js']}; ${text}`,
    })
    const more = {
      ...packages,
      'dep@1.3.0': exported(packages['dep@1.3.0'], `exports.more = (x) => [x, exports.inner()]`),
    }
    const young = { ...lib(true), 'index.js': `${lib(true)['index.js']}; exports.f = (x) => dep.more(x)` }
    const old = { ...running, 'index.js': `${running['index.js']}; exports.f = (x) => x` }

    it('is what code of the release takes it from', () =>
      withPatch(
        old,
        young,
        '',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          for (let round = 0; round < 2; round++) {
            assert.equal(await program.run('lib.f(1)'), 1)
            await program.load(made.code, 'patch.mjs')
            assert.deepEqual(await program.run('lib.f(1)'), [1, 'inner 0.4.1'])
            await program.disable(made.name)
            await program.unload(made.name)
          }
        },
        { packages: more },
      ))

    it('refuses the patch where the program has another version, which may be without', () =>
      withPatch(
        {
          ...old,
          ...installed('dep', { ...dep('1.2.0', '0.4.0'), 'package.json': manifest('dep', '1.1.0') }),
        },
        young,
        '',
        async (program, made) => {
          await assert.rejects(
            () => program.load(made.code, 'patch.mjs'),
            /'dep@1\.2\.0\/index\.js': this process runs version 1\.1\.0/,
          )
          assert.equal(await program.run('lib.f(1)'), 1)
        },
        { packages: more },
      ))

    it('is a problem where its running exports do not get that', () =>
      withBuild(
        old,
        { ...young, 'index.js': young['index.js'].replace('dep.more(x)', '[x].map(dep.more)') },
        async (made) => assert.match(problemsOf(made).join(), /dep: it is taken from dep@1\.3\.0/),
        {
          packages: {
            ...more,
            'dep@1.3.0': exported(
              packages['dep@1.3.0'],
              `for (const key of ['more']) exports[key] = (x) => x`,
            ),
          },
        },
      ))
  })

  it('stays where the program has another version of it, and loading says so', () =>
    withPatch(
      { ...running, ...installed('inner', inner('0.4.9')) },
      lib(true, `'new'`),
      '',
      async (program, made) => {
        const { notes } = await program.load(made.code, 'patch.mjs')
        assert.match(notes.join('\n'), /inner 0\.4\.9 runs too, and the patch is not for that version/)
        assert.deepEqual(await program.run('lib.tell()'), ['new', 'inner 0.4.9'])
      },
      { packages },
    ))

  it('is refused with the rest where it has another text', () =>
    withPatch(
      {
        ...running,
        ...installed('inner', { ...inner('0.4.0'), 'index.js': `module.exports = () => 'mine'` }),
      },
      lib(true, `'new'`),
      '',
      async (program, made) => {
        await assert.rejects(() => program.load(made.code, 'patch.mjs'), /inner@0\.4\.0\/index\.js/)
        assert.deepEqual(await program.run('lib.tell()'), ['old', 'mine'])
      },
      { packages },
    ))

  const sideEffect = {
    ...dep('1.3.0', '0.4.1'),
    'index.js': `${packages['dep@1.3.0']['index.js']}; process.on('exit', () => {})`,
  }
  const left: Record<string, { young: Files; more?: Record<string, Files>; pinned?: 'left'; note: RegExp }> =
    {
      'of which a part cannot be applied stays and is told': {
        young: lib(true, `'new'`),
        more: { 'dep@1.3.0': sideEffect },
        note: /dep 1\.2\.0 became 1\.3\.0: .*a part of that cannot be applied/,
      },
      'that cannot be had stays and is told': {
        young: lib(true, `'new'`, '1.4.0'),
        note: /dep 1\.2\.0 became 1\.4\.0: .*it cannot be had: there is no dep@1\.4\.0/,
      },
      'that is very large stays and is told': {
        young: lib(true, `'new'`),
        more: {
          'dep@1.3.0': {
            ...dep('1.3.0', '0.4.1'),
            'large.js': `exports.f = () => '${'x'.repeat(3_000_000)}'`,
          },
        },
        note: /dep 1\.2\.0 became 1\.3\.0: .*with it there would be too much to be built unasked/,
      },
      'that became another major version stays and is told': {
        young: lib(true, `'new'`, '2.0.0'),
        more: { 'dep@2.0.0': dep('2.0.0', '0.4.1') },
        note: /dep 1\.2\.0 became 2\.0\.0: a dependency changed$/,
      },
      'is left where that is asked for': {
        young: lib(true, `'new'`),
        pinned: 'left',
        note: /dep 1\.2\.0 became 1\.3\.0: a dependency changed$/,
      },
    }
  for (const [title, { young, more, pinned, note }] of Object.entries(left))
    it(title, () =>
      withPatch(
        running,
        young,
        '',
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          assert.match(noteOf(made)[0]!, note)
          await program.load(made.code, 'patch.mjs')
          assert.equal(await program.run('lib.tell()[0]'), 'new')
          assert.deepEqual(await program.run('lib.boxes(1)[1].get()'), [1])
        },
        { packages: { ...packages, ...more }, ...(pinned !== undefined && { pinned }) },
      ),
    )
})
