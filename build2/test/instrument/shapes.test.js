// Odd shapes of functions: prepared they compile, and so does each original; none is refused by mistake.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { InstrumentError, instrument, originals } from 'umbra/instrument';
const shapes = [
    'f = async(x) => x',
    'f = async (\n{a}\n) =>\n a',
    'class A { static async *#x({a}, ...[b]) {} static get [1+1]() {} "constructor"() {} }',
    'class A extends null { constructor({a} = super()) { } }',
    'label: function f({a}) {}',
    '({ async *[x](a = 1) {}, get a() {}, set a({b}) {}, async() {}, get() {}, set() {}, static() {} })',
    'new class { constructor({a}) {} }({})',
    'function* g() { yield function({a = yield1}) {} }',
    'var {a = function({b}) {}} = {}',
    'for (const {a = ({b}) => b} of []) ;',
    'function f(a, a2 = () => a, {b = () => a2, ...c}, [d = () => b] = [], ...[e = () => d]) { return () => [a,b,c,d,e] }',
    'x = ({}) => {}, y = ([]) => 0, z = (...[]) => 1, w = (...{length}) => length',
    'function f({a}, b) { "not strict"; }',
    'function f() { "use strict" /* c */ }',
    'function f() { "use strict" // c\n }',
    'function f() { "a"; "use strict"\n; }',
    'if (1) function f({a}) {} else function g([a]) {}',
    'a = function({a}){}/1',
    'a = x => x\n/1/g',
    'a = (x) => {}\n/foo/.test(x)',
    'var f = x => x, g = y => ({}), h = z => [], i = ({w}) => `t`',
    'f = x => x ? y => y : z => z',
    'f = async x => await x, g = async ({x}) => await x',
    'switch (1) { case (({a}) => a)({a: 1}): default: }',
    'class A { "use strict"() {} x = ({y}) => y; static { (({y}) => y)({}) } }',
    'export1 = { __proto__: null, f({__proto__: p}, __proto__ = () => 1) {} }',
    'function f(a, b = 1, ) {}',
    '(function({a}, ){})',
    'async function* g({a}, ) {}',
    '(a, ) => a',
    '({a}, ) => a',
    'function f(async, of, get, set, yield_, let_) {}',
    'function f(yield1, await) {}',
    'var yield = 1; function f() { return yield }',
    'function f(let, static) { return () => let + static }',
    'function f(undefined, NaN = () => undefined) {}',
    'x = { "a-b": function() {}, 1: () => {}, [`t`]: class {} }',
    'function f() { return function() { return arguments } }',
    'f = () => () => () => ({a}) => ({b}) => a + b',
    'function f() { with ({}) { function g() {} ; (() => 1)() } }',
    'function \\u0061({b}) {}',
    'class A { get [(({a}) => a)({a: "k"})]() { return ({a}) => a } }',
    'void function({a}) {}({a:1})',
    'q = ({a}) => a',
    'f(({a}) => a, function({a}) {}, class { m({a}) {} })',
];
const options = { url: 'file:///shape.js', type: 'commonjs', cell: '$umbra_shape' };
test('odd shapes of functions compile prepared, and as originals', () => {
    for (const shape of shapes) {
        assert.doesNotThrow(() => new vm.Script(shape), shape);
        const { code, sites } = instrument(shape, options);
        assert.doesNotThrow(() => new vm.Script(code), code);
        const original = originals(shape, options);
        for (const [index, { site }] of sites.functions.entries()) {
            const written = original(index);
            if (site.missing === undefined && written.missing === undefined) {
                assert.doesNotThrow(() => vm.compileFunction(written.code), written.code);
            }
        }
    }
});
test('what the engine refuses is refused, or stays refused', () => {
    const invalid = [
        'function f({a}) { "use strict" }',
        'f = ({a}) => { "use strict" }',
        'function* g() { ((x = yield) => {}) }',
        'async function f() { ((x = await 1) => {}) }',
        'function f({a}, a) {}',
        '(a, {a}) => 0',
        'function f({a}) { let a }',
        'class A { constructor() {} constructor() {} }',
        'function f( {',
        '() => {}()',
    ];
    for (const text of invalid) {
        assert.throws(() => new vm.Script(text), SyntaxError, text);
        let code;
        try {
            code = instrument(text, options).code;
        }
        catch (error) {
            assert.ok(error instanceof InstrumentError);
            continue;
        }
        assert.throws(() => new vm.Script(code), SyntaxError, code);
    }
});
test('a text that mentions its cell cannot be prepared', () => {
    assert.throws(() => instrument('var $umbra_shape', options), InstrumentError);
});
//# sourceMappingURL=shapes.test.js.map