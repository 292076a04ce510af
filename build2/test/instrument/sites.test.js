// What a replacement receives, put into the table by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { prepare, replace } from './support.js';
/** A prepared CommonJS file: its exports, and a way to replace one of its functions. */
function load(source) {
    const file = prepare({ source, type: 'commonjs' });
    const module = { exports: {} };
    vm.compileFunction(file.code, ['exports', 'module', 'require', '__filename', '__dirname'])(module.exports, module);
    const table = [];
    return {
        file,
        // biome-ignore lint/suspicious/noExplicitAny: exports of any shape
        exports: module.exports,
        replace(path, replacement) {
            const index = file.sites.functions.findIndex((fn) => fn.paths.includes(path));
            const site = siteOf(file.sites.functions[index], path);
            table[index] = replacement;
            replace(file, table);
            return site;
        },
        revert() {
            replace(file, undefined);
        },
    };
}
function siteOf(fn, path) {
    assert.ok(fn, `no function '${path}'`);
    assert.equal(fn.site.missing, undefined);
    return fn.site;
}
/** Replaces a function by one that tells what it was given. */
function spy(program, path) {
    const calls = [];
    const site = program.replace(path, function (accessor, ...values) {
        calls.push({ self: this, accessor, values });
        return 'replaced';
    });
    return { calls, site, last: () => calls.at(-1) };
}
function nameIn(file, path, name) {
    const fn = file.sites.functions.find((candidate) => candidate.paths.includes(path));
    for (let scope = fn.scope; scope >= 0; scope = file.sites.scopes[scope].parent) {
        const found = file.sites.scopes[scope].names[name];
        if (found !== undefined)
            return found;
    }
    return undefined;
}
function operation(file, path, name) {
    const found = nameIn(file, path, name);
    assert.ok(found !== undefined && found.read !== undefined, `'${name}' cannot be read from ${path}`);
    return { read: found.read, write: 'write' in found ? found.write : undefined };
}
test('parentheses around what a function is assigned to are no part of its name', () => {
    const program = load('(exports.parse) = function () { return 1 }');
    program.replace('exports.parse', () => 'replaced');
    assert.equal(program.exports.parse(), 'replaced');
});
test('parameters arrive as passed, before defaults and patterns', () => {
    const program = load(`
    exports.f = function f(a, b = explode(), { c } = explode(), [d] = 1) {}
    exports.bad = function ({ a: { b } }) { return b }
    exports.rest = function (a, ...more) {}
    exports.args = function (a) { return arguments.length }
    exports.plain = function (a) {}
    exports.arrow = ({ a }) => a
    function explode() { throw new Error('a default ran') }`);
    for (const [path, given, expected] of [
        ['f', [1], [1, undefined, undefined, undefined]],
        ['f', [1, 2, null, 4, 5], [1, 2, null, 4]],
        ['exports.bad', [], [undefined]],
        ['exports.rest', [1, 2, 3], [1, 2, 3]],
        ['exports.args', [1, 2, 3], [1, 2, 3]],
        ['exports.args', [], []],
        ['exports.plain', [1, 2, 3], [1]],
        ['exports.arrow', [undefined], [undefined]],
    ]) {
        const { last, site } = spy(program, path);
        assert.equal(program.exports[path.replace('exports.', '')](...given), 'replaced');
        assert.deepEqual(last().values, expected, path);
        assert.equal(site.rest, path === 'exports.rest' || path === 'exports.args');
    }
});
test('this is the call’s where the function has one, and never captured where an arrow uses none', () => {
    const program = load(`
    exports.sloppy = function () {}
    exports.strict = function () { 'use strict' }
    exports.make = function () { return [() => 1, () => this] }
    exports.object = { method() {}, get g() { return 1 }, set s(v) {} }`);
    const self = {};
    const sloppy = spy(program, 'exports.sloppy');
    program.exports.sloppy.call(self);
    assert.equal(sloppy.last().self, self);
    program.exports.sloppy.call(undefined);
    assert.equal(sloppy.last().self, globalThis);
    const strict = spy(program, 'exports.strict');
    program.exports.strict.call(5);
    assert.equal(strict.last().self, 5);
    const [plain, lexical] = program.exports.make.call(self);
    const arrows = program.file.sites.functions.filter((fn) => fn.kind === 'arrow');
    assert.equal(arrows.length, 2);
    const table = [];
    for (const arrow of arrows) {
        table[program.file.sites.functions.indexOf(arrow)] = function () {
            return this;
        };
    }
    replace(program.file, table);
    assert.equal(plain(), undefined);
    assert.equal(lexical(), self);
    for (const path of ['exports.object.method', 'get exports.object.g', 'set exports.object.s']) {
        const { last } = spy(program, path);
        const { object } = program.exports;
        if (path.endsWith('method'))
            assert.equal(object.method(1), 'replaced');
        else if (path.startsWith('get'))
            assert.equal(object.g, 'replaced');
        else
            object.s = 7;
        assert.equal(last().self, object);
        assert.deepEqual(last().values, path.startsWith('set') ? [7] : []);
    }
});
test('references taken before, closures and bound functions are redirected, and back', () => {
    const program = load(`
    function make(n) { return function step() { return n } }
    exports.make = make
    exports.list = [make(1), make(2)]`);
    const [one, two] = program.exports.list;
    const bound = one.bind({});
    program.replace('make/step', (accessor) => accessor(operation(program.file, 'make/step', 'n').read) * 10);
    assert.deepEqual([one(), two(), bound(), [3].map(program.exports.make(5))], [10, 20, 10, [50]]);
    program.revert();
    assert.deepEqual([one(), two(), bound()], [1, 2, 1]);
});
test('names of the module are read, and written where the module writes them', () => {
    const program = load(`
    let count = 0; const fixed = 'f'; var once = 1
    exports.get = () => [count, fixed, once]
    exports.bump = function () { count++; return local }
    let local = 'l'
    `);
    const { file } = program;
    const count = operation(file, 'exports.get', 'count');
    program.replace('exports.bump', (accessor) => accessor(count.write, accessor(count.read) + 10));
    program.exports.bump();
    assert.deepEqual(program.exports.get(), [10, 'f', 1]);
    assert.equal(operation(file, 'exports.get', 'fixed').write, undefined);
    assert.equal(operation(file, 'exports.get', 'once').write, undefined, 'never assigned after its initialisation');
});
test('closures: each call has its own variables; what a parameter hides is said', () => {
    const program = load(`
    let count = 1
    const loops = []
    for (let i = 0; i < 3; i++) { try { throw i * 2 } catch (e) { loops.push(function loop() { return [i, e, count] }) } }
    function outer(a, b) { var c = a; function inner(a) { return [b, c++, typeof a] } return [inner, () => [a, c]] }
    Object.assign(exports, { loops, outer })`);
    const { file } = program;
    const [i, e, count] = ['i', 'e', 'count'].map((name) => operation(file, 'loop', name).read);
    program.replace('loop', (accessor) => [accessor(i), accessor(e), accessor(count)]);
    assert.deepEqual(program.exports.loops.map((loop) => loop()), [0, 1, 2].map((n) => [n, n * 2, 1]));
    const c = operation(file, 'outer/inner', 'c');
    const site = program.replace('outer/inner', (accessor) => {
        accessor(c.write, accessor(c.read) + 5);
        return accessor(c.read);
    });
    const first = program.exports.outer(1, 2);
    const second = program.exports.outer(100, 2);
    assert.deepEqual([first[0](), first[0](), second[0](), first[1](), second[1]()], [6, 11, 105, [1, 11], [100, 105]]);
    assert.deepEqual(site.hidden, ['a']);
});
test('what no function captures stays out of reach, with the reason', () => {
    const program = load(`let used = 1, unused = 2; exports.f = function (p) { let own; return used }`);
    assert.equal(nameIn(program.file, 'exports.f', 'unused')?.read, undefined);
    assert.match(nameIn(program.file, 'exports.f', 'unused').why, /captured/);
    assert.ok(!/case \d+:return unused/.test(program.file.code));
});
test('super, private names, super(), new.target and a function’s own name', () => {
    const program = load(`
    class Base { constructor(...args) { this.args = args } hello() { return 'base' } get v() { return 'v' } }
    class Derived extends Base {
      #p = 1; #m() { return 'm' + this.#p } field = 'field'
      constructor(a) { super(a); this.own = true }
      hello() { return super.hello() } use() { return this.#m() }
    }
    function Target() { return new.target }
    const named = function me(n) { return n ? me(n - 1) : 0 }
    Object.assign(exports, { Base, Derived, Target, named })`);
    const { Derived, Target, named } = program.exports;
    const instance = new Derived(1);
    const hello = program.replace('Derived.prototype.hello', function (accessor) {
        const { get, set } = hello.super;
        accessor(set, 'written', 5);
        const inherited = accessor(get, 'hello');
        const { '#p': p, '#m': m } = hello.privates;
        accessor(p.set, this, 41);
        const values = [inherited.call(this), accessor(get, 'v'), accessor(p.get, this), accessor(p.has, {})];
        return [...values, accessor(m.get, this).call(this), m.set];
    });
    assert.deepEqual(instance.hello(), ['base', 'v', 41, false, 'm41', undefined]);
    assert.equal(instance.written, 5);
    const construct = program.replace('Derived', function (accessor, a) {
        assert.equal(this, undefined);
        const self = accessor(construct.superCall, ['x', a]);
        self.patched = true;
        return undefined;
    });
    const made = new Derived(2);
    assert.deepEqual({ ...made }, { args: ['x', 2], field: 'field', patched: true });
    assert.ok(made instanceof Derived);
    const target = spy(program, 'Target');
    new Target();
    assert.deepEqual([target.site.extras, target.last().values], [['new.target'], [Target]]);
    const own = spy(program, 'named');
    named(3);
    assert.deepEqual([own.site.extras, own.last().values], [['self'], [named, 3]]);
});
test('a generator is old or new by when it was called', () => {
    const program = load(`
    exports.g = function* (a, { b } = {}) { yield ['old', a, b]; yield 'old' }
    exports.ag = async function* (a) { yield 'old' }`);
    const before = program.exports.g(1);
    program.replace('exports.g', function* (_, ...values) {
        yield ['new', ...values];
    });
    const during = program.exports.g(1, null);
    program.revert();
    assert.deepEqual([...before], [['old', 1, undefined], 'old']);
    assert.deepEqual([...during], [['new', 1, null]]);
});
test('an async call that is suspended finishes in its old body', async () => {
    const program = load(`exports.f = async function (gate) { await gate; return ['old', helper()] }; function helper() { return 'old' }`);
    let open = () => { };
    const gate = new Promise((resolve) => {
        open = resolve;
    });
    const suspended = program.exports.f(gate);
    program.replace('exports.f', (async () => 'new'));
    program.replace('helper', () => 'new');
    assert.equal(await program.exports.f(gate.then), 'new');
    open();
    assert.deepEqual(await suspended, ['old', 'new']);
});
test('many inner functions share one accessor, and the text grows no faster than the file', () => {
    const source = (count) => `exports.make = function make(seed) { ${Array.from({ length: count }, (_, n) => `let v${n} = seed + ${n}; function f${n}(x) { return v${n}++ + x }`).join('\n')}\n return { ${Array.from({ length: count }, (_, n) => `f${n}`).join()} } }`;
    const program = load(source(40));
    const inner = program.exports.make(100);
    const v = operation(program.file, 'make/f7', 'v31');
    program.replace('make/f7', (accessor, x) => [accessor(v.write, x), accessor(v.read)][1]);
    assert.equal(inner.f7(5), 5);
    assert.equal(inner.f31(0), 5);
    const grown = (count) => prepare({ source: source(count), type: 'commonjs' }).code.length / source(count).length;
    assert.ok(grown(400) < grown(40) * 1.2);
});
//# sourceMappingURL=sites.test.js.map