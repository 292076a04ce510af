// Threads that start when the process has patches: they take them as the main thread did, and start without those that
// they cannot take.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, it } from 'node:test';
import { Program } from '../support/program.js';
const lib = (name) => `export const K = '${name}'; export function f() { return 'old' }`;
const files = {
    'main.mjs': `
    import { Worker } from 'node:worker_threads'
    import * as esmonly from 'esmonly'
    import * as outer from 'outer'
    import * as own from './own.mjs'
    const f = () => [esmonly.f(), outer.f(), own.f()].join()
    const workers = []
    /** What the functions return in a new thread; rejects when it dies. */
    function start() {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url))
      workers.push(worker)
      return ask(worker)
    }
    function ask(worker) {
      worker.postMessage('')
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    }`,
    'worker.mjs': `
    import { parentPort } from 'node:worker_threads'
    import * as esmonly from 'esmonly'
    import * as outer from 'outer'
    import * as own from './own.mjs'
    parentPort.on('message', () => parentPort.postMessage([esmonly.f(), outer.f(), own.f()].join()))`,
    'own.mjs': lib('own'),
    'node_modules/esmonly/package.json': JSON.stringify({
        name: 'esmonly',
        version: '1.0.0',
        type: 'module',
        exports: { '.': { import: './index.js' } },
    }),
    'node_modules/esmonly/index.js': lib('esmonly'),
    'node_modules/outer/package.json': JSON.stringify({ name: 'outer', version: '1.0.0', main: 'index.js' }),
    'node_modules/outer/index.js': `const inner = require('inner'); exports.f = () => inner.f()`,
    'node_modules/outer/node_modules/inner/package.json': JSON.stringify({ name: 'inner', version: '1.0.0' }),
    'node_modules/outer/node_modules/inner/index.js': `exports.K = 'inner'; exports.f = function f() { return 'old' }`,
};
const APP = `
  import * as esmonly from 'esmonly'
  import * as outer from 'outer'
  import * as own from './own.mjs'
  console.log([esmonly.f(), outer.f(), own.f()].join())`;
const register = new URL('../../../dist/loader/register.js', import.meta.url).href;
const patch = (module, before, body, callbacks = '') => `
  import { definePatch } from 'umbra'
  import { isMainThread } from 'node:worker_threads'
  ${before}
  export default definePatch({
    name: 'p', targets: [{ module: '${module}', functions: { f() { return ${body} } }, callbacks: { ${callbacks} } }],
  })`;
const ONLY_MAIN = `if (!isMainThread) throw new Error('not in threads')`;
let app;
afterEach(() => app.stop());
const rows = async () => (await app.list())[0].threads;
const logged = async () => (await app.ask({ op: 'log' })).map(({ line }) => line).join('\n');
describe('threads that start later', () => {
    for (const [module, patched] of [
        ['esmonly', 'new esmonly,old,old'],
        ['inner', 'old,new inner,old'],
    ]) {
        it(`give a patch the copy of ${module} that the process runs`, async () => {
            app = await Program.start(files);
            await app.load(patch(module, `import { K } from '${module}'`, "'new ' + K"));
            assert.equal(await app.run('f()'), patched);
            assert.equal(await app.run('start()'), patched);
            await app.disable('p');
            assert.equal(await app.run('start()'), 'old,old,old');
            await app.enable('p');
            for (const thread of [0, 1])
                assert.equal(await app.run(`ask(workers[${thread}])`), patched);
            await app.disable('p');
            for (const thread of [0, 1])
                assert.equal(await app.run(`ask(workers[${thread}])`), 'old,old,old');
            await app.unload('p');
            assert.doesNotMatch(await logged(), /without patch/);
        });
    }
    it('start without a patch that throws there, and say so; it can be disabled, unloaded and loaded again', async () => {
        app = await Program.start(files);
        await app.load(patch('./own.mjs', ONLY_MAIN, "'new'"));
        assert.equal(await app.run('start()'), 'old,old,old');
        const [thread] = await app.run('workers.map(({ threadId }) => threadId)');
        assert.match(await logged(), /umbra: thread \d+ starts without patch 'p': .*not in threads/);
        const [main, other] = (await rows());
        assert.deepEqual(main, { thread: 0, enabled: true, transition: false });
        assert.match(other.missing, /not in threads/);
        assert.deepEqual({ ...other, missing: '' }, { thread, enabled: false, transition: false, missing: '' });
        assert.match(await app.succeed('list', String(app.pid)), /enabled {2}2, 1 without it {2}/);
        await app.disable('p');
        await assert.rejects(app.enable('p'), /thread \d+: .*not in threads/);
        assert.equal(await app.run('f()'), 'old,old,old');
        await app.unload('p');
        await app.load(patch('./own.mjs', '', "'newer'"));
        assert.equal(await app.run('ask(workers[0])'), 'old,old,newer');
    });
    it('do not run a patch that is disabled', async () => {
        app = await Program.start(files);
        await app.load(patch('./own.mjs', `console.log('evaluated'); ${ONLY_MAIN}`, "'new'"));
        await app.disable('p');
        assert.equal(await app.run('start()'), 'old,old,old');
        assert.doesNotMatch(await logged(), /without patch/);
        assert.equal(app.output.match(/evaluated/g)?.length, 1);
        await app.unload('p');
        assert.deepEqual(await app.list(), []);
    });
    it('start without a patch whose pre-patch callback is asynchronous, of which its load tells', async () => {
        app = await Program.start(files);
        const { notes } = await app.load(patch('./own.mjs', '', "'new'", 'async prePatch() { await 1 }'));
        assert.match(notes.join(), /prePatch callback of '\.\/own\.mjs' is asynchronous.*start later go without/);
        assert.equal(await app.run('f()'), 'old,old,new');
        assert.equal(await app.run('start()'), 'old,old,old');
        assert.match(await logged(), /starts without patch 'p': .*asynchronous/);
    });
    it('one whose target is still to come is refused', async () => {
        app = await Program.start(files);
        const error = await app.refuse(patch('./later.mjs', '', "'new'", 'async prePatch() { await 1 }'));
        assert.equal(error.code, 'CALLBACK_ASYNC');
        assert.match(error.message, /'\.\/later\.mjs' is asynchronous, and that target is not loaded yet/);
    });
});
describe('an installed patch', () => {
    /** What a program that prints what its functions return says when it is started with this patch. */
    const startWith = async (source) => {
        app = await Program.start(files);
        app.write({ 'patch.ts': source, 'app.mjs': APP });
        await app.succeed('install', app.path('patch.ts'), '--for', app.path('app.mjs'));
        const run = spawnSync(process.execPath, ['--import', register, app.path('app.mjs')], {
            env: app.env,
            encoding: 'utf8',
        });
        assert.equal(run.status, 0, run.stderr);
        return run.stderr + run.stdout;
    };
    it('is given a package that only ES modules can import', async () => {
        const output = await startWith(patch('esmonly', `import { K } from 'esmonly'`, "'new ' + K"));
        assert.match(output, /^new esmonly,old,old$/m);
    });
    it('with an asynchronous pre-patch callback keeps no program from starting', async () => {
        const output = await startWith(patch('./own.mjs', '', "'new'", 'async prePatch() { await 1 }'));
        assert.match(output, /installed patch 'p' is not applied: .*asynchronous/);
        assert.match(output, /^old,old,old$/m);
    });
});
//# sourceMappingURL=late-threads.test.js.map