// Sloppy code stays sloppy in a patch, and `arguments` are what they are in the release.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, withBuild, withPatch } from './versions.js';
/** Each use gives with the patch what the new version gives, and without it what the old one gives. */
async function check(old, young, uses) {
    await withPatch(old, young, '', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        const results = () => Promise.all(Object.keys(uses).map((use) => program.run(use)));
        const expected = (side) => Object.values(uses).map((one) => one[side]);
        assert.deepEqual(await results(), expected(0));
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await results(), expected(1));
        await program.disable(made.name);
        assert.deepEqual(await results(), expected(0));
    });
}
describe('sloppy code in a patch', () => {
    it('writes to primitives, frozen objects and undeclared names in silence, and has a this', async () => {
        await check({
            'index.js': `exports.set = function (o) { o.x = 1; return typeof o }
          exports.freeze = function () { const o = Object.freeze({}); o.x = 1; return 'x' in o }
          exports.leak = function () { leaked = 1; return leaked }
          exports.own = function () { return typeof this }`,
        }, {
            'index.js': `function own() { return typeof this }
          exports.set = function (o) { o.x = 1; return typeof o + '!' }
          exports.freeze = function () { const o = Object.freeze({}); o.x = 1; return ['x' in o] }
          exports.leak = function () { leaked = 2; return leaked }
          exports.own = function () { return [typeof this, own(), own.call(5)] }`,
        }, {
            'lib.set(1)': ['number', 'number!'],
            'lib.freeze()': [false, [false]],
            'lib.leak()': [1, 2],
            '(0, lib.own)()': ['object', ['object', 'object', 'object']],
            'lib.own.call(5)': ['object', ['object', 'object', 'object']],
        });
    });
    it('stays strict where it is, with parameters that nobody passes and with those that callers pass', async () => {
        const file = (more, given, result) => `exports.C = class C {
        dropped(o${more}) { try { o.x = 1; return 'silent' } catch { return ${result} } }
        given(o${more}) { try { o.x = 1; return 'silent' } catch { return ${result} } }
        run(o) { return [this.dropped(o), this.given(o${given})] }
      }`;
        await check({ 'index.js': file('', '', `'strict'`) }, { 'index.js': file(', p = 1', ', 2', `'strict' + p`) }, {
            'new lib.C().run(Object.freeze({}))': [
                ['strict', 'strict'],
                ['strict1', 'strict2'],
            ],
        });
    });
    it('stays strict where it says so itself', async () => {
        const file = (limit) => `exports.set = function (o) { o.x = ${limit}; return 'set' }
      ;(function () { 'use strict'
        var limit = ${limit}
        exports.strict = function (o) { try { o.x = limit } catch { return [typeof this, ${limit}] } }
        exports.Strict = class { set(o) { try { o.x = 1 } catch { return ${limit} } } }
      })()`;
        await check({ 'index.js': file(1) }, { 'index.js': file(2) }, {
            'lib.set(1)': ['set', 'set'],
            'lib.strict.call(5, 1)': [
                ['number', 1],
                ['number', 2],
            ],
            'new lib.Strict().set(1)': [1, 2],
        });
    });
    it('stays strict where its parameters leave no place to say so', async () => {
        const file = (n) => `exports.sloppy = (o) => { o.x = ${n}; return ${n} }
      ;(function () { 'use strict'
        exports.pattern = function ({ o }) { try { o.x = ${n}; return 'silent' } catch { return [typeof this, arguments.length, ${n}] } }
        exports.short = (o) => o.x = ${n}
        exports.C = class {
          constructor({ n = 0 } = {}) { this.n = n + ${n} }
          async later([o]) { try { o.x = ${n}; return 'silent' } catch { return this.n } }
          *all(o = Object.freeze({})) { try { o.x = ${n}; yield 'silent' } catch { yield this.n } }
        }
      })()`;
        await check({ 'index.js': file(1) }, { 'index.js': file(2) }, {
            'lib.pattern.call(5, { o: Object.freeze({}) }, 2)': [
                ['number', 2, 1],
                ['number', 2, 2],
            ],
            '(() => { try { return lib.short(Object.freeze({})) } catch { return "strict" } })()': [
                'strict',
                'strict',
            ],
            'new lib.C({ n: 5 }).later([Object.freeze({})])': [6, 7],
            '[...new (class extends lib.C {})().all()]': [[1], [2]],
        });
    });
    it('becomes strict with its file or the function around it, where that makes a difference', async () => {
        const file = (directive) => `${directive} exports.set = function (o) { o.x = 1; return 'silent' }
      exports.get = function (o) { return o.x }
      exports.make = function () { ${directive} return (o) => { o.x = 1; return 'silent' } }`;
        const old = file('');
        const young = file(`'use strict';`);
        const tried = (use) => `(() => { try { return ${use}(Object.freeze({})) } catch { return 'strict' } })()`;
        await withPatch({ 'index.js': old }, { 'index.js': young }, 'const kept = lib.make()', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.doesNotMatch(made.code, /exports\.get/);
            const uses = [tried('lib.set'), tried('kept'), tried('lib.make()')];
            await program.load(made.code, 'patch.mjs');
            for (const use of uses)
                assert.equal(await program.run(use), 'strict', use);
            await program.disable(made.name);
            for (const use of uses)
                assert.equal(await program.run(use), 'silent', use);
        });
    });
    it('has another this where it is called without one, and a note says so', async () => {
        const file = `exports.own = function () { return typeof this }`;
        await withBuild({ 'index.js': file }, { 'index.js': `'use strict'; ${file}` }, async (made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.findings.map(({ what, why }) => `${what}: ${why}`).join(), /exports\.own: it became strict code/);
        });
    });
    it('stays strict in methods that are put on running classes or called from the patch', async () => {
        const method = `check({ o }) { try { o.x = 1; return 'silent' } catch { return 'strict' } }`;
        const file = (n, own, given) => `exports.sloppy = (o) => { o.x = ${n} }
      class Own { ${own} } exports.make = () => new Own()
      class Given { ${given} } exports.Given = Given`;
        const given = `run(o) { return this.given({ o }) } ${method.replace('check', 'given')}`;
        await check({ 'index.js': file(1, 'run() { return 1 }', 'run() { return 1 }') }, { 'index.js': file(2, `run(o) { return this.check({ o }) } ${method}`, given) }, {
            'lib.make().run(Object.freeze({}))': [1, 'strict'],
            'new lib.Given().run(Object.freeze({}))': [1, 'strict'],
        });
    });
    it('is what a new file says that it is', async () => {
        await check({ 'index.js': `exports.f = (x) => [x]` }, {
            'index.js': `exports.f = (x) => [require('./sloppy')(x), require('./strict')(x)]`,
            'sloppy.js': `module.exports = function (x) { x.y = 1; return typeof this }`,
            'strict.js': `'use strict'; module.exports = function (x) { try { x.y = 1 } catch { return typeof this } }`,
        }, { 'lib.f(1)': [[1], ['object', 'undefined']] });
    });
});
describe('arguments in a patch', () => {
    it('are one object of their kind for each call', async () => {
        const old = `exports.shift = function () { return [].shift.call(arguments) + arguments.length }
      exports.kind = function () { return arguments.length }
      exports.write = function () { arguments[0] = 1; return arguments[0] }
      exports.told = function (a, b) { return arguments.length > 1 ? arguments[1] : a }`;
        const young = `exports.shift = function () { var first = [].shift.call(arguments); return [first, arguments.length, arguments[0]] }
      exports.kind = function () { return [Array.isArray(arguments), String(arguments), [].concat(arguments).length] }
      exports.write = function () { arguments[0] = 2; return [arguments[0], arguments.length] }
      exports.told = function (a, b) { a = a + 1; return arguments.length > 1 ? [a, arguments[1], arguments[2]] : a }`;
        await check({ 'index.js': old }, { 'index.js': young }, {
            'lib.shift(7, 8, 9)': [9, [7, 2, 8]],
            'lib.kind(7, 8)': [2, [false, '[object Arguments]', 1]],
            'lib.write(7, 8)': [1, [2, 2]],
            'lib.told(7, 8, 9)': [8, [8, 8, 9]],
        });
    });
    it('are a problem where the running function does not hand them on, or they are one with the parameters', async () => {
        const old = `exports.count = function (a) { return a }; exports.alias = function (a) { arguments[0] = 1; return a }
      exports.other = function (a) { return arguments.length }`;
        const young = `exports.count = function (a) { return arguments.length }; exports.alias = function (a) { arguments[0] = 2; return a }
      exports.other = function (a) { a = 2; return arguments[0] }`;
        await withBuild({ 'index.js': old }, { 'index.js': young }, async (made) => {
            const [count, alias, other] = problemsOf(made);
            assert.match(count, /exports\.count: it uses 'arguments', and the running version passes its declared/);
            assert.match(alias, /exports\.alias: it assigns to 'arguments', which are one with its parameters/);
            assert.match(other, /exports\.other: it uses 'arguments' and assigns its parameter 'a'/);
        });
    });
});
//# sourceMappingURL=sloppy.test.js.map