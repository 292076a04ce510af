import { Document, isMap, parse, parseAllDocuments, parseDocument, stringify, visit } from 'yaml'

const text = `# comment
a: &x { b: [1, 2.5, ~, true] } # inline
c: *x
d: |
  block
   text
e: >-
  folded
  text
? [complex, key]
: !!set { one, two }
date: 2001-12-14t21:59:43.10-05:00
<<: *x
`
const print = (value) => console.log(JSON.stringify(value))
print(parse(text, { merge: true }))
const document = parseDocument(text)
document.set('new', [1, { two: 2 }])
visit(document, { Pair: (_, pair) => (pair.key.value === 'd' ? visit.REMOVE : undefined) })
console.log(String(document), isMap(document.contents))
print(parseAllDocuments('a: 1\n---\n- b\n').map((one) => one.toJS()))
print(parseDocument('a: [1\nb: }').errors.map(({ code, pos, message }) => [code, pos, message]))
console.log(stringify({ text: 'a\nb', list: [[], {}, 'yes', '1', -0, null], long: 'word '.repeat(30) }))
console.log(String(new Document(new Map([[{ k: 1 }, new Set([1])]]))))
