// Fields that begin with another kind of collection: what objects have in them is taken over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
const store = (all) => ({
    'index.js': `const all = require('./all')
    function Store() { this.items = ${all.begin}; this.names = ${all.list}; this.put('first', 1) }
    Store.prototype.put = function (key, value) { ${all.put}; ${all.push} }
    Store.prototype.get = function (key) { return ${all.get} }
    Store.prototype.raw = function () { return this.items }
    Store.prototype.count = function () { return ${all.count} }
    Store.prototype.reset = function () { this.items = ${all.begin} }
    exports.Store = Store; exports.keys = (store) => all.keys(store); exports.twice = (store) => store.get('b') * 2`,
    'all.js': `exports.keys = (store) => ${all.keys}`,
});
const old = store({
    begin: '{}',
    list: '[]',
    put: 'this.items[key] = value',
    push: 'this.names.push(key)',
    get: 'this.items[key]',
    count: '[Object.keys(this.raw()).length, this.names.length]',
    keys: 'Object.keys(store.items)',
});
const young = (put = 'this.items.set(key, value)') => store({
    begin: 'new Map()',
    list: 'new Set()',
    put,
    push: 'this.names.add(key)',
    get: 'this.items.get(key)',
    count: '[this.raw().size, this.names.size]',
    keys: '[...store.items.keys()]',
});
describe('a field that begins with another kind of collection', () => {
    it('has what the object had in the running one', () => checkBothWays(old, young(), `const before = new lib.Store(); before.put('a', 1); before.put('b', 2); before.put('b', 3); const kept = before.items
       let n = 0`, `(() => {
        const made = new lib.Store(); made.put('c', 5)
        const seen = [before.get('toString') === undefined, before.get('a'), lib.twice(before), before.count(), lib.keys(before)]
        const name = 'x' + ++n
        made.put(name, n)
        const other = new lib.Store(); other.reset(); other.put('z', 1)
        return [seen, made.get('c'), made.get(name) === n, lib.keys(made).length, lib.keys(other), before.items === kept]
      })()`, [
        [[false, 1, 6, [3, 4], ['first', 'a', 'b']], 5, true, 3, ['z'], true],
        [[true, 1, 6, [3, 3], ['first', 'a', 'b']], 5, true, 3, ['z'], true],
    ]));
    it('has its keys as texts, which it is given and asked for as such now', () => {
        const table = (begin, put, get) => ({
            'index.js': `class Table { constructor() { this.all = ${begin} } put(key, value) { ${put} } get(key) { return ${get} } }
        exports.Table = Table`,
        });
        return checkBothWays(table('{}', 'this.all[key] = value', 'key in this.all ? typeof this.all[key] : 0'), table('new Map()', 'this.all.set(key.toString(), value)', 'this.all.has(key.toString()) ? typeof this.all.get(key.toString()) : 0'), `const table = new lib.Table(); table.put('a', 1); table.put(/b/, 'b')`, `['a', /b/, 'constructor', 'c'].map((key) => table.get(key))`, [
            ['number', 'string', 'function', 0],
            ['number', 'string', 0, 0],
        ]);
    });
    it('is told', () => withBuild(old, young(), async (made) => {
        const told = made.findings.filter(({ why }) => /another kind of object: what objects made before/.test(why));
        assert.deepEqual(told.map(({ what, severity }) => `${severity} ${what}`).sort(), [
            'note Store.items',
            'note Store.names',
        ]);
    }));
    it('is a problem where what is put into it has another form', () => withBuild(old, young('this.items.set(key, { value })'), async (made) => assert.match(problemsOf(made).join(), /Store\.items: begins with another kind of object/)));
    const keys = {
        'numbers that are counted': 'const id = this.last++; this.items.set(id, value)',
        'reckoned numbers': 'this.items.set(key * 2, value)',
        objects: 'this.items.set(this, value)',
    };
    for (const [what, put] of Object.entries(keys))
        it(`is a problem where its keys are ${what}: those of an object are texts`, () => withBuild(old, young(put), async (made) => assert.match(problemsOf(made).join(), /Store\.items: begins with another kind of object/)));
});
//# sourceMappingURL=converted.test.js.map