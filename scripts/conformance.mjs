// npm run conformance -- <folder of a test262 checkout> [part of a test's path …]
// Runs every test of test/language and test/built-ins/Function plain and prepared, and reports those whose outcome
// differs. Exits with 1 when one differs that scripts/conformance/exceptions.json does not list, or no longer does.
import { fork } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [folder, ...parts] = process.argv.slice(2)
const areas = ['test/language', 'test/built-ins/Function']
if (folder === undefined || !existsSync(join(folder, 'harness'))) {
  process.stderr.write('usage: npm run conformance -- <folder of a test262 checkout> [part of a path …]\n')
  process.exit(2)
}
const root = resolve(folder)
const exceptions = JSON.parse(readFileSync(new URL('./conformance/exceptions.json', import.meta.url), 'utf8'))
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

const queue = files.values()
const found = new Map()
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

/** One process works through tests until none are left; a test that kills it counts as a difference. */
function work() {
  return new Promise((done) => {
    let current
    let timer
    let left = TESTS_A_PROCESS
    let exhausted = false
    const child = fork(worker, [], {
      execArgv: ['--experimental-vm-modules', '--no-warnings', '--expose-gc', '--max-old-space-size=1024'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
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
      child.send({ root, file: current })
    }
    child.on('message', (message) => {
      if (!message.ready) {
        finished++
        if (message.differences.length > 0) found.set(relative(root, message.file), message.differences)
        progress()
      }
      next()
    })
    child.on('exit', () => {
      clearTimeout(timer)
      if (exhausted) done()
      else if (current === undefined) work().then(done)
      else {
        finished++
        found.set(relative(root, current), [{ strict: false, plain: '', prepared: 'the process ended' }])
        progress()
        work().then(done)
      }
    })
  })
}

await Promise.all(Array.from({ length: availableParallelism() }, work))

const unexpected = [...found].filter(([file]) => !(file in exceptions))
const gone = parts.length > 0 ? [] : Object.keys(exceptions).filter((file) => !found.has(file))
for (const [file, differences] of unexpected.sort()) {
  for (const { strict, plain, prepared } of differences) {
    process.stdout.write(
      `${file}${strict ? ' (strict)' : ''}\n  plain:    ${plain}\n  prepared: ${prepared}\n`,
    )
  }
}
for (const file of gone) process.stdout.write(`${file}: listed as an exception, but no longer differs\n`)
process.stdout.write(
  `${files.length} tests, ${found.size} differ, ${found.size - unexpected.length} of them listed with a reason\n`,
)
process.exit(unexpected.length + gone.length > 0 ? 1 : 0)
