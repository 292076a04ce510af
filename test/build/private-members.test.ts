// Members that a class gets, and that use its private ones: they see those of the running class.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withBuild, withPatch } from './versions.ts'

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
    return withBuild(
      { 'index.mjs': two('') },
      { 'index.mjs': two('get size() { return this.#jobs.length }') },
      async (made) => {
        assert.match(problemsOf(made).join(), /size: a method was added to a class/)
      },
    )
  })
})

describe('private members as compilers write them', () => {
  const get = `const get = (of, all, f) => { if (!all.has(of)) throw new TypeError('no member'); return f ?? all.get(of) };`
  const text = (names: string, made: string, use: string, ends: string): Record<string, string> => ({
    'index.js': `var _Queue_jobs, ${names}; ${get}
      class Queue { constructor() { _Queue_jobs.set(this, []); ${made} } push(job) { get(this, _Queue_jobs).push(job); return ${use} } }
      _Queue_jobs = new WeakMap(), ${ends}; exports.Queue = Queue`,
  })
  const setup = 'const q = new lib.Queue(); q.push(1)'
  const held = text(
    '_Queue_seen',
    '_Queue_seen.set(this, new Set());',
    'get(this, _Queue_jobs).length + get(this, _Queue_seen).size',
    '_Queue_seen = new WeakMap()',
  )
  const method = text(
    '_Queue_all, _Queue_count',
    '_Queue_all.add(this);',
    'get(this, _Queue_all, _Queue_count).call(this)',
    '_Queue_all = new WeakSet(), _Queue_count = function _Queue_count() { return get(this, _Queue_jobs).length }',
  )
  const more = (n: number): Record<string, string> => ({
    'index.js': method['index.js']!.replace('.length }', `.length * ${n} }`),
  })
  const none = text('_none', '', 'get(this, _Queue_jobs).length', '_none = 1')

  for (const [what, old] of Object.entries({ field: held, method }))
    it(`a ${what} may be gone, and what objects have in others stays`, async () => {
      await withPatch(old, none, setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[q.push(2), new lib.Queue().push(1)]'), [2, 1])
        await program.disable(made.name)
        assert.deepEqual(await program.run('[q.push(3), new lib.Queue().push(1)]'), [3, 1])
      })
    })

  it('a method that changed is the new one for objects that there are', async () => {
    await withPatch(more(1), more(10), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[q.push(2), new lib.Queue().push(1)]'), [20, 10])
      await program.disable(made.name)
      assert.deepEqual(await program.run('q.push(3)'), 3)
    })
  })

  it('a field that is new, and begins with the same for each, is there for objects that there are', async () => {
    for (const [young, before, after] of [
      [held, [2, 1], [3, 1]],
      [method, [2, 1], [3, 1]],
    ] as const)
      await withPatch(none, young, setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[q.push(2), new lib.Queue().push(1)]'), before)
        await program.disable(made.name)
        assert.deepEqual(await program.run('[q.push(3), new lib.Queue().push(1)]'), after)
      })
  })

  it('a method that is new is one of the patch', async () => {
    const added = `, _Queue_more = function _Queue_more() { return 100 + get(this, _Queue_all, _Queue_count).call(this) }`
    const young = {
      'index.js': method['index.js']!.replace(
        'get(this, _Queue_all, _Queue_count)',
        'get(this, _Queue_all, _Queue_more)',
      )
        .replace('_Queue_count;', '_Queue_count, _Queue_more;')
        .replace(/(?=; exports)/, added),
    }
    await withPatch(method, young, setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[q.push(2), new lib.Queue().push(1)]'), [102, 101])
      await program.disable(made.name)
      assert.deepEqual(await program.run('q.push(3)'), 3)
    })
  })

  it('a field of a class that had no constructor is there, too, as bundlers write it', async () => {
    const text = (own: string, use: string): Record<string, string> => ({
      'index.mjs': `var __privateAdd = (of, all, value) => all.set(of, value)
        ${own && 'var _count, _last;'} export class Queue extends Array { ${own} add(x) { this.push(x); return ${use} } }
        ${own && '_count = new WeakMap(); _last = new WeakMap();'}`,
    })
    const own =
      'constructor() { super(...arguments); __privateAdd(this, _count, { n: 0 }); __privateAdd(this, _last) }'
    const young = text(own, '_count.get({}) ? -2 : ++_count.get(this).n + (_last.get(this) ?? 0)')
    await withPatch(text('', '-1'), young, 'const q = new lib.Queue(1, 2)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      const use = '[q.add(3), q.add(4), new lib.Queue(1, 2).add(3), q.length]'
      assert.deepEqual(await program.run(use), [1, 2, 1, 4])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[q.add(3), q.length]'), [-1, 5])
    })
  })

  it('a field that is new is a problem where it begins with what the call had', async () => {
    for (const set of ['', '_Queue_seen.set(this, void 0); ']) {
      const given = text(
        '_Queue_seen',
        `${set}_Queue_seen.set(this, arguments[0]);`,
        'get(this, _Queue_jobs).length + get(this, _Queue_seen)',
        '_Queue_seen = new WeakMap()',
      )
      await withBuild(none, given, async (made) => {
        assert.match(problemsOf(made).join(), /objects made before the patch are not in it/)
      })
    }
  })
})
