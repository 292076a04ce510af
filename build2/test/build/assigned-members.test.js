// What start-up code puts on objects that programs have reaches them by whichever name it does that.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, Versions, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
/** What stands in the way of a patch. */
async function problems(old, young) {
    const versions = new Versions(old, young);
    try {
        return problemsOf(await versions.build()).join('\n');
    }
    finally {
        versions.remove();
    }
}
describe('start-up code that puts something on a running object', () => {
    it('by another name of a prototype', async () => {
        const text = (more) => index(`const { format } = require('util'); function Base() {}; function Pool() { this.all = [] }; Pool.prototype = Object.create(Base.prototype); const P = Pool.prototype; P.add = function (x) { this.all.push(x) };${more} exports.Pool = Pool`);
        const young = text(`P.size = function () { return format('%d', this.all.length) };`);
        await checkBothWays(text(''), young, `const it = new lib.Pool(); it.add(1)`, `[typeof it.size, it.size?.(), 'size' in lib.Pool.prototype]`, [
            ['undefined', null, false],
            ['function', '1', true],
        ]);
    });
    it('not by one of a prototype that is not the one of its objects any more', async () => {
        const text = (more) => index(`function Pool() { this.all = [] }; const P = Pool.prototype;${more} Pool.prototype = { add(x) { return this.all.push(x) } }; exports.Pool = Pool; exports.run = (p) => p.size ? p.size() : 0`);
        assert.match(await problems(text(''), text('P.size = function () { return this.all.length };')), /P\.size = .*start-up/);
    });
    it('on the class of the one object that the module exports', async () => {
        const text = (more) => index(`const { EventEmitter } = require('events')
        class Store extends EventEmitter { constructor() { super(); this.n = 1 } get() { return this.n } ${more} }
        module.exports = new Store()`);
        const young = text('twice() { return this.get() * 2 } static of(n) { return n }');
        await checkBothWays(text(''), young, '', `[lib.twice?.(), lib.constructor.of?.(3)]`, [
            [null, null],
            [2, 3],
        ]);
    });
    it('on the prototype of the function that made it', async () => {
        const text = (more) => index(`const LIMIT = 3; function Store() { this.n = LIMIT }; Store.prototype.get = function () { return this.n + LIMIT - LIMIT };${more}
        const store = new Store(); module.exports = store`);
        const young = text('Store.prototype.twice = function () { return this.get() * 2 + LIMIT };');
        await checkBothWays(text(''), young, '', `[lib.twice?.()]`, [[null], [9]]);
    });
    it('not where a constructor gives something else', async () => {
        const text = (more) => index(`function Store() { return Object.create({ get() { return this.twice ? this.twice() : 1 } }) };${more}
        module.exports = new Store()`);
        assert.match(await problems(text(''), text('Store.prototype.twice = function () { return 2 };')), /Store\.prototype\.twice/);
    });
    it('on the exports of a module, in a function that is called where it stands', async () => {
        const text = (more) => index(`(function () { var join = require('path').join; exports.Parser = class { parse(x) { return join('a', x) } };${more} }).call(this)`);
        const young = text('exports.parse = function (x) { return new exports.Parser().parse(x) };');
        await checkBothWays(text(''), young, '', `[lib.parse?.('b')]`, [[null], ['a/b']]);
    });
    it('in a factory that gets the exports, whatever it calls them', async () => {
        const text = (table, more) => index(`(function (factory) { if (typeof exports !== 'undefined' && !exports.nodeType) { factory(exports) } else { factory(this.all = {}) } }(function (all) {
        var table = ${table}; function add(name, value) { table[name] = value } function get(name) { return table[name] }
        all.add = add; all.get = get;${more} return all }))`);
        const young = text('Object.create(null)', 'all.has = function (name) { return name in table };');
        await checkBothWays(text('{}', ''), young, `lib.add('a', 1)`, `[lib.get('a'), typeof lib.get('constructor'), lib.has?.('a'), lib.has?.('toString')]`, [
            [1, 'function', null, null],
            [1, 'undefined', true, false],
        ]);
    });
    it('not where the module exports something else', async () => {
        const text = (more) => index(`(function () { exports.parse = (x) => exports.own ? exports.own(x) : x;${more} }).call(this); module.exports = { parse: exports.parse }`);
        assert.match(await problems(text(''), text('exports.own = function (x) { return x + 1 };')), /exports\.own/);
    });
    it('a function under one more name', async () => {
        const text = (more, by) => index(`function Socket() {}; ${more}Socket.prototype.send = function (x) { return this.go(x, ${by}) }; Socket.prototype.go = function (x, by) { return x * by }; module.exports = Socket`);
        await checkBothWays(text('', 2), text('Socket.prototype.write = ', 3), `const it = new lib()`, `[it.send(1), it.write?.(1), it.write === it.send]`, [
            [2, null, false],
            [3, 3, true],
        ]);
    });
    it('a function under one name less, which stays', async () => {
        const text = (more, by) => index(`function Socket() {}; ${more}Socket.prototype.send = function (x) { return x * ${by} }; module.exports = Socket`);
        await withPatch(text('Socket.prototype.write = ', 2), text('', 3), `const it = new lib()`, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(JSON.stringify(made.findings), /Socket\.prototype\.write.*the new version has it no more/);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`[it.send(1), it.write(1)]`), [3, 3]);
        });
    });
    it('a property that is described by a name, also of another file', async () => {
        const files = (more) => ({
            'index.js': `const own = { value: 7, enumerable: false }, shared = require('./shared'); class Options { constructor(o) { Object.assign(this, o) } }
        Object.defineProperty(Options.prototype, 'type', shared);${more} exports.Options = Options; exports.has = (o, key) => key in o`,
            'shared.js': `module.exports = Object.freeze({ enumerable: true, value: void 0 })`,
        });
        const young = files(`Object.defineProperty(Options.prototype, 'path', shared); Object.defineProperty(Options.prototype, 'kind', own);`);
        await checkBothWays(files(''), young, `const it = new lib.Options({ a: 1 })`, `[lib.has(it, 'path'), it.kind, (() => { const all = []; for (const key in it) all.push(key); return all })()]`, [
            [false, null, ['a', 'type']],
            [true, 7, ['a', 'type', 'path']],
        ]);
    });
    it('not one of which the description changes', async () => {
        const text = (more) => index(`let own = { value: 7 }; class Options {}; own = { value: 8 };${more} exports.Options = Options; exports.kind = (o) => o.kind`);
        assert.match(await problems(text(''), text(`Object.defineProperty(Options.prototype, 'kind', own);`)), /Object\.defineProperty/);
    });
    it('what stands beside others that a literal takes in is told, as are descriptors of that kind', async () => {
        const text = (more, own) => index(`const base = { a: 1, enumerable: true }; class Options { get() { return this.x } }; Options.defaults = { ...base, limit: ${own} };${more} exports.Options = Options; exports.limit = () => Options.defaults.limit + Options.other`);
        const found = await problems(text('', '1'), text(`Object.defineProperty(Options, 'other', { ...base, value: 2 });`, '2'));
        assert.match(found, /Options\.defaults|Object\.defineProperty/);
    });
    it('is an accessor that was defined in another way', async () => {
        const text = (defined) => ({
            'index.js': `function C() { this.n = 1 }
        ${defined}
        module.exports = C`,
        });
        const use = '[made.seq, new lib().seq, made.gone]';
        await checkBothWays(text(`C.prototype.__defineGetter__('seq', function () { return this.n }); C.prototype.__defineGetter__('gone', () => 'gone')`), text(`Object.defineProperty(C.prototype, 'seq', { get: function () { return this.n + 1 } })`), 'const made = new lib()', use, [
            [1, 1, 'gone'],
            [2, 2, 'gone'],
        ]);
    });
});
describe('a statement that gives one value to more than the running one does', () => {
    const use = 'lib.ask()';
    const ask = 'exports.ask = () => [...Object.keys(reserved), reserved.on === reserved.once]';
    it('gives it to them, be it data', async () => {
        const text = (more) => index(`const reserved = exports.reserved = Object.create(null)
        reserved.on =${more}
        reserved.emit = 1
        ${ask}`);
        const names = ['emit', 'on', 'once', true].join();
        const young = text(' reserved.once =');
        await checkBothWays(text(''), young, '', `${use}.join()`, ['emit,on,false', names]);
    });
    it('or a function, which is one', async () => {
        const text = (more) => index(`const reserved = exports.reserved = {}
        reserved.on = ${more}function (x) { return x }
        ${ask}`);
        const young = text('reserved.once = ');
        await checkBothWays(text(''), young, '', `${use}.join()`, ['on,false', 'on,once,true']);
    });
});
it('a function that is put into a table of the default export of an ES module, where no rehearsal tells', async () => {
    const text = (more, use) => ({
        'index.mjs': `import all from './v.mjs'; const { table } = all; export const f = (x) => ${use}`,
        'v.mjs': `import { sep } from 'node:path'; const table = { a: (x) => x }; table.b = (x) => x + sep.length; ${more}
      if (process.argv.length > 1000) throw new Error('no')
      export default { check: (x) => x, table }`,
    });
    const young = text('table.double = function double(x) { return table.b(x) * 2 }', 'table.double(x)');
    await withPatch(text('', 'table.a(x)'), young, 'const { f } = lib', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        assert.equal(await program.run('f(2)'), 2);
        await program.load(made.code, 'patch.mjs');
        assert.equal(await program.run('f(2)'), 6);
        await program.disable(made.name);
        assert.equal(await program.run('f(2)'), 2);
    });
});
//# sourceMappingURL=assigned-members.test.js.map