// Runs the compiled tests: `node scripts/test.mjs [--node 20,24] [--quick | --full] [part of a file's path …]`.
// --quick leaves out *.long.test.js and, where no part is asked for, most of what `umbra build` makes of two versions, which is
// the same text on every Node.js; UMBRA_TEST_SCALE tells the tests how much load to make (test/support/scale.ts).
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nodeBinary } from './nodes.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string' }, quick: { type: 'boolean' }, full: { type: 'boolean' } },
})
const scale = values.full ? 'full' : values.quick ? 'quick' : 'ci'
const majors =
  values.node?.split(',') ?? (values.full ? ['20', '22', '24', '26'] : [process.versions.node.split('.')[0]])

const isLong = (file) => file.endsWith('.long.test.js')
const BUILT_ON_EACH = /^build\/(exports|fields|files|kept|members|methods|state)\.test\.js$/
/** What depends on no version of Node.js, and takes long. */
const ON_ONE = /^(cli\/(installing|shadow)|shadow\/copies)\.test\.js$/
const isQuick = (file) =>
  !isLong(file) &&
  (positionals.length > 0 || (file.startsWith('build/') ? BUILT_ON_EACH.test(file) : !ON_ONE.test(file)))

const files = readdirSync(`${root}build/test`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js') && (!values.quick || isQuick(file)))
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  // The longest first: one that began last would run by itself.
  .sort((one, other) => isLong(other) - isLong(one) || (one < other ? -1 : 1))
  .map((file) => `build/test/${file}`)
if (files.length === 0) {
  process.stderr.write('no test file matches\n')
  process.exit(2)
}

let failed = false
for (const major of majors) {
  const binary = nodeBinary(major)
  process.stdout.write(`\n── Node ${major}, ${scale}: ${files.length} files\n`)
  const run = spawnSync(binary, ['--test', '--test-concurrency=4', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, UMBRA_TEST_SCALE: scale },
  })
  failed ||= run.status !== 0
}
process.exit(failed ? 1 : 0)
