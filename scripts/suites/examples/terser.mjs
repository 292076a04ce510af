import { readFileSync } from 'node:fs'
import { minify } from 'terser'

const source = readFileSync(new URL('../node_modules/underscore/underscore-umd.js', import.meta.url), 'utf8')
console.log((await minify(source, { sourceMap: { filename: 'u.js' } })).code)
const options = {
  toplevel: true,
  compress: { passes: 3, pure_getters: true, unsafe: true },
  mangle: { properties: { regex: /_$/ } },
}
console.log(
  (
    await minify(
      'const a_ = { b_: 1 }; function f(x) { if (x) return 1 + 2 * 3; else return a_.b_ } console.log(f(0))',
      options,
    )
  ).code,
)
console.log(
  (
    await minify(
      'class A { #x = 1; static { this.y ??= async () => { for await (const z of w) yield_(z) } } }',
      { format: { beautify: true } },
    )
  ).code,
)
try {
  await minify('a b')
} catch (error) {
  console.log(error.message, error.line, error.col)
}
