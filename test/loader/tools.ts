/** Tools that programs are run with, as users have them: installed from npm, once for all test runs. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const versions = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/auto-instrumentations-node': '0.81.2',
  c8: '12.0.0',
  express: '5.3.0',
  'import-in-the-middle': '3.6.0',
  pirates: '4.0.7',
  pm2: '7.0.4',
  tsx: '4.23.15',
}

const folder = fileURLToPath(new URL('../../../.nodes/tools/', import.meta.url))

/** The `node_modules` that holds them. */
export function toolsFolder(): string {
  const wanted = JSON.stringify({ private: true, dependencies: versions })
  if (!isInstalled(wanted)) {
    rmSync(folder, { recursive: true, force: true })
    const fresh = `${folder.slice(0, -1)}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    writeFileSync(join(fresh, 'package.json'), wanted)
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: fresh,
      stdio: 'ignore',
    })
    writeFileSync(join(fresh, 'installed.json'), wanted)
    try {
      renameSync(fresh, folder)
    } catch {
      rmSync(fresh, { recursive: true }) // another test file was quicker
    }
  }
  return join(folder, 'node_modules')
}

function isInstalled(wanted: string): boolean {
  const marker = join(folder, 'installed.json')
  return existsSync(marker) && readFileSync(marker, 'utf8') === wanted
}

/** The url of what `require` finds for this specifier. */
export function toolUrl(specifier: string): string {
  return pathToFileURL(createRequire(join(toolsFolder(), 'x.js')).resolve(specifier)).href
}
