// Functions that programs have taken by an export which is another function in the new version.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
const index = (text) => ({ 'index.js': text });
const TAKEN = 'const { f } = lib; const taken = [f]';
const own = `function a(x) { return x } function b(x) { return x + 1 } exports.g = b; `;
const other = { 'other.js': `exports.b = (x) => x + 1; exports.more = { b: exports.b }` };
describe('a choice of functions that a module exports', () => {
    const choice = (own, other) => `Reflect.ownKeys ? function f(x) { return [x, ${own}] } : ${other}`;
    const others = ['String', '(Object.keys ? function f(x) { return [x] } : null)'];
    it('is the running one where nothing else can be chosen, with the functions that changed', () => checkBothWays(index(`module.exports = ${choice(1, others[0])}`), index(`module.exports = ${choice(2, others[1])}`), 'const f = lib', '[f(0), lib(0)]', [
        [
            [0, 1],
            [0, 1],
        ],
        [
            [0, 2],
            [0, 2],
        ],
    ]));
    it('is the running one where that has had a name', () => {
        const setup = `const run = (x) => x; run(process.env.NEVER);`;
        return checkBothWays(index(`${setup} const f = ${choice(1, 'run(String)')}; module.exports = f`), index(`${setup} module.exports = ${choice(2, 'run(String)')}`), 'const f = lib', '[f(0)]', [[[0, 1]], [[0, 2]]]);
    });
});
describe('a function that was taken, of which the export is another one', () => {
    const led = {
        'of the same module': [index(`${own} exports.f = a`), index(`${own} exports.f = b`)],
        'in a literal': [
            index(`${own} module.exports = { f: a, g: b }`),
            index(`${own} module.exports = { f: b, g: b }`),
        ],
        'of another module': [
            { ...index(`exports.f = function f(x) { return x }`), ...other },
            { ...index(`exports.f = require('./other').b`), ...other },
        ],
        'of another module, by a name': [
            { ...index(`const all = require('./other'); exports.f = (x) => x`), ...other },
            { ...index(`const all = require('./other'); exports.f = all.more.b`), ...other },
        ],
        'of a new module': [
            index(`exports.f = function f(x) { return x }`),
            { ...index(`const { b } = require('./other'); exports.f = b`), ...other },
        ],
        'that a call makes': [
            index(`function f(x) { return x } exports.f = f`),
            index(`const inc = (g) => (x) => g(x) + 1; const f = inc(function f(x) { return x }); exports.f = f`),
        ],
        'with all that it is called with': [
            index(`exports.f = function f() { return arguments[0] }; const sum = (x, y = 1) => x + y; exports.g = sum`),
            index(`const sum = (x, y = 1) => x + y; exports.g = sum; exports.f = sum`),
        ],
    };
    for (const [what, [old, young]] of Object.entries(led))
        it(`leads to one ${what}`, () => checkBothWays(old, young, TAKEN, '[f(1), taken[0](2), lib.f(3), lib.f === f]', [
            [1, 2, 3, true],
            [2, 3, 4, true],
        ]));
    it('leads to what the new version chooses, whichever the running one has chosen', async () => {
        const text = (chosen, by) => index(`const hasTags = ${chosen}; let tag; if (hasTags) { tag = 't' }
        module.exports = hasTags ? function f(x) { return tag + x * ${by} } : function f(x) { return 'none' + x * ${by} }`);
        const use = '[f(1), taken[0](2), lib(3)]';
        const setup = 'const f = lib; const taken = [f]';
        await checkBothWays(text('process.pid < 0', 1), text('process.pid > 0', 2), setup, use, [
            ['none1', 'none2', 'none3'],
            ['t2', 't4', 't6'],
        ]);
        await checkBothWays(text('process.pid > 0', 1), text('process.pid < 0', 2), setup, use, [
            ['t1', 't2', 't3'],
            ['none2', 'none4', 'none6'],
        ]);
    });
    it('is refused where the running version may have chosen something else', async () => {
        const text = (chosen) => index(`const hasTags = ${chosen}; module.exports = hasTags ? function f(x) { return x } : String`);
        await withBuild(text('process.pid < 0'), text('process.pid > 0'), async (made) => {
            assert.match(problemsOf(made).join(), /export module\.exports: the export has another value/);
        });
    });
    it('leads to one of a new module, which another one hands on to programs', async () => {
        const all = { 'index.mjs': `export * from './own.mjs'` };
        const old = { ...all, 'own.mjs': 'export function f(x) { return x }\nexport const g = (x) => f(x)' };
        const young = {
            ...all,
            'own.mjs': `import { f } from './other.mjs'\nexport { f }\nexport const g = (x) => f(x)`,
            'other.mjs': 'export function f(x) { return x + 1 }',
        };
        const setup = 'import("lib").then((lib) => { globalThis.taken = lib.f })';
        const use = 'import("lib").then((lib) => [taken(1), lib.f(2), lib.g(3)])';
        await checkBothWays(old, young, setup, use, [
            [1, 2, 3],
            [2, 3, 4],
        ]);
    });
    it('leads to one that awaits', () => checkBothWays(index(`exports.f = async function f(x) { return x }; const b = async (x) => x + 1; exports.g = b`), index(`const b = async (x) => x + 1; exports.f = b; exports.g = b`), TAKEN, 'f(1)', [1, 2]));
    const kept = {
        'the new version goes on using it': [
            `${own} exports.f = a; exports.h = () => a(1)`,
            `${own} exports.f = b; exports.h = () => a(1)`,
        ],
        'it was exported by two names': [
            `${own} function c(x) { return -x } exports.f = a; exports.h = a; exports.c = c`,
            `${own} function c(x) { return -x } exports.f = b; exports.h = c; exports.c = c`,
        ],
        'it makes objects': [
            `function A() { this.n = 1 } function B() { this.n = 2 } exports.f = A; exports.g = B`,
            `function A() { this.n = 1 } function B() { this.n = 2 } exports.f = B; exports.g = B`,
        ],
        'it has members': [
            `${own} exports.f = function (x) { return x }; exports.f.more = 1`,
            `${own} exports.f = b; exports.f.more = 1`,
        ],
        'it is no function any more': [`exports.f = function f() {}`, `const f = { call() {} }; exports.f = f`],
        'it is called now where it was made': [
            `const make = (n) => () => n; exports.f = function f() {}`,
            `const make = (n) => () => n; exports.f = make(2)`,
        ],
    };
    for (const [why, [old, young]] of Object.entries(kept))
        it(`is a problem where ${why}`, () => withBuild(index(old), index(young), async (made) => {
            assert.match(problemsOf(made).join(), /export f: /);
        }));
});
//# sourceMappingURL=successors.test.js.map