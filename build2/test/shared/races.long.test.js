/** Races between real workers, whose outcome is checked to the last key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedShadowTable } from 'umbra/shared';
import { scaled } from '../support/scale.js';
import { checkInvariants } from './support/invariants.js';
import { start } from './support/thread.js';
const ID = 7;
const racers = new URL('./support/racers.js', import.meta.url).href;
for (const count of [2, 4]) {
    test(`${count} workers race for every key: one winner, one constructor call, one truth`, async (t) => {
        const keys = scaled({ ci: 15_000, full: 100_000 });
        const table = SharedShadowTable.create({ maxBytes: 64 << 20 });
        const gate = new Int32Array(new SharedArrayBuffer(4));
        const runs = Array.from({ length: count }, (_, me) => start(racers, 'race', [table.handle, gate, count, me + 1, keys]));
        const results = await Promise.all(runs.map((run) => run.result));
        assert.equal(sum(results.map((result) => result.wins)), keys);
        assert.equal(sum(results.map((result) => result.warnings)), (count - 1) * (keys / 2), 'every loser was warned');
        assert.equal(new Set(results.map((result) => result.hash)).size, 1, 'all saw the same data');
        assert.equal(table.stats().entries, keys);
        checkInvariants(table.buffer);
        t.diagnostic(`wins: ${results.map((result) => result.wins).join(', ')}`);
    });
}
test('readers verify all that they see while writers attach, update and detach at full speed', async (t) => {
    const keys = 2000;
    const steady = 1000;
    // All that is ever attached would fit, so that a reader which the system does not schedule cannot use memory up. What
    // is free is reused first nevertheless.
    const table = SharedShadowTable.create({ maxBytes: scaled({ ci: 128, full: 1024 }) << 20 });
    for (let key = keys; key < keys + steady; key++)
        table.attach(key, ID, new Uint8Array(Int32Array.of(key).buffer));
    const detached = new Int32Array(new SharedArrayBuffer(keys * 4));
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const readers = [0, 1].map((me) => start(racers, 'verify', [table.handle, detached, keys, stop, me]));
    const rounds = scaled({ ci: 100_000, full: 2_000_000 });
    const writers = [0, 1].map((me) => start(racers, 'churn', [table.handle, detached, keys, 2, me, rounds]));
    try {
        await Promise.race([Promise.all(writers.map((run) => run.result)), ...readers.map((run) => run.result)]);
    }
    finally {
        Atomics.store(stop, 0, 1);
    }
    const seen = await Promise.all(readers.map((run) => run.result));
    assert.ok(seen.every((result) => result.seen > 1000));
    checkInvariants(table.buffer);
    assert.equal(table.stats().takeovers, 0);
    const reused = new Int32Array(table.buffer)[34];
    assert.ok(reused > 0, 'memory was reused');
    t.diagnostic(`${sum(seen.map((result) => result.seen))} variables verified twice, memory reused ${reused} times`);
});
test('workers fight for the same few keys: what is attached is what was attached and not detached', async () => {
    const table = SharedShadowTable.create({ maxBytes: 1 << 20 });
    const rounds = scaled({ ci: 50_000, full: 1_000_000 });
    const runs = [0, 1, 2].map((me) => start(racers, 'fight', [table.handle, 500, ID, me, rounds]));
    const balance = sum(await Promise.all(runs.map((run) => run.result)));
    assert.equal(table.stats().entries, balance);
    checkInvariants(table.buffer);
    assert.equal(table.detachAll(ID) + table.detachAll(ID + 1), balance);
});
test('workers are killed at random while they churn; the others never notice', async (t) => {
    const keys = 2000;
    const table = SharedShadowTable.create({ maxBytes: 2 << 20, maxThreads: 8 });
    const detached = new Int32Array(new SharedArrayBuffer(keys * 4));
    const kills = scaled({ ci: 15, full: 150 });
    for (let key = keys; key < keys + 1000; key++)
        table.attach(key, ID, new Uint8Array(Int32Array.of(key).buffer));
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const reader = start(racers, 'verify', [table.handle, detached, keys, stop, 0]);
    try {
        for (let kill = 0; kill < kills; kill++) {
            // Each victim has keys of its own, which nobody else writes.
            const victim = start(racers, 'fight', [table.handle, 300, ID + 1, kill, 1e9]);
            while (table.stats().threads < 3)
                await new Promise(setImmediate);
            for (let turns = kill % 7; turns >= 0; turns--)
                await new Promise(setImmediate);
            const gone = victim.worker.terminate();
            // The victim may still be running, or be dead with the lock in its hand.
            table.updateOrAttach(1_000_000, ID, Uint8Array.of(kill));
            await gone;
            table.updateOrAttach(1_000_000, ID, Uint8Array.of(kill));
            checkInvariants(table.buffer);
            for (const id of [ID + 1, ID + 2])
                for (let key = 0; key < 300; key++)
                    table.detach(key, id);
            assert.equal(table.stats().entries, 1001, 'what the dead have attached can be detached, and nothing else is lost');
        }
    }
    finally {
        Atomics.store(stop, 0, 1);
    }
    await reader.result;
    t.diagnostic(`${table.stats().takeovers} takeovers in ${kills} kills`);
});
function sum(numbers) {
    return numbers.reduce((a, b) => a + b, 0);
}
//# sourceMappingURL=races.long.test.js.map