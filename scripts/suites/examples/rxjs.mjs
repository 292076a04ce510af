import {
  catchError,
  combineLatest,
  concatMap,
  defer,
  from,
  lastValueFrom,
  map,
  of,
  range,
  reduce,
  retry,
  Subject,
  scan,
  share,
  switchMap,
  take,
  throwError,
  timer,
  toArray,
  zip,
} from 'rxjs'
import { TestScheduler } from 'rxjs/testing'

const print = (value) => console.log(JSON.stringify(value))
range(1, 5)
  .pipe(
    map((n) => n * n),
    scan((a, b) => a + b),
  )
  .subscribe({ next: print, complete: () => print('done') })
let tries = 0
defer(() => (++tries < 3 ? throwError(() => new Error('again')) : of(tries)))
  .pipe(retry(5))
  .subscribe(print)
throwError(() => new Error('bad'))
  .pipe(catchError((error) => of(error.message)))
  .subscribe(print)
const subject = new Subject()
const shared = subject.pipe(share())
combineLatest([shared, shared.pipe(map((n) => -n))]).subscribe(print)
for (const n of [1, 2]) subject.next(n)
print(await lastValueFrom(zip(of(1, 2), from(['a', 'b'])).pipe(toArray())))
print(
  await lastValueFrom(
    timer(0, 1).pipe(
      take(3),
      concatMap((n) => from(Promise.resolve(n))),
      reduce((a, b) => a + b, 0),
    ),
  ),
)
new TestScheduler((actual, expected) =>
  print([actual.length, expected.length, JSON.stringify(actual) === JSON.stringify(expected)]),
).run(({ cold, expectObservable }) => {
  expectObservable(cold('-a-b|').pipe(switchMap((v) => cold('x-y|').pipe(map((w) => v + w))))).toBe(
    '-p-qr-s|'.replace('qr-s', 'q-s'),
    { p: 'ax', q: 'bx', s: 'by' },
  )
})
