import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ADDRESSES, OFFSETS } from './lookup.js';
import { benchOwner, benchScaling } from './threads.js';
const sizes = [
    ['4 thousand', 4000, 31],
    ['100 thousand', 100_000, 15],
    ['2 million', 2_000_000, 9],
];
/** In a thread of its own, where the table is the only one, as in the programs that it is for. */
async function lookupAlone(workerData) {
    const worker = new Worker(new URL('./alone.js', import.meta.url), { workerData });
    const [code] = await once(worker, 'exit');
    if (code !== 0)
        process.exit(1);
}
for (const [name, entries, rounds] of sizes) {
    for (const base of [OFFSETS, ADDRESSES]) {
        for (const against of ['a Map', 'C'])
            await lookupAlone({ name, entries, rounds, base, against });
    }
}
for (const [name, entries] of sizes)
    await benchOwner(name, entries, 5);
for (const [name, entries] of sizes)
    await benchScaling(name, entries, 15);
//# sourceMappingURL=index.js.map