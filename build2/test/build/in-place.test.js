// Objects that the program holds get the plain values of the new version where they are; what it has set itself stays.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays as check, problemsOf, withBuild, withPatch } from './versions.js';
describe('an object that a module exports', () => {
    const text = (defaults) => ({
        'index.js': `const defaults = ${defaults}; exports.defaults = defaults; exports.f = (o) => ({ ...defaults, ...o })`,
    });
    it('gets other values, new ones, and loses those that are gone', async () => {
        await check(text(`{ depth: 5, list: ['a'], inner: { x: 1 }, gone: true }`), text(`{ depth: 2, list: ['a', 'b'], inner: { x: -1 }, more: /x/ }`), 'const mine = lib.defaults', '[mine.depth, mine.list, mine.inner.x, String(mine.more), "gone" in mine, lib.f({}).depth, mine === lib.defaults]', [
            [5, ['a'], 1, 'undefined', true, 5, true],
            [2, ['a', 'b'], -1, '/x/', false, 2, true],
        ]);
    });
    it('is the one that another module keeps in a member', async () => {
        const files = (more) => ({
            'index.js': `const defaults = require('./defaults'); function f(o) { return Object.assign({}, defaults, o).list }
        f.defaults = defaults; module.exports = f`,
            'defaults.js': `const defaults = { list: ['a'${more}] }; module.exports = defaults`,
        });
        await check(files(''), files(", 'b'"), 'const mine = lib.defaults', '[mine === lib.defaults, lib({}), structuredClone(mine).list]', [
            [true, ['a'], ['a']],
            [true, ['a', 'b'], ['a', 'b']],
        ]);
    });
    it('may hold a text of thousands of parts, as certificates are written', async () => {
        const parts = (last) => [...Array(5_000).fill('a'), last].map((one) => `'${one}'`).join(' +\n');
        const files = (last) => ({
            'data.js': `module.exports = { certificate: ${parts(last)} }`,
            'index.js': `const data = require('./data'); exports.data = data; exports.last = () => data.certificate.slice(-2)`,
        });
        await check(files('b'), files('c'), '', '[lib.last(), lib.data.certificate.length]', [
            ['ab', 5_001],
            ['ac', 5_001],
        ]);
    });
    it('has its properties in the old order again when the patch is gone', async () => {
        await check(text(`{ a: 1, gone: 2, b: 3, lost: 4, c: 5 }`), text(`{ a: 1, b: 3, c: 5 }`), 'lib.defaults.own = 6', 'Object.keys(lib.defaults).join()', ['a,gone,b,lost,c,own', 'a,b,c,own']);
    });
    it('keeps what the program has set', async () => {
        await check(text(`{ depth: 5, limit: 1 }`), text(`{ depth: 2, limit: 2 }`), 'lib.defaults.depth = 9; lib.defaults.own = 1', 'lib.f({})', [
            { depth: 9, limit: 1, own: 1 },
            { depth: 9, limit: 2, own: 1 },
        ]);
    });
    it('is told when the patch is loaded, as far as the program has set or filled something itself', async () => {
        const files = (n, types) => ({
            'index.js': `const defaults = { depth: ${n}, limit: ${n} }; exports.defaults = defaults; exports.f = (o) => ({ ...defaults, ...o })
        exports.types = [${types}]`,
        });
        const setup = `lib.defaults.depth = 9; lib.types.unshift('own')`;
        await withPatch(files(1, `'a'`), files(2, `'a', 'b'`), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            const told = [`'depth'`, `the list [ 'own', 'a' ]`].map((what) => `the program has changed ${what} of 'lib@1.0.0/index.js': that stays as it is, and does not get the patch's value`);
            const name = made.name;
            const logged = async () => (await program.ask({ op: 'log' })).map(({ line }) => line);
            const inForce = async () => (await program.ask({ op: 'info', patch: name })).details[0].left;
            assert.deepEqual((await program.load(made.code, 'patch.mjs')).notes, told);
            assert.deepEqual(await program.run('[lib.defaults, lib.types]'), [
                { depth: 9, limit: 2 },
                ['own', 'a'],
            ]);
            assert.deepEqual(await inForce(), told);
            for (const note of told)
                assert.ok((await logged()).includes(`umbra: patch '${name}': ${note}`));
            await program.disable(name);
            assert.deepEqual(await inForce(), []);
            // A value that is that of the new version already is nobody's loss.
            await program.run(`(lib.defaults.depth = 2, lib.types.shift(), 0)`);
            assert.deepEqual((await program.enable(name)).notes, []);
        }, { alone: true });
    });
    it('is a problem where an export is made of what is in it', async () => {
        for (const made of [
            '[defaults.depth, Date.now()]',
            '{ ...defaults, now: new Date() }',
            'defaults.depth',
        ]) {
            const files = (n) => ({
                'index.js': `const defaults = { depth: ${n} }; exports.defaults = defaults; exports.made = ${made}`,
            });
            await withBuild(files(1), files(2), async ({ findings }) => {
                const told = findings.filter(({ severity, what }) => severity === 'problem' || /made/.test(what));
                assert.notEqual(told.length, 0, made);
            });
        }
    });
    it('is changed together with an export that is made of what is in it', async () => {
        const text = (n) => ({
            'index.js': `const defaults = { depth: ${n} }; exports.defaults = defaults; exports.made = { ...defaults }; exports.all = new Map([[defaults]])`,
        });
        await check(text(1), text(2), 'const { made } = lib', '[made.depth, lib.defaults.depth, [...lib.all][0][0].depth]', [
            [1, 1, 1],
            [2, 2, 2],
        ]);
    });
    it('is made anew for other files where start-up code has looked into it', async () => {
        const files = (n) => ({
            'index.js': `const { defaults } = require('./other'); const depth = defaults.depth; exports.f = () => depth`,
            'other.js': `exports.defaults = { depth: ${n} }`,
        });
        await check(files(1), files(2), '', 'lib.f()', [1, 2]);
    });
});
describe('a table that functions fill, and that begins with more', () => {
    const text = (begins, more = '') => ({
        'index.js': `${more}
      const table = { __proto__: null, ${begins} }
      exports.get = (key) => table[key] ?? (table[key] = key.length)
      exports.same = (key, value) => table[key] === value`,
    });
    it('has what is in it, and what is new', async () => {
        await check(text(`'%a%': 1, '%b.c%': Math.max`), text(`'%a%': 2, '%b.c%': top, '%d.e%': floor`, 'const top = Math.min; const floor = Math.floor;'), `lib.get('kept'); lib.get('%d.e%1')`, `[lib.get('kept'), lib.get('%a%'), lib.same('%b.c%', Math.min), lib.same('%d.e%', Math.floor)]`, [
            [4, 1, false, false],
            [4, 2, true, true],
        ]);
    });
    it('is a problem where what it says as before comes to something else', async () => {
        const version = (limit) => text(`a: LIMIT * Date.now(), b: ${limit}`, `const LIMIT = ${limit}; exports.limit = () => LIMIT;`);
        await withBuild(version(1), version(2), async (made) => {
            assert.match(problemsOf(made).join(), /'table' has to be made anew/);
        });
    });
});
describe('what is gone', () => {
    it('of a class with a superclass is inherited again', async () => {
        const text = (own) => ({
            'index.js': `class A { m() { return 'A' } }; exports.B = class B extends A { ${own} use() { return this.m() } }`,
        });
        await check(text(`m() { return 'B' }`), text(''), 'const it = new lib.B()', '[it.m(), it.use()]', [
            ['B', 'B'],
            ['A', 'A'],
        ]);
    });
    it('of a class goes on where something has bound it, and a note says so', async () => {
        const text = (own) => ({
            'index.js': `class A { m() { return 'A' } }; exports.B = class B extends A { ${own} }`,
        });
        const setup = 'const it = new lib.B(); const bound = it.m.bind(it)';
        await withPatch(text(`m() { return 'B' }`), text(''), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.findings.map(({ what, why }) => `${what}: ${why}`).join(), /m: .*what has bound it.* goes on/);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[it.m(), bound()]'), ['A', 'B']);
        });
    });
    it('of a class stays where code calls it that the release has no more either', async () => {
        const text = (m, f) => ({
            'index.js': `class A { ${m}() { return this.n } get n() { return ${m.length} } }; const a = new A(); exports.${f} = () => a.${m}(); exports.A = A; exports.use = () => a.${m}()`,
        });
        const setup = 'const { A, first, use } = lib; const it = new A()';
        await withPatch(text('m', 'first'), text('more', 'second'), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.findings.map(({ what, why }) => `${what}: ${why}`).join(), /m: .* the running one stays/);
            const calls = '[first(), use(), it.m(), it.more?.()]';
            assert.deepEqual(await program.run(calls), [1, 1, 1, null]);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(calls), [4, 4, 4, 4]);
            await program.disable(made.name);
            assert.deepEqual(await program.run(calls), [1, 1, 1, null]);
        });
    });
    it('is taken away from a class that is not exported, too', async () => {
        const text = (own) => ({
            'index.js': `class A { ${own} use() { return typeof this.m } }; exports.make = () => new A()`,
        });
        await check(text('m() {}'), text(''), 'const it = lib.make()', 'it.use()', ['function', 'undefined']);
    });
    it('is a problem where it cannot be taken away and is asked for', async () => {
        const text = (own) => ({
            'index.js': `class A { ${own} use() { return typeof this.m } }; exports.it = new A()`,
        });
        await withBuild(text('m() {}'), text(''), async (made) => {
            assert.match(problemsOf(made).join(), /m: the new version has it no more, and the running one stays/);
        });
    });
    it('of the exports is told', async () => {
        await withBuild({ 'index.js': 'exports.f = 1; exports.g = 2' }, { 'index.js': 'exports.f = 1' }, async (made) => {
            assert.match(made.findings.map(({ what, why }) => `${what}: ${why}`).join(), /export g: .* does not export it any more/);
        });
    });
});
describe('an export with another value', () => {
    it('that programs alone use is a problem', async () => {
        const text = (n) => ({ 'index.js': `const make = (n) => () => n; exports.f = make(${n})` });
        await withBuild(text(1), text(2), async (made) => {
            assert.match(problemsOf(made).join(), /export f: the export has another value, and programs alone use it/);
        });
    });
    it('is not put over a getter of a compiler, which is told', async () => {
        const text = (n) => ({
            'index.js': `var __export = (t, all) => { for (const n in all) Object.defineProperty(t, n, { get: all[n], enumerable: true }) }
        var src = {}; __export(src, { MAX: () => MAX, f: () => f }); module.exports = src; var MAX = ${n}; function f() { return MAX }`,
        });
        await check(text(1), text(2), '', 'lib.f()', [1, 2]);
    });
});
describe('data of a package', () => {
    const files = (index, value) => ({
        'index.js': index,
        'data.json': `{ "a": ${value} }`,
    });
    it('comes along where it is required', async () => {
        const index = `const data = require('./data'); exports.f = () => [data.a, require('./data.json').a]`;
        await check(files(index, 1), files(index, 2), '', 'lib.f()', [
            [1, 1],
            [2, 2],
        ]);
    });
    it('is a problem where it is exported, or read in another way', async () => {
        const exported = `module.exports = require('./data.json')`;
        await withBuild(files(exported, 1), files(exported, 2), async (made) => {
            assert.match(problemsOf(made).join(), /module\.exports: the export has another value/);
        });
        const read = `exports.f = () => JSON.parse(require('node:fs').readFileSync(__dirname + '/data.json'))`;
        await withBuild(files(read, 1), files(read, 2), async (made) => {
            assert.match(problemsOf(made).join(), /index\.js:1: data\.json: it may name this file, which is another one/);
        });
    });
    it('is a note where browsers are given it as it is, and a problem where the running version has no such file', async () => {
        const page = (more) => `exports.f = () => ['page.html'].map((name) => require('node:fs').readFileSync(require('node:path').join(__dirname, name), 'utf8')${more})`;
        const old = { 'index.js': page(''), 'page.html': ' <p>1' };
        const young = { 'index.js': page('.trim()'), 'page.html': ' <p>2' };
        await withPatch(old, young, '', async (app, { code, findings }) => {
            const [told, ...others] = findings.map(({ severity, what, why, advice }) => [severity, what, why, advice].join(': '));
            assert.match(told, /^note: page\.html: it may name this file, .*: put the new one in its place/);
            assert.deepEqual(others, []);
            await app.load(code);
            assert.deepEqual(await app.run('lib.f()'), ['<p>1']);
        });
        const without = { 'index.js': old['index.js'] };
        await withBuild(without, young, async (made) => {
            assert.match(problemsOf(made).join(), /page\.html: it may name this file, which only the new version has/);
        });
        await withBuild(without, { 'index.js': young['index.js'], 'page.css': '' }, async (made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(JSON.stringify(made.findings), /page\.css.*only the new version has/);
        });
    });
});
describe('exports that are called by numbers', () => {
    it('get what stands for them now, which the package asks for', async () => {
        const text = (from, more) => ({
            'index.js': `const codes = require('./codes'); exports.name = (code) => codes[code]${more}; exports.code = (name) => codes[name]`,
            'codes.js': `exports.OLD = ${from}; exports[${from}] = 'OLD'; exports.table = { ${from}: { is: '${from}' } }`,
        });
        await withPatch(text(1, ''), text(2, '?.concat("!")'), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[lib.name(2), lib.code("OLD")]'), ['OLD!', 2]);
            await program.disable(made.name);
            assert.deepEqual(await program.run('[lib.name(1), lib.code("OLD")]'), ['OLD', 1]);
        });
    });
});
describe('an object that inherits nothing now', () => {
    const table = (made) => ({
        'index.js': `const table = ${made}; exports.set = (key, value) => { table[key] = value }; exports.get = (key) => table[key]`,
    });
    const use = `(lib.set('b', 1), [lib.get('a'), lib.get('b'), typeof lib.get('toString')])`;
    for (const made of ['Object.create(null)', '{ __proto__: null }'])
        it(`is the running one, with what is in it: ${made}`, async () => {
            await check(table('{}'), table(made), `lib.set('a', 5)`, use, [
                [5, 1, 'function'],
                [5, 1, 'undefined'],
            ]);
        });
    it('is the running one where it is a member of a function', async () => {
        const text = (made) => ({
            'index.js': `exports.get = get; exports.set = (key, value) => { get.table[key] = value }; get.table = ${made}; function get(key) { return get.table[key] }`,
        });
        await check(text('{}'), text('Object.create(null)'), `lib.set('a', 5)`, use, [
            [5, 1, 'function'],
            [5, 1, 'undefined'],
        ]);
    });
    it('is the running one where it is all that a module exports', async () => {
        const text = (made) => ({
            'index.js': `const table = require('./table'); exports.table = require('./table'); exports.set = (key, value) => { table[key] = value }; exports.get = (key) => table[key]`,
            'table.js': `module.exports = ${made}`,
        });
        await check(text('{}'), text('Object.create(null)'), `lib.table.a = 5`, use, [
            [5, 1, 'function'],
            [5, 1, 'undefined'],
        ]);
    });
    it('is the running one where functions begin another one', async () => {
        const text = (made) => ({
            'index.js': `let table = ${made}; exports.set = (key, value) => { table[key] = value }; exports.get = (key) => table[key]; exports.clear = () => { table = {} }`,
        });
        const old = text('{}');
        const young = text('Object.create(null)');
        const used = `(lib.set('b', 1), [lib.get('a'), lib.get('b'), typeof lib.get('toString')])`;
        const cleared = `(lib.clear(), [typeof lib.get('toString'), lib.get('a')])`;
        await withPatch(old, young, `lib.set('a', 5)`, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(used), [5, 1, 'undefined']);
            assert.deepEqual(await program.run(cleared), ['function', null]);
            await program.disable(made.name);
            assert.deepEqual(await program.run(`typeof lib.get('toString')`), 'function');
        });
    });
    it('is a problem where it may be none', async () => {
        const text = (made) => ({
            'index.js': `let table = ${made}; exports.get = (key) => table[key]; exports.set = (key) => { table[key] = 1 }; exports.put = (other) => { table = other }`,
        });
        await withBuild(text('{}'), text('Object.create(null)'), async (made) => {
            assert.match(problemsOf(made).join(), /'table' has to be made anew/);
        });
    });
    it('has other values, too, where programs have it', async () => {
        const text = (made) => ({
            'index.js': `exports.all = ${made}; exports.f = (x) => exports.all[x]`,
        });
        await check(text('{ a: 1, b: 1 }'), text('{ __proto__: null, a: 2, b: 1 }'), 'const kept = lib.all; kept.c = 7', `[lib.f('a'), kept.b, kept.c, typeof lib.f('toString'), kept === lib.all]`, [
            [1, 1, 7, 'function', true],
            [2, 1, 7, 'undefined', true],
        ]);
    });
    it('stays as it is where somebody has given it another prototype', async () => {
        const setup = `lib.set('__proto__', { evil: 1 })`;
        await withPatch(table('{}'), table('Object.create(null)'), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run(`lib.get('evil')`), 1);
        });
    });
});
describe('a table that functions fill, of which the module alone has the name', () => {
    const get = `exports.get = (name) => { if (!(name in all)) all[name] = { made: name }; return all[name] }
    exports.kind = (name) => typeof all[name]`;
    it('stays where a global variable has another name in it', async () => {
        const text = (named, more) => ({
            'index.js': `const $Function = Function; const all = { f: ${named}, o: Object }; ${get} ; exports.more = () => ${more}`,
        });
        await check(text('$Function', '1'), text('Function', '2'), `const mine = lib.get('x')`, `[lib.get('x') === mine, lib.get('f') === Function, lib.more()]`, [
            [true, true, 1],
            [true, true, 2],
        ]);
    });
    it('gets what is imported now', async () => {
        const text = (own, more) => ({
            'index.js': `${own} const all = { o: Object${more} }; ${get}`,
        });
        await check(text('', ''), text(`const max = require('util').inspect;`, ', max'), `const mine = lib.get('x')`, `[lib.get('x') === mine, typeof lib.get('o'), lib.kind('max')]`, [
            [true, 'function', 'undefined'],
            [true, 'function', 'function'],
        ]);
    });
});
//# sourceMappingURL=in-place.test.js.map