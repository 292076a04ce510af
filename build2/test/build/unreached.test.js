// Values that no function of the running module uses, and that new ones are made of.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
const index = (text) => ({ 'index.js': text });
describe('a value that no running function uses', () => {
    it('is the running one where it stands in an object that is exported', async () => {
        const text = (more, ALL) => index(`const make = (code) => ({ code, err: () => new Error(code) }); const A = make('a'); ${more}; exports.ALL = ${ALL}
        const byCode = Object.values(exports.ALL).reduce((all, one) => { all[one.code] = one; return all }, {})
        exports.find = (code) => byCode[code]; exports.count = () => Object.keys(exports.ALL).length`);
        const young = text("const B = make('b')", '{ A, B }');
        const expression = "[lib.find('a') === before, lib.find('b')?.err().message ?? 0, lib.count()]";
        await checkBothWays(text('', '{ A }'), young, 'const before = lib.ALL.A', expression, [
            [true, 0, 1],
            [true, 'b', 2],
        ]);
        // Whoever gives it another value may have done so.
        const given = (one) => index(`${one['index.js']}; exports.set = (x) => { exports.ALL.A = x }`);
        await withBuild(given(text('', '{ A }')), given(young), async (made) => {
            assert.match(problemsOf(made).join(), /'A' is needed where it cannot be reached/);
        });
    });
    it('is made once more where a package makes it in the way of what differs', async () => {
        const schemas = `class Schema { constructor(test) { this.test = test } or(x) { return new Schema((y) => this.test(y) || x.test(y)) } }
      exports.text = () => new Schema((x) => typeof x === 'string'); exports.number = () => new Schema((x) => x === +x)
      exports.list = (of) => new Schema((x) => Array.isArray(x) && x.every((one) => of.test(one)))`;
        const text = (list, more = '') => ({
            'index.js': `const s = require('schemas'); const Key = s.text().or(s.number()); ${more}; const Keys = ${list}; exports.is = (x) => Keys.test(x)`,
            'package.json': '{ "name": "lib", "version": "1.0.0", "dependencies": { "schemas": "1" } }',
            'node_modules/schemas/index.js': schemas,
        });
        const [old, young] = [text('s.list(Key)'), text('s.list(Key.or(s.list(Key)))')];
        await checkBothWays(old, young, '', "[lib.is(['a', 1]), lib.is([['a']]), lib.is([{}])]", [
            [true, false, false],
            [true, true, false],
        ]);
        // It may be registered there.
        const more = 'process.emit("made", Key)';
        await withBuild(text('s.list(Key)', more), text('s.list(s.list(Key))', more), async (made) => {
            assert.match(problemsOf(made).join(), /'Key' is needed where it cannot be reached/);
        });
    });
});
//# sourceMappingURL=unreached.test.js.map