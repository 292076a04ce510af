// What patching costs the program: how long its event loop is held up by a load and by a disable, whatever the size of its
// heap, and what a call of a patched function costs.
import { benchCalls } from './calls.js';
import { benchHolds } from './holds.js';
for (const megabytes of [10, 100, 1000])
    await benchHolds(megabytes, 15);
await benchCalls();
//# sourceMappingURL=index.js.map