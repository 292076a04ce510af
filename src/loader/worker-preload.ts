/** The `--require` of workers.ts: prepares a worker thread, and leaves its options as the program gave them. */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { inheritedArguments } from './inherited-arguments.ts'
import './register.ts'

const seen = getEnvironmentData(inheritedArguments) as string[] | undefined
if (Array.isArray(seen)) {
  process.execArgv = seen
  setEnvironmentData(inheritedArguments, undefined as never)
}
