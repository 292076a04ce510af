/** Environment data of this name holds the `execArgv` that a worker thread is to see (workers.ts). */
export const inheritedArguments = 'umbra.execArgv'
