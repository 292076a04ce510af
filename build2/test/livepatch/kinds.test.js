// Every kind of function, patched in a running process: what the replacement receives, what `scope` reaches, and what
// `original` runs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Program } from '../support/program.js';
const lib = `
  let calls = 0
  const SECRET = 'secret'
  const Reflect = null, ReferenceError = null // a file may call its own by names that sites need
  export const total = () => calls
  export function declaration(a, b) { calls++; return ['declaration', a, b, SECRET] }
  export const expression = function (a) { calls++; return ['expression', a, this?.name] }
  export const block = (a) => { calls++; return ['block', a] }
  export const concise = (a) => ['concise', a, calls++]
  export async function asynchronous(a) { calls++; await null; return ['async', a] }
  export const asyncArrow = async (a) => { await null; return ['asyncArrow', a, calls++] }
  export function* generator(a) { calls++; const got = yield ['first', a]; yield ['second', got] }
  export async function* asyncGenerator(a) { calls++; yield ['async first', a]; await null; yield 'async second' }
  export function defaults(a = fail(), { b, c = 3 } = {}, ...rest) { calls++; return ['defaults', a, b, c, rest] }
  export function usesArguments(a) { calls++; return ['arguments', a, arguments.length, arguments[2]] }
  function fail() { throw new Error('a default ran') }
  export class Base {
    #hidden
    constructor(name, ...more) { this.name = name; this.#hidden = more.length; calls++ }
    method(a) { return ['method', this.name, a, this.#hidden, this.#private(1)] }
    #private(n) { return n + this.#hidden }
    get accessor() { return ['get', this.name] }
    set accessor(value) { this.name = ['set', value] }
    static make(name) { return new this(name) }
    static isBase(object) { return #hidden in object }
    get hidden() { return this.#hidden }
  }
  export class Derived extends Base {
    field = 'field'
    constructor(name) { super('derived ' + name, 1, 2); this.own = new.target.name }
    method(a) { return ['derived', ...super.method(a)] }
  }
  export function Old(name) { if (!new.target) return new Old(name); this.name = name; this.target = new.target.name }
  Old.prototype.hello = function hello() { return 'hello ' + this.name }
  export const object = { shorthand(a) { return ['shorthand', a, this === object] }, arrow: (a) => ['arrow', a] }
  export function outer(name) {
    let count = 10
    const self = this
    return {
      closure: () => [name, count++, self?.id],
      nested: function nested(n) { return n === 0 ? count : nested(n - 1) },
    }
  }`;
let app;
before(async () => {
    app = await Program.start({
        'main.mjs': `import * as lib from './lib.mjs'
      const collect = async (generator, ...sent) => { const out = []; for (let i = 0; ; i++) { const { value, done } = await generator.next(sent[i]); if (done) return out; out.push(value) } }`,
        'lib.mjs': lib,
    });
});
after(() => app.stop());
/** Each: functions of the patch, an expression, its value (as JSON) unpatched and patched. */
const cases = [
    [
        'a declaration',
        'declaration(a, b) { scope.calls += 100; return [...original.call(this, b, a), scope.SECRET] }',
        '[lib.declaration(1, 2), lib.total() >= 100]',
        [['declaration', 1, 2, 'secret'], false],
        [['declaration', 2, 1, 'secret', 'secret'], true],
    ],
    [
        'a function expression with this',
        "expression(a) { return ['patched', a, this.name, original.call(this, a)] }",
        "lib.expression.call({ name: 'me' }, 5)",
        ['expression', 5, 'me'],
        ['patched', 5, 'me', ['expression', 5, 'me']],
    ],
    [
        'an arrow with a block',
        'block: (a) => [original(a), scope.SECRET]',
        'lib.block(1)',
        ['block', 1],
        [['block', 1], 'secret'],
    ],
    [
        'an arrow with an expression',
        "concise: (a) => original(a).slice(0, 2).concat('patched')",
        'lib.concise(2).slice(0, 2)',
        ['concise', 2],
        ['concise', 2],
    ],
    [
        'an async function',
        'async asynchronous(a) { await null; return [scope.SECRET, await original.call(this, a)] }',
        'lib.asynchronous(1)',
        ['async', 1],
        ['secret', ['async', 1]],
    ],
    [
        'an async arrow',
        'asyncArrow: async (a) => [await original(a + 1)].flat().slice(0, 2)',
        'lib.asyncArrow(1).then((x) => x.slice(0, 2))',
        ['asyncArrow', 1],
        ['asyncArrow', 2],
    ],
    [
        'a generator',
        '*generator(a) { yield scope.SECRET; return yield* original.call(this, a) }',
        "collect(lib.generator('x'), undefined, 'sent', 'again')",
        [
            ['first', 'x'],
            ['second', 'sent'],
        ],
        ['secret', ['first', 'x'], ['second', 'again']],
    ],
    [
        'an async generator',
        'async *asyncGenerator(a) { yield scope.SECRET; yield* original.call(this, a) }',
        "collect(lib.asyncGenerator('x'))",
        [['async first', 'x'], 'async second'],
        ['secret', ['async first', 'x'], 'async second'],
    ],
    [
        'parameters as passed, before defaults and patterns run',
        "defaults(...all) { return all[0] === undefined ? 'nothing ran' : original.apply(this, all) }",
        '(() => { try { return [lib.defaults(), lib.defaults(1, { b: 2 }, 8, 9)] } catch (error) { return error.message } })()',
        'a default ran',
        ['nothing ran', ['defaults', 1, 2, 3, [8, 9]]],
    ],
    [
        'arguments',
        'usesArguments(a) { return [arguments.length, ...original.apply(this, arguments)] }',
        'lib.usesArguments(1, 2, 3)',
        ['arguments', 1, 3, 3],
        [3, 'arguments', 1, 3, 3],
    ],
    [
        'members that are called arguments',
        'usesArguments(a) { const o = { arguments: a, b: { arguments } }; return [o.arguments, o.b.arguments.length, ...original(a)] }',
        'lib.usesArguments(1, 2)',
        ['arguments', 1, 2, null],
        [1, 2, 'arguments', 1, 1, null],
    ],
    [
        'a base constructor',
        "Base(name, ...more) { original.call(this, name + '!', ...more); this.extra = scope.SECRET }",
        "(() => { const b = new lib.Base('b', 1); return [b.name, b.hidden, b.extra] })()",
        ['b', 1, null],
        ['b!', 1, 'secret'],
    ],
    [
        'a derived constructor with scope.super',
        "Derived(name) { scope.super('patched ' + name, 1); this.own = new.target.name + '!' }",
        "(() => { const d = new lib.Derived('d'); return [d.name, d.own, d.field, d.hidden, d instanceof lib.Base] })()",
        ['derived d', 'Derived', 'field', 2, true],
        ['patched d', 'Derived!', 'field', 1, true],
    ],
    [
        'a derived constructor with original',
        "Derived(name) { original.call(this, name + '!'); this.late = this.name }",
        "(() => { const d = new lib.Derived('d'); return [d.name, d.own, d.field, d.late] })()",
        ['derived d', 'Derived', 'field', null],
        ['derived d!', 'Derived', 'field', 'derived d!'],
    ],
    [
        'a method with private members',
        "'Base.prototype.method'(a) { scope.private(this)['#hidden'] += 10; return [scope.private(this)['#private'](0), '#hidden' in scope.private(this), ...original.call(this, a)] }",
        "new lib.Base('b', 1).method('a')",
        ['method', 'b', 'a', 1, 2],
        [11, true, 'method', 'b', 'a', 11, 12],
    ],
    [
        'a private method',
        "'Base.prototype.#private'(n) { return -original.call(this, n) }",
        "new lib.Base('b', 1).method(0)[4]",
        2,
        -2,
    ],
    [
        'a method with super',
        "'Derived.prototype.method'(a) { return ['patched', ...super.method(a + 1)] }",
        "new lib.Derived('d').method(1).slice(0, 4)",
        ['derived', 'method', 'derived d', 1],
        ['patched', 'method', 'derived d', 2],
    ],
    [
        'a getter',
        "'get Base.prototype.accessor'() { return ['patched', ...original.call(this)] }",
        "new lib.Base('b').accessor",
        ['get', 'b'],
        ['patched', 'get', 'b'],
    ],
    [
        'a setter',
        "'set Base.prototype.accessor'(value) { original.call(this, value + 1) }",
        "(() => { const b = new lib.Base('b'); b.accessor = 1; return b.name })()",
        ['set', 1],
        ['set', 2],
    ],
    [
        'a static method',
        "'Base.make'(name) { return original.call(this, name + '!') }",
        "lib.Derived.make('x').name",
        'derived x',
        'derived x!',
    ],
    [
        'a static method with a brand check',
        "'Base.isBase'(object) { return !original.call(this, object) }",
        'lib.Base.isBase({})',
        false,
        true,
    ],
    [
        'a constructor function',
        "Old(name) { original.call(this, name + '!'); if (this !== undefined) this.seen = new.target !== undefined }",
        "(() => { const o = new lib.Old('o'); return [o.hello(), o.target, o.seen] })()",
        ['hello o', 'Old', null],
        ['hello o!', 'Old', true],
    ],
    [
        'a method by its member',
        "'Old.prototype.hello'() { return original.call(this).toUpperCase() }",
        "new lib.Old('o').hello()",
        'hello o',
        'HELLO O',
    ],
    [
        'a shorthand method',
        "'object.shorthand'(a) { return [...original.call(this, a), 'patched'] }",
        'lib.object.shorthand(1)',
        ['shorthand', 1, true],
        ['shorthand', 1, true, 'patched'],
    ],
    [
        'a closure that exists',
        "'outer/closure': () => { scope.count += 5; return [...original(), scope.name] }",
        "(globalThis.made ??= lib.outer.call({ id: 7 }, 'n')).closure()",
        ['n', 10, 7],
        ['n', 16, 7, 'n'],
    ],
    [
        'a function that calls itself by its name',
        "'outer/nested'(n) { return n < 0 ? 'negative' : original.call(this, n) }",
        '[lib.outer().nested(3), lib.outer().nested(-0)]',
        [10, 10],
        [10, 10],
    ],
];
describe('every kind of function', () => {
    for (const [what, functions, expression, old, patched] of cases) {
        it(what, async () => {
            assert.deepEqual(await app.run(expression), old);
            await app.load(`
        import { definePatch, original, scope } from 'umbra'
        export default definePatch({ name: 'p', targets: [{ module: './lib.mjs', functions: { ${functions} } }] })`, 'patch.mjs');
            const found = await app.run(expression).catch((error) => error.message);
            await app.disable('p');
            await app.unload('p');
            assert.deepEqual(found, patched);
            if (what !== 'a closure that exists')
                assert.deepEqual(await app.run(expression), what === 'a declaration' ? [old[0], true] : old);
        });
    }
});
//# sourceMappingURL=kinds.test.js.map