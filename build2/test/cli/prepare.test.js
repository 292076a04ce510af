// Programs that are prepared before they are started: their first start must find everything in the cache.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { program } from '../loader/program.js';
const umbra = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
function prepare(app, args, env = {}) {
    return spawnSync(process.execPath, [umbra, 'prepare', ...args], {
        cwd: app.folder,
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '', UMBRA_CACHE: app.path('.cache'), ...env },
    });
}
const answer = (word) => `function answer() { return '${word}' }\n`;
const files = {
    'package.json': '{ "main": "main.cjs" }',
    'main.cjs': `require('./probe.cjs')
    const { answer } = require('./lib.cjs')
    require('data/file.json')
    try { require('optional') } catch {}
    import('./late.mjs').then(({ late, dual }) => {
      patch('/late.mjs', 'answer', () => 'patched')
      say([answer(), late(), dual()])
      say(prepared())
    })`,
    'lib.cjs': `${answer('lib')} exports.answer = answer\nif (process.env.NEVER) require('./other.cjs')`,
    'other.cjs': answer('other'),
    'late.mjs': `import { answer as dual } from 'dual'\n${answer('late')} export { answer as late, dual }`,
    'unused.cjs': answer('unused'),
    'node_modules/data/file.json': '{}',
    'node_modules/dual/package.json': '{ "exports": { "import": "./dual.mjs", "require": "./dual.cjs" } }',
    'node_modules/dual/dual.mjs': `export ${answer('dual')}`,
    'node_modules/dual/dual.cjs': answer('wrong'),
};
test('the first start after it finds every module in the cache, and can be patched', () => {
    const app = program(files);
    const { status, stdout, stderr } = prepare(app, ['.', '--json']);
    assert.equal(status, 0, stderr);
    const [{ pack, ...done }] = JSON.parse(stdout).programs;
    assert.deepEqual(done, { script: app.path('main.cjs'), modules: 6, made: 6, untouched: [] });
    const { ino } = statSync(pack);
    assert.deepEqual(app.values('main.cjs'), [
        ['lib', 'patched', 'dual'],
        ['dual.mjs', 'late.mjs', 'lib.cjs', 'main.cjs', 'probe.cjs'],
    ]);
    assert.equal(statSync(pack).ino, ino); // a pack is replaced when a module was not in it
});
test('again it makes what has changed, and lists what cannot be prepared', () => {
    const app = program({ ...files, 'other.cjs': 'this is no JavaScript' });
    assert.equal(prepare(app, ['main.cjs']).status, 0);
    app.write({ 'lib.cjs': `${files['lib.cjs']}\n` });
    const { stdout } = prepare(app, ['main.cjs']);
    assert.match(stdout, /^main\.cjs: 5 modules are prepared, 4 of them were already/);
    assert.match(stdout, /other\.cjs\s+untouched: .*cannot be prepared/);
});
test('a program that was excluded from it is left alone, as when it runs', () => {
    const app = program(files);
    const { stdout } = prepare(app, ['main.cjs', '--json'], { UMBRA_EXCLUDE: 'dual' });
    assert.equal(JSON.parse(stdout).programs[0].modules, 5);
});
test('it says what is wrong with a script or the cache', () => {
    const app = program(files);
    const missing = prepare(app, ['main.cjs', 'nothing.js', '--json']);
    assert.equal(missing.status, 1);
    assert.equal(JSON.parse(missing.stdout).error.code, 'SCRIPT_NOT_FOUND');
    const off = prepare(app, ['main.cjs', '--json'], { UMBRA_CACHE: 'off' });
    assert.equal(off.status, 1);
    assert.equal(JSON.parse(off.stdout).error.code, 'NO_CACHE');
});
//# sourceMappingURL=prepare.test.js.map