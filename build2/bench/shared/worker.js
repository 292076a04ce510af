/** What the threads of threads.ts do. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { SharedShadowTable } from 'umbra/shared';
import { ID, randomKeys } from './lookup.js';
const task = workerData;
const port = parentPort;
if (task.kind === 'reader')
    read(task);
else if (task.kind === 'writer')
    write(task.handle);
else
    own(task.entries);
/** While it is its turn, looks up and reads a byte, in sections of 100. */
function read({ verb, handle, entries, control: { turn, count } }) {
    const table = SharedShadowTable.open(handle);
    const bytes = new Uint8Array(table.buffer);
    const keys = randomKeys(entries, 100_000);
    port.postMessage(ownTid());
    let sum = 0;
    let from = 0;
    const offsets = () => {
        for (let at = from; at < from + 100; at++)
            sum += bytes[table.offsetOf(keys[at], ID)];
    };
    const views = () => {
        for (let at = from; at < from + 100; at++)
            sum += table.get(keys[at], ID)[0];
    };
    const section = verb === 'get' ? views : offsets;
    for (; sum >= 0; from = (from + 100) % keys.length) {
        if (Atomics.load(turn, 0) === 0)
            Atomics.wait(turn, 0, 0);
        table.read(section);
        count[0] += 100;
    }
}
/** Works for half a millisecond and rests for nine and a half. */
function write(handle) {
    const table = SharedShadowTable.open(handle);
    const never = new Int32Array(new SharedArrayBuffer(4));
    port.postMessage('ready');
    for (let obj = 0;;) {
        for (const until = performance.now() + 0.5; performance.now() < until; obj = (obj + 1) % 1000) {
            table.updateOrAttach(obj, ID + 1, 16);
        }
        Atomics.wait(never, 0, 0, 9.5);
    }
}
/** The kernel's number of this thread, 0 where that is unknown. */
function ownTid() {
    try {
        return Number.parseInt(readFileSync('/proc/thread-self/stat', 'latin1'), 10);
    }
    catch {
        return 0;
    }
}
function own(entries) {
    const map = new Map();
    for (let index = 0; index < entries; index++)
        map.set(0x7f00_0000_0000 + index * 64, new Uint8Array(16));
    const attached = new Map();
    port.on('message', ({ verb, key, data }) => {
        if (verb === 'get')
            return port.postMessage(map.get(key));
        attached.set(key, data);
        port.postMessage(attached.delete(key));
    });
    port.postMessage('ready');
}
//# sourceMappingURL=worker.js.map