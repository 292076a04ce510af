import postcss from 'postcss'

const css = `:root { --a: 1px }
@media screen and (min-width: 100px) { .a, .b > c:hover { color: red !important; margin: var(--a) auto } }
/* comment */
@import url("x.css");
.d { &:is(.e, .f) { width: calc(1px + 2em) } }`
const plugin = (options) => ({
  postcssPlugin: 'own',
  Once: (root) => root.prepend(postcss.comment({ text: options.text })),
  Declaration: {
    color(node) {
      node.value = 'blue'
    },
  },
  Rule(rule, { result }) {
    if (rule.selector.startsWith('.d')) rule.warn(result, 'seen')
  },
})
plugin.postcss = true
const result = await postcss([plugin({ text: 'first' })]).process(css, {
  from: 'a.css',
  to: 'b.css',
  map: { inline: false },
})
console.log(result.css, result.map.toString(), result.warnings().map(String).join())
const names = []
postcss
  .parse(css)
  .walk(({ type, source }) => names.push(`${type}@${source.start.line}:${source.start.column}`))
console.log(names.join(' '))
try {
  postcss.parse('a { color: red')
} catch (error) {
  console.log(error.reason, error.line, error.column)
}
