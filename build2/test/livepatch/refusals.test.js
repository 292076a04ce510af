// Every patch here must be refused, for the reason given, and leave the process as it was.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Program } from '../support/program.js';
/** A patch of one function. */
const patch = (path, replacement, module = './lib.mjs') => `
  import { definePatch, original, scope } from 'umbra'
  export default definePatch({ name: 'p', targets: [{ module: ${JSON.stringify(module)}, functions: {
    ${JSON.stringify(path)}: ${replacement},
  } }] })`;
const cases = [
    [
        'a function that does not exist',
        patch('handel', 'function () {}'),
        'FUNCTION_NOT_FOUND',
        /did you mean 'handle'/,
    ],
    [
        'a path that is ambiguous',
        patch('twice/pick', 'function () {}'),
        'FUNCTION_AMBIGUOUS',
        /'twice\/pick#1' \(line \d+\).*#2/,
    ],
    [
        'a position beyond the last',
        patch('twice/pick#3', 'function () {}'),
        'FUNCTION_NOT_FOUND',
        /2 functions/,
    ],
    [
        'an unknown name',
        patch('handle', 'function () { return scope.LIMITS }'),
        'SCOPE_NOT_FOUND',
        /did you mean 'LIMIT'/,
    ],
    ['a write to a const', patch('handle', 'function () { scope.LIMIT = 1 }'), 'SCOPE_READ_ONLY', /const/],
    ['a write to an import', patch('handle', 'function () { scope.join = 1 }'), 'SCOPE_READ_ONLY', /import/],
    [
        'a write to a let that is never assigned',
        patch('handle', 'function () { scope.never++ }'),
        'SCOPE_READ_ONLY',
        /never assigns/,
    ],
    [
        'a local that nothing captures',
        patch('uncaptured/<anonymous>', '() => scope.local'),
        'SCOPE_UNREACHABLE',
        /local/,
    ],
    [
        'an unknown private member',
        patch('Box.prototype.get', 'function () { return scope.private(this)["#y"] }'),
        'SCOPE_NOT_FOUND',
        /#y/,
    ],
    ['another kind: async', patch('handle', 'async function () {}'), 'REPLACEMENT_KIND', /async function/],
    ['another kind: not async', patch('asynchronous', 'function () {}'), 'REPLACEMENT_KIND', /async function/],
    ['another kind: not a generator', patch('generator', 'function () {}'), 'REPLACEMENT_KIND', /generator/],
    ['another kind: a class', patch('handle', 'class {}'), 'REPLACEMENT_KIND', /class/],
    [
        'a class for a constructor',
        patch('Box', 'class {}'),
        'REPLACEMENT_KIND',
        /write the constructor as a function/,
    ],
    [
        'more parameters than are passed',
        patch('handle', 'function (a, b) {}'),
        'REPLACEMENT_PARAMETERS',
        /2 parameters.*passes only 1/,
    ],
    ['an arrow that wants this', patch('handle', '() => this'), 'SCOPE_MISUSED', /arrow has no 'this'/],
    [
        'scope outside of a replacement',
        "import { scope, definePatch } from 'umbra'\nconst x = scope.LIMIT\nexport default definePatch({ name: 'p', targets: [{ module: './lib.mjs' }] }) ",
        'SCOPE_MISUSED',
        /outside of a replacement/,
    ],
    [
        'scope without a name',
        patch('handle', 'function (k) { return scope[k] }'),
        'SCOPE_MISUSED',
        /followed by a name/,
    ],
    [
        'a package in another version',
        patch('version', '() => 1', 'dep@^2'),
        'TARGET_VERSION',
        /runs version 1\.4\.0/,
    ],
    ['a range that is none', patch('version', '() => 1', 'dep@latest!'), 'TARGET_NAME', /not a range/],
    ['a bare file name', patch('handle', '() => 1', 'lib.mjs'), 'TARGET_NAME', /'\.\/lib\.mjs'/],
    ['a syntax error', 'export default {{', 'PATCH_SYNTAX', /refused\.ts:1/],
    [
        "a name of umbra's own",
        'const $umbraKey = 41; export default { name: $umbraKey }',
        'PATCH_SYNTAX',
        /'\$umbraKey' is umbra's own/,
    ],
    ['no default export', 'export const a = 1', 'PATCH_INVALID', /exports no patch/],
    ['no name', "export default { targets: [{ module: './lib.mjs' }] }", 'PATCH_INVALID', /no name/],
    [
        'a misspelt field',
        "export default { name: 'p', target: [], targets: [{ module: './lib.mjs' }] }",
        'PATCH_INVALID',
        /unknown field 'target'/,
    ],
    ['a module that throws', "throw new Error('on purpose')", 'PATCH_THROWS', /on purpose/],
    [
        'a function twice by two paths',
        `export default { name: 'p', targets: [{ module: './lib.mjs', functions: { 'twice/pick#1': () => 1, 'twice/pick#01': () => 2 } }] }`,
        'FUNCTION_TWICE',
        /one and the same/,
    ],
];
describe('a patch is refused', () => {
    let app;
    before(async () => {
        app = await Program.start({
            'main.mjs': `
        import * as lib from './lib.mjs'
        import * as dep from 'dep'
        const state = () => [lib.handle(1), lib.counter(), new lib.Box(2).get(), lib.twice(1), dep.version()]`,
            'lib.mjs': `
        import { join } from 'node:path'
        const LIMIT = 5
        let count = 0
        let never = 1
        export function handle(request) { return request + LIMIT + never + join('a', 'b').length }
        export function counter() { return count++ - count }
        export class Box { #x; constructor(x) { this.#x = x } get() { return this.#x } }
        export const asynchronous = async () => 1
        export function* generator() { yield 1 }
        export const twice = (n) => [function pick() { return n }, function pick() { return n + 1 }].map((f) => f())
        export function uncaptured() { let local = 1; local++; return () => LIMIT }`,
            'node_modules/dep/package.json': '{ "name": "dep", "version": "1.4.0", "main": "index.js" }',
            'node_modules/dep/index.js': 'exports.version = function version() { return "1.4.0" }',
        });
    });
    after(() => app.stop());
    let unpatched;
    before(async () => {
        unpatched = await app.run('state()');
    });
    afterEach(async () => {
        for (const { name } of await app.list()) {
            // A patch that was accepted must fail its own test, not those after it.
            await app.disable(name);
            await app.unload(name);
        }
        assert.deepEqual(await app.run('state()'), unpatched);
    });
    for (const [what, source, code, says] of cases) {
        it(`for ${what}`, async () => {
            const before = await app.log();
            const error = await app.refuse(source);
            assert.equal(error.code, code, error.message);
            assert.match(error.message, says);
            assert.deepEqual(await app.log(), before);
        });
    }
    it('for a file that is missing', async () => {
        const run = await app.umbra('load', String(app.pid), app.path('nowhere.ts'), '--json');
        assert.equal(run.status, 1);
        assert.equal(JSON.parse(run.stdout).error.code, 'PATCH_FILE');
    });
});
//# sourceMappingURL=refusals.test.js.map