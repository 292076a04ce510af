// What packages.json lists, ready to run.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { harness, shipped, examples } = JSON.parse(
  readFileSync(new URL('./packages.json', import.meta.url), 'utf8'),
)

/** What test suites need beside the package that they test. */
export { harness }

/** `run` is a command in the package's folder, `script` one of examples; either ends with 0 and prints its checks. */
export const suites = [
  ...shipped,
  ...Object.entries(examples).map(([name, version]) => ({ name, version, script: scriptOf(name) })),
]

function scriptOf(name) {
  const file = fileURLToPath(new URL(`./examples/${name.replace('/', '__')}.mjs`, import.meta.url))
  if (!existsSync(file)) throw new Error(`${name} has no ${file}`)
  return file
}
