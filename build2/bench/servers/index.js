// Servers under load: what umbra costs a request while no patch is in transition, and what loading and disabling a patch
// over and over does to latency at 60 % of saturation.
import { latencyUnderCycles } from './latency.js';
import { costOfBeingPresent } from './presence.js';
for (const kind of ['http', 'http, 20 awaits'])
    await costOfBeingPresent(kind);
for (const kind of ['http', 'express', 'fastify'])
    await latencyUnderCycles(kind);
//# sourceMappingURL=index.js.map