// `umbra shadow`: totals by identifier, and the shadow variables of an object that is found by a path.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Program } from '../support/program.js';
describe('umbra shadow', () => {
    let app;
    before(async () => {
        app = await Program.start({
            'main.mjs': `
        import { queue, byName, Conn, private_ } from './pool.mjs'
        import './legacy.cjs'
        globalThis.cache = { users: [{ name: 'ann' }, { name: 'bob' }], get danger() { ran = true }, proxy: new Proxy({}, { get() { ran = true } }) }
        let ran = false
        for (let i = 0; i < 3; i++) queue.add(new Conn(i))`,
            'pool.mjs': `
        export class Conn { constructor(id) { this.id = id } }
        export const queue = new Set()
        export const byName = new Map([['main pool', { size: 3 }]])
        export const private_ = 1`,
            'legacy.cjs': `exports.table = { 'odd key': [{ deep: true }] }`,
        });
        await app.load(`
      import { definePatch, shadowId } from 'umbra'
      const SEEN = shadowId('SEEN', { enumerable: true })
      const PLAIN = shadowId('PLAIN')
      globalThis.attach = (list) => { for (const one of list) { SEEN.attach(one, { times: 1 }); PLAIN.attach(one, 'x') } }
      globalThis.detach = (one) => SEEN.detach(one)
      export default definePatch({ name: 'p', targets: [{ module: './pool.mjs' }] })`);
        await app.run(`attach([...queue, cache.users[1], byName.get('main pool')])`);
        await app.run('detach([...queue][2])');
    });
    after(() => app.stop());
    it('counts by identifier and parent class', async () => {
        const { identifiers } = JSON.parse(await app.succeed('shadow', String(app.pid), '--json'));
        const seen = identifiers.find(({ name }) => name === 'SEEN');
        assert.deepEqual(seen, {
            name: 'SEEN',
            thread: 0,
            attached: 5,
            detached: 1,
            reclaimed: 0,
            live: 4,
            classes: [
                { name: 'Conn', live: 2 },
                { name: 'Object', live: 2 },
            ],
        });
        const plain = identifiers.find(({ name }) => name === 'PLAIN');
        assert.deepEqual([plain.attached, plain.detached, plain.live], [5, 0, undefined]);
        const table = await app.succeed('shadow', String(app.pid));
        assert.match(table, /SEEN +0 +5 +1 +0 +4 +Conn 2, Object 2/);
        assert.match(table, /PLAIN +0 +5 +0 +0 +\? +-/);
    });
    const at = async (path) => JSON.parse(await app.succeed('shadow', String(app.pid), '--object', path, '--json'));
    it('shows the variables of an object by its path', async () => {
        const both = [
            { name: 'PLAIN', data: "'x'" },
            { name: 'SEEN', data: '{ times: 1 }' },
        ];
        const sorted = ({ variables }) => variables.sort((a, b) => a.name.localeCompare(b.name));
        for (const path of [
            './pool.mjs:queue[0]',
            'cache.users[1]',
            './pool.mjs:byName["main pool"]',
            "globalThis['cache'].users[1]",
            'cache.users.at(-1)',
            'cache.users.find(({ name }) => name === "bob")',
            './pool.mjs:byName.get("main pool")',
            './pool.mjs:[...queue].find((one) => one.id === 1)',
        ])
            assert.deepEqual(sorted(await at(path)), both, path);
        assert.deepEqual((await at('./pool.mjs:queue[2]')).variables, [{ name: 'PLAIN', data: "'x'" }]);
        assert.deepEqual(await at('./legacy.cjs:table["odd key"][0]'), {
            object: '{ deep: true }',
            variables: [],
        });
        assert.match(await app.succeed('shadow', String(app.pid), '--object', 'cache.users[1]'), /SEEN +\{ times: 1 \}/);
    });
    const wrong = [
        ['nothing.here', /has no 'nothing'/],
        ['cache.users[7]', /has no '7'/],
        ['cache.users.length', /value of type number/],
        ['cache.users.length.more', /cache\.users\.length is a value of type number/],
        ['cache.danger', /'danger' of cache is a getter/],
        ['cache.proxy.x', /cache\.proxy is a proxy/],
        ['./nowhere.js:x', /has loaded no module '.\/nowhere.js'/],
        ['./pool.mjs:queue[5]', /a set of 3/],
        ['cache.users(1)', /cache\.users is not a function/],
        ['cache.users.pop()', /could change something/],
        ['(ran = true)', /ran|could change something/],
        ['cache.users.find((', /not evaluated/],
        ['(() => { for (;;); })()', /not evaluated/],
        ['./pool.mjs:byName.clear()', /could change something/],
    ];
    for (const [path, says] of wrong) {
        it(`refuses ${path}, and runs nothing of the program`, async () => {
            await assert.rejects(app.ask({ op: 'shadow', object: path }), { code: 'OBJECT_PATH', message: says });
            assert.equal(await app.run('ran'), false);
        });
    }
});
describe('umbra shadow, of a program with threads', () => {
    it('counts in each thread that answers', async () => {
        const app = await Program.start({
            'main.js': `
        const { Worker } = require('node:worker_threads')
        const workers = []
        const start = () => new Promise((resolve) => {
          const worker = new Worker(require.resolve('./worker.js'))
          workers.push(worker)
          worker.once('message', () => resolve(worker.threadId))
        })
        const run = (code) => { workers[1].postMessage(code) }`,
            'worker.js': `
        const { parentPort } = require('node:worker_threads')
        parentPort.on('message', (code) => eval(code))
        parentPort.postMessage('online')`,
        });
        try {
            const [one, two] = [await app.run('start()'), await app.run('start()')];
            await app.load(`
        import { definePatch, shadowId } from 'umbra'
        import { isMainThread } from 'node:worker_threads'
        const SEEN = shadowId('SEEN', { enumerable: true })
        export const parents = Array.from({ length: isMainThread ? 3 : 2 }, () => ({}))
        for (const parent of parents) SEEN.attach(parent, 1)
        export default definePatch({ name: 'p', targets: [{ module: './lib.js' }], unload: () => parents.length = 0 })`);
            const counts = async () => {
                const { identifiers } = JSON.parse(await app.succeed('shadow', String(app.pid), '--json'));
                return identifiers.map(({ thread, live }) => [thread, live]);
            };
            assert.deepEqual(await counts(), [
                [0, 3],
                [one, 2],
                [two, 2],
            ]);
            const { expression, begun, release } = app.blockage();
            await app.run(`run(${JSON.stringify(expression)})`);
            await begun();
            assert.deepEqual(await counts(), [
                [0, 3],
                [one, 2],
            ]);
            assert.deepEqual((await app.list())[0]?.threads.map(({ thread, enabled }) => [thread, enabled]), [
                [0, true],
                [one, true],
                [two, null],
            ]);
            release();
        }
        finally {
            await app.stop();
        }
    });
});
//# sourceMappingURL=shadow.test.js.map