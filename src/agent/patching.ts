/**
 * All that serves clients and patches. A process that nobody patches never loads it; what it shares with the part that
 * every prepared process loads is one module for both (scripts/build.mjs).
 */
export { Livepatch } from '../livepatch/core.ts'
export { openCommands } from './commands.ts'
export { applyInstalled } from './installed.ts'
export { describeShadow } from './shadow.ts'
