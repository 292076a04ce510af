// Options that are new: what objects and closures made before the patch have in their place is what the release has when
// nobody passes them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, withBuild, withPatch } from './versions.js';
const push = (guard = '') => `push(x) { ${guard} this.items.push(x); return this.items.length }`;
const isFull = (max) => `if (this.items.length >= ${max}) throw new Error('full');`;
/** A class whose constructor gives its objects something new. */
function ofClass(params, was, is, make, max = 'this.max') {
    const text = (param, made, guard) => `exports.C = class C { constructor(${param}) { this.items = []; ${made} } ${push(guard)} }`;
    return [text(params[0], was, ''), text(params[1], `${was}; ${is}`, isFull(max)), `new lib.C(${make})`];
}
function ofOptions(param, was, is, make = '', max) {
    return ofClass([param, param], was, is, make, max);
}
function ofClosures(old, young, make = '') {
    const text = ([param, made], guard) => `exports.make = function (${param}) { ${made}; const items = []; return { push(x) { ${guard} items.push(x); return items.length } } }`;
    return [
        text(old, ''),
        text(young, `if (items.length >= max) throw new Error('full');`),
        `lib.make(${make})`,
    ];
}
function ofFunction(body, more, make) {
    const text = (made, guard) => `function C(opts) { if (!(this instanceof C)) return new C(opts); ${made} this.items = [] }; C.prototype.push = function (x) { ${guard} this.items.push(x); return this.items.length }; exports.C = C`;
    return [text(body, ''), text(body + more, isFull('this.max')), make];
}
const forms = {
    'options with a default': ofOptions('o = {}', 'this.n = o.n', 'this.max = o.max ?? 3'),
    'options that are asked for first': ofOptions('o', 'this.n = o && o.n', 'this.max = (o && o.max) || 3'),
    'options of a name': ofOptions('cfg', 'this.n = cfg.n', "this.max = typeof cfg.max === 'number' ? cfg.max : 3", '{}'),
    'a number that is none': ofOptions('o = {}', 'this.n = o.n', 'this.max = Number.isNaN(+o.max) ? 3 : +o.max'),
    'a member that is looked for': ofOptions('o = {}', 'this.n = o.n', "this.max = 'max' in o || o.hasOwnProperty('max') ? o.max : 3"),
    'a new parameter': ofClass(['n', 'n, max = 3'], 'this.n = n', 'this.max = max', '1'),
    'a new parameter, without a default': ofClass(['n', 'n, max'], 'this.n = n', 'this.max = max === undefined ? 3 : max', '1'),
    'a pattern': ofClass(['{ n } = {}', '{ n, max = 3 } = {}'], 'this.n = n', 'this.max = max', ''),
    'a pattern within': ofOptions('o = {}', 'this.n = o.n', 'const { max = 3 } = o; this.max = max'),
    'a member of a literal': ofOptions('o = {}', 'this.n = o.n', 'const max = o.max ?? 3; this.limits = { max }', '', 'this.limits.max'),
    'a member of a member': ofOptions('o', 'this.n = o?.n', 'this.max = o?.limits?.max ?? 3'),
    'two branches': ofOptions('o = {}', 'this.n = o.n', 'if (o.max !== undefined) this.max = o.max; else this.max = 3'),
    'what is checked': ofOptions('o = {}', 'this.n = o.n', 'const max = o.max ?? 3; if (!(max > 0)) throw new RangeError(); this.max = max'),
    'a calculation': ofOptions('o = {}', 'this.n = o.n', 'this.max = Math.min(o.max || Infinity, 3)'),
    'a private field': [
        ofOptions('o = {}', 'this.n = o.n', '')[0],
        `exports.C = class C { #max; constructor(o = {}) { this.items = []; this.n = o.n; this.#max = o.max ?? 3 } ${push(isFull('this.#max'))} }`,
        'new lib.C()',
    ],
    'options that the object keeps': ofOptions('o = {}', 'this.o = o', 'this.max = o.max ?? 9', '{ max: 3 }'),
    'options that the object keeps with others': ofOptions('o', 'this.own = { a: 1, ...o }', 'this.max = o.max ?? 9', '{ max: 3 }'),
    'options that have become members': ofOptions('opts', 'Object.assign(this, opts)', 'this.max = (opts && opts.max) || 9', '{ max: 3 }'),
    'a method that the constructor calls': [
        `exports.C = class C { constructor(o = {}) { this.init(o) } init(o) { this.items = []; this.n = o?.n } ${push()} }`,
        `exports.C = class C { constructor(o = {}) { this.init(o) } init(o) { this.items = []; this.n = o?.n; this.max = o?.max ?? 3 } ${push(isFull('this.max'))} }`,
        'new lib.C()',
    ],
    'a superclass': [
        `class B { constructor(o = {}) { this.items = []; this.n = o.n } }; exports.C = class C extends B { ${push()} }`,
        `class B { constructor(o = {}) { this.items = []; this.n = o.n; this.max = o.max ?? 3 } }; exports.C = class C extends B { ${push(isFull('this.max'))} }`,
        'new lib.C()',
    ],
    'a constructor function': ofFunction('opts = opts || {}; this.n = opts.n;', 'this.max = opts.max || 3;', 'lib.C()'),
    'a constructor function with a variable': ofFunction('var own = opts || {}; this.n = own.n;', 'this.max = own.max || 3;', 'lib.C()'),
    'what a compiler makes of a default': [
        ofFunction('if (opts === void 0) { opts = {}; } this.n = opts.n;', '', '')[0],
        ofFunction('if (opts === void 0) { opts = {}; } this.n = opts.n;', 'var _a; this.max = (_a = opts.max) !== null && _a !== void 0 ? _a : 3;', '')[1],
        'new lib.C()',
    ],
    'what another compiler makes of it': [
        `exports.C = function () { function C() { var o = arguments.length > 0 && arguments[0] !== undefined ? arguments[0] : {}; this.items = []; this.n = o.n } C.prototype.push = function (x) { this.items.push(x); return this.items.length }; return C }()`,
        `exports.C = function () { function C() { var _m; var o = arguments.length > 0 && arguments[0] !== undefined ? arguments[0] : {}; this.items = []; this.n = o.n; this.max = (_m = o.max) !== null && _m !== void 0 ? _m : 3 } C.prototype.push = function (x) { ${isFull('this.max')} this.items.push(x); return this.items.length }; return C }()`,
        'new lib.C()',
    ],
    closures: ofClosures(['o', 'const n = o.n'], ['o', 'const n = o.n; const max = o.max ?? 3'], '{}'),
    'closures, asked for first': ofClosures(['o', 'const n = o && o.n'], ['o', 'const n = o && o.n; const max = o && o.max !== undefined ? Number(o.max) : 3']),
    'closures, a pattern': ofClosures(['{ n } = {}', ''], ['{ n, max = 3 } = {}', '']),
    'closures, options that are new': ofClosures(['', ''], ['options', 'const max = (options && options.max) || 3']),
};
describe('what defaults have more', () => {
    const text = (merged, more, use) => `const defaults = { a: 1${more} }; exports.C = class C { constructor(options) { this.items = []; ${merged} } push(x) { ${use} this.items.push(x); return this.items.length } }`;
    const merges = {
        'a copy': ['this.options = Object.assign({}, defaults, options)', 'this.options.max'],
        'a literal': ['this.options = { ...defaults, ...options }', 'this.options.max'],
        'a literal with its own': ['this.options = { b: 2, ...defaults, ...options }', 'this.options.max'],
        'the object itself': ['Object.assign(this, defaults, options)', 'this.max'],
    };
    const names = Object.keys(merges);
    it('is what options have that were made of them before, unless they were given it', async () => {
        const files = (isNew) => ({
            'index.js': `exports.all = [${names.map((_, i) => `require('./f${i}')`).join(', ')}, require('./closures')]`,
            ...Object.fromEntries(names.map((name, i) => {
                const [merged, max] = merges[name];
                return [`f${i}.js`, text(merged, isNew ? ', max: 3' : '', isNew ? isFull(max) : '')];
            })),
            'closures.js': `const defaults = { a: 1${isNew ? ', max: 3' : ''} }; exports.C = function (options) { const opts = Object.assign({}, defaults, options), items = []; return { push(x) { if (opts.a === 0) return; ${isNew ? `if (items.length >= opts.max) throw new Error('full');` : ''} items.push(x); return items.length } } }`,
        });
        const setup = `const make = (o) => lib.all.map(({ C }) => new C(o)); const made = make(), given = make({ max: 2 })
      const counts = (all) => all.map((one) => { let n = 0; try { while (n < 9) { one.push(1); n++ } } catch {} return n })`;
        await withPatch(files(false), files(true), setup, async (program, built) => {
            assert.deepEqual(problemsOf(built), []);
            await program.load(built.code, 'patch.mjs');
            const all = (n) => [...names, 'closures'].map(() => n);
            assert.deepEqual(await program.run('counts(make())'), all(3));
            assert.deepEqual(await program.run('counts(made)'), all(3));
            assert.deepEqual(await program.run('counts(given)'), all(2));
            await program.disable(built.name);
            assert.deepEqual(await program.run('counts(made)'), all(9));
        });
    });
});
describe('what was passed to be put together with defaults', () => {
    it('has none of them itself, unless it is given them', async () => {
        const text = (more, raw, own) => ({
            'index.js': `const defaults = { a: 1${more} }; exports.make = (options) => { const own = { ...defaults, ...options }; return () => [options.${raw} ?? 0, own.${own}] }
        exports.again = (options) => { options = Object.assign({}, defaults, options); return () => options.${own} }`,
        });
        const setup = 'const it = lib.make({ a: 5 }), again = lib.again({ a: 5 })';
        await withPatch(text('', 'a', 'a'), text(', max: 3', 'max', 'max'), setup, async (program, built) => {
            assert.deepEqual(problemsOf(built), []);
            await program.load(built.code, 'patch.mjs');
            assert.deepEqual(await program.run('[it(), again()]'), [[0, 3], 3]);
            assert.deepEqual(await program.run('[lib.make({ a: 5 })(), lib.again({ a: 5 })()]'), [[0, 3], 3]);
        });
    });
});
describe('what the package puts into the options that a constructor is left with', () => {
    const text = (isNew, ofServer = 3, ofFiller = '3') => {
        const more = (max) => (isNew ? `max: ${max}, ` : '');
        return {
            'index.js': `exports.Socket = require('./socket').Socket; exports.Server = require('./server').Server`,
            'socket.js': `function fill(socket, options) { const own = { retries: 1, ${more(ofFiller)}...options }; socket.retries = own.retries; ${isNew ? 'return own' : ''} }
        exports.Socket = class Socket { constructor(at, options) { this.items = []; if (at !== null) { this.at = at; ${isNew ? 'options = ' : ''}fill(this, options) } else this.isServer = true; ${isNew ? 'this.max = options.max | 0' : ''} }
          push(x) { ${isNew ? 'check(this);' : ''} this.items.push(x); return this.items.length } }
        function check(socket) { ${isNew ? isFull('socket.max').replace('this', 'socket') : ''} }`,
            'server.js': `const { Socket } = require('./socket'); exports.Server = class Server { constructor(options) { options = { port: 1, ${more(ofServer)}...options }; this.options = options }
        accept() { return new Socket(null${isNew ? ', this.options' : ''}) } }`,
        };
    };
    const setup = `const server = new lib.Server(), made = [new lib.Socket('a'), server.accept()]
    const use = (one) => { let n = 0; try { while (n < 9) { one.push(1); n++ } } catch {} return n }`;
    it('is what objects have that were made before, and what is made with options that were filled before', async () => {
        await withPatch(text(false), text(true), setup, async (program, built) => {
            assert.deepEqual(problemsOf(built), []);
            await program.load(built.code, 'patch.mjs');
            assert.deepEqual(await program.run('made.map(use)'), [3, 3]);
            assert.deepEqual(await program.run('[server.accept(), new lib.Server().accept()].map(use)'), [3, 3]);
            const given = `[new lib.Socket('a', { max: 2 }), new lib.Server({ max: 2 }).accept()].map(use)`;
            assert.deepEqual(await program.run(given), [2, 2]);
            await program.disable(built.name);
            assert.deepEqual(await program.run('made.map((one) => { one.items = []; return use(one) })'), [9, 9]);
        });
    });
    for (const [what, young] of Object.entries({
        'puts something else elsewhere': text(true, 5),
        'puts what it works out': text(true, 3, 'Number(3)'),
    }))
        it(`is a problem where it ${what}`, () => withBuild(text(false), young, async (built) => {
            assert.match(problemsOf(built).join(), /Socket\.max: .*it depends on 'options'/);
        }));
});
describe('what nobody can have passed', () => {
    it('is what it begins with, for objects and closures made before', async () => {
        const names = Object.keys(forms);
        const index = `exports.all = [${names.map((_, i) => `require('./f${i}')`).join(', ')}]`;
        const files = (at) => ({
            'index.js': index,
            ...Object.fromEntries(names.map((name, i) => [`f${i}.js`, forms[name][at]])),
        });
        const makers = names.map((name, i) => `((lib) => () => ${forms[name][2]})(lib.all[${i}])`);
        const setup = `const make = [${makers.join(', ')}]; const made = make.map((f) => f())
      const use = (one) => { try { return [1, 2, 3, 4].map((x) => one.push(x)).length } catch (e) { return e.message } }`;
        await withPatch(files(0), files(1), setup, async (program, built) => {
            assert.deepEqual(problemsOf(built), []);
            await program.load(built.code, 'patch.mjs');
            const of = async (all) => Object.fromEntries((await program.run(`${all}.map(use)`)).map((one, i) => [names[i], one]));
            const full = Object.fromEntries(names.map((name) => [name, 'full']));
            assert.deepEqual(await of('make.map((f) => f())'), full);
            assert.deepEqual(await of('made'), full);
            const notes = built.findings.map(({ why }) => why).join('\n');
            assert.match(notes, /begins as in a new object for which 'max' is not passed/);
            assert.match(notes, /'max' is taken as not passed to 'exports.make'/);
        });
    });
    const telling = (field, told, kept, other = '') => ({
        'index.js': `exports.C = class C { constructor(o = {}) { this.items = []; this.n = o.n; ${field} }
      options() { return { n: this.n${told} } } push(x) { this.items.push(x); return [this.items.length${kept}] } }; ${other}`,
    });
    const max = ['this.max = o.max ?? 3', ', max: this.max', ', this.max'];
    it('is not what objects tell of themselves, that being given to others', () => withPatch(telling('', '', ''), telling(...max), 'const it = new lib.C()', async (program, built) => {
        assert.deepEqual(problemsOf(built), []);
        await program.load(built.code, 'patch.mjs');
        assert.deepEqual(await program.run('it.push(1)'), [1, 3]);
    }));
    it('may be what objects of another kind have there', () => withBuild(telling('', '', ''), telling(...max, 'exports.D = class D { constructor() { this.max = 9 } }'), async (built) => assert.match(built.findings.map(({ why }) => why).join(), /it depends on 'o'/)));
    const told = {
        'an object that does something': [
            `exports.C = class C { constructor(socket) { socket.on('end', () => {}) } get() { return 0 } }`,
            `exports.C = class C { constructor(socket) { this.peer = socket.peer || 'none'; socket.on('end', () => {}) } get() { return this.peer } }`,
        ],
        'what the running version asks for': [
            `exports.C = class C { constructor(o) { this.n = o.max } get() { return 0 } }`,
            `exports.C = class C { constructor(o) { this.n = o.max; this.max = o.max ?? 3 } get() { return this.max } }`,
        ],
        'what the package passes': [
            `class C { constructor(o) { this.n = o && o.n } get() { return 0 } }; exports.make = (o) => new C({ n: 1, ...o })`,
            `class C { constructor(o) { this.n = o && o.n; this.max = (o && o.max) || 3 } get() { return this.max } }; exports.make = (o) => new C({ n: 1, max: 2, ...o })`,
        ],
        'what the package passes by a name': [
            `class C { constructor(o) { this.n = o && o.n } get() { return 0 } }; const all = { n: 1 }; exports.make = (o) => new C({ ...all, ...o })`,
            `class C { constructor(o) { this.n = o && o.n; this.max = (o && o.max) || 3 } get() { return this.max } }; const all = { n: 1, max: 2 }; exports.make = (o) => new C({ ...all, ...o })`,
        ],
        'what is filled in': [
            `exports.C = class C { constructor(o) { o = o || {}; this.n = o.n } get() { return 0 } }`,
            `exports.C = class C { constructor(o) { o = o || {}; o.max = o.max || 3; this.n = o.n; this.max = o.max } get() { return this.max } }`,
        ],
        'what is filled in from a table': [
            `exports.C = class C { constructor(o) { o = o || {}; this.n = o.n } get() { return 0 } }`,
            `const all = { max: 3 }; exports.C = class C { constructor(o) { o = o || {}; for (const k in all) o[k] = all[k]; this.n = o.n; this.max = o.max } get() { return this.max } }`,
        ],
        'an option without which there is no object': [
            `exports.C = class C { constructor(o) { this.n = o && o.n } get() { return 0 } }`,
            `exports.C = class C { constructor(o) { this.n = o && o.n; this.max = o ? o.limits.max : 3 } get() { return this.max } }`,
        ],
    };
    for (const [what, [old, young]] of Object.entries(told))
        it(`is not ${what}: told`, async () => {
            await withBuild({ 'index.js': old }, { 'index.js': young }, async (built) => {
                const notes = built.findings.map((one) => `${one.what}: ${one.why}`).join('\n');
                assert.match(notes, /C\.\w+: a new field, which objects made before the patch are without: it depends on/);
            });
        });
    it('is not a member of what a closure was made with, where that does something: a problem', async () => {
        const text = (made, result) => ({
            'index.js': `exports.make = (socket) => { ${made} socket.on('end', () => {}); return () => ${result} }`,
        });
        const young = text(`const peer = socket.peer || 'none';`, 'peer');
        await withBuild(text('', '0'), young, async (built) => {
            assert.match(problemsOf(built).join(), /'peer' is a new variable of the function around it/);
        });
    });
});
describe('a parameter that programs do not pass', () => {
    const text = (parameters, body, more = '') => ({
        'index.js': `class Session { end(request${more}) { ${more ? 'after()' : 'request.user = undefined'} } }
      exports.Session = Session; exports.end = function (request${parameters}) { ${body} }`,
    });
    const old = text('', 'request.user = null; return 1');
    const needed = {
        'is called': 'request.user = null; after(); return 2',
        'is asked for, or else it throws': "if (typeof after !== 'function') throw new Error('no callback'); request.user = null; after(); return 2",
        'is reckoned with': 'request.user = after + 1; return 2',
    };
    for (const [how, body] of Object.entries(needed))
        it(`is a problem where it ${how}`, async () => {
            await withBuild(old, text(', after', body, ', options, after'), async (made) => {
                assert.match(problemsOf(made).join(), /exports\.end: it cannot do without 'after' now/);
            });
        });
    const without = {
        'is called if it is there': 'request.user = null; if (after) after(); return 2',
        'has a default': 'after ||= () => {}; request.user = null; after(); return 2',
    };
    for (const [how, body] of Object.entries(without))
        it(`is told where it ${how}`, async () => {
            await withPatch(old, text(', after', body), '', async (program, made) => {
                assert.deepEqual(problemsOf(made), []);
                assert.ok(made.findings.some(({ why }) => /does not arrive/.test(why)));
                await program.load(made.code, 'patch.mjs');
                assert.equal(await program.run('lib.end({})'), 2);
            });
        });
    it('is none where the package passes it', async () => {
        const text = (more, body) => ({
            'index.js': `class Session { end(request${more}) { ${body} } out(request) { return this.end(request${more && ', () => 3'}) } }
        exports.Session = Session`,
        });
        await withPatch(text('', 'return 1'), text(', after', 'return after()'), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('new lib.Session().out({})'), 3);
        });
    });
});
it('what is new may be made by a long chain of calls', async () => {
    const chain = Array.from({ length: 40 }, () => `.replace('a', 'b').trim()`).join('');
    const text = (made, more) => ({
        'index.js': `exports.C = class C { constructor(o) { this.n = o.n; ${made} } all() { return [this.n${more}].join() } }`,
    });
    const young = text(`this.sep = String(o.sep || 'aaa')${chain}`, ', this.sep');
    await withPatch(text('', ''), young, 'const it = new lib.C({ n: 1 })', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        await program.load(made.code, 'patch.mjs');
        assert.equal(await program.run('it.all()'), '1,bbb');
    });
});
describe('a parameter that a function of the file alone has got', () => {
    const text = (more, body, end = '') => ({
        'index.js': `const log = (options, x) => [options === undefined, x]
      const mover = (path${more}) => () => ${body}; exports.move = (path) => mover(path); ${end}`,
    });
    const setup = "const it = lib.move('a')";
    it('is not passed where nobody in it does', () => withPatch(text('', 'path'), text(', options', 'log(options, path)'), setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await program.run("[it(), lib.move('b')()]"), [
            [true, 'a'],
            [true, 'b'],
        ]);
    }));
    it('is a problem where others may call it', () => {
        const end = 'exports.mover = mover';
        return withBuild(text('', 'path', end), text(', options', 'log(options, path)', end), async (made) => assert.match(problemsOf(made).join(), /'options' is a new variable of the function around it/));
    });
});
//# sourceMappingURL=not-passed.test.js.map