// References taken before the patch, closures that exist already, and every kind of function: each is redirected in a
// running process, and reverts when the patch is disabled.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Program } from '../support/program.js';
describe('references that were taken before the patch', () => {
    let app;
    before(async () => {
        app = await Program.start({
            'main.mjs': `
        import { EventEmitter } from 'node:events'
        import lib, { exported, Box, makeCounter, table } from './lib.mjs'
        const { exported: destructured } = lib
        const routes = new Map([['/', exported]])
        const emitter = new EventEmitter()
        emitter.on('call', (out) => out.push(exported(1)))
        const listener = exported
        emitter.on('direct', listener)
        const box = new Box(5)
        const bound = box.get.bind(box)
        const counter = makeCounter(10)
        function all() {
          const out = []
          emitter.emit('call', out)
          return {
            imported: exported(1), destructured: destructured(1), route: routes.get('/')(1), event: out[0],
            bound: bound(), method: box.get(), getter: box.double, counter: counter(), table: table.run(1),
            private: lib.callsPrivate(1),
          }
        }`,
            'lib.mjs': `
        export function exported(n) { return 'old ' + n }
        export class Box {
          #secret = 1
          constructor(value) { this.value = value }
          get() { return 'old ' + this.value }
          get double() { return 'old ' + this.value * 2 }
        }
        export function makeCounter(start) { let n = start; return () => 'old ' + n++ }
        export const table = { run(n) { return 'old ' + n } }
        const hidden = (n) => 'old ' + n
        export default { exported, callsPrivate: (n) => hidden(n) }`,
        });
    });
    after(() => app.stop());
    it('are all redirected, by one patch, and revert', async () => {
        const old = await app.run('all()');
        assert.deepEqual(old, {
            imported: 'old 1',
            destructured: 'old 1',
            route: 'old 1',
            event: 'old 1',
            bound: 'old 5',
            method: 'old 5',
            getter: 'old 10',
            counter: 'old 10',
            table: 'old 1',
            private: 'old 1',
        });
        await app.load(`
      import { definePatch, scope } from 'umbra'
      export default definePatch({ name: 'p', targets: [{ module: './lib.mjs', functions: {
        exported(n: number) { return 'new ' + n },
        'Box.prototype.get'() { return 'new ' + this.value },
        'get Box.prototype.double'() { return 'new ' + this.value * 2 },
        'makeCounter/<anonymous>'() { return 'new ' + scope.n++ },
        'table.run'(n: number) { return 'new ' + n },
        hidden: (n: number) => 'new ' + n,
      } }] })`);
        assert.deepEqual(await app.run('all()'), {
            imported: 'new 1',
            destructured: 'new 1',
            route: 'new 1',
            event: 'new 1',
            bound: 'new 5',
            method: 'new 5',
            getter: 'new 10',
            counter: 'new 11',
            table: 'new 1',
            private: 'new 1',
        });
        await app.disable('p');
        assert.deepEqual(await app.run('all()'), { ...old, counter: 'old 12' });
    });
});
describe('a closure of which there are many', () => {
    let app;
    before(async () => {
        app = await Program.start({
            'main.js': `const { make } = require('./lib.js')
        const made = [make('a'), make('b'), make('c')]`,
            'lib.js': `
        exports.make = function make(name) {
          let count = 0
          return function bump() { count++; return name + count }
        }`,
        });
    });
    after(() => app.stop());
    it('each sees its own captured variables through scope, after an await too', async () => {
        await app.run('made.map((f) => f())');
        await app.load(`
      import { definePatch, scope, original } from 'umbra'
      export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: {
        'make/bump'() {
          scope.count += 10
          const later = Promise.resolve().then(() => scope.name + scope.count)
          return { now: original.call(this), later }
        },
      } }] })`);
        const results = await app.run('Promise.all(made.map(async (f) => { const r = f(); return [r.now, await r.later] }))');
        assert.deepEqual(results, [
            ['a12', 'a12'],
            ['b12', 'b12'],
            ['c12', 'c12'],
        ]);
    });
});
describe('a process that may not generate code from strings', () => {
    let app;
    after(() => app.stop());
    it('takes patches that use scope and original all the same', async () => {
        // The tests' own driver evaluates strings; this program answers for itself.
        app = await Program.start({
            'main.js': `
          const { f, make } = require('./lib.js')
          const closure = make()
          process.on('message', ({ ask }) => { if (ask) process.send({ answer: [f(1), closure()] }) })`,
            'lib.js': `
          let calls = 5
          exports.f = function f(n) { return n + calls++ }
          exports.make = function make() { let count = 1; return function closure() { return count++ } }`,
        }, { flags: ['--disallow-code-generation-from-strings'] });
        const ask = () => new Promise((resolve) => {
            const heard = (message) => {
                if (message.answer === undefined)
                    return;
                app.process.off('message', heard);
                resolve(message.answer);
            };
            app.process.on('message', heard);
            app.process.send({ ask: true, id: 0, code: '' });
        });
        assert.deepEqual(await ask(), [6, 1]);
        await app.load(`
      import { definePatch, original, scope } from 'umbra'
      export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: {
        f(n: number) { scope.calls += 10; return ['new', original.call(this, n)] },
        'make/closure'() { return scope.count + 100 },
      } }] })`);
        assert.deepEqual(await ask(), [['new', 17], 102]);
    });
});
describe('a patch that uses the short names of minified code', () => {
    let app;
    after(() => app.stop());
    it('means by them what it says', async () => {
        app = await Program.start({
            'main.js': `const { f } = require('./lib')`,
            'lib.js': `let calls = 1; exports.f = f; function f(n) { return n + calls }`,
        });
        await app.load(`
      import { definePatch, original, scope } from 'umbra'
      const $o = (n: number) => n * 2, $c = 3, $k0 = 4, $k = 5, $meta = 6, $import = 7, $modules = 8
      export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: {
        f($n: number) { return [original($o($n)), scope.calls, $c, $k0, $k, $meta, $import, $modules] },
      } }] })`);
        assert.deepEqual(await app.run('f(10)'), [21, 1, 3, 4, 5, 6, 7, 8]);
    });
});
describe('a process whose Object.prototype is polluted', () => {
    let app;
    after(() => app.stop());
    // What somebody has done to it by a vulnerability is no reason not to mend that.
    it('can be patched all the same', async () => {
        app = await Program.start({
            'main.js': `const lib = require('./lib')
        Object.prototype.get = Object.prototype.polluted = 'yes'`,
            'lib.js': `let calls = 1; class A { m() { return 'old' } }
        exports.f = f; exports.A = A; function f(n) { return n + calls }`,
        });
        const load = () => app.load(`
        import { definePatch, original, scope, shadowId } from 'umbra'
        const SV = shadowId('polluted', { enumerable: true }), parent = {}
        export default definePatch({ name: 'p', consistency: 'task', targets: [{ module: './lib.js',
          functions: {
            f(n: number) { return [original(n), scope.calls, SV.getOrAttach(parent, () => 'attached')] },
            'A.prototype.m'() { return 'new' },
          },
          members: (lib) => [[lib, { added: 1 }, true]],
          callbacks: { prePatch() {}, postPatch() {} },
        }] })`);
        await load();
        assert.deepEqual(await app.run('[lib.f(10), new lib.A().m(), lib.added]'), [
            [11, 1, 'attached'],
            'new',
            1,
        ]);
        await app.disable('p');
        await app.unload('p');
        assert.deepEqual(await app.run('[lib.f(10), new lib.A().m(), lib.added]'), [11, 'old', null]);
        await load();
        assert.equal(await app.run('new lib.A().m()'), 'new');
    });
});
//# sourceMappingURL=redirect.test.js.map