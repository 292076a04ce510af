// What patching costs the program: how long its event loop is held up by a load and by a disable, whatever the size of its
// heap, and what a call of a patched function costs.
import { benchCalls } from './calls.ts'
import { benchHolds } from './holds.ts'

for (const megabytes of [10, 100, 1000]) await benchHolds(megabytes, 15)
await benchCalls()
