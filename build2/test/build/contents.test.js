// What the running program has put into lists, maps and fields: where the new version puts something of another form
// there, or tells states by other marks, the running one's stays as it is.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, withBuild } from './versions.js';
const index = (text) => ({ 'index.js': text });
const queue = (put, taken) => `exports.Q = class Q { constructor() { this.items = [] } put(x) { this.items.push(${put}) } take() { return this.items.shift()${taken} } }`;
const cache = (value, found) => `const cache = new Map(); exports.get = (k) => { if (!cache.has(k)) { const made = k + 1; cache.set(k, ${value}) } return cache.get(k)${found} }`;
const table = (key, read) => `exports.make = () => { const all = {}; return { put(k, v) { all[k] = ${key} }, get(k) { return all[k]${read} } } }`;
async function expectProblem(old, young, expected) {
    await withBuild(old, young, async (made) => assert.match(problemsOf(made).join('\n'), expected));
}
async function expectNone(old, young) {
    await withBuild(old, young, async (made) => assert.deepEqual(problemsOf(made), []));
}
describe('contents of another form', () => {
    const others = {
        'an object for a value, in a list': [queue('x', ''), queue('{ x, at: 1 }', '.x')],
        'an object for a value, by a constant': [
            queue('x', ''),
            `exports.Q = class Q { constructor() { this.items = [] } put(x) { const entry = { x }; this.items.push(entry) } take() { return this.items.shift().x } }`,
        ],
        'a value for an object': [queue('{ x }', '.x'), queue('x', '')],
        'another member, in a map of the module': [
            cache('{ made }', '.made'),
            cache('{ value: made }', '.value'),
        ],
        'another order, in a table that closures see': [table('[k, v]', '[1]'), table('[v, k]', '[0]')],
        'an object of a class': [
            queue('x', ''),
            `class E { constructor(x) { this.x = x } } ${queue('new E(x)', '.x')}`,
        ],
        'a text of a value': [cache('made', ''), cache('JSON.stringify(made)', ' && JSON.parse(cache.get(k))')],
        'a value for its text': [queue('JSON.stringify(x.a)', ''), queue('x.a', '')],
        'a text of a value, by a constant': [
            queue('x', ''),
            `exports.Q = class Q { constructor() { this.items = [] } put(x) { const text = JSON.stringify(x); this.items.push(text) } take() { return JSON.parse(this.items.shift()) } }`,
        ],
    };
    for (const [what, [old, young]] of Object.entries(others))
        it(`are a problem: ${what}`, () => expectProblem(index(old), index(young), /another form now, and what the running/));
    const same = {
        'another value': [queue('x', ''), queue('x + 1', '')],
        'a text of something else': [queue('JSON.stringify(x)', ''), queue('JSON.stringify([x])', '')],
        'a pair of which one is worked out': [table('[k, v]', '[1]'), table('[k, Number(v)]', '[1]')],
        'more members': [queue('{ x }', '.x'), queue('{ x, y: 1 }', '.x')],
        'what a call makes and gives away': [
            `exports.list = (xs) => { const out = []; xs.forEach((x) => out.push(x)); return out.length }`,
            `exports.list = (xs) => { const out = []; xs.forEach((x) => out.push({ x })); return out.length }`,
        ],
    };
    for (const [what, [old, young]] of Object.entries(same))
        it(`are none: ${what}`, () => expectNone(index(old), index(young)));
});
describe('a field that begins with another kind of collection', () => {
    const text = (beginning) => index(`exports.C = class C { constructor(x) { this.all = ${beginning}; this.x = x } size() { return this.all } }`);
    for (const [old, young] of [
        ['[]', 'new Map()'],
        ['new Map()', '{}'],
        ['{}', 'new Map([[1, 2]])'],
        ['null', '[]'],
    ])
        it(`is a problem: ${young} for ${old}`, () => expectProblem(text(old), text(young), /C\.all: begins with another kind of object/));
    for (const [old, young] of [
        ['{}', 'Object.create(null)'],
        ['[]', '[1]'],
        ['[]', 'null'],
        ['[]', 'x.all'],
    ])
        it(`is none: ${young} for ${old}`, () => expectNone(text(old), text(young)));
    it('is a problem, too, where it became an accessor', () => expectProblem(index(`exports.C = class C { constructor() { this.all = new Set(); this.size = 0 } add(x) { this.all.add(x); this.size++ } }`), index(`exports.C = class C { constructor() { this.all = new Set() } get size() { return this.all.size } add(x) { this.all.add(x) } }`), /C\.size: it was a field, which objects made before the patch have/));
});
describe('a field that something else makes', () => {
    const text = (made, ask) => index(`class First { constructor() { this.n = 1 } get() { return this.n } } class Second { get() { return 2 } all() { return [2] } }
      exports.C = class C { use() { if (!this.it) this.it = ${made}; return this.it.${ask} } }`);
    const expected = /it: 'Second' makes it, and code asks it for 'all': objects made before the patch have something/;
    it('is a problem where code asks it for something else', async () => {
        await expectProblem(text('new First()', 'get()'), text('new Second()', 'all()'), expected);
        await expectProblem(text('{ get: () => 1 }', 'get()'), text('new Second()', 'all()'), expected);
    });
    it('is none where code asks it for the same', () => expectNone(text('new First()', 'get()'), text('new Second()', 'get()')));
    it('is none where there was nothing in it', () => expectNone(text('undefined', 'x'), text('new Second()', 'all()')));
});
describe('what fields and variables hold', () => {
    const held = {
        'a field': (value, read) => `exports.C = class C { set(x) { this.last = ${value} } get() { return this.last${read} } }`,
        'a variable of the module': (value, read) => `let last; exports.set = (x) => { last = ${value} }; exports.get = () => last${read}`,
        'a variable of closures': (value, read) => `exports.make = () => { let last; return { set(x) { last = ${value} }, get() { return last${read} } } }`,
    };
    for (const [what, text] of Object.entries(held)) {
        it(`is a problem where it has another form now: ${what}`, () => expectProblem(index(text('x', '')), index(text('[x]', '[0]')), /what is put into it has another form now/));
        it(`is none where both are literals: ${what}`, () => expectNone(index(text('{ x, a: 1 }', '')), index(text('{ x, b: 1 }', ''))));
        it(`is none where it is a copy: ${what}`, () => expectNone(index(text('x', '')), index(text('{ ...x }', ''))));
    }
});
function looksUp(how, mark) {
    return `exports.make = () => ({ state: '${mark}' }); exports.look = (x) => ${how}`;
}
describe('marks that tell states', () => {
    const constants = (open) => ({
        'index.js': `const { OPEN } = require('./marks'); const marks = require('./marks')
      exports.C = class C { open() { this.state = marks.OPEN } isOpen() { return this.state === OPEN } }`,
        'marks.js': `const OPEN = ${open}; exports.OPEN = OPEN; exports.CLOSED = 0`,
    });
    const own = (open) => index(`const OPEN = ${open}; exports.C = class C { open() { this.state = OPEN } isOpen() { switch (this.state) { case OPEN: return true } return false } }`);
    const written = (open) => index(`exports.C = class C { constructor() { this.state = 'new' } open() { this.state = '${open}' } isOpen() { return this.state === '${open}' } }`);
    it('are a problem where a constant is another one', async () => {
        await expectProblem(constants(1), constants(2), /marks\.js:1: OPEN: it is 2 instead of 1, and what has it already/);
        await expectProblem(own(`'open'`), own(`'opened'`), /OPEN: it is 'opened' instead of 'open'/);
        const inTable = (open) => index(`const S = { OPEN: ${open} }; exports.make = () => ({ s: S.OPEN }); exports.isOpen = (x) => x.s === S.OPEN`);
        await expectProblem(inTable(1), inTable(2), /S\.OPEN: it is 2 instead of 1/);
        const symbol = (is) => index(`const NONE = ${is}; exports.C = class { constructor() { this.v = NONE } has() { return this.v !== NONE } }`);
        await expectProblem(symbol(`Symbol.for('a')`), symbol(`Symbol.for('b')`), /NONE: it is Symbol\.for\('b'\) instead of/);
    });
    it('are a problem where nothing asks for what objects have', () => expectProblem(written('open'), written('ready'), /state: it is "open" in objects of the running version/));
    const literals = {
        'a literal': (mark) => `exports.make = () => ({ _type: '${mark}' }); exports.is = (x) => x._type === '${mark}'`,
        'a member of what was given': (mark) => `exports.mark = (x) => { x.state = '${mark}' }; exports.is = ({ state }) => state === '${mark}'`,
    };
    const looked = {
        'a list': (mark) => `const all = ['${mark}', 'x']; ${looksUp('all.includes(x.state)', mark)}`,
        'a place in a list': (mark) => `const all = Object.freeze(['x', '${mark}']); ${looksUp('all.indexOf(x.state)', mark)}`,
        'a set': (mark) => `const all = new Set(['x', '${mark}']); ${looksUp('all.has(x.state)', mark)}`,
        'a table': (mark) => `const all = { x: 1, ${mark}: 2 }; ${looksUp('all[x.state]', mark)}`,
        'keys of a table': (mark) => `const all = { x: 1, ${mark}: 2 }; ${looksUp('x.state in all', mark)}`,
    };
    for (const [what, text] of Object.entries(looked))
        it(`are a problem where they are looked up in ${what}`, () => expectProblem(index(text('a')), index(text('b')), /state: it is "a" in objects of the running version/));
    it('are none where what is looked for stays', () => expectNone(index(`const all = ['a']; ${looksUp('all.includes(x.state)', 'a')}`), index(`const all = ['a', 'b']; ${looksUp('all.includes(x.state)', 'a')}`)));
    for (const [what, text] of Object.entries(literals))
        it(`are a problem where they are in ${what}`, () => expectProblem(index(text('A')), index(text('B')), /: (_type|state): it is "A" in objects of the running version/));
    const keys = {
        'a symbol': (n) => `const k = Symbol.for('${n}'); exports.make = () => ({ [k]: 1 }); exports.is = (x) => k in x`,
        'a text': (n) => `const k = '_${n}'; exports.C = class { constructor() { this[k] = 1 } get() { return this[k] } }`,
        'a symbol that others can have': (n) => `const k = Symbol${['', '', '.for'][n]}('a'); exports.make = () => ({ [k]: 1 }); exports.is = (x) => k in x`,
        'made by chance': (n) => `const k = '${n}-' + Math.random(); exports.tag = (x) => { x[k] = 1 }; exports.is = (x) => x[k] === 1`,
    };
    for (const [what, text] of Object.entries(keys))
        it(`are a problem where the key under which objects have something is another one: ${what}`, () => expectProblem(index(text(1)), index(text(2)), /: k: it is another key, and objects of the running version/));
    it('are a note where a symbol says something else of itself', async () => {
        const text = (name) => index(`const k = Symbol('${name}'); exports.make = () => ({ [k]: 1 }); exports.is = (x) => k in x`);
        await withBuild(text('a'), text('b'), async (made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.findings.map(({ why }) => why).join(), /the symbol has another description now/);
        });
    });
    it('are none where a key is only that of what a call is given', () => {
        const header = (n) => index(`const H = 'x-${n}'; exports.set = (h) => { h[H] = 1; return h }; exports.get = (h) => h[H]`);
        return expectNone(header(1), header(2));
    });
    it('are none where a constant is only a limit, or given away', () => expectNone(index(`const MAX = 1; exports.C = class C { constructor() { this.n = 0 } more() { return this.n < MAX } limit() { return MAX } }`), index(`const MAX = 2; exports.C = class C { constructor() { this.n = 0 } more() { return this.n < MAX } limit() { return MAX } }`)));
});
describe('a list in another order', () => {
    const forms = {
        'of an object': (put, take) => `exports.Q = class Q { constructor() { this.items = [] } put(x) { ${put.replaceAll('items', 'this.items')} } take() { return ${take.replaceAll('items', 'this.items')} } }`,
        'of the module': (put, take) => `const items = []; exports.put = (x) => { ${put} }; exports.take = () => ${take}`,
    };
    for (const [whose, text] of Object.entries(forms)) {
        it(`is a problem where it is taken from the other end, too: ${whose}`, async () => {
            const young = index(text('items.unshift(x)', 'items.pop()'));
            const expected = /items: it is kept in another order now, .* takes the wrong end/;
            await expectProblem(index(text('items.push(x)', 'items.shift()')), young, expected);
            const sorted = index(text('items.splice(x, 0, x)', 'items[items.length - 1]'));
            await expectProblem(index(text('items.push(x)', 'items[0]')), sorted, expected);
        });
        it(`is told where it is filled in another way alone: ${whose}`, async () => {
            const old = index(text('items.push(x)', 'items.shift()'));
            for (const put of ['items.unshift(x)', 'items.push(x); items.sort()'])
                await withBuild(old, index(text(put, 'items.shift()')), async (made) => {
                    assert.deepEqual(problemsOf(made), []);
                    assert.match(made.findings.map(({ why }) => why).join(), /it is kept in another order now/);
                });
        });
        it(`is none where it is the same list taken from the other end: ${whose}`, async () => {
            const young = index(text('items.push(x)', 'items.pop()'));
            await withBuild(index(text('items.push(x)', 'items.shift()')), young, async (made) => assert.deepEqual(made.findings, []));
        });
    }
});
//# sourceMappingURL=contents.test.js.map