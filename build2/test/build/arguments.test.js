// `arguments` of replacements: where they are but parameters, and where it does not show that they are an object of their own.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
describe('parameters with defaults, as compilers write them', () => {
    it('are those that the running function hands on', async () => {
        const text = (b, n) => index(`exports.f = function (a, b) { ${b}return [a, b, ${n}] }`);
        await checkBothWays(text('b = b === undefined ? 7 : b; ', 1), text('var b = arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 8; ', 2), '', '[lib.f(1), lib.f(1, 2), lib.f(1, undefined), lib.f()].join(";")', ['1,7,1;1,2,1;1,7,1;,7,1', '1,8,2;1,2,2;1,8,2;,8,2']);
    });
    for (const expression of [
        'arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 7',
        'arguments.length <= 1 || arguments[1] === undefined ? 7 : arguments[1]',
    ])
        it(`begin as they do where nobody passes them: ${expression}`, async () => {
            const old = index('exports.f = function (a) { return a }; exports.g = function () { return exports.f(1) }');
            const young = index(`exports.f = function (a) { var b = ${expression}; return [a, b] }; exports.g = function () { return exports.f(1) }`);
            await withPatch(old, young, '', async (program, made) => {
                assert.deepEqual(problemsOf(made), []);
                const told = made.findings.filter(({ why }) => /passes beyond its own parameters/.test(why));
                assert.deepEqual(told.map(({ severity }) => severity), ['note']);
                await program.load(made.code, 'patch.mjs');
                assert.deepEqual(await program.run('[lib.f(3), lib.g()]'), [
                    [3, 7],
                    [1, 7],
                ]);
            });
        });
    it('are told where a compiler exports each function as the default of its file', async () => {
        const helper = 'function _interopRequireDefault(o) { return o && o.__esModule ? o : { default: o } }';
        const file = (body) => `exports.__esModule = true; exports.default = f; ${body}`;
        const files = (f) => ({
            'index.js': `${helper} var _a = _interopRequireDefault(require('./a')); var _b = _interopRequireDefault(require('./b'));
        exports.a = function (x) { return (0, _a.default)(x) }; exports.b = function (x) { return (0, _b.default)(x, 2) }`,
            'a.js': file(f),
            'b.js': file('function f(x, y) { return [x, y] }'),
        });
        await checkBothWays(files('function f(x) { return [x, 1] }'), files('function f(x) { var y = arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 5; return [x, y] }'), '', '[lib.a(0), lib.b(0)].join(";")', ['0,1;0,2', '0,5;0,2']);
    });
    const refused = {
        'where the package passes more than the running function hands on': 'exports.f = function (a) { var b = arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 7; return b }; exports.g = function () { return exports.f(1, 2) }',
        'where something else is asked of them': 'exports.f = function (a) { var b = arguments.length > 1 && arguments[1] !== undefined ? arguments[2] : 7; return b }',
        'where how many there are decides': 'exports.f = function (a) { var b = arguments.length > 1 ? arguments[1] : 7; return b }',
        'where another one is asked for': 'exports.f = function (a) { var b = arguments.length > 0 && arguments[1] !== undefined ? arguments[1] : 7; return b }',
    };
    for (const [where, text] of Object.entries(refused))
        it(`are a problem ${where}`, async () => {
            await withBuild(index('exports.f = function (a) { return a }'), index(text), async (made) => {
                assert.match(problemsOf(made).join(), /it uses 'arguments'/);
            });
        });
});
describe("'arguments' that are one with parameters", () => {
    const text = (body) => index(`exports.f = function (a, b) { ${body} }`);
    const old = text('void arguments; return 0');
    const allowed = {
        'in a loop in front': 'var n = 0; for (var i = 0; i < arguments.length; i++) if (arguments[i] !== undefined) n++; a = 9; return [n, a]',
        'as a list in front': 'var all = [].slice.call(arguments); a = 9; return [all[0], a]',
    };
    for (const [how, body] of Object.entries(allowed))
        it(`are read before the parameters are assigned: ${how}`, async () => {
            await checkBothWays(old, text(body), '', 'lib.f(1)', [0, [1, 9]]);
        });
    const refused = {
        'behind an assignment': 'a = 9; return arguments[0]',
        'in a loop that assigns': 'for (var i = 0; i < 2; i++) { if (i && arguments[0] === 9) return 1; a = 9 }',
        'by another name': 'var all = arguments; a = 9; return all[0]',
        'with an assignment in a function': 'function set() { a = 9 } set(); return [arguments[0], set]',
        'as what is assigned': 'void arguments.length; [arguments[0]] = [3]; a += 1; return a',
    };
    for (const [how, body] of Object.entries(refused))
        it(`are a problem: ${how}`, async () => {
            await withBuild(old, text(body), async (made) => {
                assert.match(problemsOf(made).join(), /'arguments'/);
            });
        });
});
describe('async functions as a compiler runs them', () => {
    const helpers = (begins) => `
    var __awaiter = (this && this.__awaiter) || function (self, args, P, generator) {
      return new Promise(function (resolve) {
        function step(result) {
          if (result.done) resolve(result.value)
          else result.value.then(function (value) { step(generator.next(value)) })
        }
        step((generator = generator.apply(self, args || [])).next())
      })
    }
    var __generator = (this && this.__generator) || function (self, body) {
      var state = { label: 0 }, g = ${begins}
      function verb() { return function () { return step() } }
      function step() { var op = body.call(self, state); return g && { done: op[0] === 2, value: op[1] } }
      g.next = verb()
      return g
    }
    exports.wait = Promise.resolve()`;
    const body = (sum) => `return __generator(this, function (_) {
      switch (_.label) {
        case 0: _.label = 1; return [4, exports.wait]
        case 1: return [2, ${sum}]
      }
    })`;
    const old = {
        'index.js': `${helpers('{}')}
      exports.add = function add(a, b) { if (b === void 0) { b = 1 }
        return __awaiter(this, void 0, void 0, function () { ${body('a + b')} }) }`,
    };
    const young = (more) => ({
        'index.js': `${helpers('Object.create(Object.prototype)')}
      exports.add = function add() {
        return __awaiter(this, arguments, void 0, function (a, b${more}) { if (b === void 0) { b = 10 } ${body('a + b + 100')} }) }`,
    });
    it('hand on their arguments, and end as they began', async () => {
        const setup = 'let go; lib.wait = new Promise((resolve) => { go = resolve }); const pending = lib.add(1)';
        await withPatch(old, young(''), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('(go(), Promise.all([pending, lib.add(1), lib.add(1, 2)]))'), [2, 111, 103]);
            await program.disable(made.name);
            assert.deepEqual(await program.run('Promise.all([lib.add(1), lib.add(1, 2)])'), [2, 3]);
        });
    });
    it('are a problem where they hand on more than a site passes', async () => {
        const calling = { 'call.js': `exports.f = () => require('./index').add(1, 2, 3)` };
        await withBuild({ ...old, ...calling }, { ...young(', c'), ...calling }, async (made) => {
            assert.match(problemsOf(made).join(), /it uses 'arguments'/);
        });
    });
});
//# sourceMappingURL=arguments.test.js.map