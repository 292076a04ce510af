// Members that a class gets, and that use its private ones: they see those of the running class.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, withBuild, withPatch } from './versions.js';
const CLASS = `export class Queue {
  #jobs = []; static #made = 0
  constructor() { Queue.#made++ }
  #take() { return this.#jobs.pop() }
  push(job) { this.#jobs.push(job); return this.#jobs.length }
  /* new */
}`;
const young = (added) => CLASS.replace('/* new */', added);
describe('a member that a class gets', () => {
    const members = {
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
    };
    for (const [what, [added, use, gives]] of Object.entries(members))
        it(what, () => withPatch({ 'index.mjs': `${CLASS}; export const q = new Queue()` }, { 'index.mjs': `${young(added)}; export const q = new Queue()` }, `; const { q } = lib; q.push(1); q.push(2); globalThis.q = q`, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(use), gives);
            await program.disable(made.name);
            assert.deepEqual(await program.run(`Object.keys(Object.getOwnPropertyDescriptors(q.constructor.prototype)).length`), 2);
        }, { flags: ['--experimental-require-module', '--no-warnings'] }));
    it('is a problem where two classes of a file get one', () => {
        const two = (added) => `${young(added)}; ${young(added).replaceAll('Queue', 'Stack')}; export const f = (x) => ${added ? 'x.size' : '0'}`;
        return withBuild({ 'index.mjs': two('') }, { 'index.mjs': two('get size() { return this.#jobs.length }') }, async (made) => {
            assert.match(problemsOf(made).join(), /size: a method was added to a class/);
        });
    });
});
describe('private members as compilers write them', () => {
    const get = `const get = (of, all, f) => { if (!all.has(of)) throw new TypeError('no member'); return f ?? all.get(of) };`;
    const text = (names, made, use, ends) => ({
        'index.js': `var _Queue_jobs, ${names}; ${get}
      class Queue { constructor() { _Queue_jobs.set(this, []); ${made} } push(job) { get(this, _Queue_jobs).push(job); return ${use} } }
      _Queue_jobs = new WeakMap(), ${ends}; exports.Queue = Queue`,
    });
    const setup = 'const q = new lib.Queue(); q.push(1)';
    const held = text('_Queue_seen', '_Queue_seen.set(this, new Set());', 'get(this, _Queue_jobs).length + get(this, _Queue_seen).size', '_Queue_seen = new WeakMap()');
    const method = text('_Queue_all, _Queue_count', '_Queue_all.add(this);', 'get(this, _Queue_all, _Queue_count).call(this)', '_Queue_all = new WeakSet(), _Queue_count = function _Queue_count() { return get(this, _Queue_jobs).length }');
    const more = (n) => ({
        'index.js': method['index.js'].replace('.length }', `.length * ${n} }`),
    });
    const none = text('_none', '', 'get(this, _Queue_jobs).length', '_none = 1');
    for (const [what, old] of Object.entries({ field: held, method }))
        it(`a ${what} may be gone, and what objects have in others stays`, async () => {
            await withPatch(old, none, setup, async (program, made) => {
                assert.deepEqual(problemsOf(made), []);
                await program.load(made.code, 'patch.mjs');
                assert.deepEqual(await program.run('[q.push(2), new lib.Queue().push(1)]'), [2, 1]);
                await program.disable(made.name);
                assert.deepEqual(await program.run('[q.push(3), new lib.Queue().push(1)]'), [3, 1]);
            });
        });
    it('a method that changed is the new one for objects that there are', async () => {
        await withPatch(more(1), more(10), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[q.push(2), new lib.Queue().push(1)]'), [20, 10]);
            await program.disable(made.name);
            assert.deepEqual(await program.run('q.push(3)'), 3);
        });
    });
    it('a field that is new is a problem: objects that there are have nothing in it', async () => {
        await withBuild(none, held, async (made) => {
            assert.match(problemsOf(made).join(), /objects made before the patch are not in it/);
        });
    });
});
//# sourceMappingURL=private-members.test.js.map