// `npm run bench [-- area …] [--node 20,24,26]`: runs the benchmarks of each area, or of those named, prints their
// tables, and writes them into docs/performance.md with a plot for each area (docs/performance/<area>.svg). Versions that
// the same build was measured under before keep their columns, so that they can be measured one at a time.
//
// An area is a folder bench/<area> with an index.ts. It is run under each Node version, with --expose-gc, and prints
// one JSON object a line on stdout for every figure: a Row of bench/measure.ts, which also has the means to measure
// (`alternate`, `ratio`, `summary`, `report`). Other lines go to stderr. Rows of one `group` make one table; those
// with unit `×` are plotted.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nodeBinary } from './nodes.mjs'
import { plot } from './plot.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', default: '20,24,26' } },
})
const all = readdirSync(`${root}build/bench`, { withFileTypes: true })
  .filter((entry) => existsSync(`${root}build/bench/${entry.name}/index.js`))
  .map((entry) => entry.name)
const areas = positionals.length > 0 ? positionals : all
for (const area of areas) {
  if (all.includes(area)) continue
  process.stderr.write(`no benchmarks named '${area}'; there are: ${all.join(', ')}\n`)
  process.exit(2)
}

for (const area of areas) {
  for (const major of values.node.split(',')) keep(area, major, run(area, nodeBinary(major)))
  const runs = kept(area)
  const tables = makeTables(runs)
  process.stdout.write(`\n${tables}\n`)
  mkdirSync(`${root}docs/performance`, { recursive: true })
  writeFileSync(`${root}docs/performance/${area}.svg`, plot(runs))
  writeSection(area, `${tables}\n\n![${area}](performance/${area}.svg)\n\n${conditions(runs)}`)
}

/** All rows of an area under one Node version. */
function run(area, binary) {
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()
  process.stderr.write(`${area}: Node ${version} …\n`)
  const { status, stdout } = spawnSync(binary, ['--expose-gc', `${root}build/bench/${area}/index.js`], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) {
    process.stderr.write(`${stdout}\nthe benchmark '${area}' failed under Node ${version}\n`)
    process.exit(1)
  }
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  return { version, rows }
}

/** In the folder of the build, which the next build empties. */
function keep(area, major, run) {
  writeFileSync(`${root}build/bench/${area}/node-${major}.json`, JSON.stringify(run))
}

function kept(area) {
  const folder = `${root}build/bench/${area}/`
  const files = readdirSync(folder).filter((name) => /^node-\d+\.json$/.test(name))
  return files.sort().map((name) => JSON.parse(readFileSync(folder + name, 'utf8')))
}

/** One Markdown table a group, a column for each Node version. */
function makeTables(runs) {
  const rows = runs.flatMap((run) => run.rows)
  return [...new Set(rows.map((row) => row.group))].map((group) => makeTable(group, runs)).join('\n\n')
}

function makeTable(group, runs) {
  const of = (run) => run.rows.filter((row) => row.group === group)
  const names = [...new Set(runs.flatMap((run) => of(run).map((row) => row.name)))]
  const lines = names.map((name) => {
    const cells = runs.map((run) => of(run).find((row) => row.name === name))
    return [name, target(cells), ...cells.map(cell)]
  })
  const head = ['', 'must be', ...runs.map((run) => `Node ${run.version.slice(1)}`)]
  const columns = lines.every((line) => line[1] === '')
    ? [0, ...head.keys()].filter((i) => i !== 1)
    : [...head.keys()]
  const kept = columns.filter((column, i) => columns.indexOf(column) === i)
  const widths = kept.map((i) => Math.max(3, ...[head, ...lines].map((line) => line[i].length)))
  const print = (line) => `| ${kept.map((i, k) => line[i].padEnd(widths[k])).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [`### ${group}`, '', print(head), rule, ...lines.map(print)].join('\n')
}

function target(cells) {
  const bars = new Set(cells.map((row) => row?.bar && (row.bar.atLeast ?? row.bar.atMost)))
  const bar = cells.find((row) => row?.bar)?.bar
  if (bar === undefined) return ''
  return `${bar.atLeast === undefined ? '≤' : '≥'} ${[...bars].filter((value) => value !== undefined).join(' / ')}`
}

function cell(row) {
  if (row === undefined) return ''
  const { median, low, high, unit, bar } = row
  const spread = low === high ? '' : ` (${figure(low)}–${figure(high)})`
  const holds = bar && (bar.atLeast === undefined ? median <= bar.atMost : median >= bar.atLeast)
  return `${figure(median)} ${unit}${spread}${bar === undefined ? '' : holds ? ' ✓' : ' ✗'}`
}

function figure(value) {
  if (Math.abs(value) >= 100) return String(Math.round(value))
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

function conditions(runs) {
  const cpu = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB`
  const versions = runs.map((run) => run.version).join(', ')
  return `Measured on ${cpu}, ${os.type()} ${os.arch()}, Node ${versions}. Medians; in brackets the first and third
quartile of the rounds, in which the sides take turns.`
}

/** Puts the text between the markers of its area in docs/performance.md; adds them at the end of the file. */
function writeSection(area, text) {
  const file = `${root}docs/performance.md`
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '# Performance\n'
  const [open, close] = [`<!-- bench:${area} -->`, `<!-- /bench:${area} -->`]
  const section = `${open}\n\n${text}\n\n${close}`
  const start = before.indexOf(open)
  const after =
    start === -1
      ? `${before.trimEnd()}\n\n## ${area}\n\n${section}\n`
      : before.slice(0, start) + section + before.slice(before.indexOf(close) + close.length)
  writeFileSync(file, after)
  spawnSync(process.execPath, [`${root}node_modules/@biomejs/biome/bin/biome`, 'format', '--write', file], {
    cwd: root,
  })
}
