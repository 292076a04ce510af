import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const nearley = require('nearley')
const grammar = `
@{% const moo = require('moo'); const lexer = moo.compile({ ws: / +/, number: /[0-9]+/, op: ['+', '*', '(', ')'] }); %}
@lexer lexer
main -> sum {% id %}
sum -> sum "+" product {% ([a, , b]) => a + b %} | product {% id %}
product -> product "*" atom {% ([a, , b]) => a * b %} | atom {% id %}
atom -> %number {% ([n]) => Number(n) %} | "(" sum ")" {% ([, a]) => a %}
`
const file = (name) => fileURLToPath(new URL(`./${name}-${process.pid}`, import.meta.url))
writeFileSync(file('grammar.ne'), grammar)
const source = execFileSync(
  process.execPath,
  [require.resolve('nearley/bin/nearleyc.js'), file('grammar.ne')],
  { encoding: 'utf8' },
)
const generated = `${file('grammar')}.cjs`
writeFileSync(generated, source)
console.log(source.split('\n').length)
const compiled = nearley.Grammar.fromCompiled(require(generated))
for (const name of [file('grammar.ne'), generated]) rmSync(name)
for (const text of ['1+2*3', '(1+2)*3*(4+5)', '1+', '1 2', 'x']) {
  const parser = new nearley.Parser(compiled)
  try {
    console.log(text, JSON.stringify(parser.feed(text).results))
  } catch (error) {
    console.log(error.message)
  }
}
