// Loads every package that it is told to, says how that went, and stays.
import { readFileSync } from 'node:fs'

const failed = []
const names = process.argv.slice(2)
for (const name of names) {
  try {
    for (const entry of entriesOf(name)) await import(entry)
  } catch (error) {
    failed.push({ name, why: String(error.message).split('\n', 1)[0] })
  }
}
setInterval(() => {}, 1_000_000)
process.send({ loaded: names.length - failed.length, failed })

/** A package is loaded as a whole, where it has a main file, or piece by piece. */
function entriesOf(name) {
  const file = new URL(`./node_modules/${name}/package.json`, import.meta.url)
  const { main, exports = '.' } = JSON.parse(readFileSync(file, 'utf8'))
  const paths = Object.keys(exports).filter((path) => /^\.\/[^*.]+$/.test(path))
  const isWhole = Boolean(main) || paths.length === 0 || '.' in exports || typeof exports === 'string'
  return isWhole ? [name] : paths.map((path) => name + path.slice(1))
}
