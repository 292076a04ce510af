import async from 'async'

const print = (...values) => console.log(JSON.stringify(values))
const later = (value, done) => setImmediate(done, null, value * 2)
print(await async.mapLimit([1, 2, 3], 2, later))
print(await async.parallel({ one: (done) => setTimeout(done, 2, null, 1), two: async () => 2 }))
print(
  await async.auto({
    a: async () => 1,
    b: ['a', ({ a }, done) => done(null, a + 1)],
    c: ['a', 'b', async ({ a, b }) => a + b],
  }),
)
async.waterfall([(done) => done(null, 1, 2), (a, b, done) => done(null, a + b)], print)
print(await async.series([async () => 'x', (done) => done(null, 'y', 'z')]))
let tries = 0
print(
  await async.retry({ times: 3, interval: 0 }, async () =>
    ++tries < 3 ? Promise.reject(new Error('no')) : tries,
  ),
)
const queue = async.queue(async (n) => print('task', n), 1)
queue.push([1, 2])
queue.unshift(0)
await queue.drain()
print(
  await async.reduce([1, 2, 3], 0, async (a, b) => a + b),
  await async.sortBy(['bb', 'a'], async (s) => s.length),
)
await async
  .each([1], async () => {
    throw new Error('failed')
  })
  .catch(({ message }) => print(message))
print(
  await async.transform([1, 2], (list, n, key, done) => setImmediate(() => done(null, list.push([key, n])))),
)
