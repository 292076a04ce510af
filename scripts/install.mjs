// Packages from the registry in a folder of their own, installed once.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url))

/** The folder whose node_modules holds exactly these versions; none of their install scripts has run. */
export function install(name, dependencies) {
  const folder = `${cache}umbra-${name}`
  const wanted = `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`
  const list = `${folder}/package.json`
  if (existsSync(list) && readFileSync(list, 'utf8') === wanted) return folder
  process.stderr.write(`installing ${Object.keys(dependencies).length} packages …\n`)
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  writeFileSync(`${fresh}/package.json`, wanted)
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--loglevel=error']
  execFileSync('npm', ['install', ...options], { cwd: fresh, stdio: ['ignore', 'ignore', 'inherit'] })
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  return folder
}
