// Classes as compilers write them for old engines: what a release adds appears on the running ones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
const index = (text) => ({ 'index.js': text });
const HELPER = `function _createClass(C, own, all) { if (own) put(C.prototype, own); if (all) put(C, all); return C }
  function put(to, list) { for (const one of list) { one.configurable = true; if ('value' in one) one.writable = true; Object.defineProperty(to, one.key, one) } }
  const twice = (x) => x * 2; exports.make = () => new Pool(); exports.keys = () => Object.keys(Pool.prototype);`;
const F = (n) => `{ key: 'f', value: function f() { return ${n} } }`;
const MORE = `${F(2)}, { key: 'g', value: function g() { return twice(this.f()) } },
  { key: 'size', get: function get() { return this.n }, set: function set(n) { this.n = n } }`;
const OLD_USE = 'exports.use = (it) => [it.f(), it.g]';
const USE = 'exports.use = (it) => { it.size = 4; return [it.f(), it.g(), it.size, Pool.of(3)] }';
const STATIC = `[{ key: 'of', value: function of(x) { return twice(x) } }]`;
describe('a class whose members a compiler gives by a call', () => {
    const C = 'function C() { this.n = 1 }';
    for (const [how, old, young] of [
        [
            'in a function that returns it',
            `var Pool = function () { ${C} _createClass(C, [${F(1)}]); return C }()`,
            `var Pool = function () { ${C} _createClass(C, [${MORE}], ${STATIC}); return C }()`,
        ],
        [
            'that returns the class',
            `var Pool = function () { ${C} return _createClass(C, [${F(1)}]) }()`,
            `var Pool = function () { ${C} return _createClass(C, [${MORE}], ${STATIC}) }()`,
        ],
        [
            'of the module',
            `var Pool = function Pool() { this.n = 1 }; _createClass(Pool, [${F(1)}], null)`,
            `var Pool = function Pool() { this.n = 1 }; _createClass(Pool, [${MORE}], ${STATIC})`,
        ],
        [
            'for the first time',
            `var Pool = exports.Pool = function () { ${C} C.prototype.f = function () { return 1 }; return C }()`,
            `var Pool = exports.Pool = function () { ${C} C.prototype.f = function () { return 2 }; _createClass(C, [${MORE.slice(F(2).length + 1)}], ${STATIC}); return C }()`,
        ],
    ])
        it(`gets more of them: ${how}`, async () => {
            const before = [1, null];
            await checkBothWays(index(`${HELPER} ${old}; ${OLD_USE}`), index(`${HELPER} ${young}; ${USE}`), 'const one = lib.make()', '[lib.use(one), lib.use(lib.make()), lib.keys().filter((key) => key !== "f")]', [
                [before, before, []],
                [[2, 4, 4, 6], [2, 4, 4, 6], []],
            ]);
        });
    it('is a problem where a new one needs what its function alone sees', async () => {
        const text = (members, use) => index(`${HELPER} var Pool = function () { let count = 0; ${C} _createClass(C, [${members}]); return C }(); ${use}`);
        const young = text(`${F(2)}, { key: 'g', value: function g() { return ++count } }`, USE);
        await withBuild(text(F(1), OLD_USE), young, (made) => assert.match(problemsOf(made).join(), /_createClass.*start-up/));
    });
    const other = (value) => `{ key: Symbol.iterator, value: (() => { const own = ${value}; return function () { return own() } })() }`;
    const withOthers = (more, use) => index(`${HELPER} var Pool = function Pool() { this.n = 1 }; _createClass(Pool, [${more}]); exports.use = (it) => ${use}`);
    it('is a problem where something else than a function comes among them', async () => {
        for (const more of [`{ key: 'g', value: twice }`, other('() => 1')])
            await withBuild(withOthers(F(1), 'it.f()'), withOthers(`${F(1)}, ${more}`, 'it.f() + it.g(1)'), (made) => assert.match(problemsOf(made).join(), /_createClass.*start-up/));
    });
    it('keeps what else is among them, of which functions change', () => checkBothWays(withOthers(`${F(1)}, ${other('() => 1')}`, '[it.f(), it[Symbol.iterator]()]'), withOthers(`${F(2)}, ${other('() => 2')}, { key: 'g', value: function () { return 3 } }`, '[it.f(), it[Symbol.iterator](), it.g()]'), 'const one = lib.make()', 'lib.use(one)', [
        [1, 1],
        [2, 2, 3],
    ]));
});
describe('a class that a function which is called where it stands gives to a variable', () => {
    for (const head of ['var Pool = ', 'var Pool; Pool = '])
        it(`gets methods and statics, where nothing but functions use it: ${head}`, async () => {
            const text = (more, use) => index(`const twice = (x) => x * 2; exports.make = () => new Pool(); exports.use = (it) => ${use}
          ${head}(function () { function C() { this.n = 1 } C.prototype.f = function () { return this.n }; ${more} return C })()`);
            const young = text('C.prototype.g = function () { return twice(this.f()) }; C.of = function (x) { return twice(x) };', '[it.f(), it.g(), Pool.of(2)]');
            await checkBothWays(text('', '[it.f(), it.g, Pool.of]'), young, 'const one = lib.make()', '[lib.use(one), lib.use(lib.make())]', [
                [
                    [1, null, null],
                    [1, null, null],
                ],
                [
                    [1, 2, 4],
                    [1, 2, 4],
                ],
            ]);
        });
    for (const [base, given] of [
        ['function Base() {} Base.prototype.f = function () { return 5 };', 'Base'],
        ['const own = { Base: class { f() { return 5 } } };', 'own.Base'],
    ])
        it(`gets methods that name the class and its superclass: ${given}`, async () => {
            const text = (more, use) => index(`${base} exports.make = () => [new Pool(), ${given}]; exports.use = ([it]) => ${use}
          var Pool = (function (_super) { Object.setPrototypeOf(C.prototype, _super.prototype); function C() { this.n = 1 }
            C.prototype.f = function () { return this.n }; ${more} return C })(${given})`);
            const young = text('C.prototype.g = function () { return [_super.prototype.f.call(this), this instanceof C, new C().f()] };', '[it.f(), it.g()]');
            await checkBothWays(text('', '[it.f(), it.g]'), young, 'const one = lib.make()', 'lib.use(one)', [
                [1, null],
                [1, [5, true, 1]],
            ]);
        });
    for (const [what, head, given, why] of [
        ['gets another value', '_super = _super;', 'Base', /C\.prototype\.g.*start-up/],
        ['is another one', '', 'Other', /'Pool' has to be made anew, and classes that stand in it/],
    ])
        it(`is a problem where the superclass that a new method names ${what}`, async () => {
            const text = (more, from, use) => index(`class Base { f() { return 5 } } class Other { f() { return 6 } }
          exports.make = () => [new Pool(), Base, Other]; exports.use = ([it]) => ${use}
          var Pool = (function (_super) { ${head} function C() {} C.prototype.own = function () { return 1 }; ${more} return C })(${from})`);
            const young = text('C.prototype.g = function () { return _super.prototype.f.call(this) };', given, 'it.g()');
            await withBuild(text('', 'Base', 'it.own()'), young, (made) => assert.match(problemsOf(made).join(), why));
        });
    it('is a problem where the variable gets another one', async () => {
        const text = (more, use = 'it.f()') => index(`exports.set = (C) => { Pool = C }; exports.make = () => new Pool(); exports.use = (it) => ${use}
        var Pool = (function () { function C() { this.n = 1 } C.prototype.f = function () { return this.n }; ${more} return C })()`);
        await withBuild(text(''), text('C.prototype.g = function () { return 1 };', 'it.g()'), (made) => assert.match(problemsOf(made).join(), /C\.prototype\.g.*start-up/));
    });
});
//# sourceMappingURL=compiled-classes.test.js.map