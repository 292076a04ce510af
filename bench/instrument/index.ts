/** The speed of prepared, unpatched code: programs and servers of real packages, plain and prepared. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { instrument } from 'umbra/instrument'
import { declareCells } from '#dist/instrument/cell.js'
import { alternate, type Row, ratio, report } from '../measure.ts'
import { forms, measureForm } from './forms.ts'
import { packagesFolder } from './packages.ts'
import { programs, type Texts } from './programs.ts'
import { measureServer, servers } from './servers.ts'

const GROUP = 'Prepared, unpatched code: time as a multiple of plain'
/** Time for one side before it is measured, in milliseconds: until its functions are optimised. */
const WARM_UP = 1500
const ROUNDS = 200

/** Loads packages anew, with entry sites or without. */
function loader(folder: string, prepared: boolean): (name: string) => unknown {
  const require = createRequire(join(folder, 'package.json'))
  const prototype = Module.prototype as unknown as { _compile(code: string, file: string): unknown }
  const compile = prototype._compile
  return (name) => {
    for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file]
    if (prepared) {
      prototype._compile = function (code, file) {
        return compile.call(this, prepare(code, file), file)
      }
    }
    try {
      return require(name)
    } finally {
      prototype._compile = compile
    }
  }
}

let cells = 0

function prepare(code: string, file: string): string {
  const cell = `$umbra${cells++}`
  declareCells([cell])
  return instrument(code, { url: pathToFileURL(file).href, type: 'commonjs', cell }).code
}

function texts(folder: string): Texts {
  const read = (file: string) => readFileSync(join(folder, 'node_modules', file), 'utf8')
  return {
    javascript: read('postcss/lib/parser.js'),
    markdown: ['marked', 'markdown-it', 'zod', 'ajv', 'pako', 'semver']
      .map((name) => read(`${name}/README.md`))
      .join('\n'),
  }
}

function measure(name: string): void {
  const folder = packagesFolder()
  const given = texts(folder)
  const sides = {
    plain: programs[name]!(loader(folder, false), given),
    prepared: programs[name]!(loader(folder, true), given),
  }
  const until = (time: number, side: () => unknown) => {
    const start = performance.now()
    let count = 0
    for (; performance.now() - start < time; count++) side()
    return count
  }
  for (let turn = 0; turn < 3; turn++) for (const side of Object.values(sides)) until(WARM_UP / 3, side)
  // A round long enough for the clock.
  const repeat = Math.max(1, Math.round(until(200, sides.plain) / 16))
  const run = (side: () => unknown) => () => {
    for (let n = 0; n < repeat; n++) side()
  }
  const times = alternate(
    { prepared: run(sides.prepared), plain: run(sides.plain) },
    { rounds: ROUNDS, operations: repeat },
  )
  report({ group: GROUP, name, unit: '×', ...ratio(times.prepared, times.plain), bar: { atMost: 1.05 } })
}

/** Each measurement has a process of its own, so that none meets what another left in the engine. */
function inProcess(...args: string[]): Row[] {
  const { stdout, status } = spawnSync(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`measuring ${args.join(' ')} failed`)
  const rows = stdout.split('\n').filter((line) => line.startsWith('{'))
  return rows.map((line) => JSON.parse(line) as Row)
}

function measureAll(): void {
  packagesFolder()
  const measured = Object.keys(programs).flatMap((name) => inProcess('program', name))
  const loaded = Object.keys(servers).flatMap((name) => inProcess('server', name))
  const medians = [...measured, ...loaded].filter(({ bar }) => bar !== undefined).map(({ median }) => median)
  const mean = Math.exp(medians.reduce((sum, median) => sum + Math.log(median), 0) / medians.length)
  const spread = { median: mean, low: Math.min(...medians), high: Math.max(...medians) }
  for (const row of [...measured, ...loaded]) report(row)
  report({ group: GROUP, name: 'geometric mean, with servers', unit: '×', ...spread, bar: { atMost: 1.01 } })
  for (const { name } of forms) for (const row of inProcess('form', name)) report(row)
}

const [what, name] = process.argv.slice(2)
if (what === 'program') measure(name!)
else if (what === 'form') measureForm(name!)
else if (what === 'server') await measureServer(name!)
else measureAll()
