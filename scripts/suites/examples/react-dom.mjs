import { Writable } from 'node:stream'
import {
  createContext,
  Fragment,
  createElement as h,
  Suspense,
  use,
  useContext,
  useId,
  useMemo,
  useReducer,
  useState,
} from 'react'
import { renderToPipeableStream, renderToStaticMarkup, renderToString } from 'react-dom/server'

const Theme = createContext('light')
const Button = ({ label, ...rest }) => {
  const theme = useContext(Theme)
  const [count] = useState(() => 3)
  const [state] = useReducer((a, b) => a + b, 1)
  const double = useMemo(() => count * 2, [count])
  return h(
    'button',
    { type: 'button', id: useId(), className: theme, style: { color: 'red', marginTop: 2 }, ...rest },
    label,
    double,
    state,
  )
}
const List = ({ items }) =>
  h(
    'ul',
    null,
    items.map((item) => h('li', { key: item }, item)),
  )
const App = () =>
  h(
    Theme.Provider,
    { value: 'dark' },
    h(
      Fragment,
      null,
      h(Button, { label: '<go>', disabled: true, onClick() {} }),
      h(List, { items: ['a', 'b&c'] }),
    ),
  )
console.log(renderToString(h(App)))
console.log(
  renderToStaticMarkup(
    h('div', { dangerouslySetInnerHTML: { __html: '<b>raw</b>' }, 'data-x': 1, hidden: false, tabIndex: 0 }),
  ),
)
const later = new Promise((done) => setTimeout(done, 5, 'loaded'))
const Late = () => h('p', null, use(later))
let streamed = ''
await new Promise((done, failed) => {
  const sink = new Writable({
    write(chunk, _encoding, next) {
      streamed += chunk
      next()
    },
    final: () => done(),
  })
  const stream = renderToPipeableStream(h(Suspense, { fallback: 'wait' }, h(Late)), {
    onAllReady: () => stream.pipe(sink),
    onError: failed,
  })
})
console.log(streamed)
try {
  renderToString(
    h(() => {
      throw new Error('in render')
    }),
  )
} catch (error) {
  console.log(error.message)
}
