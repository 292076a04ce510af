// What functions of the running version have given to what lives on, where the new version gives something else: it stays,
// which a note says.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, Versions, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
/** What is told of the two versions, but for problems, of which there are none. */
async function told(text, was, is) {
    const versions = new Versions(index(text(was)), index(text(is)));
    try {
        const made = await versions.build();
        assert.deepEqual(problemsOf(made), []);
        return made.findings.map(({ what, why }) => `${what}: ${why}`).join('\n');
    }
    finally {
        versions.remove();
    }
}
/** The same, where `use` gives with the patch what it gives before. */
async function stays(text, was, is, setup, use) {
    let found = '';
    await withPatch(index(text(was)), index(text(is)), setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        found = made.findings.map(({ what, why }) => `${what}: ${why}`).join('\n');
        const before = await program.run(use);
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await program.run(use), before);
    });
    return found;
}
const clean = 'const clean = (x) => Math.max(x, 0); exports.clean = clean;';
const client = 'class Client { constructor(o) { this.o = o } get() { return this.o.timeout } }';
describe('options of what a function makes', () => {
    const makers = {
        'by new': (t) => `${clean} ${client} exports.make = (o) => { return new Client({ timeout: ${t} }) }`,
        'by new, as an arrow': (t) => `${clean} ${client} exports.make = (o) => new Client({ timeout: ${t} })`,
        'by new, in a variable': (t) => `${clean} ${client} exports.make = (o) => { const it = new Client({ timeout: ${t} }); return it }`,
        'by new, with a variable': (t) => `${clean} ${client} exports.make = (o) => { const timeout = ${t}; return new Client({ timeout }) }`,
        'by a function that keeps them': (t) => `${clean} const create = (o) => ({ get: () => o.timeout }); exports.make = (o) => create({ timeout: ${t} })`,
        'by new, by their place': (t) => `${clean} class Client { constructor(o, t) { this.t = t } get() { return this.t } } exports.make = (o) => new Client(o, ${t})`,
        'as members beside closures': (t) => `${clean} exports.make = (o) => ({ timeout: ${t}, get() { return this.timeout } })`,
    };
    for (const [how, text] of Object.entries(makers))
        it(`stay: ${how}`, async () => {
            const setup = 'const kept = lib.make({ timeout: -5 })';
            const found = await stays(text, 'o.timeout', 'clean(o.timeout)', setup, 'kept.get()');
            assert.match(found, /(timeout|new Client): it is made with something else now: .* stays as it is/);
        });
    const none = {
        'of what serves the call alone': (t) => `${clean} ${client} exports.get = (o) => new Client({ timeout: ${t} }).get()`,
        'of values': (t) => `${clean} exports.at = (o) => new Date(${t})`,
        'of errors': (t) => `${clean} exports.fail = (o) => new RangeError('a', { cause: ${t} })`,
        'that are the same': (t) => `${clean} ${client} exports.make = (o) => { if (${t} > 9) o = {}; const it = new Client({ retries: 1 }); return it }`,
        'that are data alone, which functions give': (t) => `${clean} exports.parse = (o) => ({ timeout: ${t} })`,
    };
    for (const [what, text] of Object.entries(none))
        it(`are not told: ${what}`, async () => assert.equal(await told(text, 'o.timeout', 'clean(o.timeout)'), ''));
});
describe('entries that a function puts somewhere', () => {
    const trim = 'const trim = (x) => x.trim(); exports.trim = trim;';
    const lists = {
        'a member of a literal': (p) => `${trim} const all = []; exports.add = (path, f) => { all.push({ path: ${p}, f }) }; exports.all = () => all.map((one) => one.path)`,
        'a member of a literal in a variable': (p) => `${trim} const all = []; exports.add = (path) => { const one = { path: ${p} }; all.push(one) }; exports.all = () => all.map((one) => one.path)`,
        'a value': (p) => `${trim} const all = []; exports.add = (path) => { all.push(${p}) }; exports.all = () => all.slice()`,
        'a parameter that is assigned': (p) => `${trim} const all = []; exports.add = (path) => { path = ${p}; all.push(path) }; exports.all = () => all.slice()`,
        'an entry of what closures have': (p) => `${trim} const make = () => { const all = {}; return { add(path) { all.a = 1; all[path.length] = ${p} }, all: () => Object.values(all).slice(0, 1) } }; const one = make(); exports.add = one.add; exports.all = one.all; exports.make = make`,
        'of an object': (p) => `${trim} class All { constructor() { this.all = [] } add(path) { this.all.push(${p}) } } const one = new All(); exports.add = (x) => one.add(x); exports.all = () => one.all.slice()`,
    };
    for (const [how, text] of Object.entries(lists))
        it(`stay: ${how}`, async () => {
            const found = await stays(text, 'path', 'trim(path)', 'lib.add(" a ")', 'lib.all().slice(0, 1)');
            assert.match(found, /all.*: something else is put there now: .* stays as it is/);
        });
    it('stay where they are put under another condition', async () => {
        const text = (test) => `const all = []; exports.add = (p) => { if (${test}) all.push(p.trim()) }; exports.all = () => all.slice()`;
        assert.match(await told(text, 'p', 'p && p !== "a"'), /all: something else is put there now/);
    });
    it('stay where the same words make something else', async () => {
        const text = (compiled) => `const compile = (p) => ${compiled}; const all = []; exports.add = (p) => { all.push({ re: compile(p) }) }; exports.all = () => all.map(({ re }) => re)`;
        const found = await stays(text, 'p + "$"', '"^" + p + "$"', 'lib.add("a")', 'lib.all().slice(0, 1)');
        assert.match(found, /all: re: something else is put there now/);
    });
    const none = {
        'of a list of the call': (p) => `${trim} exports.f = (list) => { const all = []; for (const path of list) all.push({ path: ${p} }); return all.length }`,
        'of a list of an object that is emptied again': (p) => `${trim} exports.All = class All { constructor() { this.all = [] } add(path) { this.all.push(${p}) } reset() { this.all = [] } }`,
        'of a list that is emptied again': (p) => `${trim} const all = []; exports.add = (path) => { all.push(${p}) }; exports.next = () => all.shift()`,
        'of an object that serves a call': (p) => `${trim} class Parser { constructor() { this.all = [] } add(path) { this.all.push(${p}); return this.all.length } } exports.f = (path) => new Parser().add(path)`,
        'that are told as results which are kept': (p) => `${trim} const all = new Map(); exports.add = (path) => { all.set(path, { path: ${p} }) }; exports.has = (x) => all.has(x)`,
    };
    for (const [what, text] of Object.entries(none))
        it(`are not told: ${what}`, async () => assert.doesNotMatch(await told(text, 'path', 'trim(path)'), /something else is put there/));
});
describe('what a method gives its object', () => {
    const setters = {
        'a value': (v) => `${clean} exports.A = class { constructor() { this.x = 0 } set(v) { this.x = ${v} } get() { return this.x } }`,
        'a variable': (v) => `${clean} exports.A = class { set(v) { const x = ${v}; this.x = x; return this } get() { return this.x } }`,
        'a parameter that is assigned at times': (v) => `${clean} function A() {} A.prototype.set = function (v) { if (v !== null) v = ${v}; this.x = v }; A.prototype.get = function () { return this.x }; exports.A = A`,
    };
    for (const [how, text] of Object.entries(setters))
        it(`stays: ${how}`, async () => {
            const setup = 'const kept = new lib.A(); kept.set(-1)';
            const found = await stays(text, 'v', 'clean(v)', setup, 'kept.get()');
            assert.match(found, /this\.x: it is given something else now: .* stays as it is/);
        });
    it('stays where it is worked out under another condition', async () => {
        const text = (test) => `exports.A = class { set(v) { if (${test}) v = Math.abs(v); this.x = v } get() { return this.x } }`;
        const setup = 'const kept = new lib.A(); kept.set(-1)';
        const found = await stays(text, 'v > 0', 'v < 0', setup, 'kept.get()');
        assert.match(found, /this\.x: it is given something else now/);
    });
    it('stays where a constructor makes it of a variable', async () => {
        const text = (v) => `${clean} exports.A = class { constructor(v) { const x = ${v}; this.x = x } get() { return this.x } }`;
        const found = await stays(text, 'v', 'clean(v)', 'const kept = new lib.A(-1)', 'kept.get()');
        assert.match(found, /this\.x: it is given something else now/);
    });
    const others = {
        'a variable of the module': [
            (v) => `${clean} let x = 0; exports.set = (v) => { x = ${v} }; exports.get = () => x`,
            /^x: it is given/,
        ],
        'a member of one': [
            (v) => `${clean} const o = { x: 0 }; exports.set = (v) => { o.x = ${v} }; exports.get = () => o.x`,
            /^o\.x: it is given/,
        ],
        'an export': [
            (v) => `${clean} exports.x = 0; exports.set = (v) => { exports.x = ${v} }; exports.get = () => exports.x`,
            /^exports\.x: it is given/,
        ],
        'a variable of closures': [
            (v) => `${clean} const make = () => { let x = 0; return { set(v) { x = ${v} }, get: () => x } }; const { set, get } = make(); Object.assign(exports, { make, set, get })`,
            /^x: it is given/,
        ],
        'several members of an object': [
            (v) => `${clean} const o = { x: 0, set(v) { Object.assign(this, { x: ${v} }) }, get() { return this.x } }; module.exports = o; o.clean = clean`,
            /^this\.x: it is given/,
        ],
        'a member of a member': [
            (v) => `${clean} const it = { o: { y: 1 }, set(v) { this.o = { ...this.o, x: ${v} } }, get() { return this.o.x } }; module.exports = it; it.clean = clean`,
            /^this\.o: x: it is given/,
        ],
    };
    for (const [what, [text, expected]] of Object.entries(others))
        it(`stays in ${what}`, async () => assert.match(await stays(text, 'v', 'clean(v)', 'lib.set(-1)', 'lib.get()'), expected));
    const none = {
        'where others give it something, too': (v) => `${clean} exports.A = class { set(v) { this.x = ${v} } reset(n) { this.x = n } get() { return this.x } }`,
        'where it goes on from what it was': (v) => `${clean} exports.A = class { add(v) { this.x = this.x + ${v} } get() { return this.x } }`,
        'of an object that serves a call': (v) => `${clean} class A { set(v) { this.x = ${v}; return this } get() { return this.x } } exports.f = (v) => new A().set(v).get()`,
    };
    for (const [what, text] of Object.entries(none))
        it(`is not told ${what}`, async () => assert.equal(await told(text, 'v', 'clean(v)'), ''));
});
describe('what is refused now', () => {
    const check = 'if (o.a < 0) throw new RangeError("a");';
    const makers = {
        'a constructor': (c) => `exports.A = class { constructor(o) { ${c} this.a = o.a } }`,
        'what makes closures': (c) => `exports.make = (o) => { ${c} return () => o.a }`,
        'what registers something': (c) => `const all = []; exports.add = (o) => { ${c} all.push(o) }; exports.all = () => all.slice()`,
    };
    for (const [who, text] of Object.entries(makers)) {
        it(`has not been asked of what was made before, by ${who}`, async () => assert.match(await told(text, '', check), /it refuses something now: .* was not asked for it/));
        it(`is told where a function is called for it, by ${who}`, async () => {
            const withCheck = (c) => `function check(o) { ${check} } exports.check = check; ${text(c)}`;
            assert.match(await told(withCheck, '', 'check(o);'), /it refuses something now/);
        });
        it(`is not told where the message alone is another one, by ${who}`, async () => assert.equal(await told(text, check, check.replace('"a"', '"b"')), ''));
    }
    it('has been registered before, where the function leaves it out now', async () => {
        const text = (c) => `const all = []; exports.add = (o) => { ${c} all.push(o) }; exports.all = () => all.slice()`;
        assert.match(await told(text, '', 'if (!o) return;'), /it refuses something now/);
    });
    it('is told where a module that is loaded asserts it', async () => {
        const text = (c) => `const assert = require('node:assert'); exports.A = class { constructor(o) { ${c} this.a = o.a } }; exports.assert = assert`;
        assert.match(await told(text, '', 'assert(o.a > 0);'), /it refuses something now/);
    });
    const none = {
        'of a call': (c) => `exports.f = (o) => { ${c} return o.a }`,
        'of an object that serves a call': (c) => `class A { constructor(o) { ${c} this.a = o.a } get() { return this.a } } exports.f = (o) => new A(o).get()`,
    };
    for (const [what, text] of Object.entries(none))
        it(`is not told ${what}`, async () => assert.equal(await told(text, '', check), ''));
});
describe('where a function that is called for it gives something else', () => {
    const base = (x) => `const clean = (x) => ${x}; exports.clean = clean;`;
    const server = 'class Server { get() { return this.limit } }';
    const makers = {
        'on an object that it makes and gives': [
            (x) => `${base(x)} ${server} exports.make = (o) => { const s = new Server(); s.limit = clean(o); return s }`,
            /^s\.limit: the function makes something else for it now/,
        ],
        'on an object of functions, by a variable': [
            (x) => `${base(x)} exports.make = (o) => { const s = { get() { return this.limit } }, t = clean(o); s.limit = t; return s }`,
            /^s\.limit: the function makes something else for it now/,
        ],
        'on an app that it registers something with': [
            (x) => `${base(x)} exports.register = (a, o) => { a.limit = clean(o) }; exports.make = (o) => { const a = { get: () => a.limit }; exports.register(a, o); return a }`,
            /^a\.limit: it is given something else now/,
        ],
        'on an object that gets functions, too': [
            (x) => `${base(x)} exports.extend = (it, o) => { it.get = () => it.limit; it.limit = clean(o) }; exports.make = (o) => { const it = {}; exports.extend(it, o); return it }`,
            /^it\.limit: it is given something else now/,
        ],
        'by a method that its constructor alone calls': [
            (x) => `${base(x)} class A { constructor(o) { this.o = o; this.init() } init() { this.limit = [this.o].map((one) => clean(one)) } get() { return this.limit } } exports.make = (o) => new A(o)`,
            /^this\.limit: objects made before the patch keep/,
        ],
        'by methods that call it': [
            (x) => `class A { constructor(o) { this.limit = this.of(o) } of(o) { return this.clean(o) } clean(x) { return ${x} } get() { return this.limit } } exports.make = (o) => new A(o)`,
            /^this\.limit: objects made before the patch keep/,
        ],
        'by a static of another class': [
            (x) => `class B { static of(x) { return B.clean(x) } static clean(x) { return ${x} } } class A { constructor(o) { this.limit = B.of(o) } get() { return this.limit } } exports.make = (o) => new A(o)`,
            /^this\.limit: objects made before the patch keep/,
        ],
    };
    for (const [where, [text, expected]] of Object.entries(makers))
        it(`what it gave before stays ${where}`, async () => {
            const found = await stays(text, 'x', 'Math.max(x, 0)', 'const kept = lib.make(-5)', 'kept.get()');
            assert.match(found, expected);
        });
    const none = {
        'of data': (x) => `${base(x)} exports.parse = (o) => { const it = {}; it.limit = clean(o); return it }`,
        'of what is read': (x) => `${base(x)} ${server} exports.parse = (o) => { const s = new Server(); s.limit = clean(o); return s }`,
        'of what serves the call alone': (x) => `${base(x)} ${server} exports.f = (o) => { const s = new Server(); s.limit = clean(o); return s.get() }`,
        'of a request': (x) => `${base(x)} exports.register = (req, res, next) => { req.limit = clean(req.limit); req.on('end', () => next()) }`,
        'of what is given to a function for the call': (x) => `${base(x)} exports.skip = (state) => { state.at = clean(state.at) }`,
        'of what a method that is called later does': (x) => `${base(x)} class A { constructor(o) { this.o = o; this.see() } see() { console.log(clean(this.o)) } } exports.A = A`,
        'of functions, which are replaced': (x) => `${base(x)} class A { constructor(o) { this.o = o; this.get(); this.get = () => clean(this.o) } get() {} } exports.A = A`,
        'of what a method only does besides': (x) => `const log = (x) => ${x}; exports.log = log; class A { constructor(o) { this.limit = this.of(o) } of(o) { log(o); return o } } exports.A = A`,
    };
    for (const [what, text] of Object.entries(none))
        it(`nothing is told ${what}`, async () => assert.equal(await told(text, 'x', 'Math.max(x, 0)'), ''));
});
//# sourceMappingURL=given-before.test.js.map