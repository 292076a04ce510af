// Options of this version that closures ask for, where the program has made the closures before.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.js';
const parser = (literal, fill, result) => ({
    'index.js': `module.exports = function (options) {
    var own = ${literal}
    if (options) { if (options.strict) own.strict = true; ${fill} }
    return { parse: function (x) { return ${result} } }
  }`,
});
const SETUP = 'const kept = [lib(), lib({ strict: true })]';
const USE = '[...kept, lib(), lib({ action: "ignore" })].map((one) => one.parse(1))';
describe('an option that is new', () => {
    const fills = {
        'set where it is no undefined': `if (options.action !== undefined) own.action = options.action`,
        'set where it has a type': `if (typeof options.action !== 'undefined') { if (options.action === 'ignore') own.action = options.action; else throw new Error('action') }`,
        'set where it is something': 'if (options.action) own.action = options.action',
        'set where it is one of some': `if (options.action === 'ignore' || options.action === 'error') own.action = options.action`,
    };
    for (const [what, fill] of Object.entries(fills))
        it(`is what nobody has set for closures that exist: ${what}`, () => checkBothWays(parser('{ strict: false }', '', '[x, own.strict]'), parser(`{ strict: false, action: 'error' }`, fill, '[x, own.strict, own.action]'), SETUP, USE, [
            [
                [1, false],
                [1, true],
                [1, false],
                [1, false],
            ],
            [
                [1, false, 'error'],
                [1, true, 'error'],
                [1, false, 'error'],
                [1, false, 'ignore'],
            ],
        ]));
    it('is what the program has set, where the running version has kept all options', () => checkBothWays(parser('Object.assign({ strict: false }, options)', '', '[x, own.strict]'), parser(`Object.assign({ strict: false, action: 'error' }, options)`, '', '[x, own.strict, own.action]'), 'const kept = [lib(), lib({ strict: true, action: "asked" })]', USE, [
        [
            [1, false],
            [1, true],
            [1, false],
            [1, false],
        ],
        [
            [1, false, 'error'],
            [1, true, 'asked'],
            [1, false, 'error'],
            [1, false, 'ignore'],
        ],
    ]));
    it('is had by an object that keeps its options', () => {
        const server = (more, asked) => ({
            'index.js': `module.exports = class Server { constructor(options) { options = Object.assign({ port: 1, host: null${more} }, options)
        this.options = options } get() { return [this.options.port${asked}].join() } }`,
        });
        return checkBothWays(server('', ''), server(', most: 5', ', this.options.most'), 'const kept = [new lib(), new lib({ port: 2 })]', '[...kept, new lib({ most: 6 })].map((one) => one.get())', [
            ['1', '2', '1'],
            ['1,5', '2,5', '1,6'],
        ]);
    });
    const refused = {
        'depends on an option that was known': ['action: 1', 'if (options.strict) own.action = 2'],
        'is set whenever there are options': ['action: 1', 'own.action = options.action'],
        'is made from a parameter': ['action: options', ''],
    };
    for (const [why, [member, fill]] of Object.entries(refused))
        it(`is a problem where it ${why}`, () => withBuild(parser('{ strict: false }', '', '[x, own.strict]'), parser(`{ strict: false, ${member} }`, fill, '[x, own.strict, own.action]'), async (made) => {
            assert.match(problemsOf(made).join(), /'own' has another value/);
        }));
});
describe('what stands in for options that are not passed', () => {
    const text = (members, asks, make) => ({
        'index.js': `const make = require('./make')
      exports.reader = (options) => { options = options || { deep: true${members} }; return ${make}(options) }
      exports.read = (text, options) => { options = options || { deep: true${members} }; return make.now(text, options) }`,
        'make.js': `const now = (text, options) => options.deep ? ${asks} : ''
      module.exports = function make(options) { return read; function read(text) { return now(text, options) } }
      module.exports.now = now`,
    });
    const now = '(() => (text) => make.now(text, {}))';
    it('is a problem with a member more that closures ask for', () => withBuild(text('', 'text', 'make'), text(', strict: true', 'options.strict ? text.trim() : text', 'make'), async (made) => assert.match(problemsOf(made).join(), /^index.js:2: strict: what stands in for options/)));
    it('is none where each call makes its own', () => withPatch(text('', 'text', now), text(', strict: true', 'options.strict ? text.trim() : text', now), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        await program.load(made.code, 'patch.mjs');
        assert.equal(await program.run(`lib.read(' a ') + '|' + lib.read(' a ', { deep: true })`), 'a| a ');
    }));
    it('is none where it is what there seems to be without', () => withBuild(text('', 'text', 'make'), text(', strict: false', 'options.strict ? text.trim() : text', 'make'), async (made) => assert.deepEqual(problemsOf(made), [])));
});
//# sourceMappingURL=options.test.js.map