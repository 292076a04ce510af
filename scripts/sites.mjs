// npm run sites: what `umbra sites --summary` says of a process that has loaded the 200 packages of
// scripts/sites/packages.json, which are those that most others depend on. Exits with 1 below 99.5 %.
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from './install.mjs'

const WANTED = 99.5
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const packages = JSON.parse(readFileSync(here('./sites/packages.json'), 'utf8'))
const folder = install('sites', packages)
const program = join(folder, 'load-all.mjs')
copyFileSync(here('./sites/load-all.mjs'), program)

const scratch = mkdtempSync(join(tmpdir(), 'umbra-sites-'))
const env = {
  ...process.env,
  UMBRA_DIR: join(scratch, 'run'),
  UMBRA_CACHE: join(scratch, 'cache'),
  // the list of so many files is long in the making where other programs run too
  UMBRA_DEADLINE: '60000',
}
const register = new URL('../dist/loader/register.js', import.meta.url).href
const child = spawn(process.execPath, ['--import', register, program, ...Object.keys(packages)], {
  env,
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
})
child.on('exit', (code, signal) => {
  process.stderr.write(`the process that loads the packages ended with ${code ?? signal}\n`)
  process.exit(1)
})
child.on('message', ({ loaded, failed }) => {
  const umbra = (...args) => {
    const command = [here('../dist/cli/main.js'), 'sites', String(child.pid), '--summary', ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' })
    if (status === 0) return stdout
    child.removeAllListeners('exit').kill('SIGKILL')
    throw new Error(`umbra sites failed: ${stdout}${stderr}`)
  }
  process.stdout.write(`Node ${process.version}, ${loaded} packages loaded\n${umbra()}`)
  for (const { name, why } of failed) process.stdout.write(`${name} cannot be loaded: ${why}\n`)
  const { coverage } = JSON.parse(umbra('--json'))
  child.removeAllListeners('exit').kill('SIGKILL')
  child.on('exit', () => {
    rmSync(scratch, { recursive: true, force: true })
    process.exit(coverage >= WANTED && failed.length === 0 ? 0 : 1)
  })
})
