// After the kernel's tools/testing/selftests/livepatch/test-callbacks.sh: each scenario, and then exactly what the log
// must say. Callbacks and the log tell into one list of the program, so that the place of each between the others is seen.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';
/** A patch with all four callbacks on each target; each callback tells its name, and `fails` names one that throws. */
const demo = (modules, { name = 'demo', fails = '', replace = false, more = '', } = {}) => `
  import { definePatch } from 'umbra'
  const story = (globalThis as any).story
  const tell = (which: string) => ({ patch, module }: { patch: string; module: string }) => {
    story.push(which + ' ' + patch + ' ' + module)
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
  })`;
const files = {
    'main.js': `
    globalThis.story = []
    process.stderr.write = (line) => story.push(line.trim())
    const { f } = require('./loaded.js')
    function load(file) { return require('./' + file).f() }
    const importLater = () => import('./later.mjs')`,
    'loaded.js': `exports.f = function f() { return 'original' }`,
    'late.js': `exports.f = function f() { return 'original' }; exports.first = exports.f(); globalThis.firstLine = exports.first; story.push('late.js runs')`,
    'later.mjs': `globalThis.firstLineOfModule = f(); export function f() { return 'original' }`,
};
let app;
const start = async (more = '') => {
    const main = files['main.js'] + more;
    app = await Program.start({ ...files, 'main.js': main }, { env: { UMBRA_LOG: 'stderr' } });
};
afterEach(() => app.stop());
/** Log and callbacks, in the order in which they happened. */
const story = () => app.run('story');
const callbacks = async () => (await story()).filter((line) => !line.startsWith('livepatch:'));
const p = "livepatch: 'demo':";
describe('callbacks', () => {
    it('run around each transition when the target is loaded', async () => {
        await start();
        await app.load(demo(['./loaded.js']));
        assert.equal(await app.run('f()'), 'demo');
        await app.disable('demo');
        assert.deepEqual(await story(), [
            "livepatch: enabling patch 'demo'",
            `${p} initializing patching transition`,
            'prePatch demo ./loaded.js',
            `${p} starting patching transition`,
            `${p} completing patching transition`,
            'postPatch demo ./loaded.js',
            `${p} patching complete`,
            `${p} initializing unpatching transition`,
            'preUnpatch demo ./loaded.js',
            `${p} starting unpatching transition`,
            `${p} completing unpatching transition`,
            'postUnpatch demo ./loaded.js',
            `${p} unpatching complete`,
        ]);
    });
    it('of a target that comes later run while it is imported, and it is patched from its first line', async () => {
        await start();
        const { notes } = await app.load(demo(['./loaded.js', './late.js']));
        assert.match(notes.join(), /'\.\/late\.js' is not loaded: the patch waits for it/);
        assert.equal(await app.run("load('late.js')"), 'demo');
        assert.equal(await app.run('firstLine'), 'demo');
        await app.disable('demo');
        assert.equal(await app.run("load('late.js')"), 'original');
        assert.deepEqual(await story(), [
            "livepatch: enabling patch 'demo'",
            `${p} initializing patching transition`,
            'prePatch demo ./loaded.js',
            `${p} starting patching transition`,
            `${p} completing patching transition`,
            'postPatch demo ./loaded.js',
            `${p} patching complete`,
            "livepatch: applying patch 'demo' to loading module './late.js'",
            'prePatch demo ./late.js',
            'postPatch demo ./late.js',
            'late.js runs',
            `${p} initializing unpatching transition`,
            'preUnpatch demo ./loaded.js',
            'preUnpatch demo ./late.js',
            `${p} starting unpatching transition`,
            `${p} completing unpatching transition`,
            'postUnpatch demo ./loaded.js',
            'postUnpatch demo ./late.js',
            `${p} unpatching complete`,
        ]);
    });
    it('of an ES module that comes later: patched before its hoisted functions are called', async () => {
        await start();
        await app.load(demo(['./later.mjs']));
        await app.run('importLater()');
        assert.equal(await app.run('firstLineOfModule'), 'demo');
        assert.deepEqual((await story()).slice(5), [
            "livepatch: applying patch 'demo' to loading module './later.mjs'",
            'prePatch demo ./later.mjs',
            'postPatch demo ./later.mjs',
        ]);
    });
    it('of a target that never comes do not run', async () => {
        await start();
        await app.load(demo(['./loaded.js', './never.js']));
        await app.disable('demo');
        assert.deepEqual(await callbacks(), [
            'prePatch demo ./loaded.js',
            'postPatch demo ./loaded.js',
            'preUnpatch demo ./loaded.js',
            'postUnpatch demo ./loaded.js',
        ]);
    });
    it('a pre-patch callback that fails refuses the patch; unpatch callbacks run only where pre-patch succeeded', async () => {
        await start("; require('./late.js')");
        const modules = ['./loaded.js', './late.js'];
        const error = await app.refuse(demo(modules, { fails: 'prePatch ./late.js' }));
        assert.equal(error.code, 'CALLBACK_FAILED');
        assert.match(error.message, /prePatch callback of '.\/late.js' failed.*fails on purpose/);
        assert.equal(await app.run('f()'), 'original');
        assert.deepEqual(await app.list(), []);
        assert.deepEqual((await story()).slice(1), [
            "livepatch: enabling patch 'demo'",
            `${p} initializing patching transition`,
            'prePatch demo ./loaded.js',
            'prePatch demo ./late.js',
            "livepatch: pre-patch callback failed for object './late.js'",
            "livepatch: failed to enable patch 'demo'",
            `${p} canceling patching transition, going to unpatch`,
            `${p} completing unpatching transition`,
            'postUnpatch demo ./loaded.js',
            `${p} unpatching complete`,
        ]);
    });
    it('a pre-patch callback that fails for a target being imported refuses the module', async () => {
        await start();
        await app.load(demo(['./loaded.js', './late.js'], { fails: 'prePatch ./late.js' }));
        await assert.rejects(app.run("load('late.js')"), /fails on purpose/);
        await app.disable('demo');
        assert.equal(await app.run("load('late.js')"), 'original');
        assert.deepEqual((await story()).slice(7), [
            "livepatch: applying patch 'demo' to loading module './late.js'",
            'prePatch demo ./late.js',
            "livepatch: pre-patch callback failed for object './late.js'",
            "livepatch: patch 'demo' failed for module './late.js', refusing to load module './late.js'",
            `${p} initializing unpatching transition`,
            'preUnpatch demo ./loaded.js',
            `${p} starting unpatching transition`,
            `${p} completing unpatching transition`,
            'postUnpatch demo ./loaded.js',
            `${p} unpatching complete`,
            'late.js runs',
        ]);
    });
    it('that fail after the point of no return stop nothing, and the log says so', async () => {
        for (const which of ['postPatch', 'preUnpatch', 'postUnpatch']) {
            await start();
            await app.load(demo(['./loaded.js'], { fails: `${which} ./loaded.js` }));
            assert.equal(await app.run('f()'), 'demo');
            await app.disable('demo');
            assert.equal(await app.run('f()'), 'original');
            const lines = await story();
            const failed = lines.indexOf(`umbra: ${which} callback of patch 'demo' failed for './loaded.js': fails on purpose`);
            assert.equal(lines[failed - 1], `${which} demo ./loaded.js`);
            assert.equal(lines.at(-1), `${p} unpatching complete`);
            await app.stop();
        }
    });
    it('may return promises while a patch is enabled, never while a target is imported', async () => {
        await start();
        const asynchronous = demo(['./loaded.js', './late.js'], {
            more: "return new Promise<void>((done) => setTimeout(() => { story.push('settled ' + which + ' ' + module); done() }, 20))",
        });
        await app.load(asynchronous);
        assert.deepEqual(await callbacks(), [
            'prePatch demo ./loaded.js',
            'settled prePatch ./loaded.js',
            'postPatch demo ./loaded.js',
            'settled postPatch ./loaded.js',
        ]);
        await assert.rejects(app.run("load('late.js')"), /returned a promise.*must be synchronous/s);
    });
    it('of a target that is imported while others have not settled run once, in their order', async () => {
        await start();
        const slow = (which) => `if (which === '${which}' && module === './loaded.js') return new Promise<void>((done) => { (globalThis as any).settle = done })`;
        const loading = app.load(demo(['./loaded.js', './late.js'], { more: slow('prePatch') }));
        await told('prePatch demo ./loaded.js');
        assert.equal(await app.run("load('late.js')"), 'original', 'the switch is still to come');
        await app.run('settle()');
        await loading;
        assert.equal(await app.run("load('late.js')"), 'demo');
        assert.deepEqual(await callbacks(), [
            'prePatch demo ./loaded.js',
            'prePatch demo ./late.js',
            'late.js runs',
            'postPatch demo ./loaded.js',
            'postPatch demo ./late.js',
        ]);
    });
    it('that take their time after the switch keep a disable waiting; it does not turn anything round', async () => {
        await start();
        const slow = `if (which === 'postPatch') return new Promise<void>((done) => { (globalThis as any).settle = done })`;
        const loading = app.load(demo(['./loaded.js'], { more: slow }));
        await told('postPatch demo ./loaded.js');
        assert.equal(await app.run("load('late.js')"), 'original');
        const disabling = app.disable('demo');
        await app.list();
        assert.equal(await app.run('f()'), 'demo');
        await app.run('settle()');
        await loading;
        await disabling;
        assert.equal(await app.run('f()'), 'original');
        assert.deepEqual((await story()).slice(-7), [
            `${p} patching complete`,
            `${p} initializing unpatching transition`,
            'preUnpatch demo ./loaded.js',
            `${p} starting unpatching transition`,
            `${p} completing unpatching transition`,
            'postUnpatch demo ./loaded.js',
            `${p} unpatching complete`,
        ]);
    });
    it('of two stacked patches each run for their own', async () => {
        await start();
        await app.load(demo(['./loaded.js'], { name: 'one' }), 'one.ts');
        await app.load(demo(['./loaded.js'], { name: 'two' }), 'two.ts');
        assert.equal(await app.run('f()'), 'two');
        await app.disable('two');
        await app.disable('one');
        const order = (name, ...which) => which.map((one) => `${one} ${name} ./loaded.js`);
        assert.deepEqual(await callbacks(), [
            ...order('one', 'prePatch', 'postPatch'),
            ...order('two', 'prePatch', 'postPatch'),
            ...order('two', 'preUnpatch', 'postUnpatch'),
            ...order('one', 'preUnpatch', 'postUnpatch'),
        ]);
    });
    it('of a patch that is atomically replaced do not run, only those of the new one', async () => {
        await start();
        await app.load(demo(['./loaded.js'], { name: 'one' }), 'one.ts');
        await app.load(demo(['./loaded.js'], { name: 'two', replace: true }), 'two.ts');
        assert.deepEqual(await callbacks(), [
            'prePatch one ./loaded.js',
            'postPatch one ./loaded.js',
            'prePatch two ./loaded.js',
            'postPatch two ./loaded.js',
        ]);
    });
    async function told(line) {
        await until(async () => (await story()).includes(line));
    }
});
//# sourceMappingURL=callbacks.test.js.map