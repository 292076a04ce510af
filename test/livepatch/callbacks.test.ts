// After the kernel's tools/testing/selftests/livepatch/test-callbacks.sh: each scenario, and then exactly what the log
// must say. Callbacks write into the log of the program, so that their place between its lines is seen too.
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { Program } from '../support/program.ts'

/** A patch with all four callbacks on each target; each callback tells its name, and `fails` names one that throws. */
const demo = (
  modules: string[],
  {
    name = 'demo',
    fails = '',
    replace = false,
    more = '',
  }: { name?: string; fails?: string; replace?: boolean; more?: string } = {},
): string => `
  import { definePatch } from 'umbra'
  const told = (globalThis as any).told ??= []
  const tell = (which: string) => ({ patch, module }: { patch: string; module: string }) => {
    told.push({ time: performance.now(), line: which + ' ' + patch + ' ' + module })
    if ('${fails}' === which + ' ' + module) throw new Error('fails on purpose')
    ${more}
  }
  const callbacks = {
    prePatch: tell('prePatch'), postPatch: tell('postPatch'),
    preUnpatch: tell('preUnpatch'), postUnpatch: tell('postUnpatch'),
  }
  export default definePatch({
    name: '${name}', replace: ${replace},
    targets: [${modules.map((module) => `{ module: '${module}', functions: { f: () => '${name}' }, callbacks }`).join()}],
  })`

const files = {
  'main.js': `
    globalThis.told = []
    const { f } = require('./loaded.js')
    function load(file) { return require('./' + file).f() }
    const importLater = () => import('./later.mjs')`,
  'loaded.js': `exports.f = function f() { return 'original' }`,
  'late.js': `exports.f = function f() { return 'original' }; exports.first = exports.f(); globalThis.firstLine = exports.first`,
  'later.mjs': `globalThis.firstLineOfModule = f(); export function f() { return 'original' }`,
}

let app: Program
afterEach(() => app.stop())

/** Log and callbacks in one story, in the order in which they happened. */
async function story(): Promise<string[]> {
  const told = await app.run<{ line: string }[]>('told')
  const callbacks = told.map(({ line }) => line)
  return [...(await app.log()), ...callbacks]
}

const p = "livepatch: 'demo':"

describe('callbacks', () => {
  it('run around each transition when the target is loaded', async () => {
    app = await Program.start(files)
    await app.load(demo(['./loaded.js']))
    assert.equal(await app.run('f()'), 'demo')
    await app.disable('demo')
    assert.deepEqual(await story(), [
      "livepatch: enabling patch 'demo'",
      `${p} initializing patching transition`,
      `${p} starting patching transition`,
      `${p} completing patching transition`,
      `${p} patching complete`,
      `${p} initializing unpatching transition`,
      `${p} starting unpatching transition`,
      `${p} completing unpatching transition`,
      `${p} unpatching complete`,
      'prePatch demo ./loaded.js',
      'postPatch demo ./loaded.js',
      'preUnpatch demo ./loaded.js',
      'postUnpatch demo ./loaded.js',
    ])
  })

  it('of a target that comes later run while it is imported, and it is patched from its first line', async () => {
    app = await Program.start(files)
    const { notes } = await app.load(demo(['./loaded.js', './late.js']))
    assert.match(notes.join(), /'\.\/late\.js' is not loaded: the patch waits for it/)
    assert.equal(await app.run("load('late.js')"), 'demo')
    assert.equal(await app.run('firstLine'), 'demo')
    await app.disable('demo')
    assert.equal(await app.run("load('late.js')"), 'original')
    assert.deepEqual(await story(), [
      "livepatch: enabling patch 'demo'",
      `${p} initializing patching transition`,
      `${p} starting patching transition`,
      `${p} completing patching transition`,
      `${p} patching complete`,
      "livepatch: applying patch 'demo' to loading module './late.js'",
      `${p} initializing unpatching transition`,
      `${p} starting unpatching transition`,
      `${p} completing unpatching transition`,
      `${p} unpatching complete`,
      'prePatch demo ./loaded.js',
      'postPatch demo ./loaded.js',
      'prePatch demo ./late.js',
      'postPatch demo ./late.js',
      'preUnpatch demo ./loaded.js',
      'preUnpatch demo ./late.js',
      'postUnpatch demo ./loaded.js',
      'postUnpatch demo ./late.js',
    ])
  })

  it('of an ES module that comes later: patched before its hoisted functions are called', async () => {
    app = await Program.start(files)
    await app.load(demo(['./later.mjs']))
    await app.run('importLater()')
    assert.equal(await app.run('firstLineOfModule'), 'demo')
    assert.deepEqual((await story()).slice(5), [
      "livepatch: applying patch 'demo' to loading module './later.mjs'",
      'prePatch demo ./later.mjs',
      'postPatch demo ./later.mjs',
    ])
  })

  it('of a target that never comes do not run', async () => {
    app = await Program.start(files)
    await app.load(demo(['./loaded.js', './never.js']))
    await app.disable('demo')
    assert.deepEqual(await app.run('told.map((one) => one.line)'), [
      'prePatch demo ./loaded.js',
      'postPatch demo ./loaded.js',
      'preUnpatch demo ./loaded.js',
      'postUnpatch demo ./loaded.js',
    ])
  })

  it('a pre-patch callback that fails refuses the patch; unpatch callbacks run only where pre-patch succeeded', async () => {
    app = await Program.start({ ...files, 'main.js': `${files['main.js']}; require('./late.js')` })
    const modules = ['./loaded.js', './late.js']
    const error = await app.refuse(demo(modules, { fails: 'prePatch ./late.js' }))
    assert.match(error.message, /fails on purpose/)
    assert.equal(await app.run('f()'), 'original')
    assert.deepEqual(await app.list(), [])
    assert.deepEqual(await story(), [
      "livepatch: enabling patch 'demo'",
      `${p} initializing patching transition`,
      "livepatch: pre-patch callback failed for object './late.js'",
      "livepatch: failed to enable patch 'demo'",
      `${p} canceling patching transition, going to unpatch`,
      `${p} completing unpatching transition`,
      `${p} unpatching complete`,
      'prePatch demo ./loaded.js',
      'prePatch demo ./late.js',
      'postUnpatch demo ./loaded.js',
    ])
  })

  it('a pre-patch callback that fails for a target being imported refuses the module', async () => {
    app = await Program.start(files)
    await app.load(demo(['./loaded.js', './late.js'], { fails: 'prePatch ./late.js' }))
    await assert.rejects(app.run("load('late.js')"), /fails on purpose/)
    await app.disable('demo')
    assert.equal(await app.run("load('late.js')"), 'original')
    assert.deepEqual((await story()).slice(5), [
      "livepatch: applying patch 'demo' to loading module './late.js'",
      "livepatch: pre-patch callback failed for object './late.js'",
      "livepatch: patch 'demo' failed for module './late.js', refusing to load module './late.js'",
      `${p} initializing unpatching transition`,
      `${p} starting unpatching transition`,
      `${p} completing unpatching transition`,
      `${p} unpatching complete`,
      'prePatch demo ./loaded.js',
      'postPatch demo ./loaded.js',
      'prePatch demo ./late.js',
      'preUnpatch demo ./loaded.js',
      'postUnpatch demo ./loaded.js',
    ])
  })

  it('may return promises while a patch is enabled, never while a target is imported', async () => {
    app = await Program.start(files)
    const asynchronous = demo(['./loaded.js', './late.js'], {
      more: "return new Promise<void>((done) => setTimeout(() => { told.push({ line: 'settled ' + which + ' ' + module }); done() }, 20))",
    })
    await app.load(asynchronous)
    assert.deepEqual(await app.run('told.map((one) => one.line)'), [
      'prePatch demo ./loaded.js',
      'settled prePatch ./loaded.js',
      'postPatch demo ./loaded.js',
      'settled postPatch ./loaded.js',
    ])
    await assert.rejects(app.run("load('late.js')"), /returned a promise.*must be synchronous/s)
  })

  it('of two stacked patches each run for their own', async () => {
    app = await Program.start(files)
    await app.load(demo(['./loaded.js'], { name: 'one' }), 'one.ts')
    await app.load(demo(['./loaded.js'], { name: 'two' }), 'two.ts')
    assert.equal(await app.run('f()'), 'two')
    await app.disable('two')
    await app.disable('one')
    const order = (name: string, ...which: string[]): string[] =>
      which.map((one) => `${one} ${name} ./loaded.js`)
    assert.deepEqual(await app.run('told.map((one) => one.line)'), [
      ...order('one', 'prePatch', 'postPatch'),
      ...order('two', 'prePatch', 'postPatch'),
      ...order('two', 'preUnpatch', 'postUnpatch'),
      ...order('one', 'preUnpatch', 'postUnpatch'),
    ])
  })

  it('of a patch that is atomically replaced do not run, only those of the new one', async () => {
    app = await Program.start(files)
    await app.load(demo(['./loaded.js'], { name: 'one' }), 'one.ts')
    await app.load(demo(['./loaded.js'], { name: 'two', replace: true }), 'two.ts')
    assert.deepEqual(
      (await app.run<{ line: string }[]>('told')).map(({ line }) => line),
      [
        'prePatch one ./loaded.js',
        'postPatch one ./loaded.js',
        'prePatch two ./loaded.js',
        'postPatch two ./loaded.js',
      ],
    )
  })
})
