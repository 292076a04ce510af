// npm run suites [-- name …]: the tests of popular packages, plain and prepared.
//
// Where a package ships its test suite, that runs; for others a script of its documented examples does, which prints
// what comes out (scripts/suites/examples). What runs prepared must pass and print what it prints plain.
// Exits with 1 when something differs. scripts/suites/packages.json says which packages, in which versions.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from './install.mjs'
import { compare } from './suites/compare.mjs'
import { harness, suites } from './suites/packages.mjs'

const names = process.argv.slice(2)
const chosen = suites.filter(({ name }) => names.length === 0 || names.includes(name))
const unknown = names.filter((name) => !suites.some((suite) => suite.name === name))
if (unknown.length > 0) {
  process.stderr.write(
    `no suite named '${unknown[0]}'; there are: ${suites.map(({ name }) => name).join(', ')}\n`,
  )
  process.exit(2)
}

const wanted = Object.fromEntries(suites.map(({ name, version }) => [name, version]))
const folder = install('suites', { ...harness, ...wanted })
const scratch = mkdtempSync(join(tmpdir(), 'umbra-suites-'))
const queue = chosen.values()
let failed = 0
let checks = 0
let sites = 0

async function work() {
  for (const suite of queue) {
    const result = await compare(suite, folder, scratch)
    checks += result.checks
    sites += result.sites
    const title = `${suite.name} ${suite.version}`.padEnd(34)
    if (result.failure === undefined) {
      process.stdout.write(`✓ ${title} ${String(result.checks).padStart(5)} checks, ${result.sites} sites\n`)
    } else {
      failed++
      process.stdout.write(`✗ ${title} ${result.failure}\n`)
    }
  }
}

await Promise.all([work(), work()])
rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
process.stdout.write(
  `Node ${process.version}: ${chosen.length} packages, ${checks} checks, ${sites} functions with a site; ` +
    `${failed === 0 ? 'all pass prepared as they pass plain' : `${failed} do not`}\n`,
)
process.exit(failed === 0 ? 0 : 1)
