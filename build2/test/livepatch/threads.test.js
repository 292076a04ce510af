// A patch reaches every thread of the process, or none.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';
const files = {
    'main.mjs': `
    import { Worker } from 'node:worker_threads'
    import { f } from './lib.mjs'
    const { runTask } = process.env.UMBRA_ENTRY ? await import(process.env.UMBRA_ENTRY) : {}
    let release
    const hold = () => void runTask('held', async () => { await new Promise((done) => { release = done }) })
    const workers = []
    /** Starts a thread and waits until it has told what its first line saw. */
    function start(options = {}, file = new URL('./worker.mjs', import.meta.url)) {
      const worker = new Worker(file, options)
      workers.push(worker)
      return answer(worker, 0)
    }
    function answer(worker, id) {
      return new Promise((resolve, reject) => {
        const heard = (message) => {
          if (message.id !== id) return
          worker.off('message', heard)
          resolve(message.value)
        }
        worker.on('message', heard).once('error', reject)
      })
    }
    let lastId = 0
    const ask = (worker, what = 'f') => { worker.postMessage({ id: ++lastId, what }); return answer(worker, lastId) }
    const all = async () => [f(), ...(await Promise.all(workers.filter((w) => w.threadId > 0).map((w) => ask(w))))]`,
    'worker.mjs': `
    import { parentPort, Worker } from 'node:worker_threads'
    import { f } from './lib.mjs'
    const { runTask } = process.env.UMBRA_ENTRY ? await import(process.env.UMBRA_ENTRY) : {}
    let release
    parentPort.on('message', ({ id, what }) => {
      if (what === 'hold') runTask('held', async () => { await new Promise((done) => { release = done }) })
      if (what === 'release') release()
      if (what.startsWith('(')) eval(what)
      if (what === 'child') {
        const child = new Worker(new URL('./worker.mjs', import.meta.url))
        child.once('message', ({ value }) => parentPort.postMessage({ id, value }))
      } else parentPort.postMessage({ id, value: f() })
    })
    parentPort.postMessage({ id: 0, value: f() })`,
    'lib.mjs': `export function f() { return 'old' }`,
};
const patch = (body = "return 'new'", more = '', fields = '') => `
  import { definePatch, original } from 'umbra'
  import { isMainThread, threadId } from 'node:worker_threads'
  export default definePatch({ name: 'p', ${fields} targets: [{ module: './lib.mjs', functions: { f() { ${body} } }, ${more} }] })`;
const REFUSED = [
    "livepatch: enabling patch 'p'",
    "livepatch: 'p': initializing patching transition",
    "livepatch: pre-patch callback failed for object './lib.mjs'",
    "livepatch: failed to enable patch 'p'",
    "livepatch: 'p': canceling patching transition, going to unpatch",
    "livepatch: 'p': completing unpatching transition",
    "livepatch: 'p': unpatching complete",
];
const TAKEN_BACK = [
    "livepatch: enabling patch 'p'",
    "livepatch: 'p': initializing patching transition",
    "livepatch: 'p': starting patching transition",
    "livepatch: 'p': completing patching transition",
    "livepatch: 'p': patching complete",
    "livepatch: 'p': initializing unpatching transition",
    "livepatch: 'p': starting unpatching transition",
    "livepatch: 'p': completing unpatching transition",
    "livepatch: 'p': unpatching complete",
];
let app;
afterEach(() => app.stop());
describe('worker threads', () => {
    it('all get a patch, lose it, and `list` shows them', async () => {
        app = await Program.start(files);
        assert.equal(await app.run('start()'), 'old');
        assert.equal(await app.run('start()'), 'old');
        assert.equal(await app.run("ask(workers[0], 'child')"), 'old');
        await app.load(patch());
        assert.deepEqual(await app.run('all()'), ['new', 'new', 'new']);
        const [row] = await app.list();
        assert.equal(row?.threads.length, 4);
        assert.ok(row.threads.every(({ enabled }) => enabled));
        await app.disable('p');
        assert.deepEqual(await app.run('all()'), ['old', 'old', 'old']);
        await app.enable('p');
        assert.deepEqual(await app.run('all()'), ['new', 'new', 'new']);
        await app.disable('p');
        await app.unload('p');
        assert.deepEqual(await app.run('all()'), ['old', 'old', 'old']);
    });
    it('that start later are patched before their first line, however they are started', async () => {
        app = await Program.start(files);
        await app.load(patch());
        assert.equal(await app.run('start()'), 'new');
        assert.equal(await app.run('start({ execArgv: [] })'), 'new');
        assert.equal(await app.run('start({ env: {} })'), 'new');
        const code = `import(${JSON.stringify(new URL(`file://${app.path('lib.mjs')}`).href)}).then(({ f }) => require('node:worker_threads').parentPort.postMessage({ id: 0, value: f() }))`;
        assert.equal(await app.run(`start({ eval: true }, ${JSON.stringify(code)})`), 'new');
        await app.disable('p');
        assert.equal(await app.run('start()'), 'old', 'a disabled patch is not applied');
    });
    it('that start while a patch is being loaded have it or get it', async () => {
        app = await Program.start(files);
        await app.run('{ globalThis.stop = false; globalThis.starting = (async () => { while (!stop && workers.length < 40) await start() })() }');
        for (let i = 0; i < 10; i++) {
            await app.load(patch());
            const answers = await app.run('all()');
            assert.deepEqual([...new Set(answers)], ['new']);
            await app.disable('p');
            await app.unload('p');
        }
        await app.run('(stop = true, starting)');
        assert.deepEqual([...new Set(await app.run('all()'))], ['old']);
    });
    it('one that cannot take a patch means that none does', async () => {
        app = await Program.start(files);
        await app.run('start()');
        await app.run('start()');
        const error = await app.refuse(`if (globalThis.process && (await0() === 2)) throw new Error('not in this thread')
      import { threadId } from 'node:worker_threads'
      function await0() { return threadId }
      ${patch()}`);
        assert.match(error.message, /thread 2: .*not in this thread/);
        assert.deepEqual(await app.run('all()'), ['old', 'old', 'old']);
        assert.deepEqual(await app.list(), []);
        await app.load(patch());
        assert.deepEqual(await app.run('all()'), ['new', 'new', 'new']);
    });
    for (const where of ['the main thread', 'a worker']) {
        it(`a pre-patch callback that fails in ${where} takes the patch back in all, in order`, async () => {
            app = await Program.start(files);
            await app.run('start()');
            await app.run('start()');
            const [one, two] = await app.run('workers.map(({ threadId }) => threadId)');
            const failing = where === 'a worker' ? two : 0;
            const fails = `prePatch() { if (threadId === ${failing}) throw new Error('not here') }`;
            // One thread takes its time: it is still busy with the patch when another one has refused it.
            const slow = `postPatch() { return threadId === ${one} ? new Promise<void>((done) => setTimeout(done, 200)) : undefined }`;
            const error = await app.refuse(patch("return 'new'", `callbacks: { ${fails}, ${slow} }`));
            assert.match(error.message, failing === 0
                ? /^the prePatch callback of '.\/lib.mjs' failed.*: Error: not here$/
                : new RegExp(`^thread ${two}: .*not here`));
            assert.deepEqual(await app.run('all()'), ['old', 'old', 'old']);
            assert.deepEqual(await app.list(), []);
            const log = await app.ask({ op: 'log' });
            const entries = log.filter(({ line }) => line.startsWith('livepatch:'));
            for (const thread of [0, one, two]) {
                const lines = entries.filter((one) => one.thread === thread).map(({ line }) => line);
                assert.deepEqual(lines, thread === failing ? REFUSED : TAKEN_BACK);
            }
            await app.load(patch());
            assert.deepEqual(await app.run('all()'), ['new', 'new', 'new']);
        });
    }
    for (const where of ['the main thread', 'a worker']) {
        describe(`a transition that tasks of ${where} hold up`, () => {
            const env = { UMBRA_ENTRY: new URL('../../../dist/index.js', import.meta.url).href };
            let loading;
            beforeEach(async () => {
                app = await Program.start(files, { env });
                await app.run('start()');
                await app.run(where === 'a worker' ? "ask(workers[0], 'hold')" : 'hold()');
                loading = app.load(patch("return 'new'", '', "consistency: 'task',"));
                await until(async () => (await app.list()).some(({ threads }) => threads.some((one) => one.transition)));
            });
            const release = () => app.run(where === 'a worker' ? "ask(workers[0], 'release')" : 'release()');
            it('refuses a second load, which waits when asked to', async () => {
                const second = patch().replace("name: 'p'", "name: 'second'");
                assert.equal((await app.refuse(second)).code, 'TRANSITION_BUSY');
                const waiting = app.load(second, 'second.ts', { wait: true });
                await release();
                await loading;
                await waiting;
            });
            it('ends by force', async () => {
                await app.change({ op: 'force', patch: 'p' });
                await loading;
                assert.deepEqual(await app.run('all()'), ['new', 'new']);
                await assert.rejects(app.change({ op: 'force', patch: 'p' }), { code: 'TRANSITION_NONE' });
            });
            it('is turned round by disable, in all threads', async () => {
                const refused = assert.rejects(loading, { code: 'TRANSITION_REVERSED' });
                await app.disable('p');
                await refused;
                assert.deepEqual(await app.run('all()'), ['old', 'old']);
                assert.deepEqual(await app.list(), []);
                await release();
                await app.load(patch());
                assert.deepEqual(await app.run('all()'), ['new', 'new']);
            });
            it('is over already for a thread that starts meanwhile', async () => {
                assert.equal(await app.run('start()'), 'new');
                await release();
                await loading;
                assert.deepEqual(await app.run('all()'), ['new', 'new', 'new']);
            });
        });
    }
    for (const end of ['its end', 'force']) {
        it(`a load that is turned round is listed until a worker's task on the new side comes to ${end}`, async () => {
            const env = { UMBRA_ENTRY: new URL('../../../dist/index.js', import.meta.url).href };
            app = await Program.start(files, { env });
            await app.run('start()');
            await app.run('start()');
            await app.run("ask(workers[0], 'hold')");
            const unload = 'unload() { console.log("unloaded in", threadId) },';
            const loading = app.load(patch("return 'new'", '', `consistency: 'task', ${unload}`));
            const rows = async () => (await app.list()).flatMap(({ threads }) => threads);
            await until(async () => (await rows()).some(({ transition }) => transition));
            // Old and new: both ways this thread has a task to wait for.
            await app.run("ask(workers[0], '(globalThis.old = release)')");
            await app.run("ask(workers[0], 'hold')");
            const refused = assert.rejects(loading, { code: 'TRANSITION_REVERSED' });
            const disabling = app.disable('p');
            await until(async () => (await rows()).some(({ transition }) => transition && transition.to === 'unpatching'));
            const [first, second] = await app.run('workers.map(({ threadId }) => threadId)');
            await until(async () => (await rows()).filter(({ enabled }) => !enabled).length === 3);
            assert.deepEqual((await rows()).map(({ thread, transition }) => [thread, transition ? transition.tasks : 0]), [
                [0, 0],
                [first, 1],
                [second, 0],
            ]);
            assert.equal((await app.refuse(patch().replace("name: 'p'", "name: 'second'"))).code, 'TRANSITION_BUSY');
            if (end === 'force')
                await app.change({ op: 'force', patch: 'p' });
            else
                await app.run("ask(workers[0], 'release')");
            await disabling;
            assert.deepEqual(await app.list(), []);
            await refused;
            assert.deepEqual(await app.run('all()'), ['old', 'old', 'old']);
            // Tasks on the new side may have left something behind: each thread clears it away, when none is left.
            await until(() => app.output.match(/unloaded in \d+\n/g)?.length === 3);
            await app.load(patch());
            assert.deepEqual(await app.run('all()'), ['new', 'new', 'new']);
        });
    }
    it('a pre-patch callback that fails in one ends the wait for tasks in another', async () => {
        app = await Program.start(files, {
            env: { UMBRA_ENTRY: new URL('../../../dist/index.js', import.meta.url).href },
        });
        await app.run('start()');
        await app.run('hold()');
        const fails = `callbacks: { prePatch() { if (!isMainThread) throw new Error('not here') } }`;
        const error = await app.refuse(patch("return 'new'", fails, "consistency: 'task',"));
        assert.match(error.message, /not here/);
        assert.deepEqual(await app.run('all()'), ['old', 'old']);
        assert.deepEqual(await app.list(), []);
    });
    it('a blocked one refuses the load for all, and finds it cancelled when it wakes', async () => {
        app = await Program.start(files);
        await app.run('start()');
        const { expression, begun, release } = app.blockage();
        await app.run(`{ globalThis.woken = ask(workers[0], ${JSON.stringify(expression)}) }`);
        await begun();
        const error = await app.refuse(patch());
        assert.equal(error.code, 'THREAD_BLOCKED');
        assert.equal(await app.run('f()'), 'old');
        release();
        assert.equal(await app.run('woken'), 'old');
        assert.deepEqual(await app.run('all()'), ['old', 'old']);
        assert.deepEqual(await app.list(), []);
    });
    it('a blocked one is listed as such', async () => {
        app = await Program.start(files);
        await app.run('start()');
        await app.load(patch());
        const { expression, begun, release } = app.blockage();
        await app.run(`{ globalThis.woken = ask(workers[0], ${JSON.stringify(expression)}) }`);
        await begun();
        const [thread] = await app.run('workers.map(({ threadId }) => threadId)');
        const [row] = await app.list();
        assert.deepEqual(row?.threads, [
            { thread: 0, enabled: true, transition: false },
            { thread, enabled: null, transition: false },
        ]);
        assert.match(await app.succeed('list', String(app.pid)), /enabled {2}2, 1 blocked {2}/);
        release();
        await app.run('woken');
    });
    it('one that ends in the middle does not hold a load up', async () => {
        app = await Program.start(files);
        await app.run('start()');
        await app.run('start()');
        const { expression, begun } = app.blockage();
        await app.run(`{ ask(workers[0], ${JSON.stringify(expression)}).catch(() => {}) }`);
        await begun();
        const loading = app.load(patch());
        await app.run('workers[0].terminate()');
        await loading;
        assert.deepEqual(await app.run('all()'), ['new', 'new']);
    });
});
//# sourceMappingURL=threads.test.js.map