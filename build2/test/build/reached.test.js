// What a release changes in objects that programs reach, and what it adds with names of the module that nothing but a
// function of the module leads to: there as soon as the patch is loaded, and gone when it is disabled.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../support/until.js';
import { checkBothWays as check, problemsOf, Versions, withBuild, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
describe('an object that a member leads to', () => {
    const text = (more) => ({
        'index.js': `const formats = {}; formats.a = require('./a'); ${more}
      function Key() {}; Key.formats = formats; Key.read = function (kind) { return formats[kind] && formats[kind].name }; module.exports = Key`,
        'a.js': `exports.name = 'a'`,
    });
    it('gets what start-up code adds, and keeps what the program has put there', async () => {
        await check(text(''), { ...text(`formats['b'] = require('./b')`), 'b.js': `exports.name = 'b'` }, `lib.formats.own = { name: 'own' }; const held = lib.formats`, `[lib.read('a'), lib.read('b'), lib.read('own'), Object.keys(held)]`, [
            ['a', null, 'own', ['a', 'own']],
            ['a', 'b', 'own', ['a', 'own', 'b']],
        ].map((list) => JSON.parse(JSON.stringify(list))));
    });
    it('is made anew where start-up code has looked at what changes', async () => {
        const files = (n) => index(`const table = {}; table.a = ${n}; const doubled = table.a * 2; exports.table = table; exports.f = () => [table.a, doubled]`);
        await check(files(1), files(2), '', 'lib.f()', [
            [1, 2],
            [2, 4],
        ]);
    });
    it('of what a function that is called where it stands returns', async () => {
        const files = (text) => index(`(function () { var Cache; module.exports = Cache = (function () {
        class Cache { error(name) { return this._ERRORS[name] } }
        Cache.prototype._ERRORS = { FULL: '${text}' }
        return Cache }).call(this) }).call(this)`);
        await check(files('size exceeded'), files('amount exceeded'), 'const it = new lib()', `it.error('FULL')`, ['size exceeded', 'amount exceeded']);
    });
    it('gets functions beside plain values', async () => {
        const files = (more) => index(`const tools = { one: 1 ${more} }; exports.tools = tools; exports.use = (name) => typeof tools[name]`);
        await check(files(''), files(', two(x) { return x * 2 }'), 'const mine = lib.tools', `[lib.use('two'), mine.two?.(4)]`, [
            ['undefined', null],
            ['function', 8],
        ]);
    });
});
describe('members that a literal gives', () => {
    it('to a prototype that is one: others, more, and fewer', async () => {
        const files = (members) => index(`function Attributes() { this.length = 0 } Attributes.prototype = { ${members}, getLength: function () { return this.length } }
        exports.make = function make() { return new Attributes() }; exports.f = (it) => [it.limit, typeof it.add, typeof it.addValue, it.getLength()]`);
        await check(files('limit: 1, add: function (x) { this.length++; return x }'), files('limit: 2, addValue(x) { this.length += 10; return make() && x }'.replace('make() && ', '')), 'const it = lib.make()', `(it.addValue?.('x'), it.length = it.addValue ? 10 : 0, lib.f(it))`, [
            [1, 'function', 'undefined', 0],
            [2, 'undefined', 'function', 10],
        ]);
    });
    it('to a prototype with Object.assign', async () => {
        const files = (more, value) => index(`let made = 0; class Base { constructor() { made++ } } Object.assign(Base.prototype, { kind() { return ${value} } ${more} })
        exports.make = () => new Base()`);
        await check(files('', 1), files(', count() { return made }', 2), 'const it = lib.make()', '[it.kind(), it.count?.()]', [
            [1, null],
            [2, 1],
        ]);
    });
});
describe('exports that no function of the running version uses', () => {
    it('are reached through the module', async () => {
        await check(index(`exports = module.exports = trim; function trim(s) { return s.replace(/^ +| +$/g, '') }
        exports.left = (s) => s.replace(/^ +/, ''); exports.right = (s) => s.replace(/ +$/, '')`), index(`exports = module.exports = trim; function trim(s) { return '[' + exports.right(exports.left(s)) + ']' }
        exports.left = (s) => s.replace(/^ +/, ''); exports.right = (s) => s.replace(/ +$/, '')`), '', `lib(' x ')`, ['x', '[x]']);
    });
    it('are those of the module whatever it calls them', async () => {
        await check(index(`var exports = module.exports = function SHA(name) { return exports[name]() }; exports.sha1 = () => 'one'`), index(`module.exports = function SHA(name) { return [module.exports[name.toLowerCase()]()] }; module.exports.sha1 = () => 'one'`), '', `lib('sha1')`, ['one', ['one']]);
    });
    it('are a problem where they are not what the module exports', async () => {
        const files = (body) => index(`module.exports = { f }; function f() { ${body} }`);
        await withBuild(files('return 1'), files('return exports.x'), async (made) => {
            assert.match(problemsOf(made).join(), /'exports' cannot be reached/);
        });
    });
});
describe('names of the module before any of its functions was called', () => {
    const old = index(`const seen = new Map(); let count = 0
    class Client { constructor(name) { this.name = name } hello() { count++; seen.set(this.name, count); return this.name } }
    exports.Client = Client; exports.count = () => count`);
    const young = index(`const seen = new Map(); let count = 0; const kind = Symbol('kind')
    class Client { constructor(name) { this.name = name; this[kind] = 'new' } hello() { count++; seen.set(this.name, count); return this.name }
      visits() { return [seen.get(this.name) ?? 0, ++count, this[kind]] } }
    exports.Client = Client; exports.count = () => count`);
    const given = { 'none of them': 'b(x)', 'one beside it': 'b(x) * 2' };
    for (const [replaced, use] of Object.entries(given))
        it(`are there where a file gives others one of its functions, and ${replaced} is another one`, () => {
            const text = (more, imported, used, made) => ({
                'index.mjs': `import { a${imported} } from './other.mjs'; export const go = (x) => ${used}; export const other = a`,
                'other.mjs': `var b = (x) => [x].map((y) => y + 1)[0]; var a = (x) => ${made}; export { a${more} }`,
            });
            return check(text('', '', 'x', 'b(x)'), text(', b', ', b', 'b(x)', use), '', 'lib.go(1)', [1, 2]);
        });
    it('are there for a method that is new, with the state that they hold', async () => {
        await withPatch(old, young, `const it = new lib.Client('a'); it.hello(); it.hello()`, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.code, /entry: \{/);
            const keys = 'Reflect.ownKeys(lib.Client.prototype)';
            const before = await program.run(keys);
            await program.load(made.code, 'patch.mjs');
            // Finding the way has called nothing.
            assert.equal(await program.run('lib.count()'), 2);
            assert.deepEqual(await program.run(`[it.visits(), new lib.Client('b').visits(), lib.count()]`), [
                [2, 3, 'new'],
                [0, 4, 'new'],
                4,
            ]);
            await program.disable(made.name);
            assert.deepEqual(await program.run(keys), before);
            assert.equal(await program.run('lib.count()'), 4);
        });
    });
    it('are there in a module that is loaded later', async () => {
        const files = (file) => ({
            'index.js': `exports.late = () => require('./late')`,
            'late.js': file['index.js'],
        });
        await withPatch(files(old), files(young), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`{ const { Client } = lib.late(); new Client('x').visits() }`.replace('new Client', 'return new Client')), [0, 1, 'new']);
        });
    });
    it('lead to a class that the module keeps for itself', async () => {
        const files = (method, use) => ({
            'index.js': `const { make } = require('./make'); exports.make = make; exports.use = (it) => ${use}`,
            'make.js': `class Hidden { constructor(n) { this.n = n } ${method} get() { return this.n } }; exports.make = function make(n) { return new Hidden(n) }`,
        });
        await check(files('', 'it.get()'), files('twice() { return new Hidden(this.n * 2).get() }', 'it.twice()'), 'const it = lib.make(4)', 'lib.use(it)', [4, 8]);
    });
    it('lead to values that start-up code keeps on members', async () => {
        const files = (n) => index(`const rules = build(${n}); function build(n) { return { max: n } }; function Lexer() {}
        Lexer.prototype.max = function () { return rules.max }; Lexer.rules = rules; exports.Lexer = Lexer; exports.ask = () => Lexer.rules.max`);
        await check(files(1), files(2), 'const it = new lib.Lexer()', '[it.max(), lib.ask(), lib.Lexer.rules.max]', [
            [1, 1, 1],
            [2, 2, 2],
        ]);
    });
    it('lead to a class that stands in a member', async () => {
        const files = (method, use) => ({
            'index.js': `const state = require('./state'); exports.make = state.entry; exports.use = (it) => ${use}`,
            'state.js': `const internals = {}; exports.entry = function () { return new internals.State() }
        internals.State = class { constructor() { this.all = [1, 2] } restore() { return this.all.length } ${method} }`,
        });
        await check(files('', 'it.restore()'), files('commit() { return this.all.pop() }', '[it.commit(), it.restore()]'), '', 'lib.use(lib.make())', [2, [2, 1]]);
    });
    it('and of what a module for any loader keeps', async () => {
        const files = (n, more) => index(`;(function (root) { 'use strict'; var rules = { max: build(${n}) }; function build(n) { return String(n) }
        function Lexer() { this.rules = rules } Lexer.rules = rules; Lexer.prototype.lex = function () { return this.rules.max }; ${more}
        function lib() { return new Lexer().lex() } lib.Lexer = Lexer; lib.esc = function () { return Lexer.rules.max }
        if (typeof module !== 'undefined' && typeof exports === 'object') { module.exports = lib } else { root.lib = lib } })(this)`);
        await check(files(1, ''), files(2, 'Lexer.prototype.kinds = function () { return [rules.max, typeof build] };'), 'const it = new lib.Lexer()', '[lib(), lib.esc(), lib.Lexer.rules.max, it.kinds?.()]', [
            ['1', '1', '1', null],
            ['2', '2', '2', ['2', 'function']],
        ]);
    });
    for (const around of ['FACTORY', '(FACTORY)'])
        it(`and of a factory that is given the exports: ${around}`, async () => {
            const files = (more) => {
                const factory = `function (exports) {
        'use strict'; const seen = []; function parse(x) { seen.push(x); return seen.length } ${more} exports.parse = parse }`;
                return index(`(function (global, factory) { typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) : factory(global.lib = {}) })(this, ${around.replace('FACTORY', factory)})`);
            };
            await check(files(''), files('function last() { return seen[seen.length - 1] } exports.last = last;'), `lib.parse('a')`, `[typeof lib.last, lib.last?.()]`, [
                ['undefined', null],
                ['function', 'a'],
            ]);
        });
    it('are not reached, and the load refused, where the program has put something else in their way', async () => {
        await withPatch(old, young, `lib.count = () => 'mine'; const was = lib.Client; const hello = was.prototype.hello; was.prototype.hello = () => 'mine'`, async (program, made) => {
            const { message } = await program.refuse(made.code);
            assert.match(message, /is not what the module exports any more/);
            assert.deepEqual(await program.run('Reflect.ownKeys(lib.Client.prototype)'), ['constructor', 'hello']);
            await until(async () => (await program.run('lib.count()')) === 'mine');
        });
    });
});
describe('files that need one another', () => {
    it('hold what the other will export', async () => {
        const files = (n) => ({
            'index.js': `const key = require('./key'); const util = require('./util'); exports.f = (x) => util.name(x) + key.LIMIT; exports.key = key`,
            'key.js': `const util = require('./util'); exports.LIMIT = ${n}; exports.parse = function parse(x) { return util.STEP + exports.LIMIT }`,
            'util.js': `const key = require('./key'); exports.STEP = ${n * 10}; exports.name = function name(x) { return x + key.LIMIT + key.parse(x) }`,
        });
        await check(files(1), files(2), '', `[lib.f('a'), lib.key.parse()]`, [
            ['a1111', 11],
            ['a2222', 22],
        ]);
    });
});
describe('no change', () => {
    it('what a module calls its imports', async () => {
        const files = (name, more = '') => ({
            'index.js': `"use strict"; Object.defineProperty(exports, "Parser", { enumerable: true, get: function () { return ${name}.Parser } });
        const ${name} = require("./parser"); const os_1 = require('${more}os'); exports.f = () => typeof os_1.cpus + new ${name}.Parser().v`,
            'parser.js': 'exports.Parser = class { v = 1 }',
        });
        await withBuild(files('parser_1'), files('parser_2', 'node:'), async (made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.equal(made.empty, true);
        });
    });
    it('such names in a function that changed', async () => {
        const files = (name, n) => ({
            'index.js': `const ${name} = require('./other'); exports.f = () => ${name}.count() + ${n}`,
            'other.js': 'let n = 0; exports.count = () => ++n',
        });
        await check(files('a_1', 0), files('b_1', 10), 'const start = lib.f()', 'lib.f() > 10', [false, true]);
    });
    it('the version of the package in parts, and a method for a function in a literal', async () => {
        const files = (n, filter) => index(`exports.versionInfo = Object.freeze({ major: 1, minor: 0, patch: ${n} }); exports.defaults = { ${filter} }`);
        await withBuild(files(0, 'filter: function () { return 1 }'), files(1, 'filter() { return 1 }'), async (made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.equal(made.empty, true);
        });
    });
    it("a member less in a bundler's namespace, which is told", async () => {
        const files = (member) => index(`const defaults = { a: 1 }; function assign(a, b) { return Object.assign(a, b) }
        var options = Object.freeze({ __proto__: null, ${member} defaults: defaults }); exports.options = options; exports.f = () => assign({}, options.defaults)`);
        await withBuild(files('assign: assign,'), files(''), async (made) => {
            assert.deepEqual(problemsOf(made), []);
            const notes = made.findings.map(({ what, why }) => `${what}: ${why}`).join();
            assert.match(notes, /options\.assign: the new version does not export it any more/);
        });
    });
    it('a command beside the modules, which is told', async () => {
        const files = (n) => ({
            'index.js': `exports.name = 'tool'`,
            'bin/tool': `#!/usr/bin/env node\n${n}`,
        });
        await withBuild(files(1), files(2), async (made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.findings.map(({ why }) => why).join(), /it runs in a process of its own, which does not have the patch/);
        });
    });
});
describe('what nobody can put anything into', () => {
    it('is made anew, handed to others or not', async () => {
        const files = (list) => index(`const { freeze } = Object; const html = freeze([${list}]); function addTo(set, list) { list.length; for (const one of list) set[one] = 1; return set }
        exports.allowed = (name) => name in addTo({}, html)`);
        await check(files(`'a'`), files(`'a', 'b'`), '', `lib.allowed('b')`, [false, true]);
    });
});
describe('a block that another file needs early', () => {
    it('has the names of its module', async () => {
        const files = (n, more) => ({
            'index.js': `const lib = require('./lib'); class Tool { m() { return lib.twice(${n}) } ${more} }; exports.Tool = Tool; exports.lib = lib`,
            'lib.js': `var state = { calls: 0 }; var _exports = module.exports = {}; function twice(x) { state.calls++; return x * 2 }
        _exports.twice = twice; _exports.calls = function () { return state.calls }; ${more && '_exports.thrice = function (x) { state.calls++; return x * 3 };'}`,
        });
        await check(files(1, ''), files(2, 'more() { return [lib.thrice(1), lib.calls() > 0] }'), 'const it = new lib.Tool()', '[it.m(), it.more?.()]', [
            [2, null],
            [4, [3, true]],
        ]);
    });
});
describe('an object that a module keeps for itself', () => {
    const files = (limit) => index(`const internals = { limit: ${limit}, seen: {} }; internals.State = class { get over() { return internals.exists(this) && internals.limit } }
      internals.exists = function (x) { return x instanceof internals.State }
      exports.make = function make() { return new internals.State() }; exports.note = function note(x) { internals.seen[x] = internals.limit; return Object.keys(internals.seen) }`);
    it('is changed where it is, with the functions, the classes, and what the program has put there', async () => {
        await withPatch(files(1), files(2), `const it = lib.make(); lib.note('a')`, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`[it.over, lib.make().over, lib.note('b')]`), [2, 2, ['a', 'b']]);
            await program.disable(made.name);
            assert.deepEqual(await program.run(`[it.over, lib.note('c')]`), [1, ['a', 'b', 'c']]);
        });
    });
    it('has its functions where it is made anew', async () => {
        const text = (limit) => index(`const internals = { limit: ${limit} }; internals.double = function (x) { return x * 2 }; module.exports = class { static f() { return internals.double(internals.limit) } }`);
        await check(text('1 + 0'), text('1 + 1'), '', 'lib.f()', [2, 4]);
    });
    it('is a problem where classes stand in it and nothing leads to it', async () => {
        const text = (limit) => index(`const internals = { limit: ${limit} }; internals.State = class { n = internals.limit }; exports.it = { get make() { return new internals.State() } }`);
        await withBuild(text(1), text(2), async (made) => {
            assert.match(problemsOf(made).join(), /'internals' has to be made anew, and classes that stand in it/);
        });
    });
    it('nor of one that no function of the running version uses', async () => {
        const text = (body) => index(`function Node(type) { this.type = type } copy({ A: 1, B: 2 }, Node); function copy(from, to) { for (const key in from) to[key] = from[key] }
        exports.Node = Node; exports.check = function check(x) { return ${body} }`);
        await check(text('x.type === 1'), text('x.type === Node.B && x instanceof Node'), 'const it = new lib.Node(2)', 'lib.check(it)', [false, true]);
        await withBuild(index(text('x.type === 1')['index.js'].replace('exports.Node = Node;', '')), index(text('x.type === Node.B')['index.js'].replace('exports.Node = Node;', '')), async (made) => assert.match(problemsOf(made).join(), /'Node' cannot be reached: .* a copy would be another/));
    });
    it('and a constructor with members is no copy', async () => {
        const text = (body) => ({
            'index.js': `const dom = require('./dom'); exports.check = (x) => dom.check(x); exports.node = dom.node`,
            'dom.js': `function Node(type) { this.type = type } copy({ A: 1, B: 2 }, Node); function copy(from, to) { for (const key in from) to[key] = from[key] }
        exports.node = function node(n) { return new Node(n) }; exports.check = function check(x) { return ${body} }; ${body.includes('isB') ? 'exports.isB = isB; function isB(x) { return x.type === Node.B && x instanceof Node }' : ''}`,
        });
        await check(text('x.type === Node.A'), text('isB(x)'), 'const it = lib.node(2)', 'lib.check(it)', [
            false,
            true,
        ]);
    });
});
describe('the name of a class that a function called where it stands gives back', () => {
    const text = (made, exported = 'exports.Own = Own', returned = 'Own') => ({
        'index.js': `var Own = (function (base) {
        Own.prototype = Object.create(base.prototype)
        function Own(text) { var self = base.call(this, text) || this; ${made}; self.text = text; return self }
        return ${returned}
      }(Error)); ${exported}; exports.make = function (text) { return new Own(text) }`,
    });
    const young = 'Object.setPrototypeOf(self, Own.prototype)';
    it('is found by what the module exports', () => check(text('void 0'), text(young), 'const { Own, make } = lib', `[new Own('a') instanceof Own, make('b') instanceof Own, make('c').text]`, [
        [false, false, 'c'],
        [true, true, 'c'],
    ]));
    const ways = {
        'does not export it': ['void Own'],
        'has something else by that name': ['exports.Own = Own', 'Own.bind(null)'],
    };
    for (const [what, more] of Object.entries(ways))
        it(`is a problem where the module ${what}`, () => withBuild(text('void 0', ...more), text(young, ...more), async (made) => {
            assert.match(problemsOf(made).join(), /'scope.Own' cannot be reached/);
        }));
});
describe('a value that is made once more, as nothing leads to the running one', () => {
    const list = (made, n) => index(`${made}; const list = [t, ${n}]; exports.get = () => list.map((one) => one.a ?? one)`);
    const ways = {
        'a function of the module': 'const t = {}; const add = (x, k) => { x[k] = 1 }; add(t, "a")',
        'one that hands it on': 'const t = {}; function add(x) { put("a", x) } function put(k, x) { x[k] = 1 } add(t)',
        'one of the language, by another name': 'const t = {}; const define = Object.defineProperty; define(t, "a", { value: 1 })',
        'a bundler, as it says what a module exports': 'const define = Object.defineProperty; const all = (x, from) => { for (const k in from) define(x, k, { get: from[k] }) }; const t = {}; all(t, { a: () => made }); const made = 1',
        'a function that is called where it stands': 'const t = {}; (function (x) { x.a = 1 })(t)',
        'a class, as an object of it is made': 'class A { constructor(x) { x.a = 1 } } const t = {}; const made = new A(t); exports.made = made',
        'a loop': 'const t = {}; for (const one of [t]) one.a = 1',
        'a call for each': 'const t = {}; [t].forEach((one) => { one.a = 1 })',
        'another name of it': 'const t = {}; const u = t; u.a = 1',
        'a function of another object': 'const t = {}; const o = { add(x) { x.a = 1 } }; o.add(t)',
    };
    for (const [who, made] of Object.entries(ways))
        it(`has what start-up code has put into it: by ${who}`, async () => check(list(made, 1), list(made, 2), '', 'lib.get()', [
            [1, 1],
            [1, 2],
        ]));
    it('has what start-up code has put into it by another name of it, where it changed itself', async () => {
        const text = (n) => index(`const os = require('node:os'), t = { a: /${'a'.repeat(n)}/ }; const u = t; u.b = os.EOL.length; exports.get = () => [t.a.source, t.b]`);
        await check(text(1), text(2), '', 'lib.get()', [
            ['a', 1],
            ['aa', 1],
        ]);
    });
    const unseen = {
        'what another package does to it': 'const fs = require("node:fs"), t = {}; try { fs.readSync(t) } catch {}',
        'its own methods': 'const t = { setUp() { this.a = 1 } }; t.setUp(require("node:os").uptime())',
    };
    for (const [what, made] of Object.entries(unseen))
        it(`is a problem where nothing tells ${what}`, async () => {
            const versions = new Versions(list(made, 1), list(made, 2));
            try {
                assert.match(problemsOf(await versions.build()).join(), /may have put something into it/);
            }
            finally {
                versions.remove();
            }
        });
    it('may be asked, and given to what only takes it', async () => {
        const made = 'const t = { a: 1 }; const size = Object.keys(t).length; [t].forEach((one) => { exports[one.a] = size }); Object.freeze(t); new Set(t ? [t] : [])';
        const os = 'require("node:os").uptime(); ';
        await check(list(os + made, 1), list(os + made, 2), '', 'lib.get()', [
            [1, 1],
            [1, 2],
        ]);
    });
});
it('a module that a bundle has got, and that is listed, comes along with what it exports', async () => {
    const one = (name) => `var ${name}_exports = {}; expose(${name}_exports, { word: () => ${name}_word }); var ${name}_word = '${name}';`;
    const text = (names) => index(`var define = Object.defineProperty; var expose = (target, all) => { for (var name in all) define(target, name, { get: all[name], enumerable: true }) }
      ${names.map(one).join('\n')}
      var modules = [${names.map((name) => `${name}_exports`).join()}]; var times = require('node:os').uptime()
      exports.words = () => modules.map((one) => one.word); exports.times = () => times > 0`);
    await check(text(['a']), text(['a', 'b']), '', 'lib.words()', [['a'], ['a', 'b']]);
});
//# sourceMappingURL=reached.test.js.map