import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import vm from 'node:vm';
import { cellForm } from '#dist/instrument/cell.js';
import { hideFromToString } from '#dist/instrument/to-string.js';
import { programs } from './programs.js';
import { cellForms, prepare } from './support.js';
const files = new Map();
const nativeDescriptor = Object.getOwnPropertyDescriptor(Function.prototype, 'toString');
const nativeText = Function.prototype.toString.call(Function.prototype.toString);
const nativeCreate = vm.createContext.toString();
before(() => {
    hideFromToString((cell) => {
        const file = files.get(cell);
        return file === undefined
            ? undefined
            : { source: () => file.source, code: () => file.code, sites: () => file.sites };
    });
});
/** Runs a prepared script that hands functions to `collect`. */
function collect(source, form = cellForm) {
    const file = prepare({ source, type: 'commonjs', cellForm: form });
    files.set(file.cell, file);
    const functions = {};
    vm.compileFunction(file.code, ['collect'])((given) => Object.assign(functions, given));
    return { functions, file };
}
const source = `
function declared(a, { b } = {}) { /* in */ return a + b } // after
const arrow = ({ a }, b = () => a) => a + b()
const expression = async function* named(x) { yield x }
class A extends (x => x)(Object) { static   s() { return () => 1 } get g() { return 1 } set g(v) {} #p() {} async m(a = 1) {} ['com' + (() => 'puted')()]() { return 2 } field = () => this; constructor() { super() } static p(o) { return o.#p } }
const B = class { m() { } }
function outer() { return inner; function inner(a) { return a } }
function plain() {}
const line = function () {
  return \`a
  \${(() => 1)()}\`
}
collect({ declared, arrow, expression, A, B, s: A.s, m: A.prototype.m, computed: A.prototype.computed, get: Object.getOwnPropertyDescriptor(A.prototype, 'g').get, field: new A().field, deep: A.s(), outer, inner: outer(), plain, line })`;
const texts = {
    declared: 'function declared(a, { b } = {}) { /* in */ return a + b }',
    arrow: '({ a }, b = () => a) => a + b()',
    expression: 'async function* named(x) { yield x }',
    B: 'class { m() { } }',
    s: 's() { return () => 1 }',
    m: 'async m(a = 1) {}',
    computed: `['com' + (() => 'puted')()]() { return 2 }`,
    get: 'get g() { return 1 }',
    field: '() => this',
    deep: '() => 1',
    inner: 'function inner(a) { return a }',
    outer: 'function outer() { return inner; function inner(a) { return a } }',
    plain: 'function plain() {}',
};
for (const form of cellForms) {
    test(`functions and classes give the text that was written (${form})`, () => {
        const { functions } = collect(source, form);
        for (const [name, text] of Object.entries(texts))
            assert.equal(String(functions[name]), text);
        assert.ok(source.includes(String(functions.A)));
        assert.ok(String(functions.A).endsWith('o.#p } }'));
        assert.ok(source.includes(`const line = ${functions.line}`));
    });
}
test('functions of other realms give it too', () => {
    const { functions } = collect(source);
    const realms = [
        () => vm.runInContext('Function.prototype.toString', vm.createContext()),
        () => vm.runInNewContext('Function.prototype.toString'),
        () => new vm.Script('Function.prototype.toString').runInNewContext({}),
    ];
    for (const realm of realms) {
        const foreign = realm();
        assert.notEqual(foreign, Function.prototype.toString);
        for (const [name, text] of Object.entries(texts))
            assert.equal(foreign.call(functions[name]), text);
        assert.equal(foreign.call(foreign), nativeText);
        assert.equal(foreign.name, 'toString');
    }
});
test('toString itself looks as before', () => {
    const own = Function.prototype.toString;
    assert.equal(own.call(own), nativeText);
    const { value, ...attributes } = Object.getOwnPropertyDescriptor(Function.prototype, 'toString');
    const { value: nativeValue, ...nativeAttributes } = nativeDescriptor;
    assert.deepEqual(attributes, nativeAttributes);
    assert.deepEqual(Object.getOwnPropertyDescriptors(value), Object.getOwnPropertyDescriptors(nativeValue));
    assert.throws(() => Reflect.construct(Object, [], own), TypeError);
    assert.throws(() => own.call({}), /requires that 'this' be a Function/);
    assert.equal(vm.createContext.toString(), nativeCreate);
    assert.equal(vm.createContext.length, 0);
});
test('every function of every program gives its own text', () => {
    programs.forEach(({ source: text, type }, n) => {
        if (type === 'module')
            return;
        const file = prepare({ source: text, type: 'commonjs', cellForm: cellForms[n % 2] });
        files.set(file.cell, file);
        // Cut each function out of the prepared code and let the engine make a function with that very text.
        const seen = new Set();
        for (const match of file.code.matchAll(/function\s*\w+\(/g)) {
            for (const end of [...file.code.slice(match.index).matchAll(/\}/g)].slice(0, 40)) {
                const candidate = file.code.slice(match.index, match.index + end.index + 1);
                if (!candidate.includes('$umbra') || candidate.includes('super'))
                    continue;
                let fn;
                try {
                    fn = new vm.Script(`(${candidate})`).runInThisContext();
                }
                catch {
                    continue;
                }
                if (typeof fn !== 'function' || seen.has(candidate))
                    continue;
                seen.add(candidate);
                const original = fn.toString();
                assert.ok(text.includes(original), `${original}\n${candidate}`);
                assert.ok(!original.includes('$umbra'));
                break;
            }
        }
    });
});
//# sourceMappingURL=to-string.test.js.map