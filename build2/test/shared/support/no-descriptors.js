/** A process that has no file descriptors left when it meets the lock of a dead thread. See lock.test.ts. */
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { SharedShadowTable } from 'umbra/shared';
import { start } from './thread.js';
const holder = new URL('./lock-holder.js', import.meta.url).href;
const table = SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: 300 });
const other = SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: 300 });
/** Leaves the lock with a dead thread, and returns its number. */
async function killHolder(of) {
    const flags = new Int32Array(new SharedArrayBuffer(16));
    const { worker } = start(holder, 'holdInConstructor', [of.handle, flags]);
    const { threadId } = worker;
    while (Atomics.load(flags, 0) === 0)
        await delay(1);
    await worker.terminate();
    return threadId;
}
const dead = await killHolder(table);
await killHolder(other);
const opened = [];
let seen = '';
try {
    for (;;)
        opened.push(openSync('/dev/null', 'r'));
}
catch (error) {
    seen = error.code ?? '';
}
try {
    table.attach(2, 7, 8);
    seen += ' attached';
}
catch (error) {
    const { code, message } = error;
    seen += ` ${code} ${message.includes('/proc cannot be read')}`;
}
table.threadExited(dead);
if (table.attach(2, 7, 8) !== undefined)
    seen += ' reported';
for (const descriptor of opened)
    closeSync(descriptor);
seen += ` again ${other.attach(2, 7, 8) !== undefined}`;
process.stdout.write(seen);
//# sourceMappingURL=no-descriptors.js.map