// Objects that a function makes in a variable, and to which it gives members there: those made before the patch lack what is new.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
describe('a field of objects that a function makes in a variable', () => {
    const make = (show, text) => ({
        'index.js': `${show.includes('kMore') ? `const kMore = Symbol('own');` : ''} const proto = { show() { return ${show} } };
      exports.make = function make(n) { ${text} return o }`,
    });
    const made = 'const o = Object.create(proto); o.a = 1;';
    const ways = {
        'it is assigned there': ['more', made, `${made} o.more = { n: 2 };`],
        'it is given with others': [
            'more',
            'const o = {}; Object.assign(o, { a: 1 }); Object.setPrototypeOf(o, proto);',
            'const o = {}; Object.assign(o, { a: 1, more: { n: 2 } }); Object.setPrototypeOf(o, proto);',
        ],
        'a symbol stands for its name': ['[kMore]', made, `${made} o[kMore] = { n: 2 };`],
    };
    for (const [how, [field, old, young]] of Object.entries(ways))
        it(`begins as in a new one: ${how}`, () => checkBothWays(make('this.a', old), make(`this.a + (this${field.startsWith('[') ? field : `.${field}`}.n += 1)`, young), `const it = lib.make()`, `[it.show(), it.show(), lib.make().show()]`, [
            [1, 1, 1],
            [4, 5, 4],
        ]));
    it('is a problem where nothing tells it and others ask for it', async () => {
        const young = make('this.a + this.more.n', `${made} o.more = { n };`);
        await withBuild(make('this.a', made), young, async (built) => {
            assert.match(problemsOf(built).join(), /make\.more: a new field/);
        });
    });
    it('is none where only the function itself asks for it', async () => {
        const young = make('this.a + 1', `${made} o.more = { n }; if (o.more.n) o.a++;`);
        await checkBothWays(make('this.a', made), young, `const it = lib.make(1)`, `[it.show(), lib.make(1).show()]`, [
            [1, 1],
            [2, 3],
        ]);
    });
});
//# sourceMappingURL=filled-locals.test.js.map