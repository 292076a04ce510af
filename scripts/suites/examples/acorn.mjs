import { readFileSync } from 'node:fs'
import { Parser, parse, parseExpressionAt, tokenizer } from 'acorn'

const source = readFileSync(new URL('../node_modules/underscore/underscore-umd.js', import.meta.url), 'utf8')
const comments = []
console.log(
  JSON.stringify(parse(source, { ecmaVersion: 5, locations: true, onComment: comments })),
  comments.length,
)
console.log(
  JSON.stringify(
    parse('class A { static #x = 1; get [b]() { return super.c?.d ?? 1 } }', {
      ecmaVersion: 'latest',
      sourceType: 'module',
    }),
  ),
)
console.log(
  [...tokenizer('a => `b` / /c/v', { ecmaVersion: 2025 })]
    .map(({ type, value }) => `${type.label}:${value}`)
    .join(' '),
)
console.log(JSON.stringify(parseExpressionAt('x = {a, b: 1} + 2', 4, { ecmaVersion: 2020 })))
const Own = Parser.extend(
  (Base) =>
    class extends Base {
      parseLiteral(value) {
        return super.parseLiteral(typeof value === 'string' ? value.toUpperCase() : value)
      }
    },
)
console.log(
  Own.parse('f("a", 1)', { ecmaVersion: 2020 }).body[0].expression.arguments.map(({ value }) => value),
)
try {
  parse('const a; b', { ecmaVersion: 2020 })
} catch (error) {
  console.log(error.message, error.pos)
}
