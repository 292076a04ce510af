/** Who has the lock, who gets it, and when: holders that pause, die, throw, or die where nobody can see it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SharedShadowTable } from 'umbra/shared';
import { scaled } from '../support/scale.js';
import { checkInvariants } from './support/invariants.js';
import { start } from './support/thread.js';
const ID = 7;
// Words of the table's memory: see src/shared/layout.ts.
const LOCK = 16;
const SLOT = 320;
const SLOT_WORDS = 32;
const PIN = 2;
const DEPTH = 3;
const holder = new URL('./support/lock-holder.js', import.meta.url).href;
function newFlags() {
    return new Int32Array(new SharedArrayBuffer(16));
}
/** Waits without blocking until a flag is set. */
async function isSet(flags, index) {
    while (Atomics.load(flags, index) === 0)
        await delay(1);
}
test('a holder that is paused keeps its lock, however long', async () => {
    // The deadline is for holders whose death could not be seen.
    const table = SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: 50 });
    const flags = newFlags();
    const paused = start(holder, 'holdInConstructor', [table.handle, flags]);
    await isSet(flags, 0);
    const waiting = start(holder, 'attachAnother', [table.handle, flags]);
    // Opening the table takes the lock as well, so that this one does not get beyond it.
    await delay(scaled({ quick: 500, ci: 2000, full: 30_000 }));
    assert.equal(Atomics.load(flags, 3), 0, 'nobody got past the holder');
    assert.equal(table.get(1, ID), undefined, 'lookups go on, and see nothing half made');
    Atomics.store(flags, 1, 1);
    Atomics.notify(flags, 1);
    assert.equal(await paused.result, true);
    assert.equal(await waiting.result, true);
    assert.ok(table.get(1, ID).every((byte) => byte === 1));
    assert.equal(table.stats().takeovers, 0);
    checkInvariants(table.buffer);
});
for (const [how, run] of [
    ['asleep', 'holdInConstructor'],
    ['in an endless loop', 'spinInConstructor'],
]) {
    test(`the main thread terminates a holder ${how} and gets the lock in the same turn`, async () => {
        const table = SharedShadowTable.create({ maxBytes: 1 << 20 });
        const flags = newFlags();
        const { worker } = start(holder, run, [table.handle, flags]);
        await isSet(flags, 0);
        const gone = worker.terminate();
        assert.ok(table.attach(2, ID, Uint8Array.of(2)));
        assert.equal(table.has(1, ID), false);
        assert.equal(table.stats().takeovers, 1);
        checkInvariants(table.buffer);
        await gone;
    });
}
test('a reader that dies in its section does not keep memory back', async () => {
    const table = SharedShadowTable.create({ maxBytes: 64 << 10 });
    table.attach(1, ID, Uint8Array.of(1));
    const flags = newFlags();
    const { worker } = start(holder, 'neverStopReading', [table.handle, flags]);
    await isSet(flags, 0);
    table.detach(1, ID);
    const gone = worker.terminate();
    const { arenaBytes } = table.stats();
    assert.ok(table.attach(2, ID, arenaBytes - 32), 'all memory can be had at once');
    assert.equal(table.stats().threads, 1);
    await gone;
});
test('a reader that lives keeps its memory: the allocation fails, loudly, and nothing is overwritten', async () => {
    const table = SharedShadowTable.create({ maxBytes: 64 << 10 });
    const { arenaBytes } = table.stats();
    table.attach(1, ID, arenaBytes - 32);
    const flags = newFlags();
    const { result } = start(holder, 'neverStopReading', [table.handle, flags]);
    await isSet(flags, 0);
    table.detach(1, ID);
    const { error } = console;
    const lines = [];
    console.error = (line) => lines.push(line);
    assert.equal(table.attach(2, ID, 64), undefined);
    console.error = error;
    assert.match(lines[0], new RegExp(`${arenaBytes} more wait for readers`));
    Atomics.store(flags, 1, 1);
    Atomics.notify(flags, 1);
    await result;
    assert.ok(table.attach(2, ID, 64));
});
test('where it can be seen that a thread runs, a report of its exit is not believed', async () => {
    const table = SharedShadowTable.create({ maxBytes: 64 << 10 });
    const flags = newFlags();
    const { worker, result } = start(holder, 'neverStopReading', [table.handle, flags]);
    await isSet(flags, 0);
    table.threadExited(worker.threadId);
    // Whoever opens a table looks which threads have ended.
    assert.equal(SharedShadowTable.open(table.handle).stats().threads, 2);
    Atomics.store(flags, 1, 1);
    Atomics.notify(flags, 1);
    await result;
});
test('more threads than there are slots are refused; the slots of the dead are used again', async () => {
    const table = SharedShadowTable.create({ maxBytes: 64 << 10, maxThreads: 2 });
    for (let round = 0; round < 5; round++) {
        const flags = newFlags();
        const reading = start(holder, 'neverStopReading', [table.handle, flags]);
        await isSet(flags, 0);
        const words = new Int32Array(table.buffer);
        assert.notEqual(words[SLOT + SLOT_WORDS + PIN], 0, 'its section is one, whatever was in the slot before');
        const refused = start(holder, 'attachAnother', [table.handle, flags]);
        await assert.rejects(refused.result, /2 threads have this shared table open/);
        await reading.worker.terminate();
    }
});
/** A function that calls a verb, itself one deeper, and so on, with this many words more to its frame. */
function diver(size) {
    const more = Array.from({ length: size }, (_, index) => `, a${index}`).join('');
    return new Function(`return function dive(verb, n${more}) { verb(n); dive(verb, n + 1${more}) }`)();
}
test('using up the stack inside the verbs leaves the table in order', () => {
    const table = SharedShadowTable.create({ maxBytes: 256 << 10 });
    for (let key = 0; key < 50; key++)
        table.attach(key, ID, Uint8Array.of(key));
    const verbs = [
        (n) => table.updateOrAttach(n % 50, ID, Uint8Array.of(n % 50)),
        (n) => table.detach(100 + (n % 10), ID) || table.attach(100 + (n % 10), ID, 16),
        (n) => table.read(() => table.get(n % 50, ID)),
        (n) => table.getOrAttach(200 + (n % 100), ID, 8, (view) => view.fill(1)),
        (n) => table.get(BigInt(n % 50), ID),
        () => table.stats(),
    ];
    const words = new Int32Array(table.buffer);
    // Frames of many sizes, so that every call inside of a verb is once the one for which there is no stack.
    for (let size = 0; size < scaled({ quick: 20, ci: 40, full: 200 }); size++) {
        const dive = diver(size);
        for (const verb of verbs) {
            assert.throws(() => dive(verb, 0), RangeError);
            assert.equal(words[LOCK], 0, 'the lock was released');
            assert.equal(words[SLOT + DEPTH], 0, 'no section is left open');
            assert.equal(words[SLOT + PIN], 0, 'nothing is pinned');
            assert.ok(table.stats().entries >= 50);
            checkInvariants(table.buffer);
        }
    }
    for (let key = 0; key < 50; key++)
        assert.equal(table.get(key, ID)[0], key);
    table.detachAll(ID);
    const { arenaBytes } = table.stats();
    assert.ok(table.attach(1, ID, arenaBytes - 32), 'no section is left open, no block is lost');
});
test('where deaths cannot be seen, a wait ends in an error, and the lock is taken once the exit is reported', async () => {
    // In a process of its own that takes itself for another platform.
    const script = fileURLToPath(new URL('./support/elsewhere.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    const seen = JSON.parse(stdout);
    assert.deepEqual(seen, {
        code: 'UMBRA_SHARED_LOCK',
        deadlineNamed: true,
        untouched: true,
        afterReport: true,
        watched: true,
        takeovers: 2,
        usedUp: true,
        expelled: ['attach', 'read', 'detach', 'opened anew'],
        dispossessed: ['attach', 'read', 'detach', 'full'],
        intact: true,
    });
});
test('under the permission model deaths are seen where /proc may be read, and reported where not', async () => {
    const flag = process.allowedNodeEnvironmentFlags.has('--permission')
        ? '--permission'
        : '--experimental-permission';
    const script = fileURLToPath(new URL('./support/permitted.js', import.meta.url));
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const run = async (...readable) => {
        const leave = readable.map((folder) => `--allow-fs-read=${folder}`);
        const { stdout } = await promisify(execFile)(process.execPath, [flag, ...leave, '--allow-worker', script]);
        return stdout;
    };
    assert.equal(await run(`${root}*`, '/proc/*'), 'taken over, taken over');
    assert.match(await run(`${root}*`), /cannot be seen here: that takes Linux, and leave .*, taken over$/);
});
test('threads without Node are as many threads as they are', async () => {
    const table = SharedShadowTable.create({ maxBytes: 64 << 10 });
    const nodeless = new URL('./support/nodeless.js', import.meta.url).href;
    // Nobody can see them end, so that each finds those before it.
    for (const threads of [2, 3, 4]) {
        assert.equal(await start(nodeless, 'open', [table.handle]).result, threads);
    }
});
test('a wrapped fs.readFileSync that uses the table, or makes its answers up, is not what the table asks', () => {
    const table = SharedShadowTable.create({ maxBytes: 64 << 10 });
    const { readFileSync } = fs;
    let calls = 0;
    fs.readFileSync = (() => {
        calls++;
        table.updateOrAttach(1, ID, 8);
        return '{}';
    });
    try {
        // Whoever opens a table looks which threads have ended.
        assert.equal(SharedShadowTable.open(table.handle).stats().takeovers, 0);
    }
    finally {
        fs.readFileSync = readFileSync;
    }
    assert.equal(calls, 0);
});
test('where /proc cannot be read, a wait ends in an error as well, and goes on after a report, or when it can be', async () => {
    const script = fileURLToPath(new URL('./support/no-descriptors.js', import.meta.url));
    const command = 'ulimit -n 200 && exec "$0" "$1"';
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command, process.execPath, script], {
        timeout: 60_000,
    });
    assert.equal(stdout, 'EMFILE UMBRA_SHARED_LOCK true reported again true');
});
//# sourceMappingURL=lock.test.js.map