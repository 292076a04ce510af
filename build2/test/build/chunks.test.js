// Bundlers name chunks by what is in them: a chunk that goes on under another name is the running one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.js';
const chunk = (value) => `const seen = new Map()
  exports.get = function get(key) { seen.set(key, ${value}); return [...seen.values()] }
  exports.size = () => seen.size
  exports.clear = () => seen.clear()`;
const other = (value) => `exports.twice = (x) => x * ${value}
  exports.words = () => ['a', 'b']
  exports.more = () => 'more'`;
const lib = (one, two, values) => ({
    'index.js': `const { get, size } = require('./chunks/${one}'); exports.get = get; exports.size = size
    exports.twice = (x) => require('./chunks/${two}').twice(x)`,
    [`chunks/${one}`]: chunk(values[0]),
    [`chunks/${two}`]: other(values[1]),
});
describe('chunks of a bundler', () => {
    it('are compared with what they were, and keep their state', async () => {
        await checkBothWays(lib('dep-1a2b3c4d.js', 'dep-Zz81yY00.js', [1, 2]), lib('dep-9f8e7d6c.js', 'dep-Aa22bB33.js', [5, 3]), `lib.get('before'); const { twice } = lib`, `[lib.size() > 0, lib.get('now').at(-1), twice(2)]`, [
            [true, 1, 4],
            [true, 5, 6],
        ]);
    });
    it('are told by their own names in stack traces', async () => {
        const throws = (name, text) => ({
            'index.js': `exports.f = require('./${name}').f`,
            [name]: `exports.f = function f() { throw new Error('${text}') }\nexports.a = () => 1\nexports.b = () => 2`,
        });
        const young = throws('core.9f8e7d6c.js', 'new');
        await withPatch(throws('core.1a2b3c4d.js', 'old'), young, '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.ok(made.deeds.some(({ file }) => file === 'core.1a2b3c4d.js'));
            await program.load(made.code, 'patch.mjs');
            const use = `(() => { try { lib.f() } catch (error) { return error.stack } })()`;
            assert.match((await program.run(use)), /new[\s\S]*core\.9f8e7d6c\.js/);
        }, { flags: ['--enable-source-maps'] });
    });
    it('stay new files where they have nothing in common', async () => {
        const old = {
            'index.js': `exports.f = require('./chunk-1a2b3c4d.js')`,
            'chunk-1a2b3c4d.js': `module.exports = () => 1`,
        };
        const young = {
            'index.js': `const f = require('./chunk-9f8e7d6c.js'); exports.f = () => f.g()`,
            'chunk-9f8e7d6c.js': `exports.g = () => 2`,
        };
        await withBuild(old, young, async (made) => {
            assert.match(made.findings.map(({ file, why }) => `${file} ${why}`).join(), /chunk-1a2b3c4d\.js the new version has it no more/);
        });
    });
    describe('with letters for what they export', () => {
        // The release exports one thing more, which comes first.
        const core = (more, value, letters) => `const seen = new Map();
      function getSeen(key) { seen.set(key, ${value}); return [...seen.values()] }
      const sizeOf = () => seen.size;
      class Entry { constructor() { this.value = ${value} } }
      ${more}
      export { ${letters} };`;
        const files = (name, text, [get, size, entry], first = '') => ({
            'index.mjs': `import { ${get} as getSeen, ${size} as sizeOf } from './chunks/${name}';
        const make = async () => new (await import('./chunks/${name}').then(function (n) { return n.${entry}; }))();
        const all = () => ${first === '' ? '[]' : `import('./chunks/${name}').then((n) => n.${first})`};
        export { getSeen as get, sizeOf as size, make, all };`,
            [`chunks/${name}`]: text,
        });
        const old = files('dep-1a2b3c4d.mjs', core('', 1, 'Entry as E, getSeen as g, sizeOf as s'), [
            'g',
            's',
            'E',
        ]);
        const more = "const everything = () => 'all';";
        const young = (entry) => files('dep-9f8e7d6c.mjs', core(more, 5, 'everything as E, Entry as g, getSeen as s, sizeOf as z'), ['s', 'z', entry], 'E');
        it('are what they were, by other letters', () => checkBothWays(old, young('g'), '', `import('lib').then(async (all) => [all.get('now').at(-1), all.size(), (await all.make()).value])`, [
            [1, 1, 1],
            [5, 1, 5],
        ]));
        it('keep theirs where something gets all of them', () => withBuild(old, {
            ...young('g'),
            'index.mjs': `import * as own from './chunks/dep-9f8e7d6c.mjs'; export const get = (x) => own['s'](x)`,
        }, async (made) => assert.notDeepEqual(problemsOf(made), [])));
    });
});
describe('modules in a bundle that their first users run', () => {
    const module = (mark, made, body) => ({
        'index.mjs': `var made; var hasMade;
      function requireMade () { if (hasMade) return made; hasMade = ${mark}; ${made} made = { use, count: () => seen.length }; return made; }
      var seen = [];
      const get = (...all) => requireMade().use(...all);
      const { count } = { count: () => requireMade().count() };
      ${body} export { get, count }`,
    });
    const texts = (mark) => [
        module(mark, 'function use(x) { seen.push(x); return x; }', ''),
        module(mark, 'var names = { a: 1 }; function low(x) { return x + (names[x] ?? 0); } function use(x) { seen.push(x); return low(x); }', ''),
    ];
    for (const mark of ['1', 'true'])
        it(`have what is new where they have run, and where they have not: marked by ${mark}`, async () => {
            const [old, young] = texts(mark);
            const use = '[lib.get("a"), lib.get("b")]';
            await checkBothWays(old, young, 'lib.get("x")', use, [
                ['a', 'b'],
                ['a1', 'b0'],
            ]);
            await checkBothWays(old, young, '', use, [
                ['a', 'b'],
                ['a1', 'b0'],
            ]);
        });
    it('are functions like others where something else clears the mark', async () => {
        const again = 'export const clear = () => { hasMade = 0 };';
        const [old, young] = [
            'function use(x) { return x; }',
            'var names = new Map(); function use(x) { names.set(x); return names.size; }',
        ].map((made) => module('1', made, again));
        await withBuild(old, young, async (made) => assert.match(problemsOf(made).join(), /use: functions made by the running version are kept by the program/));
    });
});
//# sourceMappingURL=chunks.test.js.map