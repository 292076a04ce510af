import MarkdownIt from 'markdown-it'

const text = `# Head\n\n1. one\n2. two\n   - deep **bold** *it* \`code\`\n\n[ref]: https://e.org 'T'\n[a][ref] ![img](x.png) <b>html</b> https://auto.org (c) "quoted" -- dash\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n~~~js\nlet a\n~~~\n\n> q\n\n---\nsetext\n===\n`
console.log(new MarkdownIt().render(text))
console.log(
  new MarkdownIt({
    html: true,
    linkify: true,
    typographer: true,
    breaks: true,
    highlight: (code, lang) => `[${lang}:${code.length}]`,
  }).render(text),
)
const own = new MarkdownIt('commonmark').use((md, name) => {
  md.inline.ruler.before('emphasis', 'at', (state, silent) => {
    if (state.src[state.pos] !== '@') return false
    if (!silent) state.push('at', '', 0).content = name
    state.pos++
    return true
  })
  md.renderer.rules.at = (tokens, n) => `<at>${tokens[n].content}</at>`
}, 'plugin')
console.log(own.render('x @ y *z*'), JSON.stringify(own.parse('# a @', {})))
