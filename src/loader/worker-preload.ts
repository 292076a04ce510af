/** The `--require` of workers.ts: prepares a worker thread, and leaves its options and `require.cache` as they would be. */
import { Module } from 'node:module'
import { fileURLToPath } from 'node:url'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { inheritedArguments } from './inherited-arguments.ts'
import './register.ts'

const seen = getEnvironmentData(inheritedArguments) as string[] | undefined
if (Array.isArray(seen)) {
  process.execArgv = seen
  setEnvironmentData(inheritedArguments, undefined as never)
}

delete (Module as unknown as { _cache: Record<string, unknown> })._cache[fileURLToPath(import.meta.url)]
