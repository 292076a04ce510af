import { fromJS, Map as IMap, Set as ISet, is, List, Record, Seq, Stack } from 'immutable'

const print = (value) => console.log(String(value), JSON.stringify(value))
const map = IMap({ a: 1, b: 2 })
print(
  map
    .set('b', 50)
    .merge({ c: 3 })
    .sortBy((v) => -v),
)
print(
  List([1, 2, 3])
    .push(4)
    .unshift(0)
    .splice(1, 1)
    .zip(List(['a', 'b', 'c', 'd'])),
)
print(fromJS({ a: { b: [1, { c: 2 }] } }).updateIn(['a', 'b', 1, 'c'], (n) => n + 1))
print(
  Seq([1, 2, 3, 4, 5, 6, 7, 8])
    .filter((n) => n % 2 !== 0)
    .map((n) => n * n)
    .take(2),
)
print(is(IMap({ a: List([1]) }), IMap({ a: List([1]) })))
class Point extends Record({ x: 0, y: 0 }) {
  get length() {
    return Math.hypot(this.x, this.y)
  }
}
print(new Point({ x: 3, y: 4 }).length)
print(new Point({ x: 1, z: 9 }))
print(ISet.of('a', 'b').union(['c']).intersect(['b', 'c']))
print(Stack.of(1, 2).push(0).pop())
print(
  IMap(Array.from({ length: 100 }, (_, n) => [n, n * n]))
    .groupBy((v) => v % 3)
    .map((g) => g.count()),
)
print(map.withMutations((m) => m.set('x', 1).delete('a')).hashCode())
