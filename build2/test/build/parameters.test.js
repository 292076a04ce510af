// Parameters that functions of the new version have, callers pass, and sites of the running version do not hand on.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, Versions, withBuild, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
/** A call that the running version has begun, and that goes on when the test says so. */
const UNDER_WAY = 'let go; const it = lib.open({ wait: new Promise((resolve) => { go = resolve }) })';
describe('parameters that are new and passed', () => {
    it('reach methods, from another file too, and nobody else', async () => {
        const old = {
            'index.js': `const { Tokenizer } = require('./tokenizer'); exports.Tokenizer = Tokenizer
        exports.run = (t, x) => t.token(x); exports.twice = (t, x) => [t.token(x), t.token(x)]`,
            'tokenizer.js': `class Base { rest(a) { return 'base ' + a } }
        exports.Tokenizer = class Tokenizer extends Base { token(a) { return [a, this.inner(a)] } inner(a) { return a } rest(a) { return super.rest(a) } }`,
        };
        const young = {
            'index.js': `const { Tokenizer } = require('./tokenizer'); exports.Tokenizer = Tokenizer
        exports.run = (t, x) => t.token(x, 'more', ...[3, 4]); exports.twice = (t, x) => [t['token'](x, 'one'), t.token(x)]`,
            'tokenizer.js': `class Base { rest(a, b) { return 'base ' + a + b } }
        exports.Tokenizer = class Tokenizer extends Base { token(a, b = a + '!', ...c) { return [a, b, c, this.inner(a), this.inner(a, b)] }
          inner(a, b) { return b === undefined ? a : this.rest(a, b) } rest(a, b) { return super.rest(a, b) } }`,
        };
        const setup = `const it = new lib.Tokenizer()
      class Own extends lib.Tokenizer { token(a) { return ['own', super.token(a)] } }; const own = new Own()`;
        await withPatch(old, young, setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.deepEqual(await program.run(`lib.run(it, 'a')`), ['a', 'a']);
            for (let round = 0; round < 2; round++) {
                await program.load(made.code, 'patch.mjs');
                assert.deepEqual(await program.run(`lib.run(it, 'a')`), ['a', 'more', [3, 4], 'a', 'base amore']);
                assert.deepEqual(await program.run(`lib.twice(it, 'a')`), [
                    ['a', 'one', [], 'a', 'base aone'],
                    ['a', 'a!', [], 'a', 'base aa!'],
                ]);
                assert.deepEqual(await program.run(`it.token('x')`), ['x', 'x!', [], 'x', 'base xx!']);
                // A method of the program's own hands on what it takes itself, as it does with the release.
                const owns = ['own', ['a', 'a!', [], 'a', 'base aa!']];
                assert.deepEqual(await program.run(`lib.run(own, 'a')`), owns);
                await program.disable(made.name);
                assert.deepEqual(await program.run(`lib.run(it, 'a')`), ['a', 'a']);
                await program.unload(made.name);
            }
        });
    });
    it('reach what an optional call may find nothing of', async () => {
        const text = (more, given, result) => index(`const table = new Map(); const list = [function (a${more}) { return [this === undefined || this === list, ${result}] }]
        table.set('x', (a${more}) => ${result})
        class C { constructor(all) { this.all = all } add(a${more}) { return [this.all, ${result}] } }
        exports.run = (a, key) => table.get(key)?.(a${given})?.toString().length; exports.at = (a, i) => list[i]?.(a${given})
        exports.none = (a) => list.at(9)?.(boom(a)${given}); function boom() { throw new Error('an argument was looked at') }
        exports.of = (c, a, key) => [c.add?.(a${given}), c[key]?.(a${given})]; exports.C = C`);
        const asked = `[lib.run(1, 'x'), lib.run(1, 'y'), lib.at(1, 0), lib.at(1, 5), lib.none(1), lib.of(it, 1, 'add'), lib.of({}, 1, 'add'),
      (() => { try { lib.of({ add: 7 }, 1) } catch (error) { return error.name } })()]`;
        await checkBothWays(text('', '', 'a'), text(', b = 5', ', 2', '[a, b]'), `const it = new lib.C('all')`, asked, [
            [
                1,
                null,
                [true, 1],
                null,
                null,
                [
                    ['all', 1],
                    ['all', 1],
                ],
                [null, null],
                'TypeError',
            ],
            [
                3,
                null,
                [true, [1, 2]],
                null,
                null,
                [
                    ['all', [1, 2]],
                    ['all', [1, 2]],
                ],
                [null, null],
                'TypeError',
            ],
        ]);
    });
    it('reach functions that declare them once more', async () => {
        const text = (parameters, args, body) => index(`exports.C = class C { all(x) { return [this.one(x${args}), this.none(x)] }
        one(x${parameters}) { ${body} } none(x${parameters}) { ${body} } }`);
        const young = text(', y', ', 2', 'if (x > 1) { var y = [x] } return [x, y]');
        await withPatch(text('', '', 'return [x]'), young, 'const it = new lib.C()', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('JSON.stringify([it.all(1), it.all(5)])'), '[[[1,2],[1,null]],[[5,[5]],[5,[5]]]]');
        });
    });
    it('reach methods that are called apply or call', async () => {
        const text = (parameters, args) => index(`exports.Room = class Room { constructor() { this.n = 1 }
        apply(x${parameters}) { return [this.n, x, ${args}] } call(x${parameters}) { return [this.n, x, ${args}] }
        all(x) { return [this.apply(x${args && ', (y) => y + 1'}), this.call(x${args && ', (y) => y + 2'})] } }`);
        await withPatch(text('', ''), text(', f', 'f(x)'), 'const it = new lib.Room()', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('it.all(1)'), [
                [1, 1, 2],
                [1, 1, 3],
            ]);
        });
    });
    it('reach functions of other files, constructors and closures', async () => {
        const old = {
            'index.js': `'use strict'; const { join, make } = require('./parts'); const Failure = require('./failure')
        exports.join = (a, b) => join(a, b); exports.fail = (m) => new Failure(m); exports.make = make
        exports.use = (o) => o.get(1); exports.called = (a) => join.call({ t: 1 }, a, 2)`,
            'parts.js': `'use strict'; exports.join = function join(a, b) { return [a, b, this === undefined ? 0 : this.t] }
        exports.make = function make() { const kept = []; return { get(a) { kept.push(a); return kept.join() } } }`,
            'failure.js': `module.exports = class Failure extends Error { constructor(message) { super(message); this.kind = 'failure' } }`,
        };
        const young = {
            'index.js': `'use strict'; const { join, make } = require('./parts'); const Failure = require('./failure')
        exports.join = (a, b) => join(a, b, ['x']); exports.fail = (m) => new Failure(m, { code: 7 }); exports.make = make
        exports.use = (o) => o.get(1, 'new'); exports.called = (a) => [join.call({ t: 1 }, a, 2, 3), join.apply({ t: 2 }, [a, 2, 4]), join.apply(null, null)]`,
            'parts.js': `'use strict'; exports.join = function join(a, b, { length } = 'none') { return [a, b, length, this?.t] }
        exports.make = function make() { const kept = []; return { get(a, b) { kept.push(a, b); return kept.join() } } }`,
            'failure.js': `module.exports = class Failure extends Error { constructor(message, options) { super(message); this.kind = 'failure'; this.code = options?.code } }`,
        };
        const setup = `const it = lib.make(); lib.use(it)`;
        await withPatch(old, young, setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run(`JSON.stringify(lib.join(1, 2))`), '[1,2,1,null]');
            assert.deepEqual(await program.run(`[lib.fail('m').code, lib.fail('m').message, lib.fail('m').kind]`), [
                7,
                'm',
                'failure',
            ]);
            assert.equal(await program.run(`lib.use(it)`), '1,1,new');
            assert.equal(await program.run(`lib.use(lib.make())`), '1,new');
            assert.deepEqual(await program.run(`JSON.stringify(lib.called('a'))`), '[["a",2,null,1],["a",2,null,2],[null,null,4,null]]');
            await program.disable(made.name);
            assert.deepEqual(await program.run(`lib.called('a')`), ['a', 2, 1]);
            assert.equal(await program.run(`'code' in lib.fail('m')`), false);
        });
    });
    it("and so does 'this', where an arrow that an object has has begun to use it", async () => {
        const text = (test) => index(`class Proxy {
          constructor(filter) {
            this.log = []; this.filter = filter
            this.handle = async (text) => { return this.passes(text) ? 'through' : 'not' }
            this.passes = (text) => ${test}
          }
          now = () => this.size(1)
          size = (n) => ${test.includes('this') ? 'n + this.log.length' : 'n'}
          none() { return this.count() }
          count = () => ${test.includes('this') ? 'this.log.length' : '-1'}
        }
        exports.Proxy = Proxy`);
        const [old, young] = [
            text('{ return text[0].test }'),
            text('{ try { return text[0].test } catch (e) { this.log.push(e.name); return false } }'),
        ];
        const setup = `const it = new lib.Proxy(); const other = { test: (text) => text, run: lib.Proxy.prototype.none, count: () => 'own' }
      const run = async (one) => { try { return await one.handle(null) } catch (e) { return e.name } }`;
        await withPatch(old, young, setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            const use = '(async () => [await run(it), await it.handle([{ test: 1 }]), it.now(), it.none(), other.run()])()';
            assert.deepEqual(await program.run(use), ['TypeError', 'through', 1, -1, 'own']);
            for (let round = 0; round < 2; round++) {
                await program.load(made.code, 'patch.mjs');
                assert.deepEqual(await program.run(use), ['not', 'through', 2 + round, 1 + round, 'own']);
                // Who does not say whose it is gets what the running version does.
                assert.deepEqual(await program.run('[(0, it.count)(), new lib.Proxy().none()]'), [-1, 0]);
                await program.disable(made.name);
                assert.deepEqual(await program.run(use), ['TypeError', 'through', 1, -1, 'own']);
                await program.unload(made.name);
            }
        });
    });
    it('reach functions that are constructors or have properties, which stay the same objects', async () => {
        const file = (more, given, result) => index(`function Token(type${more}) { this.type = type; ${result} }
        Token.prototype.show = function () { return 'T' + this.type + this.value }
        exports.Token = Token
        exports.lex = (s) => new Token(s${given}); exports.is = (x) => x instanceof Token
        function parse(s${more}) { parse.count++; return [s, parse.count${more && ', value'}] }
        parse.count = 0
        exports.parse = (s) => parse(s${given})`);
        const setup = `const it = lib.lex('a'); lib.parse('a')`;
        await withPatch(file('', '', ''), file(', value', ', 7', 'this.value = value'), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`[lib.is(it), lib.is(lib.lex('b')), lib.lex('b').show()]`), [
                true,
                true,
                'Tb7',
            ]);
            assert.deepEqual(await program.run(`[lib.lex('b') instanceof lib.Token, lib.parse('b')]`), [
                true,
                ['b', 2, 7],
            ]);
            await program.disable(made.name);
            assert.deepEqual(await program.run(`[lib.is(lib.lex('b')), lib.parse('b')]`), [true, ['b', 3]]);
        });
    });
});
const refused = {
    'a method that is handed over': {
        old: `exports.C = class C { f(a) { return a } g(list) { return list.map(this.f) } h() { return this.f(1) } }`,
        new: `exports.C = class C { f(a, b) { return a + b } g(list) { return list.map(this.f) } h() { return this.f(1, 2) } }`,
        says: /f.*handed to somebody/,
    },
    'a generator': {
        old: `exports.C = class C { *f(a) { yield a } h() { return [...this.f(1)] } }`,
        new: `exports.C = class C { *f(a, b) { yield a + b } h() { return [...this.f(1, 2)] } }`,
        says: /f.*does not begin with the call/,
    },
    'a closure that was returned': {
        old: `exports.make = () => { let n = 0; return function (req) { return req + ++n } }`,
        new: `exports.make = () => { let n = 0; return function (req, next) { return [req, next, ++n] } }`,
        says: /whoever it was given to may pass them/,
    },
    'an optional call': {
        old: `exports.C = class C { f(a) { return a } h(x) { return x?.f(1) } i() { return this.f(1) } }`,
        new: `exports.C = class C { f(a, b) { return a + b } h(x) { return x?.f(1, 2) } i() { return this.f(1, 2) } }`,
        says: /optional call/,
    },
    'a call that an optional chain may skip': {
        old: `exports.C = class C { f(a) { return a } h(x) { return x?.y.f(1) } }`,
        new: `exports.C = class C { f(a, b) { return a + b } h(x) { return x?.y.f(1, 2) } }`,
        says: /optional call/,
    },
};
describe('parameters that cannot be handed on are a problem', () => {
    for (const [name, { old, new: young, says }] of Object.entries(refused)) {
        it(name, () => withBuild(index(old), index(young), async (made) => {
            const problems = problemsOf(made);
            assert.equal(problems.length, 1, problems.join('\n'));
            assert.match(problems[0], says);
        }));
    }
});
describe('a call finds a function by another way than its name', () => {
    /** The same with the patch as in the release, and as before without it. */
    const ways = {
        'a name that is made when it runs': (more, result, given) => `const table = { add(a${more}) { return ${result} } }; exports.run = (a, b) => table['ad' + 'd'](a${given})`,
        'a list': (more, result, given) => `const list = [one]; function one(a${more}) { return ${result} }; exports.run = (a, b) => { let found; list.forEach((each) => { found = each(a${given}) }); return found }`,
        'a map': (more, result, given) => `const table = new Map([['x', (a${more}) => ${result}]]); exports.run = (a, b) => table.get('x')(a${given})`,
        'another variable': (more, result, given) => `function one(a${more}) { return ${result} } const other = one; exports.run = (a, b) => other(a${given})`,
        'a method taken from its object': (more, result, given) => `class C { one(a${more}) { return ${result} } } const it = new C(); exports.run = (a, b) => { const { one: go } = it; return go(a${given}) }`,
        'an option that objects keep': (more, result, given) => `function one(a${more}) { return ${result} } class C { constructor(o) { this.go = o.go ?? one } run(a, b) { return this.go(a${given}) } } const it = new C({}); exports.run = (a, b) => it.run(a, b)`,
        'one of two': (more, result, given) => `function one(a${more}) { return ${result} } function two(a) { return a } exports.run = (a, b) => (b ? one : two)(a${given})`,
        'a function that gets it': (more, result, given) => `function one(a${more}) { return ${result} } const each = (list, f, b) => list.map((a) => f(a${given})); exports.run = (a, b) => each([a], one, b)[0]`,
        'a method of lists': (more, result) => `function one(a${more}) { return ${result} } exports.run = (a, b) => [0, a].map(one)[1]`,
        'a bound function': (more, result, given) => `const table = { one(a${more}) { return ${result} } }; exports.run = (a, b) => { const go = table.one.bind({}); return go(a${given}) }`,
        'a method that a constructor has bound': (more, result, given) => `class C { constructor() { this.one = this.one.bind(this) } one(a${more}) { return ${result} } } const it = new C(); exports.run = (a, b) => it.one(a${given})`,
        'a subclass': (more, result, given) => `class A { constructor(a${more}) { this.x = ${result} } } class B extends A { constructor(a, b) { super(a${given}); this.y = 1 } } exports.run = (a, b) => new B(a, b).x`,
        'the constructor of an object': (more, result, given) => `class C { constructor(a${more}) { this.x = ${result} } more(a, b) { return new this.constructor(a${given}).x } } exports.run = (a, b) => new C(0).more(a, b)`,
    };
    for (const [way, text] of Object.entries(ways))
        it(way, () => withPatch(index(text('', 'a', '')), index(text(', b = 5', '[a, b]', ', b')), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`lib.run(1, 2)`), [1, way === 'a method of lists' ? 1 : 2]);
            await program.disable(made.name);
            assert.equal(await program.run(`lib.run(1, 2)`), 1);
        }));
    const imports = {
        'under another name': [
            `const { one: other } = require('./one'); exports.run = (a, b) => other(GIVEN)`,
            'exports.one =',
        ],
        'as a whole': [
            `const other = require('./one'); exports.run = (a, b) => other(GIVEN)`,
            'module.exports =',
        ],
        'where it is called': [`exports.run = (a, b) => require('./one')(GIVEN)`, 'module.exports ='],
        'as compilers write it': [
            `const one_1 = require('./one'); exports.run = (a, b) => (0, one_1.default)(GIVEN)`,
            'exports.default =',
        ],
    };
    for (const [how, [user, made]] of Object.entries(imports))
        it(`in another file, imported ${how}`, () => {
            const files = (given, fn) => ({
                'index.js': user.replace('GIVEN', given),
                'one.js': `${made} ${fn}`,
            });
            const [old, young] = [files('a', '(a) => a'), files('a, b', '(a, b = 5) => [a, b]')];
            return withPatch(old, young, '', async (program, made) => {
                assert.deepEqual(problemsOf(made), []);
                await program.load(made.code, 'patch.mjs');
                assert.deepEqual(await program.run(`lib.run(1, 2)`), [1, 2]);
            });
        });
    const unseen = {
        'a subclass without a constructor': [
            (more, given) => `class A { constructor(a${more}) { this.a = a } } class B extends A {} exports.run = (a, b) => new B(a${given})`,
            /A: .*a subclass without a constructor passes them/,
        ],
        'an emitter': [
            (more) => `const { EventEmitter } = require('events'); exports.all = new EventEmitter(); function one(a${more}) { exports.got = a } exports.all.on('x', one)`,
            /one: .*handed to somebody/,
        ],
        'a template': [
            (more) => `exports.one = function one(a${more}) { return a }; exports.run = (x) => exports.one\`a\${x}\``,
            /one: .*a template passes them/,
        ],
    };
    for (const [way, [text, says]] of Object.entries(unseen))
        it(`and ${way} that passes more is a problem`, () => withBuild(index(text('', '')), index(text(', b = 5', ', b')), async (made) => {
            assert.match(problemsOf(made).join(), says);
        }));
    it('stop a function that calls itself where the release does, and not where the stack ends', async () => {
        const file = (own) => `const inner = (x) => x; exports.walk = ${own}; exports.step = (x) => inner(x)`;
        const old = {
            'index.js': `const { walk } = require('./walk'); exports.depth = (x) => walk(x)`,
            'walk.js': file(`function walk(x) { const { a } = x; return a ? exports.step(1) + exports.walk(a) : 0 }`),
        };
        const young = {
            'index.js': `const { walk } = require('./walk'); exports.depth = (x) => walk(x, 1200)`,
            'walk.js': file(`function walk(x, left) { if (left === 0) throw new RangeError('too deep'); const { a } = x; return a ? exports.step(1) + exports.walk(a, left - 1) : 0 }`),
        };
        const setup = `const nested = (n) => { let x = {}; while (n-- > 0) x = { a: x }; return x }
      const depth = (n) => { try { return lib.depth(nested(n)) } catch ({ message }) { return message } }`;
        await withPatch(old, young, setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.equal(await program.run('depth(1300)'), 1300);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[depth(1150), depth(1300)]'), [1150, 'too deep']);
            await program.disable(made.name);
            assert.equal(await program.run('depth(1300)'), 1300);
        });
    });
    it("and a subclass's own method, which a constructor has bound, hands on what it takes itself", async () => {
        const file = (more, result, given) => index(`exports.C = class C { constructor() { this.one = this.one.bind(this) } one(a${more}) { return ${result} } }
        exports.run = (it) => it.one(1${given})`);
        const setup = 'class Own extends lib.C { one(a) { return super.one(a) } } const [it, own] = [new lib.C(), new Own()]';
        await withPatch(file('', 'a', ''), file(', b = 5', '[a, b]', ', 2'), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[lib.run(it), lib.run(new lib.C()), lib.run(own)]'), [
                [1, 2],
                [1, 2],
                [1, 5],
            ]);
        });
    });
    const kept = {
        'a variable of the module': (more, given) => `const o = { one(a${more}) { return a } }; const go = o.one.bind(o); exports.run = () => go(1${given})`,
        'a closure': (more, given) => `const o = { one(a${more}) { return a } }; exports.make = () => { const go = o.one.bind(o); return () => go(1${given}) }`,
        'a variable, with arguments': (more, given) => `const o = { one(x, a${more}) { return a } }; exports.run = () => { const go = o.one.bind(o, 1); return [go(1), o.one(1, 1${given})] }`,
        'another member': (more, given) => `exports.C = class C { constructor() { this.go = this.one.bind(this) } one(a${more}) { return a } run() { return this.go(1${given}) } }`,
    };
    for (const [where, text] of Object.entries(kept))
        it(`and one that is bound and kept in ${where} is a problem`, () => withBuild(index(text('', '')), index(text(', b = 5', ', 2')), async (made) => {
            assert.match(problemsOf(made).join(), /one: .*it is bound, and called with them/);
        }));
    it('and what the program passes does not arrive: a note', () => withPatch(index(`exports.f = (a) => a`), index(`exports.f = (a, b = 5) => [a, b]`), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        assert.match(made.findings.map(({ what, why }) => `${what}: ${why}`).join(), /exports\.f: .*passes beyond .* does not arrive/);
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await program.run(`[lib.f(1), lib.f(1, 2)]`), [
            [1, 5],
            [1, 5],
        ]);
    }));
    it('and a closure of the running version that calls without what is needed now gets the running function', async () => {
        const text = (more, made, parameters, given, short = '') => ({
            'index.js': `const { parse } = require('./parse'); class Reader { constructor(f) { this.f = f } read(x) { return this.f(x) } }
        exports.open = async (o) => { ${made} const reader = new Reader((x) => parse(x${more})); await o.wait; return reader.read(3) }`,
            'parse.js': `exports.parse = function parse(x${parameters}) { return [${given}] }; ${short}`,
        });
        const old = text('', '', '', 'x');
        const short = 'exports.parseAll = (list) => list.map((x) => exports.parse(x))';
        const made = `const decode = o.decode ? (x) => x + Date.now() : (x) => x * 2, at = Date.now();`;
        for (const [parameters, given, more, isProblem] of [
            [', decode, at', 'decode(x)', '', false],
            [', decode, at', 'decode(x)', short, true],
            [', decode = String, at = 0', 'decode(x)', '', false],
            [', decode, at', 'decode ?? x', '', false],
        ]) {
            const young = text(', decode, at', made, parameters, given, more);
            await withPatch(old, young, UNDER_WAY, async (program, build) => {
                const told = build.findings.filter(({ why }) => why.includes('end in the running version'));
                assert.equal(told.length, 1);
                assert.equal(problemsOf(build).length, isProblem ? 1 : 0, problemsOf(build).join());
                if (isProblem)
                    return assert.match(told[0].why, /they call 'parse' without what it needs now/);
                await program.load(build.code, 'patch.mjs');
                assert.equal(await program.run('(go(), it.then(String))'), '3');
            });
        }
    });
    it('and a closure of the running version calls without them what can do without, and passes them on to no other', async () => {
        const text = (more, made, given, first = '') => ({
            'index.js': `const { parse } = require('./parse'); class Reader { constructor(f) { this.f = f } read(x) { return this.f(x) } }
        exports.open = async (o) => { ${made} const reader = new Reader((x) => parse(x${more})); await o.wait; return reader.read(3) }`,
            'parse.js': `const { Part } = require('./part'); exports.parse = (x${more}) => new Part(x${more}).all`,
            'part.js': `exports.Part = class Part { constructor(x${more}) { ${first} this.all = [x${given}] } }`,
        });
        for (const [given, first, isProblem] of [
            [', at | 0', '', false],
            [', at.x', '', true],
            [', +at.toFixed()', 'if (!at) { at = 0 }', false],
            [', +at.toFixed()', 'at ??= 0;', false],
            [', +at.toFixed()', 'at = at || 0;', false],
            [', +at.toFixed()', 'x = at.x; if (!at) at = 0;', true],
            [', +at.toFixed()', 'if (x) at = 0;', true],
        ]) {
            const young = text(', at', 'const at = Date.now();', given, first);
            await withPatch(text('', '', ''), young, UNDER_WAY, async (program, build) => {
                assert.equal(problemsOf(build).length, isProblem ? 1 : 0, problemsOf(build).join());
                if (isProblem)
                    return;
                await program.load(build.code, 'patch.mjs');
                assert.equal(await program.run('(go(), it.then(String))'), '3,0');
                assert.equal(await program.run('lib.open({}).then(({ length }) => length)'), 2);
            });
        }
    });
    it('reach closures by what may be a member of a table or something else', async () => {
        const text = (more) => index(`exports.pick = function (name, b) { const ways = { head: (x, y${more}) => [x, y${more}] }
        function other(x) { return [x] } const way = ways[name] || other; return () => way(name, b${more && ", 'more'"}) }`);
        const setup = "const it = lib.pick('head', 1)";
        await checkBothWays(text(''), text(', key'), setup, 'it().join()', ['head,1', 'head,1,more']);
    });
    describe('and closures that the call which makes them only calls', () => {
        const text = (more, given, pick, end) => index(`exports.merge = function (a, b) { const out = {}
        function deep(x, y${more}, all) { return [x, y, ${given}all] }
        const ways = { head: (x, y${more}) => deep(x + 1, y${more}, true) }
        Object.keys(a).forEach(function (key) { const way = ways[key] || deep; ${pick}
          out[key] = way === deep ? way(a[key], b[key]${more && ', key'}) : way(a[key], b[key]${more && ', key'}) })
        ${end} return out }; exports.each = (o) => [o].forEach(o.head)`);
        const ends = {
            'have nothing under way': ['', '', false],
            'may have something under way where one is handed on': ['Promise.resolve(1).then(way);', '', true],
            'may have something under way where the literal is handed on': ['', 'exports.later(ways);', true],
        };
        for (const [what, [pick, end, isProblem]] of Object.entries(ends))
            it(what, async () => {
                const [old, young] = [text('', '', pick, end), text(', key', 'key.length, ', pick, end)];
                await withPatch(old, young, '', async (program, made) => {
                    const told = problemsOf(made).filter((one) => /without what it needs now/.test(one));
                    assert.equal(told.length, isProblem ? 1 : 0, problemsOf(made).join());
                    if (isProblem)
                        return;
                    await program.load(made.code, 'patch.mjs');
                    const merged = await program.run('JSON.stringify(lib.merge({ head: 1, ab: 2 }, { head: 3, ab: 4 }))');
                    assert.equal(merged, '{"head":[2,3,4,true],"ab":[2,4,2,null]}');
                });
            });
    });
    describe('and closures that a function of the file calls, which gets them', () => {
        const text = (more, given, deeper, end) => index(`exports.read = (list) => { const found = [], held = []
        function block(all, each) { if (all.length > 0) for (const one of all) each(one); ${end} }
        function item(one${more}) { ${more && 'depth = Number(depth);'} if (Array.isArray(one)) group(one${deeper}); else found.push(one${given}) }
        function group(all${more}) { block(all, function each(one) { item(one${more}) }) }
        group(list${more && ', 0'}); return found }`);
        const ends = {
            'have nothing under way': ['', false],
            'may have something under way where it hands them on': ['Promise.resolve(1).then(each)', true],
            'may have something under way where it calls them later': ['queueMicrotask(() => each(1))', true],
            'may have something under way where it puts them somewhere': ['held.push(each)', true],
            'may have something under way where it hands on all that it got': ['Promise.all(arguments)', true],
        };
        for (const [what, [end, isProblem]] of Object.entries(ends))
            it(what, async () => {
                const [old, young] = [text('', '', '', end), text(', depth', ' + depth', ', depth + 1', end)];
                await withPatch(old, young, '', async (program, made) => {
                    const told = problemsOf(made).filter((one) => /without what it needs now/.test(one));
                    assert.equal(told.length, isProblem ? 1 : 0, problemsOf(made).join());
                    if (isProblem)
                        return;
                    await program.load(made.code, 'patch.mjs');
                    assert.equal(await program.run("lib.read(['a', ['b', ['c']]]).join()"), 'a0,b1,c2');
                });
            });
    });
    it('and calls under way past an await get the running function', async () => {
        const text = (parameters, given, result, made) => ({
            'index.js': `const { load } = require('./load'); const step = (f) => new Promise((done) => { exports.go = done }).then(f)
        function help(x${parameters}) { return x + ${result} }
        class Runner { add(x${parameters}) { return x + ${result} }
          async run(x) { ${made} await step(); return [this.add(x${given}), help(x${given}), load(x${given})] } }
        exports.start = (x) => new Runner().run(x)`,
            'load.js': `exports.load = function (x${parameters}) { return x + ${result} }`,
        });
        const young = text(', o', ', o', 'o.n', 'const o = { n: 2 };');
        await withPatch(text('', '', '1', ''), young, '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.run('void (globalThis.first = lib.start(1))');
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('(lib.go(), first)'), [2, 2, 2]);
            assert.deepEqual(await program.run('((second) => (lib.go(), second))(lib.start(1))'), [3, 3, 3]);
            await program.disable(made.name);
            assert.deepEqual(await program.run('((third) => (lib.go(), third))(lib.start(1))'), [2, 2, 2]);
        });
    });
    it('and a closure that is over when the call around it is calls nothing any more', async () => {
        const text = (more, made, parameters, given) => ({
            'index.js': `const { parse } = require('./parse'); exports.read = (list, o) => { ${made} return list.map((x) => parse(x${more})) }`,
            'parse.js': `exports.parse = function parse(x${parameters}) { return ${given} }`,
        });
        const made = 'const at = Date.now(), f = at ? (x) => x + o.n : String;';
        const young = text(', f, at', made, ', f, at', 'f(x)');
        await withPatch(text('', '', '', 'x'), young, '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('lib.read([1, 2], { n: 5 })'), [6, 7]);
        });
    });
    it('and a bound function that is bound with more of them is a problem', async () => {
        const text = (parameters, given, sum) => index(`function handle(${parameters}) { return ${sum} } exports.C = class { constructor(p) { this.handle = handle.bind(null, ${given}) } run(x) { return this.handle(x) } }`);
        await withBuild(text('p, x', 'p', 'p + x'), text('by, p, x', `'by', p`, 'by + p + x'), async (made) => {
            assert.match(problemsOf(made).join(), /handle: .*it is bound, and called with them/);
        });
        await withBuild(text('p, x', 'p', 'p + x'), text('p, x', 'p', 'x + p'), async (made) => {
            assert.deepEqual(problemsOf(made), []);
        });
    });
});
describe('a function that takes another number of parameters', () => {
    const text = (rest, params, sum) => index(`const call = (f, list) => list.length > 1 ? f(list[0], list[1]) : f(list[0])
      function collect(f) { ${rest}; return (...all) => call(f, [...all.slice(0, at), all.slice(at)]) }
      exports.sum = (() => { const sum = collect((${params}) => ${sum}); return { sum } })().sum`);
    const [asks, knows] = ['const at = f.length - 1', 'const at = 0'];
    it('is a problem where code that has it asks for that', () => withBuild(text(asks, 'all', 'all[0]'), text(asks, 'a, more', 'a + more.length'), async (made) => {
        assert.match(problemsOf(made).join(), /its 'length' stays 1, and code of the package that has it asks/);
    }));
    it('is none where nobody does', () => withPatch(text(knows, 'all', 'all[0]'), text(knows, 'all, more', 'all[1]'), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await program.run('lib.sum(1, 2)'), 2);
    }));
});
describe('a parameter that has another place among them', () => {
    const text = (params, entry) => ({
        'index.js': `const { join } = require('./join'), text = 't', key = 'k'; exports.run = () => ${entry}`,
        'join.js': `exports.join = (${params}) => text + key`,
    });
    const entry = `[join(text, key), exports.join]; exports.join = join`;
    it('is a problem where programs call the function', () => withBuild(text('text, key', entry), text('key, text', entry.replace('text, key', 'key, text')), async (made) => {
        assert.match(problemsOf(made).join(), /^join.js:1: exports.join: 'text' is another one of its parameters now/);
    }));
    it('is none where the function sorts out what it is passed', () => {
        const text = (params, more) => index(`exports.join = function (${params}) { ${more} return options.text + key }`);
        const young = text('text, options, key', `if (typeof text === 'object') { key = options; options = text } else options = { text };`);
        return withPatch(text('options, key', ''), young, '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(`[lib.join({ text: 't' }, 'k'), lib.join('t', 'k')]`), [
                'tk',
                'tundefined',
            ]);
        });
    });
    it('is none where the package alone does', () => withPatch(text('text, key', 'join(text, key)'), text('key, text', 'join(key, text) + 1'), '', async (program, made) => {
        assert.match(problemsOf(made).join(), /^$/);
        await program.load(made.code, 'patch.mjs');
        assert.equal(await program.run('lib.run()'), 'tk1');
    }));
});
describe('a function that others only hand to somebody, and that takes more', () => {
    const text = (params, entry, use) => index(`const all = []; function keep(${params}) { return ${entry}.length > 1 } ${use}`);
    const select = 'exports.select = (list, each) => each(list, { filter: keep })';
    it('is handed on as the new one', async () => {
        const setup = 'const each = (list, { filter }) => list.filter((one) => { try { return filter(one[0], one) } catch { return false } })';
        const use = `lib.select(['a', 'bc', ['', 2]], each)`;
        await checkBothWays(text('one', 'one', select), text('_, one', 'one', select), setup, use, [
            [],
            ['bc', ['', 2]],
        ]);
    });
    it('stays the running one for who has got that, which a note says', async () => {
        const versions = new Versions(text('one', 'one', select), text('_, one', 'one', select));
        try {
            const { findings } = await versions.build();
            assert.deepEqual(findings.map(({ severity, what, why }) => `${severity} ${what}: ${why}`), [
                'note keep: it takes more parameters: functions hand on the new one now, and who has got the running one goes on with it',
            ]);
        }
        finally {
            versions.remove();
        }
    });
    const refused = {
        'start-up code has handed it on': 'const made = require("node:util").inspect({ keep }); exports.made = made',
        'start-up code has handed it on, for each of a list': '[1].forEach(() => require("node:util").inspect({ keep }))',
        'it is kept': 'exports.add = () => { all.push(keep) }; exports.all = () => all',
        'it is a listener': 'exports.add = (emitter) => { emitter.on("a", keep) }',
        'it is exported, too': `${select}; exports.keep = keep`,
    };
    for (const [when, use] of Object.entries(refused))
        it(`is a problem where ${when}`, async () => {
            const versions = new Versions(text('one', 'one', use), text('_, one', 'one', use));
            try {
                assert.notDeepEqual(problemsOf(await versions.build()), []);
            }
            finally {
                versions.remove();
            }
        });
});
//# sourceMappingURL=parameters.test.js.map