import { dump, load, loadAll } from 'js-yaml'

const print = (value) => console.log(JSON.stringify(value))
print(load('a: &x {b: [1, 0o17, 0x1F, .5e3, null]}\nc: *x\nd: |+\n  keep\n\ne: >\n  fold\n  ed\n'))
print(loadAll('---\na: 1\n---\n- 2\n...\n'))
console.log(
  dump(
    { list: [1, 'two', { three: [] }], text: 'a: b\n', long: 'x '.repeat(60), no: null, yes: 'true' },
    { sortKeys: true, lineWidth: 40 },
  ),
)
const shared = { s: 1 }
console.log(dump([shared, shared]), dump([shared, shared], { noRefs: true, flowLevel: 0 }))
for (const text of ['a: b: c', '"\\x"', 'a: [1, 2', '- *none']) {
  try {
    load(text)
  } catch (error) {
    print([error.name, error.message])
  }
}
