/**
 * Workers are terminated before each access to shared memory that an operation makes, one worker for every access. The
 * main thread goes on at once, in the same turn of its event loop, and must find a table in order with nothing lost.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SharedShadowTable } from 'umbra/shared';
import { LOCK, PENDING, slotAt } from '#dist/shared/layout.js';
import { scale, scaled } from '../support/scale.js';
import { checkInvariants } from './support/invariants.js';
import { buildVariant } from './support/stepwise.js';
import { start as startFunction } from './support/thread.js';
import { FAULT_HOOKS, operations } from './support/victim.js';
const ID = 7;
const build = buildVariant({ generators: false, hooks: FAULT_HOOKS, constants: { BATCH: 2 } });
const victim = new URL('./support/victim.js', import.meta.url);
const lockHolder = new URL('./support/lock-holder.js', import.meta.url).href;
/** How many accesses are left out between two kills. */
const stride = scaled({ quick: 97, ci: 29, full: 1 });
let kills = 0;
for (const operation of Object.keys(operations)) {
    test(`a worker is terminated at every step of ${operation}`, async (t) => {
        const steps = await countSteps(operation, prepare());
        assert.ok(steps > 5, `${steps} steps`);
        for (let step = kills % stride; step < steps; step += stride) {
            const table = prepare();
            await killAt(operation, step, table);
            checkWhole(table);
        }
        t.diagnostic(`${steps} steps`);
    });
}
test('a worker is terminated at every step of taking the lock over from a dead one', async (t) => {
    const inside = Math.floor((await countSteps('attach', prepare())) * 0.8);
    const prepareAbandoned = async () => {
        const table = prepare();
        await killAt('attach', inside, table, () => { });
        return table;
    };
    const steps = await countSteps('updateOrAttach', await prepareAbandoned());
    for (let step = kills % stride; step < steps; step += stride) {
        const table = await prepareAbandoned();
        assert.notEqual(new Int32Array(table.buffer)[LOCK], 0, 'the lock is held by the dead');
        await killAt('updateOrAttach', step, table);
        checkWhole(table);
    }
    t.diagnostic(`${steps} steps`);
});
test('who gets the slot of a dead thread frees what that had not attached', async () => {
    const steps = await countSteps('attach', SharedShadowTable.create({ maxBytes: 5000, maxThreads: 2 }));
    for (let step = 0; step < steps; step++) {
        const table = SharedShadowTable.create({ maxBytes: 5000, maxThreads: 2 });
        await killAt('attach', step, table, () => { });
        const words = new Int32Array(table.buffer);
        if (words[slotAt(1) + PENDING] === 0 || words[LOCK] !== 0)
            continue;
        // All slots are taken, so that the newcomer gets the dead one's, and frees no other's memory.
        const flags = new Int32Array(new SharedArrayBuffer(16));
        const { worker, result } = startFunction(lockHolder, 'neverStopReading', [table.handle, flags]);
        while (Atomics.load(flags, 0) === 0)
            await new Promise(setImmediate);
        const { arenaBytes } = table.stats();
        assert.ok(table.attach(100, ID, arenaBytes - 32), 'all memory is there, in one piece');
        checkInvariants(table.buffer);
        Atomics.store(flags, 1, 1);
        Atomics.notify(flags, 1);
        await result;
        await worker.terminate();
        return;
    }
    assert.fail('there is a step at which a block is pending');
});
test('the full run kills at least a thousand', () => {
    if (scale === 'full')
        assert.ok(kills >= 1000, `${kills} kills`);
    else
        assert.ok(kills > 10, `${kills} kills`);
});
/** A small table with some history: entries, a hole, something in limbo. */
function prepare() {
    const table = SharedShadowTable.create({ maxBytes: 5000, maxThreads: 3 });
    for (const key of [2, 3, 4, 5])
        table.attach(key, ID, Uint8Array.of(key, key));
    table.detach(3, ID);
    return table;
}
async function countSteps(operation, table) {
    const worker = start({ build, handle: table.handle, operation, step: -1 });
    const [answer] = (await once(worker, 'message'));
    await worker.terminate();
    assert.ok('steps' in answer);
    return answer.steps;
}
/** Terminates a worker there; `goOn` runs before the event loop turns, while the thread may still be dying. */
async function killAt(operation, step, table, goOn = useAtOnce) {
    const worker = start({ build, handle: table.handle, operation, step });
    const [answer] = (await once(worker, 'message'));
    assert.deepEqual(answer, { stopped: step });
    const gone = worker.terminate();
    goOn(table);
    await gone;
    kills++;
}
function start(order) {
    return new Worker(victim, { workerData: order });
}
function useAtOnce(table) {
    assert.deepEqual([...table.updateOrAttach(6, ID, Uint8Array.of(6, 6))], [6, 6]);
    checkInvariants(table.buffer);
}
function checkWhole(table) {
    for (const key of [1, 2, 4, 5, 6, 10, 11, 12, 13]) {
        const data = table.get(key, ID);
        if (data === undefined)
            continue;
        const values = new Set(data);
        assert.equal(values.size, 1, `variable ${key} is whole`);
        assert.ok(values.has(key) || (key === 2 && data.length === 3 && values.has(5)), `variable ${key} is its own`);
    }
    assert.ok(table.has(6, ID));
    table.detachAll(ID);
    const { arenaBytes } = table.stats();
    assert.equal(table.attach(100, ID, arenaBytes - 32)?.length, arenaBytes - 32, 'all memory is there, in one piece');
    checkInvariants(table.buffer);
    assert.equal(table.stats().threads, 1);
}
//# sourceMappingURL=faults.long.test.js.map