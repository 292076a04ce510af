/** A process that takes itself for one on another platform, where `/proc` tells nothing. See lock.test.ts. */
import { setTimeout as delay } from 'node:timers/promises';
import { SharedShadowTable } from 'umbra/shared';
import { checkInvariants } from './invariants.js';
import { start } from './thread.js';
const PLATFORM = 'darwin';
Object.defineProperty(process, 'platform', { value: PLATFORM });
const holder = new URL('./lock-holder.js', import.meta.url).href;
const table = SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: 300 });
async function killedHolder(watch) {
    const flags = new Int32Array(new SharedArrayBuffer(16));
    const { worker } = start(holder, 'holdInConstructor', [table.handle, flags, PLATFORM]);
    const { threadId } = worker;
    if (watch)
        table.watch(worker);
    while (Atomics.load(flags, 0) === 0)
        await delay(1);
    await worker.terminate();
    return threadId;
}
const dead = await killedHolder(false);
let code;
let deadlineNamed = false;
try {
    table.attach(2, 7, 8);
}
catch (error) {
    code = error.code;
    deadlineNamed = error.message.includes('300 ms');
}
const untouched = new Int32Array(table.buffer)[16] !== 0 && !table.has(2, 7);
table.threadExited(dead);
const afterReport = table.attach(2, 7, 8) !== undefined;
await killedHolder(true);
const watched = table.attach(3, 7, 8) !== undefined;
const { takeovers } = table.stats();
const full = SharedShadowTable.create({ maxBytes: 1 << 20, maxThreads: 1 });
const refused = start(holder, 'holdInConstructor', [full.handle, new Int32Array(4), PLATFORM]).result;
const usedUp = await refused.then(() => false, (error) => /1 threads .* without a report \(table\.watch/.test(error.message));
// A report about a thread that lives: it is told, and what it has lost stays whole.
const wrong = SharedShadowTable.create({ maxBytes: 1 << 20 });
const flags = new Int32Array(new SharedArrayBuffer(16));
const outliving = start(holder, 'outliveReport', [wrong.handle, flags, PLATFORM]);
while (Atomics.load(flags, 0) === 0)
    await delay(1);
wrong.threadExited(outliving.worker.threadId);
wrong.attach(2, 7, 8);
Atomics.store(flags, 1, 1);
Atomics.notify(flags, 1);
const expelled = await outliving.result;
checkInvariants(wrong.buffer);
const intact = !wrong.has(1, 7) && wrong.stats().entries === 2;
// The same where another thread has its slot by then.
const crowded = SharedShadowTable.create({ maxBytes: 1 << 20, maxThreads: 3 });
const robbing = new Int32Array(new SharedArrayBuffer(16));
const robbed = start(holder, 'outliveReport', [crowded.handle, robbing, PLATFORM]);
while (Atomics.load(robbing, 0) === 0)
    await delay(1);
crowded.threadExited(robbed.worker.threadId);
const newcomers = [1, 2].map(() => {
    const its = new Int32Array(new SharedArrayBuffer(16));
    return { its, ...start(holder, 'neverStopReading', [crowded.handle, its, PLATFORM]) };
});
for (const { its } of newcomers)
    while (Atomics.load(its, 0) === 0)
        await delay(1);
crowded.attach(2, 7, 8);
Atomics.store(robbing, 1, 1);
Atomics.notify(robbing, 1);
const dispossessed = await robbed.result;
for (const { its, result } of newcomers) {
    Atomics.store(its, 1, 1);
    Atomics.notify(its, 1);
    await result;
}
checkInvariants(crowded.buffer);
process.stdout.write(JSON.stringify({
    code,
    deadlineNamed,
    untouched,
    afterReport,
    watched,
    takeovers,
    usedUp,
    expelled,
    dispossessed,
    intact,
}));
//# sourceMappingURL=elsewhere.js.map