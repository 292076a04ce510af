// Methods that are new on classes which the patch cannot reach: functions of the patch, and the calls lead there.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
describe('a method that is new', () => {
    it('is called on running objects, from other new methods, and beside what awaits or yields', async () => {
        const old = index(`class C { constructor(n) { this.n = n; this.next = n ? new C(n - 1) : null } async run() { return 1 } } exports.make = () => new C(2)`);
        const young = index(`class C { constructor(n) { this.n = n; this.next = n ? new C(n - 1) : null }
      async run() { return [this.deep('a'), this.next.next.deep(...['b', 'c']), await this.later(await 1), [...this.next.all()]] }
      deep(...x) { return this.next ? this.next.deep(...x) : [this.n, ...x] } async later(x) { return [this.n, x] } *all() { yield this.n; yield* this.rest() } *rest() { yield 'end' } }
      exports.make = () => new C(2)`);
        await withPatch(old, young, 'const it = lib.make()', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            const expected = [
                [0, 'a'],
                [0, 'b', 'c'],
                [2, 1],
                [1, 'end'],
            ];
            assert.deepEqual(await program.run(`it.run()`), expected);
            assert.deepEqual(await program.run(`lib.make().run()`), expected);
            await program.disable(made.name);
            assert.equal(await program.run(`it.run()`), 1);
        });
    });
    it('does not take the place of what other objects have under its name', async () => {
        const text = (body, more) => index(`class C { run(x) { ${body} } ${more} } exports.make = (o) => Object.assign(new C(), o); exports.C = class extends C {}
        const internals = {}; ${more && `internals.help = (x) => 'own ' + x;`} exports.help = (x) => ${more ? `[internals.help(1), x.help(2)]` : '1'}`);
        const setup = `class D extends lib.C { check() { return 'of a subclass' } }
      const [plain, own, sub] = [lib.make(), lib.make({ check: () => 'of the object' }), new D()]; const other = { check: (n) => 'other ' + n, help: (n) => 'other ' + n }`;
        const young = text('return [this.check(1), x.check(2)]', 'check(n) { return n }');
        await withPatch(text('return 1', ''), young, setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`[plain, own, sub].map((one) => one.run(other))`), [
                [1, 'other 2'],
                ['of the object', 'other 2'],
                ['of a subclass', 'other 2'],
            ]);
            assert.deepEqual(await program.run(`lib.help(other)`), ['own 1', 'other 2']);
        });
    });
    it('is private, and a function of what calls it, where it uses private members of the running class', async () => {
        const text = (more, body, methods = '') => index(`class C { #n; static #made = 0; ${more} constructor(n) { this.#n = n; C.#made++ }
        run(x) { ${body} } ${methods} } exports.make = (n) => new C(n)`);
        const young = text('#calls = [];', 'return [this.#sum(x, 1), [2].map((n) => this.#sum(...[x, n])), this.#plain(x), this.#later(x), this.more(x)]', `#sum(x, y) { this.#calls.push(x); return x > 100 ? this.#plain(x) : this.#n + x + y }
        #plain(x) { return x * 2 } async #later(x) { return [this.#sum(x + 100, 3), C.#count(), this.#calls.length] }
        static #count() { return C.#made } more(x) { return this.#sum(x, 4) }`);
        await withPatch(text('', 'return x'), young, 'const it = lib.make(10)', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            const run = (it) => `Promise.all(${it}.run(5))`;
            assert.deepEqual(await program.run(run('it')), [16, [17], 10, [210, 1, 3], 19]);
            assert.deepEqual(await program.run(run('lib.make(20)')), [26, [27], 10, [210, 2, 3], 29]);
            await program.disable(made.name);
            assert.equal(await program.run('it.run(5)'), 5);
        });
    });
    it('is private, of a class with many private names, and takes more than the running version passes', async () => {
        const text = (more, extra, sum, methods) => index(`class C { #a; #b; #c; #d; #e; #f; #g; #h = 1; static #n = 5; ${more} constructor(a) { this.#a = a }
        static make(a) { return C.#made(a${extra}) } static #made(a${extra && ', by'}) { return new C(${sum}) }
        run(x) { return x + this.#h } ${methods} } exports.make = C.make; exports.C = C`);
        const old = text('', '', 'a', '');
        const young = text('id = 7;', ', 3', 'a * by + C.#n', `get [Symbol.toStringTag]() { return 'C' + this.#all(this) }
      [Symbol.for('own')]() { return [this.#a, this?.id] } #all(one) { return one.#a + one.#h + one.id }`);
        await withPatch(old, young, 'const it = lib.make(10)', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            const use = `[it, lib.make(20)].map((one) => [String(one), one[Symbol.for('own')]?.()])`;
            const before = await program.run(use);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(use), [
                ['[object C18]', [10, 7]],
                ['[object C73]', [65, 7]],
            ]);
            await program.disable(made.name);
            assert.deepEqual(await program.run(use), before);
        });
    });
    it('is refused where it is private and handed out', async () => {
        const text = (body, more) => index(`exports.C = class C { run(x) { ${body} } ${more} }`);
        const young = text('return [x].map(this.#own)', '#own(x) { return x }');
        await withBuild(text('return x', ''), young, async (made) => assert.notDeepEqual(problemsOf(made), []));
    });
    it('is called by the symbol that names it, where nothing else is done with that', async () => {
        const text = (symbols, body, more) => index(`const N = Symbol('n'); ${symbols}
        class C { constructor(n) { this[N] = n } run(x) { ${body} } ${more} } exports.make = (n) => new C(n)`);
        const young = text(`const SUM = Symbol('sum'), LATER = Symbol('later')`, `return [this[SUM](x, 1), [2].map((one) => this[SUM](...[x, one])), this[LATER](x)]`, `[SUM](x, y) { return this[N] + x + y } async [LATER](x) { return this[SUM](x, 3) }`);
        await withPatch(text('', 'return x', ''), young, 'const it = lib.make(10)', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            const run = (it) => `Promise.all(${it}.run(5))`;
            assert.deepEqual(await program.run(run('it')), [16, [17], 18]);
            assert.deepEqual(await program.run(run('lib.make(20)')), [26, [27], 28]);
            await program.disable(made.name);
            assert.equal(await program.run('it.run(5)'), 5);
        });
    });
    it('is put on the classes that have one, where a symbol names methods of several', async () => {
        const text = (symbol, body, [base, sub]) => index(`const KEEP = Symbol('keep'); ${symbol}; class A { [KEEP]() { return 1 } run(x) { return ${body} } ${base} }
        class B extends A { ${sub} } module.exports = { A, B }`);
        const young = text(`const CHECK = Symbol('check')`, `this[CHECK](x) + this[KEEP]()`, [
            `[CHECK](x) { return x }`,
            `[CHECK](x) { return super[CHECK](x) * 10 } [KEEP]() { return 2 }`,
        ]);
        const setup = 'const all = [new lib.A(), new lib.B()]';
        await withPatch(text('', 'this[KEEP]() && x', ['', '']), young, setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[...all, new lib.B()].map((one) => one.run(5))'), [6, 52, 52]);
            await program.disable(made.name);
            assert.deepEqual(await program.run('[...all, new lib.B()].map((one) => one.run(5))'), [5, 5, 5]);
        });
    });
    const otherwise = {
        'handed out': [`exports.SUM = SUM;`, `this[SUM](x)`, `[SUM](x) { return x }`],
        'asked for': [``, `SUM in x ? this[SUM](x) : 0`, `[SUM](x) { return x }`],
        'that of two methods': [
            `exports.D = class extends C { [SUM](x) { return 'D' } };`,
            `this[SUM](x)`,
            `[SUM](x) { return x }`,
        ],
        'that of every package': [``, `this[SUM](x)`, `[SUM](x) { return x }`, `Symbol.for('sum')`],
    };
    for (const [how, [more, body, method, symbol = `Symbol('sum')`]] of Object.entries(otherwise)) {
        const text = (head, value, rest, end) => index(`${head} class C { run(x) { return ${value} } ${rest} } ${end}`);
        const young = text(`const SUM = ${symbol};`, body, method, `exports.C = C; ${more}`);
        it(`is put on its class where the symbol that names it is ${how}`, async () => {
            const old = text('', 'null', '', 'exports.C = C;');
            await withPatch(old, young, 'const it = new lib.C()', async (program, made) => {
                assert.deepEqual(problemsOf(made), []);
                await program.load(made.code, 'patch.mjs');
                assert.deepEqual(await program.run('[it, new lib.C()].map((one) => one.run(it) === it)'), [
                    true,
                    true,
                ]);
            });
        });
    }
    const inherited = {
        'the superclass': [`class B { close() { return 'B' } }`, 'close'],
        'a class of Node': [`const { EventEmitter: B } = require('events')`, 'listenerCount'],
        'every object': [`class B {}`, 'toString'],
    };
    for (const [whose, [base, name]] of Object.entries(inherited))
        it(`takes the place of one of ${whose}`, async () => {
            const text = (body, more) => index(`${base}; class C extends B { run() { return ${body} } ${more} } exports.make = () => new C()`);
            const young = text(`this.${name}()`, `${name}() { return 'C' }`);
            await withPatch(text('1', ''), young, 'const it = lib.make()', async (program, made) => {
                assert.deepEqual(problemsOf(made), []);
                await program.load(made.code, 'patch.mjs');
                assert.deepEqual(await program.run('[it.run(), lib.make().run()]'), ['C', 'C']);
            });
        });
    it('is called by a new file, too', async () => {
        const old = index(`class C { run() { return 1 } } exports.make = () => new C()`);
        const young = {
            'index.js': `class C { run() { return require('./own')(this) } own() { return 2 } } exports.make = () => new C()`,
            'own.js': `module.exports = (it) => it.own()`,
        };
        await withPatch(old, young, 'const it = lib.make()', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('it.run()'), 2);
        });
    });
});
describe('a method that begins to use super', () => {
    const base = `class Base { m(x) { return ['base', this.own, x] } get at() { return this.own } static of(x) { return [this.name, x] } }`;
    const text = (m, later, of) => index(`${base}
      class C extends Base {
        constructor() { super(); this.own = 1 }
        m(x) { return ${m} } later(x) { return [x].map((one) => ${later}) } static of(x) { return ${of} }
      }
      exports.C = C; exports.make = () => new C()`);
    it('gets what is above of its class', () => checkBothWays(text('Base.prototype.m.call(this, x)', 'one', '[x]'), text('[super.m(x, 2), super.at]', 'super.m(one)', 'super.of(x)'), 'const it = lib.make(); class Sub extends lib.C { m(x) { return super.m(x) } }; const sub = new Sub()', '[it.m(3), sub.m(4), it.later(5), Sub.of(6)]', [
        [['base', 1, 3], ['base', 1, 4], [5], [6]],
        [[['base', 1, 3], 1], [['base', 1, 4], 1], [['base', 1, 5]], ['Sub', 6]],
    ]));
});
describe('a class that begins to name itself', () => {
    const text = (made) => index(`class C { static n = 1; make() { return ${made} } get() { return [1].map(() => ${made}) } } exports.C = C`);
    it('means the running one', () => checkBothWays(text('1'), text('new C() instanceof C && C.n + 1'), 'const it = new lib.C()', '[it.make(), it.get(), new lib.C().make()]', [
        [1, [1], 1],
        [2, [2], 2],
    ]));
    it('does so where it is no other class of that name', async () => {
        const expression = (made) => index(`class C { static n = 2 } exports.D = class C { static n = 1; make() { return ${made} } }; exports.n = () => C.n`);
        await withPatch(expression('0'), expression('C.n'), 'const it = new lib.D()', async (program, made) => {
            if (problemsOf(made).length > 0)
                return;
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('it.make()'), 1);
        });
    });
    it('uses a constant that the running class makes, which asks for constants that are new as well', async () => {
        const text = (more, body, methods, end) => index(`${more} class Name { constructor(text) { this.text = text; this.key = Name.keyOf(text) } static keyOf(text) { ${body} }
        is(other) { return other instanceof Name && other.key === this.key } ${methods} }
        const ROOT = new Name('Root'); ${end} exports.Name = Name; exports.isRoot = (name) => name.is(ROOT)`);
        const old = text('', 'return text', '', '');
        const young = text('const LENGTH = 4;', 'return text.slice(0, LENGTH)', 'isTop() { return TOP.some((one) => one.is(this)) }', `const TOP = [new Name('top'), new Name('Rooted')];`);
        await withPatch(old, young, `const it = new lib.Name('Root')`, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`[it.isTop(), new lib.Name('Rooting').isTop(), new lib.Name('to').isTop(), lib.isRoot(it)]`), [true, true, false, true]);
            await program.disable(made.name);
            assert.deepEqual(await program.run(`[typeof it.isTop, lib.isRoot(it)]`), ['undefined', true]);
        });
    });
    it('is none of the patch where a module in a bundle calls it that does not see the class', async () => {
        const text = (more, use) => index(`module.exports = (function (modules) {
        const cache = {}
        function load(id) { if (cache[id]) return cache[id].exports; const module = (cache[id] = { exports: {} }); modules[id](module, module.exports, load); return module.exports }
        return load(0)
      })([
        function (module, exports, __webpack_require__) { const lib = __webpack_require__(1); module.exports = { all: (list) => { const it = lib.of(list); return ${use} } } },
        function (module, exports) { function It(list) { this.list = list } It.prototype.next = function () { return this.list[0] }; ${more} module.exports = { of: (list) => new It(list) } },
      ])`);
        const young = text('It.prototype.rest = function () { return this.list };', 'it.rest()');
        await withBuild(text('', 'it.next()'), young, async (made) => {
            const problems = problemsOf(made).join();
            assert.match(problems, /new code that runs at start-up/);
            assert.doesNotMatch(problems, /sees no name/);
        });
    });
});
//# sourceMappingURL=methods.test.js.map