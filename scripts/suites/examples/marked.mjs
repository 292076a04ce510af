import { Marked, marked } from 'marked'

const text = `# Title *here*

A [link](https://example.org "t"), \`code\`, **bold** and ~~gone~~.

| a | b |
|---|:-:|
| 1 | 2 |

- [x] done
- [ ] open
  1. nested

> quote
> more

\`\`\`js
const a = 1 < 2
\`\`\`
`
console.log(marked.parse(text))
console.log(JSON.stringify(marked.lexer(text)))
const own = new Marked({
  renderer: {
    heading: ({ tokens, depth }) => `<h${depth + 1}>${tokens.map(({ raw }) => raw).join('')}</h${depth + 1}>`,
  },
  walkTokens: (token) => {
    if (token.type === 'link') token.href += '#walked'
  },
})
console.log(own.parse(text))
