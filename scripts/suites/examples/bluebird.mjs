import Bluebird from 'bluebird'

const print = (...values) => console.log(JSON.stringify(values))
print(await Bluebird.map([3, 1, 2], (n) => Bluebird.delay(n).return(n * 2), { concurrency: 2 }))
print(
  await Bluebird.reduce([1, 2, 3], (a, b) => a + b, 0),
  await Bluebird.props({ a: Bluebird.resolve(1), b: 2 }),
)
print(await Bluebird.some([Bluebird.delay(5, 'c'), 'a', Bluebird.reject(new Error('x'))], 2))
class Own extends Error {}
print(
  await Bluebird.reject(new Own('mine'))
    .catch(TypeError, () => 'no')
    .catch(Own, ({ message }) => message),
)
print(
  await Bluebird.coroutine(function* (n) {
    return (yield Bluebird.delay(1, n)) + (yield Bluebird.resolve(1))
  })(41),
)
print(await Bluebird.promisify((a, callback) => setImmediate(callback, null, a + 1))(1))
print(
  await Bluebird.resolve([1, 2])
    .spread((a, b) => a + b)
    .tap(print)
    .finally(() => print('finally')),
)
print(
  await Bluebird.delay(1000)
    .timeout(5)
    .catch(Bluebird.TimeoutError, ({ name }) => name),
)
print(
  await Bluebird.using(
    Bluebird.resolve('r').disposer((r) => print('closed', r)),
    (r) => r + r,
  ),
)
const api = Bluebird.promisifyAll({
  read(n, done) {
    done(n ? null : new Error('zero'), n)
  },
})
print(await api.readAsync(4), await api.readAsync(0).catch(({ cause }) => cause.message))
print(await Bluebird.each(['a', 'b'], (x, n, length) => print(x, n, length)))
