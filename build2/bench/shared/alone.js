/** One case of lookup.ts. */
import { workerData } from 'node:worker_threads';
import { benchLookup } from './lookup.js';
benchLookup(workerData);
//# sourceMappingURL=alone.js.map