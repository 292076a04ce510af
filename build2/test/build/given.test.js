// Literals that start-up code gives to a call: `const Server = Class({ … })`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
const files = (call) => ({
    'index.js': `const { Class, handlers } = require('./class'); ${call}`,
    'class.js': `exports.handlers = []; exports.Class = (members) => { const C = function (...args) { this.init(...args) }
    Object.assign(C.prototype, members); return C }`,
});
describe('a literal that a call is given', () => {
    it('has its functions replaced in what the call made, and new ones called', async () => {
        const server = (members) => files(`const Server = Class({ ${members} }); exports.Server = Server; exports.make = () => new Server(7)`);
        await checkBothWays(server(`NAMES: ['a'], init: function (n) { this.n = n }, has: function (x) { return this.NAMES.includes(x) }, get: (x) => [x]`), server(`init: function (n) { this.n = n + 1 }, has: function (x) { return this.kindOf(x) !== null }, get: (x) => [x, x],
        kindOf: function (x) { return x === 'b' ? this.n : null }`), 'const it = lib.make()', `[it.has('a'), it.has('b'), it.get(1), it instanceof lib.Server, lib.make().n, new lib.Server(1).has('b')]`, [
            [true, false, [1], true, 7, false],
            [false, true, [1, 1], true, 8, true],
        ]);
    });
    it('has functions in functions and objects replaced, in a statement too', async () => {
        const text = (value, more) => files(`handlers.push({ on: { data: (x) => x * ${value} }${more} }); exports.data = (x) => handlers[0].on.data(x)`);
        await checkBothWays(text(1, ''), text(3, ''), '', 'lib.data(2)', [2, 6]);
        // Who knows what it does with the literal?
        const taking = (more) => files(`handlers.push({ at: Date.now(), on: { data: (x) => x }${more} })`);
        // What takes the literal may look for a member that is new, or gone.
        for (const [old, young] of [
            ['', ', end() {}'],
            [', end() {}', ''],
            ['', ', size: 1'],
            [', size: 1', ', size: 2'],
            [', size: 1', ''],
        ])
            await withBuild(taking(old), taking(young), async (made) => {
                assert.match(problemsOf(made).join(), /start-up|the running one stays/);
            });
    });
    it('is made anew with another value', async () => {
        const text = (limit) => files(`const make = (options) => ({ get: () => options.limit }); const it = make({ limit: ${limit}, own() { return this.limit } })
        exports.get = () => it.get()`);
        await checkBothWays(text(1), text(2), '', 'lib.get()', [1, 2]);
    });
});
describe('what another package makes of a function', () => {
    const files = (text) => ({
        'node_modules/wrap/index.js': 'module.exports = (f) => Object.assign(f, { wrapped: true })',
        'index.js': `const wrap = require('wrap'); ${text}; module.exports = plugin`,
    });
    it('stays where functions that it gives on use something new', async () => {
        const setup = 'const routes = [], app = { get: (f) => routes.push(f) }; const taken = lib; lib(app)';
        const young = files(`const limit = Object.freeze({ of: 5 }); const plugin = wrap(function (app) { app.get((x) => x > limit.of) })`);
        await checkBothWays(files('const plugin = wrap(function (app) { app.get((x) => true) })'), young, setup, '(lib(app), [taken === lib, lib.wrapped, routes[0](3), routes.at(-1)(3), routes[0](6)])', [
            [true, true, true, true, true],
            [true, true, false, false, true],
        ]);
    });
    it('is a problem where the function itself uses it, or calls the other at once', async () => {
        const texts = ['app.limit', '[1].map((x) => app.limit)'];
        for (const use of texts) {
            const text = (limit) => files(`${limit} const plugin = wrap(function (app) { return ${use.replace('app.', limit ? '' : 'app.')} })`);
            await withBuild(text(''), text('const limit = Object.freeze({ of: 5 });'), async (made) => assert.match(problemsOf(made).join(), /module\.exports: the export has another value/));
        }
    });
});
//# sourceMappingURL=given.test.js.map