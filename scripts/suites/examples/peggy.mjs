import { writeFileSync } from 'node:fs'
import peggy from 'peggy'

const grammar = `
{{ const add = (a, list) => list.reduce((sum, [, sign, , b]) => (sign === '+' ? sum + b : sum - b), a) }}
Expression = head:Term tail:(_ @('+' / '-') _ @Term)* { return tail.reduce((a, [sign, b]) => (sign === '+' ? a + b : a - b), head) }
Term = head:Factor tail:(_ @('*' / '/') _ @Factor)* { return tail.reduce((a, [sign, b]) => (sign === '*' ? a * b : a / b), head) }
Factor = '(' _ @Expression _ ')' / Integer
Integer 'integer' = _ [0-9]+ { return Number.parseInt(text(), 10) }
_ 'whitespace' = [ \\t\\n\\r]*
`
for (const cache of [false, true]) {
  const source = peggy.generate(grammar, { output: 'source', format: 'es', cache, trace: false })
  const file = new URL(`./generated-${process.pid}-${cache}.mjs`, import.meta.url)
  writeFileSync(file, source)
  const { parse } = await import(file)
  ;(await import('node:fs')).rmSync(file)
  console.log(source.length)
  for (const text of ['2*(3+4)', ' 10 - 4 / 2*3', '((((1))))', '2*(3', 'x']) {
    try {
      console.log(text, parse(text))
    } catch (error) {
      console.log(error.message, JSON.stringify(error.location), error.format([{ source: undefined, text }]))
    }
  }
}
try {
  peggy.generate('a = b')
} catch (error) {
  console.log(error.message)
}
