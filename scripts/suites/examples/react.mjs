import * as React from 'react'
import { createElement as h, isValidElement, memo, useMemo, useReducer } from 'react'

const print = (value) => console.log(JSON.stringify(value))
const Item = memo(({ name }) => h('li', null, name))
class Old extends React.Component {
  static defaultProps = { a: 1 }
  render() {
    return this.props.children
  }
}
print(h('div', { className: 'a', key: 'k' }, h(Item, { name: 'x' }), 'text').props)
print(
  React.Children.map([h('i', { key: 1 }), null, 'b', [h('u', { key: 2 })]], (child, n) => [n, typeof child]),
)
print([
  isValidElement(h(Old)),
  isValidElement({}),
  React.cloneElement(h(Old, { b: 2 }), { c: 3 }).props.b,
  React.version,
])
try {
  React.Children.only([1])
} catch (error) {
  print(error.message)
}
const silenced = console.error
console.error = () => {}
for (const hook of [() => useMemo(() => 1, []), () => useReducer((a) => a, 0)]) {
  try {
    hook()
  } catch (error) {
    print(error.name)
  }
}
console.error = silenced
