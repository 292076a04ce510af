// The demo: a service that leaks is repaired while it runs, by the patches in samples/. Every step must show its effect
// in what the service itself prints; if one does not, the demo fails.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Service } from './service.mjs'
import { command, follow, say, title, verdict, wholeGraph } from './view.mjs'

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const PERIOD = 30
const PREVENTED = /prevented a leak/
const LEAKED = /leaked!$/
const COUNTED = /was checked \d+ times/
const FREED = /^dummy_free/

const run = promisify(execFile)
let failed = false
let service

/** Runs the command line as a user would, and returns what it says as JSON. */
async function umbra(...args) {
  command(`umbra ${args.join(' ')}`)
  const { stdout } = await run(process.execPath, [cli, ...args, '--json'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  return JSON.parse(stdout)
}

function held({ prepare, switch: switched }) {
  const preparing = prepare > 0 ? `${prepare.toFixed(2)} ms to compile and check, ` : ''
  say(`event loop held up: ${preparing}${switched.toFixed(3)} ms to switch`)
}

/** One step: what is done, and what the service must show because of it. */
async function step(name, act, effect, condition) {
  title(name)
  const from = service.lines.length
  const leakedBefore = service.leaked.at(-1) ?? 0
  await act()
  const view = follow(service, leakedBefore)
  const done = await service.until(() => condition(from, leakedBefore))
  view.stop()
  verdict(done, effect)
  failed ||= !done
}

/** The leak in the newest reports: how much it grew over the last `n`. */
function growth(n) {
  const { leaked } = service
  return leaked.length > n ? leaked.at(-1) - leaked.at(-1 - n) : Number.NaN
}

async function demo() {
  service = new Service(PERIOD)
  const { pid } = service
  const load = async (fix) =>
    held(await umbra('load', String(pid), `samples/${fix}/${fix.split('-').at(-1)}.ts`))

  await step(
    `1  A service runs as process ${pid}. It has a bug: every dummy loses a buffer.`,
    async () => {},
    'the leak grows',
    () => service.leaked.length > 24 && growth(20) > 0,
  )
  await step(
    '2  fix1 is loaded into it: buffers are kept in shadow variable SV_LEAK, and released with their dummy.',
    () => load('livepatch-shadow-fix1'),
    'dummies from before the patch are reported as leaked, those after it are not: the leak has stopped',
    (from) => service.count(LEAKED, from) > 0 && service.count(PREVENTED, from) > 20 && growth(8) === 0,
  )
  await step(
    '3  fix2 is loaded on top: SV_COUNTER counts the checks of each dummy, those in flight included.',
    () => load('livepatch-shadow-fix2'),
    'dummies that were in flight when the patch came are counted too, and fix1 goes on working below it',
    (from) => service.count(COUNTED, from) > 20 && service.count(PREVENTED, from) > 20,
  )
  say('shadow variables now:')
  for (const row of shadowRows(await umbra('shadow', String(pid)))) say(`  ${row}`)
  await step(
    '4  fix2 is disabled and unloaded: fix1 is uncovered.',
    async () => {
      held(await umbra('disable', String(pid), 'livepatch-shadow-fix2'))
      await umbra('unload', String(pid), 'livepatch-shadow-fix2')
    },
    'nothing is counted any more, and the leak is still stopped',
    (from) =>
      service.count(PREVENTED, from) > 10 &&
      service.count(COUNTED, service.lines.length - 20) === 0 &&
      growth(5) === 0,
  )
  await step(
    '5  fix1 is disabled and unloaded: its last shadow variables go with it, and the bug is back.',
    async () => {
      held(await umbra('disable', String(pid), 'livepatch-shadow-fix1'))
      await umbra('unload', String(pid), 'livepatch-shadow-fix1')
    },
    'the original functions run again: the leak grows',
    (from, before) => service.count(FREED, from) > 10 && service.leaked.at(-1) > before && growth(5) > 0,
  )
  const patches = await umbra('list', String(pid))
  const same = service.alive && service.pid === pid && patches.length === 0
  title('What changed, and what did not')
  say(`leaked  ${wholeGraph(service.leaked)}  rose, stood still while it was patched, and rose again`)
  verdict(same, `process ${pid} ran through all of it; it was never restarted, and no patch is left in it`)
  failed ||= !same
}

function shadowRows(report) {
  return report.identifiers.map(
    ({ name, attached, detached, live }) =>
      `${name}: ${attached} attached, ${detached} detached${live === undefined ? '' : `, ${live} live`}`,
  )
}

try {
  await demo()
} catch (error) {
  failed = true
  verdict(false, error.stdout || error.message)
} finally {
  service?.stop()
}
process.exitCode = failed ? 1 : 0
