/** One case of lookup.ts. */
import { workerData } from 'node:worker_threads'
import { benchLookup, type LookupCase } from './lookup.ts'

benchLookup(workerData as LookupCase)
