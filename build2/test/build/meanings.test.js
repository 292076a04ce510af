// Members of objects that mean something else in the new version: what has them already has them in the old meaning.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, withBuild, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
describe('a member that is given something else', () => {
    const forms = {
        'of what a function makes': (times, back) => `exports.make = function (s) { return { at: s${times} } }; exports.left = (x, now) => now - x.at${back}`,
        'of an object, by its constructor': (times, back) => `exports.Timer = class Timer { constructor(s) { this.at = s${times} } left(now) { return now - this.at${back} } }`,
        'of an object, by a method': (times, back) => `exports.Timer = class Timer { constructor() { this.at = 0 } start(s) { this.at = s${times} } left(now) { return now > this.at${back} } }`,
        'of an object, under a symbol': (times, back) => `const kAt = Symbol('at'); exports.Timer = class Timer { constructor(s) { this[kAt] = s${times} } left(now) { return now - this[kAt]${back} } }`,
        'of what a function makes, under a symbol': (times, back) => `const symbols = { at: Symbol('at') }; exports.make = (s) => ({ [symbols.at]: s${times} }); exports.left = (x, now) => now - x[symbols.at]${back}`,
        'by what takes it apart': (times, back) => `exports.make = function (s) { return { at: s${times} } }; exports.left = ({ at }, now) => now - at${back}`,
        'of a variable of the module': (times, back) => `let at = 0; exports.start = (s) => { at = s${times} }; exports.left = (now) => now - at${back}`,
        'of what a table of the module holds': (times, back) => `const all = {}; exports.set = (k, s) => { all[k] = { at: s${times} } }; exports.left = (k, now) => now - all[k].at${back}`,
    };
    for (const [where, text] of Object.entries(forms)) {
        it(`is a problem where others use it in another way: ${where}`, async () => {
            await withBuild(index(text('', ' * 1000')), index(text(' * 1000', '')), async (made) => {
                assert.match(problemsOf(made).join(), /[aA]t\]?: it is given something else, and used in another way/);
            });
        });
        it(`is none where it goes on being used as it was: ${where}`, async () => {
            await withBuild(index(text('', '')), index(text(' * 1000', '')), async (made) => {
                assert.deepEqual(problemsOf(made), []);
            });
        });
    }
    const uses = {
        compared: [
            ['null', 'this.at === null'],
            ['undefined', 'this.at === undefined'],
        ],
        counted: [
            ['0', 'list[this.at++]'],
            ['-1', 'list[++this.at]'],
        ],
        'asked whether it is there': [
            ['false', 'this.at ? 1 : 2'],
            ["'no'", "this.at === 'yes' ? 1 : 2"],
        ],
        'made into another kind of value': [
            ['String(list)', 'this.at'],
            ['JSON.stringify(list)', 'JSON.parse(this.at)'],
        ],
        'asked for a member': [
            ['list', 'this.at.length'],
            ['list.length', 'this.at'],
        ],
    };
    for (const [how, forms] of Object.entries(uses))
        it(`is a problem where it is ${how} in another way`, async () => {
            const [old, young] = forms.map(([begins, used]) => index(`exports.Item = class Item { constructor(list) { this.at = ${begins} } use(list) { return ${used} } }`));
            await withBuild(old, young, async (made) => {
                assert.match(problemsOf(made).join(), /at: it is given something else, and used in another way/);
            });
        });
    const tables = {
        'a table of the module': (key) => `const all = {}; exports.add = (name, f) => { all[${key}] = f }; exports.run = (name) => all[${key}]()`,
        'a map of an object': (key) => `exports.Registry = class Registry { constructor() { this.all = new Map() }
        add(name, f) { this.all.set(${key}, f) } run(name) { return this.all.get(${key})() } }`,
    };
    for (const [which, text] of Object.entries(tables))
        it(`is a problem where it is the keys of ${which}`, async () => {
            await withBuild(index(text('name')), index(text('name.toLowerCase()')), async (made) => {
                assert.match(problemsOf(made).join(), /keys of all: it is given something else/);
            });
        });
    it('is none where a function asks for what it has found before', async () => {
        const text = (key) => `const known = {}; exports.find = (name) => known[${key}] ?? (known[${key}] = [name])`;
        await withPatch(index(text('name')), index(text("'x' + name")), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run("lib.find('a')"), ['a']);
        });
    });
    it('is none where only the function that gives it reads it', async () => {
        const text = (times, back) => `exports.run = function (o, s) { o.at = s${times}; return o.at${back} }`;
        await withPatch(index(text('', ' * 1000')), index(text(' * 1000', '')), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('lib.run({}, 2)'), 2000);
        });
    });
});
describe('a parameter that closures which are kept use', () => {
    const text = (name, first, use, given) => index(`const makeRule = (f) => ({ f }); const limiter = (${name}, kind) => makeRule((x) => { ${first} return [x > ${use}, kind] })
      exports.make = (options) => { const { limits } = options; return [limiter(${given}, 'a'), options.name] }`);
    it('is a problem where functions are given something else for it', () => withBuild(text('limits', '', 'limits.max', 'limits'), text('options', 'const limits = options.limits;', 'limits.max', 'options'), async (made) => {
        assert.match(problemsOf(made).join(), /parameter 1 of limiter: it is given something else, and used in/);
    }));
    it('is none where it is called otherwise, or used in another way, alone', async () => {
        for (const [name, first, use, given] of [
            ['options', 'x += 0;', 'options.max', 'limits'],
            ['limits', 'const { max } = limits;', 'max', 'limits'],
            ['limits', '', 'limits.max', '({ ...limits })'],
        ])
            await withBuild(text('limits', '', 'limits.max', 'limits'), text(name, first, use, given), async (made) => assert.deepEqual(problemsOf(made), []));
    });
});
//# sourceMappingURL=meanings.test.js.map