import { readFileSync } from 'node:fs'
import esprima from 'esprima'

const source = readFileSync(new URL('../node_modules/underscore/underscore-umd.js', import.meta.url), 'utf8')
console.log(JSON.stringify(esprima.parseScript(source, { range: true, loc: true, comment: true })))
console.log(
  JSON.stringify(esprima.tokenize('const answer = 42 / 7 + `abc`.match(/x[/]y/g) // end', { comment: true })),
)
console.log(
  JSON.stringify(
    esprima.parseModule('import a, { b as c } from "x"; export default class { static *[d]() {} }'),
  ),
)
const seen = []
esprima.parseScript('function f(a = 1, ...b) { return () => a }', {}, ({ type }, { start }) =>
  seen.push(`${type}@${start.column}`),
)
console.log(seen.join(' '))
try {
  esprima.parseScript('let let = 1')
} catch (error) {
  console.log(error.message, error.index)
}
