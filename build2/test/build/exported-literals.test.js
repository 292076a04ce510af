// What a module exports as a literal: with accessors, or by a bundler's getters.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
describe('an exported literal with accessors', () => {
    const accessors = (n) => `get size() { return this.n * ${n} }, set size(value) { this.n = value + 1 },`;
    const files = (literal) => ({
        'index.js': `const proto = require('./proto'); exports.make = () => { const one = Object.create(proto); one.n = 5; return one }`,
        'proto.js': `module.exports = { ${literal} }`,
    });
    it('stays the running one: objects made of it get its new methods', async () => {
        const use = '[kept, lib.make()].map((one) => { one.size = 1; return [one.size, one.go()] })';
        await checkBothWays(files(`${accessors(1)} go() { return 'a' }`), files(`${accessors(2)} more() { return 'b' + this.size }, go() { return this.more() }`), 'const kept = lib.make()', use, [Array(2).fill([2, 'a']), Array(2).fill([4, 'b4'])]);
    });
    it('is a problem where it has another accessor', async () => {
        const [old, young] = [files('f() {}'), files('f() {}, get more() { return 1 }')];
        await withBuild(old, young, async (made) => assert.match(problemsOf(made).join(), /an accessor was added to what the module exports/));
    });
});
describe('the exports of a bundler', () => {
    const bundled = (names, code) => `var __defProp = Object.defineProperty
    var __export = (target, all) => { for (var name in all) __defProp(target, name, { get: all[name], enumerable: true }) }
    var own = {}
    __export(own, { ${names.split(' ').map((one) => `${one}: () => ${one}`)} })
    module.exports = own
    ${code}`;
    const index = (name) => `const own = require('./own'); exports.f = (x) => { try { return own.check(x) } catch (error) { return [error.message, error instanceof own.${name}] } }`;
    it('get those that are new, beside an enum', async () => {
        const mode = `var Mode = ((Mode2) => { Mode2["A"] = "a"; return Mode2 })(Mode || {})`;
        const check = (name) => `function check(x) { throw new ${name}(Mode.A + x) } class Wrong extends Error {}`;
        await checkBothWays({ 'index.js': index('Wrong'), 'own.js': bundled('Mode check Wrong', `${check('Wrong')} ${mode}`) }, {
            'index.js': index('Missing'),
            'own.js': bundled('Mode check Wrong Missing', `${check('Missing')} class Missing extends Error {} ${mode}`),
        }, '', 'lib.f(1)', [
            ['a1', true],
            ['a1', true],
        ]);
    });
    it('lead to an object that the program has changed, in minified code, and namespaces of their own do not', async () => {
        const minified = (more, check) => ({
            'index.js': `var n=Object.defineProperty;var a=(e,t)=>{for(var o in t)n(e,o,{get:t[o],enumerable:!0})},m=e=>n(Object.create(e),"__esModule",{value:!0});
        var k={},i={};a(i,{depth:()=>y});a(k,{check:()=>f,defaults:()=>u});module.exports=m(k);const y=1,x={depth:5${more}},u=x,f=e=>{${check}+i.depth};`,
        });
        await checkBothWays(minified('', 'return{...x,...e}.depth'), minified(',max:7', 'const t={...x,...e};return t.depth+t.max'), 'lib.defaults.depth = 6; const held = lib.defaults', '[lib.check({}), lib.depth ?? "none", held === lib.defaults, Object.keys(held).join()]', [
            [7, 'none', true, 'depth'],
            [14, 'none', true, 'depth,max'],
        ]);
    });
});
describe('an export of the package that became a class', () => {
    const files = (reader, use) => ({
        'index.js': `const read = require('./read'); exports.f = (x) => ${use}`,
        'read.js': reader,
    });
    it('is one where it was a function that made no objects', async () => {
        await checkBothWays(files('function read(x) { return x } module.exports = read', 'read(x)'), files('class Reader { read(x) { return x * 2 } } module.exports = Reader', 'new read().read(x)'), '', 'lib.f(2)', [2, 4]);
    });
    it('is a problem where it made some, and has what a function cannot have', async () => {
        const old = files('function R() {} R.prototype.read = (x) => x; module.exports = R', 'new read().read(x)');
        const young = files('class R { #n = 2; read(x) { return x * this.#n } } module.exports = R', 'new read().read(x)');
        await withBuild(old, young, async (made) => assert.match(problemsOf(made).join(), /it became a class/));
    });
});
describe('what objects keep', () => {
    const files = (make, read) => ({
        'index.js': `const make = ${make}; exports.C = class { constructor(x) { this.options = make(x) } go() { return ${read} } }`,
    });
    it('is a problem where its maker gives a member another form', async () => {
        const old = files('(x) => { const all = { ...x }; return all }', 'this.options.deep');
        const young = files('(x) => { const all = { ...x }; all.deep = normalise(all.deep); return all }; const normalise = (on) => ({ on })', 'this.options.deep.on');
        await withBuild(old, young, async (made) => assert.match(problemsOf(made).join(), /this\.options: .* a member has another form now/));
    });
});
//# sourceMappingURL=exported-literals.test.js.map