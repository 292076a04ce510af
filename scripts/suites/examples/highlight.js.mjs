import hljs from 'highlight.js'

const texts = {
  javascript: 'class A extends B { async *m() { return `a` + /x/g } } // c',
  python: '@dec\ndef f(a: int = 1) -> str:\n    """doc"""\n    return f"{a!r}"',
  sql: "SELECT a, COUNT(*) FROM b WHERE c = 'd' -- e",
  html: '<div class="x"><script>if (a) b()</script><style>p { color: red }</style></div>',
  rust: 'fn main<T: Fn()>(x: &\'a mut T) { println!("{}", 1u8); }',
  bash: 'for f in *.js; do echo "$f" | sed s/a/b/; done',
}
for (const [language, text] of Object.entries(texts)) {
  console.log(hljs.highlight(text, { language }).value)
  console.log(hljs.highlightAuto(text, Object.keys(texts)).language)
}
console.log(hljs.listLanguages().length, hljs.getLanguage('ts').name)
