// A prepared module lets go of what the plain one lets go of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import { prepare } from './support.js';
setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
/** Things of these programs are watched under a label; `keep` holds what stays reachable. */
const programs = {
    'an arrow does not hold this': `
    class Owner { constructor() { watch('owner', this) } make() { return () => 1 } make2() { return ({ a } = {}) => a } }
    keep(new Owner().make()); keep(new Owner().make2())`,
    'locals that nothing captures': `
    function outer(parameter) { const local = watch('local', {}); watch('parameter', parameter); return function inner() { return 1 } }
    keep(outer({}))
    function arrows(parameter) { watch('arrows', parameter); return x => x }
    keep(arrows({}))`,
    'locals that a function captures stay': `
    function outer() { const held = watch('held', {}); const free = watch('free', {}); return () => held }
    keep(outer())`,
    'locals of the file': `
    const top = watch('top', {}); let other = watch('other', {}); var third = watch('third', {})
    const captured = watch('captured', {})
    keep(function () { return captured })`,
    'a method does not hold its class': `
    function make() {
      class Base { constructor() {} }
      class Kept extends Base { static big = watch('static', {}); constructor() { super() } method() { return 1 } }
      watch('class', Kept)
      return Kept.prototype.method
    }
    keep(make())
    function anonymous() { const K = class { #p = 1; method() { return 1 } m2() { return this.#p } }; watch('anonymous', K); return K.prototype.method }
    keep(anonymous())`,
    'arguments and defaults': `
    function defaults(a = watch('default', {}), { b } = watch('pattern', { b: 1 }), ...rest) { watch('rest', rest); return () => 1 }
    keep(defaults())
    function usesArguments() { watch('arguments', arguments); return () => 1 }
    keep(usesArguments({}))`,
    'a generator that has not begun, one that has ended': `
    function* g(a, b = watch('b', {})) { yield a }
    function ended() { watch('ended', g(1)); for (const x of g(watch('given to the ended', {}))) {} }
    ended()
    keep(g(watch('held by the generator', {})))
    const done = g(watch('a', {}), watch('given', {})); for (const x of done) {} keep(done)`,
    'a function expression with a name': `
    keep([1].map(function me() { const big = watch('big', {}); return function () { return 1 } })[0])`,
    'many inner functions': `
    function scope() { const one = watch('one', {}), two = watch('two', {}); const loose = watch('loose', {})
      const fs = [() => one, () => 1, () => 2, () => 3, () => 4, () => 5, () => 6, () => 7, () => two, () => 8]; return fs[1] }
    keep(scope())`,
    async: `
    async function f(a) { const local = watch('local of async', {}); await 0; return () => 1 }
    f(watch('parameter of async', {})).then(keep)`,
};
async function released(code) {
    const kept = [];
    const watched = [];
    const globals = {
        keep: (value) => kept.push(value),
        watch: (label, value) => {
            watched.push([label, new WeakRef(value)]);
            return value;
        },
    };
    Object.assign(globalThis, globals);
    vm.compileFunction(code, ['exports', 'module'])({}, {});
    for (let turn = 0; turn < 3; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        gc();
    }
    assert.ok(kept.length > 0);
    return watched.filter(([, ref]) => ref.deref() === undefined).map(([label]) => label);
}
for (const [name, source] of Object.entries(programs)) {
    test(name, async () => {
        const plain = await released(source);
        const prepared = await released(prepare({ source, type: 'commonjs' }).code);
        assert.ok(plain.length > 0);
        assert.deepEqual(prepared, plain);
    });
}
//# sourceMappingURL=letting-go.test.js.map