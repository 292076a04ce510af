// What a release calls otherwise: the running program's variables and fields go on being used, with what is in them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
describe('a variable of a module by another name', () => {
    const text = (name, by) => index(`const ${name} = new Map(); let last = 0; exports.put = (k) => { ${name}.set(k, last += ${by}); return ${name}.size }
      exports.has = (k) => ${name}.has(k)`);
    it('is the running one', () => checkBothWays(text('registered', 1), text('all', 10), `lib.put('a')`, `[lib.has('a'), lib.put('a')]`, [
        [true, 1],
        [true, 1],
    ]));
    it('is a new one where other functions use it', async () => {
        const old = `const seen = []; exports.see = (x) => { seen.push(x); return x }; exports.count = () => seen.length`;
        const young = `const lost = []; exports.see = (x) => x; exports.lose = (x) => { lost.push(x); return lost.length }`;
        await withPatch(index(old), index(young), 'lib.see(1)', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('lib.lose(1)'), 1);
        });
    });
});
describe('a field by another name', () => {
    const kinds = {
        'of a class': (name, more) => `exports.C = class C { constructor(o) { this.o = o; this.${name} = [] } add(x) { this.${name}.push(x); return this.${name}.length${more} } }`,
        'of a constructor function': (name, more) => `function C() { this.${name} = [] } C.prototype.add = function (x) { this.${name}.push(x); return this.${name}.length${more} }; exports.C = C`,
        'from a parameter': (name, more) => `exports.C = class C { constructor(list) { this.${name} = list; this.n = 1 } add(x) { this.${name}.push(x); return this.${name}.length${more} } }`,
    };
    const setup = `const it = new lib.C([]); it.add('before'); it.add('before')`;
    // What is in it is the running object's: both versions see all of it.
    const use = `(() => { const n = it.add('x'); const other = new lib.C([]); return [n % 100 > 2, n >= 100, other.add(1)] })()`;
    for (const [kind, text] of Object.entries(kinds))
        it(`has what the object has: ${kind}`, () => checkBothWays(index(text('items', '')), index(text('entries', ' + 100')), setup, use, [
            [true, false, 1],
            [true, true, 101],
        ]));
    it('has what the object has, where it became private', () => checkBothWays(index(kinds['of a class']('_items', '')), index(`exports.C = class C { #items = []; constructor(o) { this.o = o } add(x) { this.#items.push(x); return this.#items.length + 100 } }`), setup, use, [
        [true, false, 1],
        [true, true, 101],
    ]));
    it('is told apart from others that begin with the same', () => {
        const text = (a, b, by) => index(`exports.C = class C { constructor() { this.${a} = 0; this.${b} = 0 } up() { this.${a} += 1 } down() { this.${b} -= 1 }
        get() { return [this.${a} + ${by}, this.${b}] } }`);
        return checkBothWays(text('a', 'b', 0), text('c', 'd', 10), 'const it = new lib.C(); it.up(); it.down(); it.down()', 'it.get()', [
            [1, -2],
            [11, -2],
        ]);
    });
    it('is left to the running methods where it may be one of several', async () => {
        const old = `exports.C = class C { constructor() { this.a = []; this.b = [] } add(x) { this.a.push(x); this.b.push(x); return this.a.length + this.b.length } }`;
        const young = `exports.C = class C { constructor() { this.all = [] } add(x) { this.all.push(x); return this.all.length + 100 } }`;
        await withPatch(index(old), index(young), 'const it = new lib.C(); it.add(1)', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.findings.map(({ why }) => why).join(), /it may be what 'a' was; methods that need it go on/);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[it.add(2), new lib.C().add(1)]'), [4, 101]);
        });
    });
});
describe('a class of which compilers made a constant and a variable', () => {
    it('is the one that has the name of the variable now', () => checkBothWays(index(`const a = class a { constructor(n) { this.n = n } get() { return this.n } }; let Counter = a; exports.Counter = Counter`), index(`class Counter { constructor(n) { this.n = n } get() { return this.n + 100 } } exports.Counter = Counter`), 'const it = new lib.Counter(1)', '[it.get(), new lib.Counter(2).get(), it instanceof lib.Counter]', [
        [1, 2, true],
        [101, 102, true],
    ]));
});
//# sourceMappingURL=renamed.test.js.map