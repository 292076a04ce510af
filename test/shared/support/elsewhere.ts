/** A process that takes itself for one on another platform, where `/proc` tells nothing. See lock.test.ts. */
import { setTimeout as delay } from 'node:timers/promises'
import { SharedShadowTable } from 'umbra/shared'
import { start } from './thread.ts'

const PLATFORM = 'darwin'
Object.defineProperty(process, 'platform', { value: PLATFORM })

const holder = new URL('./lock-holder.js', import.meta.url).href
const table = SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: 300 })

async function killedHolder(watch: boolean): Promise<number> {
  const flags = new Int32Array(new SharedArrayBuffer(16))
  const { worker } = start(holder, 'holdInConstructor', [table.handle, flags, PLATFORM])
  const { threadId } = worker
  if (watch) table.watch(worker)
  while (Atomics.load(flags, 0) === 0) await delay(1)
  await worker.terminate()
  return threadId
}

const dead = await killedHolder(false)
let code: string | undefined
let deadlineNamed = false
try {
  table.attach(2, 7, 8)
} catch (error) {
  code = (error as NodeJS.ErrnoException).code
  deadlineNamed = (error as Error).message.includes('300 ms')
}
const untouched = new Int32Array(table.buffer)[16] !== 0 && !table.has(2, 7)
table.threadExited(dead)
const afterReport = table.attach(2, 7, 8) !== undefined
await killedHolder(true)
const watched = table.attach(3, 7, 8) !== undefined
const { takeovers } = table.stats()
process.stdout.write(JSON.stringify({ code, deadlineNamed, untouched, afterReport, watched, takeovers }))
