#!/usr/bin/env node
import { main } from './program.ts'

// `umbra log --follow <process> | head -1`: whoever reads has seen enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))
await main(process.argv)
