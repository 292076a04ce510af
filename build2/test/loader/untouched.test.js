import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, register } from './program.js';
const module = (name) => `module.exports = function ${name}() { return '${name}' }`;
test('a file that cannot be parsed fails as it does unprepared, and is listed', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs')
      try { require('./broken.cjs') } catch (error) { say([error.name, error.message]) }
      import('./broken.mjs').catch((error) => { say([error.name, error.message]); say(untouched()) })`,
        'broken.cjs': 'function ( {',
        'broken.mjs': 'export const = 1',
    });
    const plain = program({ 'main.cjs': `globalThis.registry = { untouched: () => [] }; ${'x'.slice(1)}` });
    plain.write({
        'main.cjs': `const say = (value) => console.log(JSON.stringify(value))
      try { require('./broken.cjs') } catch (error) { say([error.name, error.message]) }
      import('./broken.mjs').catch((error) => { say([error.name, error.message]) })`,
        'broken.cjs': 'function ( {',
        'broken.mjs': 'export const = 1',
    });
    const expected = plain.values('main.cjs', { node: [] });
    for (let start = 0; start < 2; start++) {
        const said = app.values('main.cjs');
        assert.deepEqual(said.slice(0, 2), expected);
        assert.deepEqual(Object.keys(said[2]).sort(), ['broken.cjs', 'broken.mjs']);
    }
});
test('a file that is nested too deeply fails as it did, and the program goes on', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs')
      try { require('./nested.cjs') } catch (error) { say([error.name, error.message]) }
      say(untouched())`,
        'nested.cjs': `if (a) {} ${'else if (a) {} '.repeat(20_000)}`,
    });
    const [failure, untouched] = app.values('main.cjs');
    assert.deepEqual(failure, ['RangeError', 'Maximum call stack size exceeded']);
    assert.match(untouched['nested.cjs'], /nested too deeply/);
});
test('UMBRA_INCLUDE and UMBRA_EXCLUDE choose packages', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs'); require('one'); require('two'); require('@scope/three'); say(prepared()); say(untouched())`,
        'node_modules/one/index.js': module('one'),
        'node_modules/two/index.js': `require('nested'); ${module('two')}`,
        'node_modules/two/node_modules/nested/index.js': `require('./more.js')`,
        'node_modules/two/node_modules/nested/more.js': '',
        'node_modules/@scope/three/index.js': `require('./deep/three.js')`,
        'node_modules/@scope/three/deep/three.js': module('three'),
    });
    const prepared = (env) => app.values('main.cjs', { env })[0];
    assert.deepEqual(prepared({}), [
        'index.js',
        'index.js',
        'index.js',
        'index.js',
        'main.cjs',
        'more.js',
        'probe.cjs',
        'three.js',
    ]);
    assert.deepEqual(prepared({ UMBRA_EXCLUDE: 'two, @scope/*' }), [
        'index.js',
        'index.js',
        'main.cjs',
        'more.js',
        'probe.cjs',
    ]);
    assert.deepEqual(prepared({ UMBRA_INCLUDE: '@scope/three' }), [
        'index.js',
        'main.cjs',
        'probe.cjs',
        'three.js',
    ]);
    assert.deepEqual(prepared({ UMBRA_INCLUDE: 't*', UMBRA_EXCLUDE: '.' }), ['index.js']);
    const [, reasons] = app.values('main.cjs', { env: { UMBRA_EXCLUDE: 'nested' } });
    assert.deepEqual(reasons, {
        'index.js': 'package nested is excluded by UMBRA_EXCLUDE',
        'more.js': 'package nested is excluded by UMBRA_EXCLUDE',
    });
});
test('what was loaded before the hooks is listed', () => {
    const app = program({
        'early.cjs': 'globalThis.early = function early() {}',
        'main.cjs': `require('./probe.cjs'); say(untouched())`,
    });
    const said = app.values('main.cjs', { node: ['--require', './early.cjs', '--import', register] });
    assert.deepEqual(said, [{ 'early.cjs': 'it was loaded before umbra/register' }]);
});
test('JSON, builtin modules and data: urls load as before', () => {
    const app = program({
        'data.json': '{ "a": 1 }',
        'main.mjs': `import './probe.cjs'
      import data from './data.json' with { type: 'json' }
      import { sep } from 'node:path'
      import { one } from 'data:text/javascript,export const one = 1'
      import { createRequire } from 'node:module'
      say([data.a, sep.length, one, createRequire(import.meta.url)('./data.json').a])
      say(prepared())`,
    });
    const said = app.values('main.mjs', { node: ['--no-warnings', '--import', register] });
    assert.deepEqual(said, [
        [1, 1, 1, 1],
        ['main.mjs', 'probe.cjs'],
    ]);
});
test('a program may put something else in the place of the global process', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs'); require('one'); setTimeout(() => {
      const { process } = global; global.process = { platform: 'other' }
      const said = [require('two')(), require('./three.cjs')]; global.process = process; say([...said, prepared().length]) }, 100)`,
        'three.cjs': `module.exports = process.platform`,
        'node_modules/one/index.js': module('one'),
        'node_modules/two/index.js': module('two'),
    });
    for (let start = 0; start < 2; start++)
        assert.deepEqual(app.values('main.cjs')[0], ['two', 'other', 5]);
});
//# sourceMappingURL=untouched.test.js.map