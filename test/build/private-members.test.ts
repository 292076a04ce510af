// Members that a class gets, and that use its private ones: they see those of the running class.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const CLASS = `export class Queue {
  #jobs = []; static #made = 0
  constructor() { Queue.#made++ }
  #take() { return this.#jobs.pop() }
  push(job) { this.#jobs.push(job); return this.#jobs.length }
  /* new */
}`

const young = (added: string): string => CLASS.replace('/* new */', added)

describe('a member that a class gets', () => {
  const members: Record<string, [added: string, use: string, gives: unknown]> = {
    'a method that calls a private one': ['next() { return this.#take() }', 'q.next()', 2],
    'a method that assigns': [
      'clear() { const had = this.#jobs; this.#jobs = []; return had }',
      '[q.clear(), q.push(7)]',
      [[1, 2], 1],
    ],
    'an accessor': [
      'get size() { return this.#jobs.length }; set size(n) { this.#jobs.length = n }',
      '(q.size = 1, q.size)',
      1,
    ],
    'a static method': ['static made() { return Queue.#made }', 'q.constructor.made()', 1],
    'a method that asks for it': [
      'static is(x) { return #jobs in x }',
      '[q.constructor.is(q), q.constructor.is({})]',
      [true, false],
    ],
  }
  for (const [what, [added, use, gives]] of Object.entries(members))
    it(what, () =>
      withPatch(
        { 'index.mjs': `${CLASS}; export const q = new Queue()` },
        { 'index.mjs': `${young(added)}; export const q = new Queue()` },
        `; const { q } = lib; q.push(1); q.push(2); globalThis.q = q`,
        async (program, made) => {
          assert.deepEqual(problemsOf(made), [])
          await program.load(made.code, 'patch.mjs')
          assert.deepEqual(await program.run(use), gives)
          await program.disable(made.name)
          assert.deepEqual(
            await program.run(
              `Object.keys(Object.getOwnPropertyDescriptors(q.constructor.prototype)).length`,
            ),
            2,
          )
        },
        { flags: ['--experimental-require-module', '--no-warnings'] },
      ),
    )

  it('is a problem where two classes of a file get one', () => {
    const two = (added: string): string =>
      `${young(added)}; ${young(added).replaceAll('Queue', 'Stack')}; export const f = (x) => ${added ? 'x.size' : '0'}`
    return withPatch(
      { 'index.mjs': two('') },
      { 'index.mjs': two('get size() { return this.#jobs.length }') },
      '',
      async (_, made) => {
        assert.match(problemsOf(made).join(), /size: a method was added to a class/)
      },
      { flags: ['--experimental-require-module', '--no-warnings'] },
    )
  })
})
