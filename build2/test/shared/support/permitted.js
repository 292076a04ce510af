/** Kills the holder of the lock and asks for it at once; for processes under Node's permission model. See lock.test.ts. */
import { SharedShadowTable } from 'umbra/shared';
import { start } from './thread.js';
const table = SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: 300 });
const flags = new Int32Array(new SharedArrayBuffer(16));
const { worker } = start(new URL('./lock-holder.js', import.meta.url).href, 'spinInConstructor', [
    table.handle,
    flags,
]);
table.watch(worker);
while (Atomics.load(flags, 0) === 0)
    await new Promise(setImmediate);
const gone = worker.terminate();
let atOnce;
try {
    atOnce = table.attach(2, 7, 8) === undefined ? 'out of memory' : 'taken over';
}
catch (error) {
    atOnce = error.message;
}
await gone;
process.stdout.write(`${atOnce}, ${table.updateOrAttach(2, 7, 8) === undefined ? 'out of memory' : 'taken over'}`);
//# sourceMappingURL=permitted.js.map