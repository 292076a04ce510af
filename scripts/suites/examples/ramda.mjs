import * as R from 'ramda'

const print = (value) => console.log(JSON.stringify(value))
const double = R.multiply(2)
print(R.map(double, { x: 1, y: 2 }))
print(
  R.pipe(
    R.filter((n) => n % 2 === 1),
    R.map(double),
    R.sum,
  )([1, 2, 3]),
)
print(R.transduce(R.compose(R.map(R.inc), R.take(2)), R.flip(R.append), [], [1, 2, 3]))
print(R.over(R.lensPath(['a', 0, 'b']), R.negate, { a: [{ b: 2 }] }))
print(R.evolve({ n: R.add(1), in: { s: R.toUpper } }, { n: 1, in: { s: 'x' } }))
print(R.groupBy(R.prop('k'), [{ k: 'a' }, { k: 'b' }, { k: 'a' }]))
print(R.curry((a, b, c, d) => a + b + c + d)(R.__, 2)(1)(3, R.__)(4))
print([
  R.equals({ a: [1, new Date(0)] }, { a: [1, new Date(0)] }),
  R.type(async () => {}),
  R.length(R.addIndex(R.map)),
])
print(R.converge(R.divide, [R.sum, R.length])([1, 2, 3, 6]))
print(R.toString(R.range(1, 4)), R.uniqBy(Math.abs, [-1, 1, 2]))
print(await R.pipeWith(R.andThen, [async (n) => n + 1, double])(3))
