// npm run conformance -- <folder of a test262 checkout> [--shard 2/8] [part of a test's path …]
// Runs every test of test/language and test/built-ins/Function plain and prepared, and reports those whose outcome
// differs. Exits with 1 when one does. A shard is every eighth test, from the second one on.
import { fork } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shard: { type: 'string', default: '1/1' } },
})
const [folder, ...parts] = positionals
const [shard, shards] = values.shard.split('/').map(Number)
const areas = ['test/language', 'test/built-ins/Function']
if (folder === undefined || !existsSync(join(folder, 'harness')) || !(shard >= 1 && shard <= shards)) {
  process.stderr.write(
    'usage: npm run conformance -- <folder of a test262 checkout> [--shard 2/8] [part of a path …]\n',
  )
  process.exit(2)
}
const root = resolve(folder)
const worker = fileURLToPath(new URL('./conformance/worker.mjs', import.meta.url))

const files = areas
  .flatMap((area) =>
    readdirSync(join(root, area), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(root, area, name),
    ),
  )
  .filter((file) => file.endsWith('.js') && !file.includes('_FIXTURE'))
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .sort()
  .filter((_, n) => n % shards === shard - 1)

const queue = files.values()
const found = new Map()
/** Tests that the engine itself does not survive, plain neither. */
const crashes = []
let finished = 0
let shown = -1

function progress() {
  if (!process.stderr.isTTY) return
  const percent = Math.floor((finished / files.length) * 100)
  if (percent === shown) return
  shown = percent
  const bar = '█'.repeat(percent / 4).padEnd(25, '░')
  process.stderr.write(
    `\r${bar} ${String(percent).padStart(3)} %  ${finished} of ${files.length}, ${found.size} differ`,
  )
  if (finished === files.length) process.stderr.write('\n')
}

/** Contexts are heavy, and a process full of old ones slow: after so many tests a new one takes over. */
const TESTS_A_PROCESS = 300

function startWorker() {
  return fork(worker, [], {
    execArgv: ['--experimental-vm-modules', '--no-warnings', '--expose-gc', '--max-old-space-size=1024'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

/** Whether a test kills a process that runs it plain, and nothing else. */
function killsPlain(file) {
  return new Promise((done) => {
    const child = startWorker()
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
    let survived = false
    child.on('message', (message) => {
      if (message.ready) return child.send({ root, file, sides: ['plain'] })
      survived = true
      child.disconnect()
    })
    child.on('exit', () => {
      clearTimeout(timer)
      done(!survived)
    })
  })
}

/** One process works through tests until none are left; what a test that kills it does plain is looked at alone. */
function work() {
  return new Promise((done) => {
    let current
    let timer
    let left = TESTS_A_PROCESS
    let exhausted = false
    const child = startWorker()
    const next = () => {
      current = undefined
      if (left-- > 0) {
        const { value, done: over } = queue.next()
        current = value
        exhausted = over
      }
      if (current === undefined) {
        child.disconnect()
        return
      }
      clearTimeout(timer)
      timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
      child.send({ root, file: current, sides: ['plain', 'prepared'] })
    }
    child.on('message', (message) => {
      if (!message.ready) {
        finished++
        if (message.differences.length > 0) found.set(relative(root, message.file), message.differences)
        progress()
      }
      next()
    })
    child.on('exit', async () => {
      clearTimeout(timer)
      if (current !== undefined) {
        const file = relative(root, current)
        if (await killsPlain(current)) crashes.push(file)
        else found.set(file, [{ strict: false, plain: '', prepared: 'the process ended' }])
        finished++
        progress()
      }
      if (exhausted) done()
      else work().then(done)
    })
  })
}

await Promise.all(Array.from({ length: availableParallelism() }, work))

for (const [file, differences] of [...found].sort()) {
  for (const { strict, plain, prepared } of differences) {
    process.stdout.write(
      `${file}${strict ? ' (strict)' : ''}\n  plain:    ${plain}\n  prepared: ${prepared}\n`,
    )
  }
}
for (const file of crashes) process.stdout.write(`${file}: the engine crashes, plain too\n`)
process.stdout.write(`${files.length} tests, ${found.size} differ\n`)
process.exit(found.size > 0 ? 1 : 0)
