// Start-up code has run with what the old version had: what it made of it is made anew, or the build says that it is not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.js';
const files = (index, other) => ({ 'index.js': index, 'other.js': other });
/** Built without a problem, and the use gives `before` without the patch and `after` with it. */
async function check(old, young, use, [before, after], setup = '') {
    const [was, is] = [old, young].map((one) => (typeof one === 'string' ? { 'index.js': one } : one));
    await withPatch(was, is, setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        assert.deepEqual(await program.run(use), before);
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await program.run(use), after);
        await program.disable(made.name);
        assert.deepEqual(await program.run(use), before);
    });
}
async function refused(old, young, why) {
    const [was, is] = [old, young].map((one) => (typeof one === 'string' ? { 'index.js': one } : one));
    await withBuild(was, is, async (made) => {
        assert.match(problemsOf(made).join('\n'), why);
    });
}
describe('what start-up code took from another file', () => {
    const users = {
        'a member of what it requires': `const max = require('./other').MAX; exports.f = () => max`,
        'a pattern of what it requires': `const { MAX: max, ...rest } = require('./other'); exports.f = () => max`,
        'an expression of an import': `const other = require('./other'); const max = other.MAX * 1; exports.f = () => max`,
        'a copy of an import': `const other = require('./other'); const all = { ...other }; exports.f = () => all.MAX`,
        'a loop over what it requires': `const all = {}; for (const [k, v] of Object.entries(require('./other'))) all[k] = v; exports.f = () => all.MAX`,
    };
    for (const [what, index] of Object.entries(users))
        it(`as ${what}`, async () => {
            const [old, young] = [1, 2].map((n) => files(index, `exports.MAX = ${n}`));
            await check(old, young, 'lib.f()', [1, 2]);
        });
    const makers = {
        'a function': [`exports.make = (s) => new RegExp(s)`, `exports.make = (s) => new RegExp('^' + s)`],
        'a function that calls another': [
            `const end = () => ''; exports.make = (s) => new RegExp(end() + s)`,
            `const end = () => '^'; exports.make = (s) => new RegExp(end() + s)`,
        ],
    };
    for (const [what, [was, is]] of Object.entries(makers))
        it(`as what ${what} made`, async () => {
            const index = `const { make } = require('./other'); const re = make('a'); exports.f = (s) => re.test(s)`;
            await check(files(index, was), files(index, is), `lib.f('ba')`, [true, false]);
        });
    it('as members of exports, which is a problem', async () => {
        const index = `for (const [k, v] of Object.entries(require('./other'))) exports[k] = v`;
        const why = /it is run at start-up with '\.\/other', which changed, and has effects beyond names/;
        await refused(files(index, 'exports.MAX = 1'), files(index, 'exports.MAX = 2'), why);
    });
});
describe('what start-up code has made', () => {
    it('goes to static fields', async () => {
        const text = (n) => `const N = ${n}; exports.C = class { static n = N; m() { return exports.C.n } }`;
        await check(text(1), text(2), 'new lib.C().m()', [1, 2]);
    });
    it('is written out where it is a literal that no running function sees, and making it does more', async () => {
        const text = (body) => `const codes = {}, texts = {}; var A = codes.A = ((texts[1] = 'a'), 1); var B = codes.B = ((texts[2] = 'b'), 2)
        exports.put = (k, v) => { texts[k] = v }; exports.codes = codes; exports.f = () => ${body}`;
        await check(text('texts[1]'), text('texts[B] + B'), 'lib.f()', ['a', 'c2'], `lib.put(2, 'c')`);
    });
    it('goes to fields of objects that are made from then on, and not to those of a class without a constructor', async () => {
        const text = (n, more) => `const N = ${n}; exports.C = class { n = N; ${more} }`;
        await check(text(1, 'constructor() {}'), text(2, 'constructor() {}'), 'new lib.C().n', [1, 2]);
        await refused(text(1, ''), text(2, ''), /a field begins with another value, and there is no constructor/);
    });
    it('holds what the program has put into it, and is not made anew', async () => {
        const text = (more) => `const table = {}; const on = (k, f) => { table[k] = f }; on('a', () => Date.now() && 1); ${more} exports.on = on; exports.f = (k) => table[k]?.()`;
        const use = `['a', 'b'].map((k) => String(lib.f(k)))`;
        await check(text(''), text(`on('b', () => 2);`), `${use}`, [
            ['1', 'undefined'],
            ['1', '2'],
        ]);
        await refused(text(`on('b', require('os').hostname);`), text(`on('b', require('os').hostname()); `), /'table' has to be made anew, and the running one holds/);
    });
    it('is made anew where it is a regular expression that functions hand out', async () => {
        const text = (words) => ({
            'index.js': `const words = ${words}; const PATTERN = new RegExp(words.join('|'), 'i')
        exports.Parser = class { inner() { return PATTERN } test(s) { return this.inner().test(s) } }`,
        });
        const young = text("['one', 'two']");
        await check(text("['one']"), young, 'it.test("TWO")', [false, true], 'const it = new lib.Parser()');
    });
    it('is changed by another name of something that the program has', async () => {
        const text = (n) => `function A() {}; const proto = A.prototype; proto.n = ${n}; proto.m = function () { return this.n }; module.exports = A`;
        await check(text(1), text(2), 'new lib().m()', [1, 2]);
    });
});
describe('what a name stands for', () => {
    it('may become something else', async () => {
        await check(`const f = 1; exports.g = () => f`, `function f() { return 2 } exports.g = () => f()`, 'lib.g()', [1, 2]);
        await check(`exports.f = function () { return 1 }`, `function g() { return 2 } exports.f = g`, 'lib.f()', [1, 2]);
        await check(`function g() { return 1 } exports.f = g`, `exports.f = function () { return 2 }`, 'lib.f()', [1, 2]);
    });
    it('may be another class, which is the running one', async () => {
        const text = (name, n) => `class ${name} { m() { return ${n} } } exports.C = ${name}`;
        await check(text('A', 1), text('B', 2), '[it.m(), new lib.C().m(), it instanceof lib.C]', [
            [1, 1, true],
            [2, 2, true],
        ], 'const it = new lib.C()');
    });
});
describe('a changed method that start-up code has called', () => {
    const text = (result, rest) => `class Parser { build() { return [${result}] } }; ${rest}; exports.get = () => table`;
    it('is a problem where nobody else can call it', () => refused(text('1', 'const table = new Parser().build()'), text('1, 2', 'const table = new Parser().build()'), /Parser.prototype.build: .*only start-up code calls it/));
    for (const rest of [
        `const parser = new Parser(); const table = parser.build(); exports.parser = parser`,
        `const table = new Parser().build(); exports.again = () => new Parser().build()`,
        `const table = new Parser().build(); exports.Parser = Parser`,
    ])
        it(`is told where others may: ${rest}`, () => withBuild({ 'index.js': text('1', rest) }, { 'index.js': text('1, 2', rest) }, async (made) => {
            assert.deepEqual(problemsOf(made), []);
            const told = made.findings.filter(({ why }) => /start-up code has called it/.test(why));
            assert.deepEqual(told.map(({ what }) => what), ['Parser.prototype.build']);
        }));
});
it('what makes promises is called later, though start-up code alone hands it on', () => {
    const text = (n) => ({
        'index.js': `const traced = (f) => (...given) => f(...given); exports.load = traced(load)
      async function load(x) { return { x, n: ${n} } }`,
    });
    return checkBothWays(text(1), text(2), 'const { load } = lib', 'load(5)', [
        { x: 5, n: 1 },
        { x: 5, n: 2 },
    ]);
});
//# sourceMappingURL=start-up.test.js.map