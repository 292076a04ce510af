// One suite, run plain and prepared.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const register = new URL('../../dist/loader/register.js', import.meta.url).href
const witness = fileURLToPath(new URL('./witness.cjs', import.meta.url))

/** How often and how the two runs of a suite agree; `failure` says what differs. */
export async function compare(suite, folder, scratch) {
  const [command, cwd] = commandOf(suite, folder)
  const report = join(scratch, suite.name.replace('/', '__'))
  const plain = await run(command, cwd, {})
  const prepared = await run(command, cwd, {
    NODE_OPTIONS: `--require=${JSON.stringify(witness)} --import=${register}`,
    UMBRA_CACHE: join(scratch, 'cache'),
    UMBRA_DIR: join(scratch, 'run'),
    UMBRA_WITNESS: report,
  })
  const sites = existsSync(report)
    ? Math.max(...readFileSync(report, 'utf8').trim().split('\n').map(Number))
    : 0
  const checks = checksIn(suite, plain.lines)
  return { checks, sites, failure: failureOf(plain, prepared, checks, sites) }
}

function failureOf(plain, prepared, checks, sites) {
  if (plain.status !== 0) return `fails plain too (${plain.status}):\n${plain.tail}`
  if (checks === 0) return 'nothing is checked'
  if (sites === 0) return 'nothing was prepared'
  if (prepared.status !== 0) return `ends with ${prepared.status} prepared:\n${prepared.tail}`
  const length = Math.max(plain.lines.length, prepared.lines.length)
  for (let n = 0; n < length; n++) {
    const [was, is] = [plain.lines[n] ?? '', prepared.lines[n] ?? '']
    if (was === is) continue
    const from = Math.max(0, [...was].findIndex((sign, at) => sign !== is[at]) - 40)
    return `line ${n + 1} differs\n  plain:    ${was.slice(from, from + 150)}\n  prepared: ${is.slice(from, from + 150)}`
  }
  return undefined
}

/** The command and its folder. Examples are copied beside the packages, so that they find them. */
function commandOf({ name, run, script }, folder) {
  if (script !== undefined) {
    const copy = join(folder, 'examples', `${name.replace('/', '__')}.mjs`)
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(script, copy)
    return [[copy], folder]
  }
  const [tool, ...args] = run
  const modules = join(folder, 'node_modules')
  const tools = {
    tape: [join(modules, 'tape/bin/tape')],
    mocha: [join(modules, 'mocha/bin/mocha.js')],
    node: [],
  }
  return [[...tools[tool], ...args], join(modules, name)]
}

/** Tests of TAP, of mocha, or lines that examples print. */
function checksIn({ script }, lines) {
  return script === undefined
    ? lines.filter((line) => /^\s*(ok \d|✔|# \.\/)/.test(line)).length
    : lines.length
}

/** Times are all that two runs of a suite may differ in; mocha shows them only where they are long. */
const longTime = /\s*\(\d+ms\)/g
const time = /\b\d+(\.\d+)?(?=\s?m?s\b)|(?<=duration_ms:? )[\d.]+|\b\d\d:\d\d:\d\d\b/g

async function run(command, cwd, env) {
  // Node's test runner runs no tests where it is told that a test runner has started it, as umbra's own tests do.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env
  const child = spawn(process.execPath, command, {
    cwd,
    env: { ...own, NODE_OPTIONS: '', FORCE_COLOR: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  })
  const [out, error, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.on('close', (code, signal) => done(code ?? signal))),
  ])
  const plain = stripVTControlCharacters(out).replaceAll(longTime, '').replaceAll(time, '…')
  const lines = plain.trimEnd().split('\n')
  return { status, lines, tail: endOf(`${out}\n${error}`) }
}

/** The last lines of an output, none of them endless. */
function endOf(output) {
  const lines = output.trim().split('\n').slice(-15)
  return lines.map((line) => line.slice(0, 200)).join('\n')
}

async function text(stream) {
  let all = ''
  for await (const chunk of stream.setEncoding('utf8')) all += chunk
  return all
}
