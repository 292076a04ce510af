// The Node versions that umbra is tested on beside the machine's own, installed once into .nodes/ from npm.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../.nodes/', import.meta.url))

/** The path of a Node binary of this major version; installs it when it is not there yet. */
export function nodeBinary(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const home = `${folder}${major}`
  const binary = `${home}/node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`
  if (existsSync(binary)) return binary
  mkdirSync(home, { recursive: true })
  writeFileSync(`${home}/package.json`, '{ "private": true }\n')
  process.stderr.write(`installing Node ${major} …\n`)
  execFileSync('npm', ['install', `node@${major}`, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return binary
}
