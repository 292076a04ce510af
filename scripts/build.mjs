// Builds dist/ (ES modules and types), dist/cjs/ (the three library entries for require) and build/ (tests and
// benchmarks, which import the package by its own name and so see exactly what a user sees).
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

function compile(project) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

for (const folder of ['dist', 'build']) rmSync(`${root}${folder}`, { recursive: true, force: true })
compile('tsconfig.json')
compile('tsconfig.cjs.json')
writeFileSync(`${root}dist/cjs/package.json`, '{ "type": "commonjs" }\n')
compile('tsconfig.test.json')
if (existsSync(`${root}dist/cli/main.js`)) chmodSync(`${root}dist/cli/main.js`, 0o755)
