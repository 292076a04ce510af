// What start-up code of ES modules has made of data: the same as for CommonJS, with imports that are asked for where they are used.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.js';
async function refused(old, young) {
    await withBuild(old, young, async (made) => {
        assert.notDeepEqual(problemsOf(made), [], young['index.mjs']);
    });
}
describe('data that an ES module has made at its start', () => {
    it('is changed where it is, with what the program has put there', async () => {
        const text = (rules) => ({
            'index.mjs': `const rules = []; const names = {}
        export const add = (rule, text) => { rules.push([rule, text]); names[text] = rules.length }
        export function plural(word) {
          for (let i = rules.length - 1; i >= 0; i--) if (rules[i][0].test(word)) return word.replace(...rules[i])
          return word
        }
        export default function count() { return Object.keys(names).length }
        for (const rule of [${rules}]) add(...rule)`,
        });
        await checkBothWays(text(`[/$/, 's']`), text(`[/$/, 's'], [/x$/, 'xes']`), `lib.add(/ox$/, 'oxen')`, `['cat', 'fax', 'ox'].map((one) => lib.plural(one)).concat(lib.default())`, [
            ['cats', 'faxs', 'oxen', 2],
            ['cats', 'faxes', 'oxen', 3],
        ]);
    });
    it('is changed in what it exports, wherever the program has it', async () => {
        const files = (type, more = '') => ({
            'index.mjs': `import { Info as Entry } from './info.mjs'
        import own, * as kinds from './kinds.mjs'
        const { keys } = Object
        function create(types) {
          const all = {}
          for (const name of keys(types)) all[name] = new Entry(name, types[name])
          return all
        }
        export const html = create({ a: kinds.text, b: ${type}${more} })
        export { own }`,
            'info.mjs': `export class Info { constructor(name, kind) { this.name = name; if (kind.list) this.list = true } }
        Info.prototype.defined = true`,
            'kinds.mjs': `import { make } from './make.mjs'; export const text = make(false), list = make(true); export default 'kinds'`,
            'make.mjs': `export const make = (list) => ({ list })`,
        });
        await checkBothWays(files('kinds.text'), files('kinds.list'), 'const { b } = lib.html', '[b.list ?? false, lib.html.a.list ?? false, b.defined, b === lib.html.b, lib.own]', [
            [false, false, true, true, 'kinds'],
            [true, false, true, true, 'kinds'],
        ]);
        // An object of a class, of which the patch makes none.
        await refused(files('kinds.text'), files('kinds.text', ', c: kinds.text'));
    });
    it('is what imports give when they are asked for', async () => {
        const files = (n) => ({
            'index.mjs': `import { count, add, who } from './counter.mjs'
        export * from './again.mjs'
        export { of as listed } from './again.mjs'
        export const table = []
        export const all = () => table.join(), push = (one) => table.push(one)
        add(1); table.push(count * ${n}, who(), { count }.count, typeof later)
        var later = 1`,
            'counter.mjs': `import { table } from './index.mjs'
        export let count = 0; export function add(n) { count += n } export function who() { return this === undefined && typeof table }`,
            'again.mjs': `import { all } from './index.mjs'; export const of = () => all() + '!'`,
        });
        await checkBothWays(files(1), files(2), 'const { table } = lib', `[lib.all(), table[0], lib.of(), lib.listed()]`, [
            ['1,object,1,undefined', 1, '1,object,1,undefined!', '1,object,1,undefined!'],
            ['2,object,1,undefined', 2, '2,object,1,undefined!', '2,object,1,undefined!'],
        ]);
    });
    it('is a problem where other modules have got something else by it', () => {
        const files = (n) => ({
            'index.mjs': `import { count, add } from './counter.mjs'; const table = []; export const all = () => table
        export const push = (one) => table.push(one, count); add(${n}); push(1)`,
            'counter.mjs': `export let count = 0; export function add(n) { count += n }`,
        });
        return refused(files(1), files(2));
    });
    it('is a problem where it needs more than the language and its package', async () => {
        const text = (n, value) => ({
            'index.mjs': `import { cpus } from 'node:os'; const table = []
        export const add = (one) => table.push(one); export const all = () => table; add(${n} + ${value})`,
        });
        for (const value of ['cpus().length', 'Date.now()', 'import.meta.url.length', 'globalThis.mode'])
            await refused(text(1, value), text(2, value));
    });
    it('is a problem where it is made later', async () => {
        const text = (n, later) => ({
            'index.mjs': `import * as own from './own.mjs'; const table = []; let size = 0
        export const add = (one) => table.push(one), all = () => [table, size]
        ${later.replace('$', String(n))}`,
            'own.mjs': `export const one = 1`,
        });
        const kinds = [
            `import('./own.mjs').then(() => add($))`,
            `const load = () => import('./own.mjs'); load().then(() => add($))`,
            `add(1); Promise.resolve().then(() => { size = $ })`,
            `setTimeout(() => add($))`,
        ];
        for (const later of kinds)
            await refused(text(1, later), text(2, later));
    });
    it('is a problem where it is the value of an export, which programs have taken', async () => {
        const text = (n) => ({
            'index.mjs': `const sum = (list) => list.reduce((a, b) => a + b); export const size = sum([1, ${n}]); export const f = () => size`,
        });
        await withPatch(text(1), text(2), 'const { size } = lib', async (program, made) => {
            const told = made.findings.some(({ what }) => what === 'export size');
            assert.ok(told);
            if (problemsOf(made).length > 0)
                return;
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[size, lib.f()]'), [2, 3]);
        });
        const whole = (n) => ({
            'index.mjs': `const add = (list) => { list.push(${n}); return list.length }; const table = []; export default add(table) + ${n}; export const all = () => table`,
        });
        await refused(whole(1), whole(2));
    });
});
//# sourceMappingURL=module-data.test.js.map