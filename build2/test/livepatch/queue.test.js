// Operations go one at a time, except for what is done to the patch of the one under way; and nobody's are not begun.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { bundlePatch } from '#dist/cli/bundle.js';
import { Client } from '#dist/cli/client.js';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';
const files = {
    'main.js': `
    const { Worker } = require('node:worker_threads')
    const { runTask } = require(process.env.UMBRA_ENTRY)
    const { f } = require('./lib.js')
    let release
    const hold = () => void runTask('held', () => new Promise((done) => { release = done }))
    let worker
    const start = () => new Promise((done) => { worker = new Worker(require.resolve('./worker.js')).once('message', done) })
    const ask = () => new Promise((done) => worker.once('message', done).postMessage(''))`,
    'worker.js': `
    const { parentPort } = require('node:worker_threads')
    const { f } = require('./lib.js')
    parentPort.on('message', () => parentPort.postMessage(f()))
    parentPort.postMessage('')`,
    'lib.js': `exports.f = function f() { return 'old' }`,
};
const env = { UMBRA_ENTRY: new URL('../../../dist/cjs/index.js', import.meta.url).pathname };
/** Its pre-patch callback ends when the program says so; in a worker, when there is nothing to wait for. */
const slow = (consistency = 'task') => `
  import { definePatch } from 'umbra'
  import { isMainThread } from 'node:worker_threads'
  export default definePatch({ name: 'p', consistency: '${consistency}', targets: [{
    module: './lib.js', functions: { f: () => 'new' },
    callbacks: { prePatch() { return isMainThread ? new Promise((done) => { (globalThis as any).settle = done }) : undefined } },
  }] })`;
const other = `
  import { definePatch } from 'umbra'
  ;(globalThis as any).evaluated = true
  export default definePatch({ name: 'other', targets: [{ module: './lib.js', functions: { f: () => 'other' } }] })`;
let app;
const clients = [];
beforeEach(async () => {
    app = await Program.start(files, { env });
});
afterEach(async () => {
    for (const client of clients.splice(0))
        client.close();
    await app.stop();
});
/** Prepared while the operation under way goes on, or this never returns. */
async function prepare(request) {
    const client = await Client.open(app.card);
    clients.push(client);
    await client.prepare(request);
    return client;
}
/** Waits for its turn: the process has said that it lives, and not that it is prepared. */
async function queue(request) {
    const client = await Client.open(app.card);
    await new Promise((heard, failed) => {
        const prepared = client.prepare(request, () => heard());
        prepared.then(() => failed(new Error('it did not wait')), failed);
    });
    return client;
}
const untilCallback = () => until(() => app.run('typeof settle === "function"'));
const untilInTransition = () => until(async () => (await app.log()).includes("livepatch: 'p': starting patching transition"));
describe('while callbacks before a transition have not settled', () => {
    for (const threads of ['one thread', 'a worker']) {
        it(`force is taken, and ends the wait as soon as that begins, with ${threads}`, async () => {
            if (threads === 'a worker')
                await app.run('start()');
            await app.run('hold()');
            const loading = app.load(slow());
            await untilCallback();
            const forcing = (await prepare({ op: 'force', patch: 'p' })).commit();
            await app.run('settle()');
            await Promise.all([loading, forcing]);
            assert.equal(await app.run('f()'), 'new');
            if (threads === 'a worker')
                assert.equal(await app.run('ask()'), 'new');
        });
        for (const wait of [false, true]) {
            it(`disable${wait ? ' --wait' : ''} turns round what is about to begin, with ${threads}`, async () => {
                if (threads === 'a worker')
                    await app.run('start()');
                await app.run('hold()');
                const refused = assert.rejects(app.load(slow()), { code: 'TRANSITION_REVERSED' });
                await untilCallback();
                const disabling = (await prepare({ op: 'disable', patch: 'p', wait })).commit();
                await app.run('settle()');
                await Promise.all([refused, disabling]);
                assert.equal(await app.run('f()'), 'old');
                if (threads === 'a worker')
                    assert.equal(await app.run('ask()'), 'old');
                assert.deepEqual(await app.list(), []);
            });
        }
    }
    it('disable comes after a patch that nothing holds up, which is loaded then', async () => {
        for (const consistency of ['immediate', 'task']) {
            const loading = app.load(slow(consistency));
            await untilCallback();
            const disabling = (await prepare({ op: 'disable', patch: 'p' })).commit();
            await app.run('(settle(), settle = undefined, true)');
            await Promise.all([loading, disabling]);
            assert.equal(await app.run('f()'), 'old');
            await app.unload('p');
        }
    });
    it('force of a patch that nothing holds up says so', async () => {
        const loading = app.load(slow('immediate'));
        await untilCallback();
        const forcing = (await prepare({ op: 'force', patch: 'p' })).commit();
        const refused = assert.rejects(forcing, { code: 'TRANSITION_NONE' });
        await app.run('settle()');
        await Promise.all([loading, refused]);
    });
    it('another load is refused once tasks hold the patch up', async () => {
        await app.run('hold()');
        const loading = app.load(slow());
        await untilCallback();
        const refused = assert.rejects(app.load(other, 'other.ts'), { code: 'TRANSITION_BUSY' });
        await app.run('settle()');
        await refused;
        await app.run('release()');
        await loading;
    });
    it('the command line does not refuse what is about the patch itself', async () => {
        await app.run('hold()');
        const loading = app.load(slow());
        await untilCallback();
        const forcing = app.succeed('force', String(app.pid), 'p');
        // By the first sign of life of another one that waits, it has arrived.
        const client = await queue({ op: 'load', ...(await bundled(other)), wait: true });
        client.close();
        await app.run('settle()');
        assert.match(await forcing, /its transition has ended/);
        await loading;
    });
});
describe('an operation that waits for its turn', () => {
    it('goes on when the one before it has been told to, if it is about the same patch', async () => {
        await app.run('hold()');
        const loading = await prepare({ op: 'load', ...(await bundled(slow())) });
        const preparing = prepare({ op: 'force', patch: 'p' });
        const loaded = loading.commit();
        await untilCallback();
        const forced = (await preparing).commit();
        await app.run('settle()');
        await Promise.all([loaded, forced]);
        assert.equal(await app.run('f()'), 'new');
    });
    it('is not begun when its client has gone', async () => {
        await app.run('hold()');
        const loading = app.load(slow());
        await untilCallback();
        await app.run('settle()');
        await untilInTransition();
        const client = await queue({ op: 'load', ...(await bundled(other)), wait: true });
        client.close();
        await app.run('release()');
        await loading;
        await app.disable('p');
        assert.equal(await app.run('globalThis.evaluated'), undefined);
    });
});
describe('a patch in transition', () => {
    it('is turned round by disable --wait, and says that it goes that way already', async () => {
        await app.run('hold()');
        await app.run('globalThis.old = release');
        const loading = app.load(slow());
        await untilCallback();
        await app.run('settle()');
        await untilInTransition();
        await app.run('hold()');
        const refused = assert.rejects(loading, { code: 'TRANSITION_REVERSED' });
        const disabling = app.change({ op: 'disable', patch: 'p', wait: true });
        await until(async () => (await app.log()).some((line) => line.includes('reversing transition')));
        await assert.rejects(app.disable('p'), { code: 'PATCH_DISABLED', message: /is being disabled already/ });
        await app.run('release()');
        await Promise.all([refused, disabling]);
        assert.equal(await app.run('f()'), 'old');
    });
});
async function bundled(source) {
    app.write({ 'bundled.ts': source });
    return bundlePatch(app.path('bundled.ts'));
}
//# sourceMappingURL=queue.test.js.map