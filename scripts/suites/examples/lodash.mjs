import { createRequire } from 'node:module'

const _ = createRequire(import.meta.url)('lodash')
const users = [
  { user: 'fred', age: 48, pets: ['dino'] },
  { user: 'barney', age: 36, pets: [] },
  { user: 'pebbles', age: 1, pets: ['cat', 'dog'] },
]
const print = (value) => console.log(JSON.stringify(value))

print(_.chunk(['a', 'b', 'c', 'd'], 3))
print(_.chain(users).filter('pets.length').sortBy('age').map('user').value())
print(_.groupBy(users, ({ age }) => age > 18))
print(_.merge({ a: [{ b: 2 }, { d: 4 }] }, { a: [{ c: 3 }, { e: 5 }] }))
print(_.isEqual(_.cloneDeep(users), users))
print(_.curry((a, b, c) => [a, b, c])(1)(2, 3))
print(
  _.template('hello <%= user %>! <% _.forEach(list, (x) => { %><li><%- x %></li><% }) %>')({
    user: 'fred',
    list: ['<a>', 'b'],
  }),
)
print([_.camelCase('Foo Bar'), _.kebabCase('fooBar'), _.startCase('--foo-bar--'), _.deburr('déjà vu')])
print(_.isNative(Array.prototype.push))
print(_.isNative(_))
print(_(users).map('age').sum())
print(_.flow([_.add, (n) => n * n])(1, 2))
print(_.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c'))
const calls = []
const once = _.once((n) => calls.push(n))
once(1)
once(2)
const memo = _.memoize((n) => calls.push(n))
memo(3)
memo(3)
print(calls)
print(_.partial((...all) => all, _, 'b', _)('a', 'c'))
print(
  _.invokeMap(
    [
      [5, 1, 7],
      [3, 2, 1],
    ],
    'sort',
  ),
)
