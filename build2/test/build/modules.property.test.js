// Whatever changes in the files of a package: with the patch each call gives what it gives in the release, or a finding
// of the build is about it; and without the patch what it gave before.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Program } from '../support/program.js';
import { scaled } from '../support/scale.js';
import { Versions } from './versions.js';
const FEATURES = [
    { file: (n) => `exports.f$ = function (x) { return x + ${n} }`, use: 'lib.f$(1)' },
    { file: (n) => `function f$(x) { return [x, ${n}] } exports.f$ = f$`, use: 'lib.f$(1)' },
    { file: (n) => `const K$ = ${n}; exports.f$ = (x) => x + K$`, use: 'lib.f$(1)' },
    { file: (n) => `const K$ = ${n}, D$ = K$ * 2; exports.f$ = (x = D$) => x + D$`, use: 'lib.f$()' },
    {
        file: (n) => `const K$ = ${n}; const g$ = () => K$; exports.f$ = () => { const h = () => g$(); return h() }`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `const T$ = {}; for (const k of ['a', 'b${n}']) T$[k] = k.length + ${n}; exports.f$ = () => T$`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `const T$ = new Map([['a', () => ${n}]]); exports.f$ = () => T$.get('a')()`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `const T$ = {}; const add$ = (k, f) => { T$[k] = f }; add$('a', () => ${n}); exports.f$ = () => T$.a()`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `const make$ = (n) => () => n; const g$ = make$(${n}); exports.f$ = () => g$()`,
        use: 'lib.f$()',
    },
    { file: (n) => `const make$ = (n) => () => n; exports.f$ = make$(${n})`, use: 'lib.f$()' },
    {
        file: (n) => `const re$ = /^[a-${n === 1 ? 'b' : 'y'}]+/g; exports.f$ = (s) => s.replace(re$, '-')`,
        use: `lib.f$('x') + lib.f$('a')`,
    },
    {
        file: (n) => `let n$ = 0; exports.f$ = () => { const before = n$; n$ += ${n}; return n$ - before }`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `exports.f$ = function () { var first = [].shift.call(arguments); return [first, arguments.length, ${n}] }`,
        use: 'lib.f$(1, 2, 3)',
    },
    {
        file: (n) => `exports.f$ = function (o) { o.x = ${n}; return typeof this + ${n} }`,
        use: 'lib.f$(1) + lib.f$.call(2, 1)',
    },
    {
        file: (n) => `exports.f$ = function* (n) { for (let i = 0; i < n; i++) yield i * ${n} }`,
        use: '[...lib.f$(3)]',
    },
    { file: (n) => `exports.f$ = async (x) => [await x, ${n}]`, use: 'await lib.f$(1)' },
    {
        file: (n) => `const o$ = { depth: ${n}, own: 1 }; exports.o$ = o$; exports.f$ = () => ({ ...o$ })`,
        kept: 'lib.o$.own = 5;',
        use: '[lib.f$(), lib.o$.depth]',
    },
    {
        file: (n) => `exports.o$ = { depth: ${n}, list: [${n}] }; exports.f$ = () => exports.o$.depth`,
        kept: 'const o$ = lib.o$;',
        use: '[lib.f$(), o$.list]',
    },
    {
        file: (n) => `exports.C$ = class C$ { constructor() { this.a = 1 } m() { return this.a + ${n} } get x() { return ${n} } static s() { return ${n} } }`,
        kept: 'const c$ = new lib.C$();',
        use: '[c$.m(), c$.x, new lib.C$().m(), lib.C$.s()]',
    },
    {
        file: (n) => `const K$ = ${n}; exports.C$ = class { static k = K$; m() { return exports.C$.k } }`,
        kept: 'const c$ = new lib.C$();',
        use: 'c$.m()',
    },
    {
        file: (n) => `exports.C$ = class C$ { constructor() { this.a$ = 1; ${n === 1 ? '' : 'this.b$ = [2]'} } m() { return ${n === 1 ? '0' : 'this.b$.length'} } }`,
        kept: 'const c$ = new lib.C$();',
        use: '[c$.m(), new lib.C$().m()]',
    },
    {
        file: (n) => `class C$ { constructor() { this.a$ = 1; ${n === 1 ? '' : 'this.b$ = 7'} } } exports.C$ = C$; exports.f$ = ({ a$, ${n === 1 ? '' : 'b$'} }) => [a$, ${n === 1 ? '0' : 'b$'}]`,
        kept: 'const c$ = new lib.C$();',
        use: 'lib.f$(c$)',
    },
    {
        file: (n) => `exports.C$ = class C$ { constructor() { this.a$ = ${n} } m() { return this.a$ } }`,
        kept: 'const c$ = new lib.C$();',
        use: '[c$.m(), new lib.C$().m()]',
    },
    {
        file: (n) => `function A$() { this.a = 1 } A$.prototype.m = function () { return this.a + ${n} }; exports.A$ = A$`,
        kept: 'const a$ = new lib.A$();',
        use: 'a$.m() + new lib.A$().m()',
    },
    {
        file: (n) => `function A$() {} A$.prototype.k$ = ${n}; A$.prototype.m = function () { return this.k$ }; exports.A$ = A$`,
        kept: 'const a$ = new lib.A$();',
        use: 'a$.m()',
    },
    {
        file: (n) => `class B$ { m$() { return 'B' } } exports.C$ = class C$ extends B$ { ${n === 1 ? `m$() { return 'C' }` : ''} use() { return this.m$() } }`,
        kept: 'const c$ = new lib.C$();',
        use: 'c$.use()',
    },
    {
        file: (n) => `class C$ { use() { return ${n === 1 ? '1' : 'this.more$()'} } ${n === 1 ? '' : 'more$() { return 2 }'} } exports.C$ = C$`,
        kept: 'const c$ = new lib.C$();',
        use: 'c$.use()',
    },
    {
        file: (n) => n === 1 ? `const f$ = 1; exports.f$ = () => f$` : `function f$() { return 2 } exports.f$ = () => f$()`,
        use: 'lib.f$()',
    },
    { file: (n) => `exports.K$ = ${n}`, user: 'const K$ = @.K$; exports.g$ = () => K$', use: 'lib.g$()' },
    { file: (n) => `exports.K$ = ${n}`, user: 'const D$ = @.K$ * 3; exports.g$ = () => D$', use: 'lib.g$()' },
    {
        file: (n) => `exports.K$ = { a: ${n} }`,
        user: 'const all$ = { ...@.K$, b: 1 }; exports.g$ = () => all$',
        use: 'lib.g$()',
    },
    { file: (n) => `exports.K$ = ${n}`, user: 'exports.g$ = () => @.K$', use: 'lib.g$()' },
    {
        file: (n) => `const h$ = (s) => s + ${n}; exports.make$ = (s) => new RegExp(h$(s))`,
        user: `const re$ = @.make$('a'); exports.g$ = (s) => re$.test(s)`,
        use: `[lib.g$('a1'), lib.g$('a2')]`,
    },
    {
        file: (n) => `exports.C$ = class { m() { return ${n} } }`,
        user: 'const inst$ = new (@.C$)(); exports.g$ = () => inst$.m()',
        use: 'lib.g$()',
    },
    {
        file: (n) => `exports.C$ = class { constructor() { this.v$ = ${n} } }`,
        user: 'const inst$ = new (@.C$)(); exports.g$ = () => inst$.v$',
        use: 'lib.g$()',
    },
    {
        file: (n) => `exports.C$ = class { m() { return ${n} } }`,
        user: 'class D$ extends @.C$ { m() { return super.m() * 2 } } exports.D$ = D$',
        kept: 'const d$ = new lib.D$();',
        use: 'd$.m()',
    },
    { file: (n) => `exports.h$ = (x) => x * ${n}`, user: 'exports.g$ = [1, 2].map(@.h$)', use: 'lib.g$' },
    // Parameters that are new, passed by calls that say another name, or none.
    {
        file: (n) => `const T$ = { add$(a${more(n)}) { return ${both(n)} } }; exports.f$ = (k, a, b) => T$[k](a, b)`,
        use: `lib.f$('add$', 1, 2)`,
    },
    {
        file: (n) => `function f$(a${more(n)}) { return ${both(n)} } const g$ = f$; exports.f$ = () => g$(1, 2)`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `exports.h$ = (a${more(n)}) => ${both(n)}`,
        user: 'const { h$: other$ } = @; exports.g$ = () => other$(1, 2)',
        use: 'lib.g$()',
    },
    {
        file: (n) => `const l$ = [(a${more(n)}) => ${both(n)}]; exports.f$ = () => { let r; for (const h of l$) r = h(1, 2); return r }`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `class A$ { constructor(a${more(n)}) { this.v = ${both(n)} } } class B$ extends A$ {} exports.f$ = () => new B$(1, 2).v`,
        use: 'lib.f$()',
    },
    {
        file: (n) => `exports.C$ = class C$ { m$(a${more(n)}) { return ${both(n)} } go(k, a, b) { return this[k](a, b) } }`,
        kept: 'const c$ = new lib.C$();',
        use: `[c$.go('m$', 1, 2), new lib.C$().go('m$', 3, 4)]`,
    },
    // Variables of closures that exist already.
    ...[
        (n) => `const v$ = ${n}`,
        (n) => `const { v$ } = { v$: ${n} }`,
        (n) => `let v$ = 0; if (x) v$ = ${n}`,
        (n) => `const w$ = ${n}, v$ = w$ * 2`,
        (n) => `const v$ = []; v$.push(${n})`,
        (n) => `let v$ = x; v$ = v$ + ${n}`,
    ].map((declared) => ({
        file: (n) => `exports.make$ = (x) => { ${declared(n)}; return () => v$ }`,
        kept: 'const k$ = lib.make$(1);',
        use: '[k$(), lib.make$(2)()]',
    })),
    {
        file: (n) => `exports.make$ = () => { for (const v$ of [${n}]) return () => v$ }`,
        kept: 'const k$ = lib.make$();',
        use: '[k$(), lib.make$()()]',
    },
    {
        file: (n) => `const K$ = ${n}; exports.make$ = () => { const v$ = K$ + 1; return () => v$ }`,
        kept: 'const k$ = lib.make$();',
        use: '[k$(), lib.make$()()]',
    },
    // Methods that are new, of names that other objects have.
    {
        file: (n) => `class C$ { run(x) { return ${n === 1 ? '1' : '[x.own$(2), this.own$(3)]'} } ${n === 1 ? '' : 'own$(x) { return [x] }'} } exports.make$ = (o) => Object.assign(new C$(), o)`,
        kept: 'const c$ = lib.make$({}), d$ = lib.make$({ own$: (x) => -x }), o$ = { own$: (x) => x * 100 };',
        use: '[c$.run(o$), d$.run(o$), lib.make$({}).run(c$)]',
    },
    // Strict code in sloppy files.
    {
        file: (n) => `;(function () { 'use strict'; exports.f$ = function ({ o }) { try { o.x = ${n}; return ${n} } catch { return ['strict', ${n}] } } })()`,
        use: 'lib.f$({ o: Object.freeze({}) })',
    },
    {
        file: (n) => `exports.f$ = function (o) { ${n === 1 ? '' : `'use strict';`} try { (() => { o.x = 1 })(); return 'silent' } catch { return 'strict' } }`,
        use: 'lib.f$(Object.freeze({}))',
    },
    {
        file: (n) => `exports.make$ = function () { ${n === 1 ? '' : `'use strict';`} return function (o) { try { o.x = 1; return 'silent' } catch { return 'strict' } } }`,
        kept: 'const k$ = lib.make$();',
        use: '[k$(Object.freeze({})), lib.make$()(Object.freeze({}))]',
    },
    // What is kept, and where it stands.
    {
        file: (n) => `exports.o$ = { a: 1, ${n === 1 ? 'b: 2,' : ''} c: 3 }; exports.f$ = () => Object.keys(exports.o$)`,
        kept: 'const o$ = lib.o$;',
        use: '[lib.f$(), Object.keys(o$)]',
    },
    {
        file: (n) => `const m$ = new Map(); const calc$ = () => ${n}; exports.f$ = (x) => { if (!m$.has(x)) m$.set(x, calc$()); return m$.get(x) }`,
        kept: 'lib.f$(1);',
        use: 'lib.f$(1)',
    },
    {
        file: (n) => `exports.C$ = class C$ { get v$() { return (this.r$ ??= ${n}) } }`,
        kept: 'const c$ = new lib.C$(); c$.v$;',
        use: '[c$.v$, new lib.C$().v$]',
    },
    { file: (n) => `var x$ = ${n}; var x$ = x$ + 1; exports.f$ = () => x$`, use: 'lib.f$()' },
    {
        file: (n) => `const S$ = Symbol('${n}'); exports.mark$ = (o) => { o[S$] = ${n}; return o }; exports.f$ = (o) => o[S$]`,
        kept: 'const o$ = lib.mark$({});',
        use: 'lib.f$(o$) !== undefined && lib.f$(lib.mark$({}))',
    },
    {
        file: (n) => `const K$ = '${n}'; exports.C$ = class C$ { ['m_' + K$]() { return 1 } }`,
        kept: 'const c$ = new lib.C$();',
        use: 'Reflect.ownKeys(Object.getPrototypeOf(c$))',
    },
    {
        file: (n) => `exports.f$ = function ${n === 1 ? 'one$' : 'two$'}() { return ${n} }`,
        use: '[lib.f$.name, lib.f$()]',
    },
];
/** A parameter that only the new version has, and a result that shows what it got. */
function more(n) {
    return n === 1 ? '' : ', b = 7';
}
function both(n) {
    return n === 1 ? 'a' : '[a, b]';
}
const PLACES = ['a', 'b'];
const piece = fc.record({
    feature: fc.nat({ max: FEATURES.length - 1 }),
    place: fc.constantFrom(...PLACES),
    isChanged: fc.boolean(),
    how: fc.constantFrom('whole', 'inline'),
});
/** The package's files: `a` and `b` with the features, and the main one with their users. */
function filesOf(pieces, side) {
    const texts = { index: [], a: [], b: [] };
    pieces.forEach(({ feature, place, isChanged, how }, i) => {
        const { file, user } = FEATURES[feature];
        const named = (text) => text.replaceAll('$', `_${i}_`);
        texts[place].push(named(file(side === 'new' && isChanged ? 2 : 1)));
        if (user !== undefined)
            texts.index.push(named(user.replaceAll('@', how === 'whole' ? place : `require('./${place}')`)));
    });
    const head = PLACES.map((place) => `const ${place} = require('./${place}')`);
    const hand = PLACES.map((place) => `for (const k of Object.keys(${place})) Object.defineProperty(exports, k, { get: () => ${place}[k], enumerable: true })`);
    return {
        'index.js': [...head, ...texts.index, ...hand].join('\n'),
        'a.js': texts.a.join('\n'),
        'b.js': texts.b.join('\n'),
    };
}
it('a call gives what it gives in the release, or a finding is about it', async () => {
    await fc.assert(fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 24 }), compare), {
        numRuns: scaled({ ci: 4, full: 60 }),
    });
});
async function compare(pieces) {
    const versions = new Versions(filesOf(pieces, 'old'), filesOf(pieces, 'new'));
    const named = (text, i) => text.replaceAll('$', `_${i}_`);
    const kept = pieces.map(({ feature }, i) => named(FEATURES[feature].kept ?? '', i)).join('\n');
    const uses = pieces.map(({ feature }, i) => `await (async () => JSON.stringify(${named(FEATURES[feature].use, i)}))().catch(String)`);
    const all = `[${uses.join(', ')}]`;
    const main = { 'main.js': `const lib = require('lib');${kept}` };
    const running = await versions.start(kept);
    const release = await Program.start(main, { modules: `${versions.new}/..` });
    try {
        const made = await versions.build();
        const before = await running.run(all);
        const expected = await release.run(all);
        if (!made.empty)
            await running.load(made.code, 'patch.mjs');
        const found = await running.run(all);
        const told = made.findings.map(({ what, why }) => `${what} ${why}`).join('\n');
        pieces.forEach((one, i) => {
            const { file, use } = FEATURES[one.feature];
            const what = `${file(2)}\n${use}`;
            if (found[i] !== expected[i])
                assert.ok(told.includes(`_${i}_`), `not told: ${what}: ${found[i]}, not ${expected[i]}`);
        });
        if (!made.empty)
            await running.disable(made.name);
        assert.deepEqual(await running.run(all), before);
    }
    finally {
        await running.stop();
        await release.stop();
        versions.remove();
    }
}
//# sourceMappingURL=modules.property.test.js.map