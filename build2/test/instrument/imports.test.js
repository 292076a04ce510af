import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instrument } from 'umbra/instrument';
const announces = (source) => instrument(source, { url: 'file:///imports.js', type: 'commonjs' }).announcesImports;
test('an import() of CommonJS is announced in functions; where toString would show it, or it may be hidden, it is not', () => {
    for (const source of [
        'const nothing = 1',
        "/** @type {import('typescript').Node} */ function f() {} // import('x')",
        'const load = (name) => import(name)',
        "async function load(a = import('x')) { return import( /* where */ await a, { with: {} }) }",
        "class C { load() { return import('x') } field = () => import('y') }",
    ])
        assert.equal(announces(source), true, source);
    for (const source of [
        "import('x')",
        "class C { field = import('x') }",
        "function f() { return class { static x = import('x') } }",
        'function f() { return eval("import(\'x\')") }',
        "const load = new Function('name', 'return import(name)')",
        "with ({}) { function f() { return import('x') } }",
        "function f() { return import('x') + `import(0)` }",
    ])
        assert.equal(announces(source), false, source);
});
//# sourceMappingURL=imports.test.js.map