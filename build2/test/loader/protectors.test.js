import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, register } from './program.js';
const app = program({
    'package.json': '{}',
    'main.cjs': `require('./lib.cjs')
    setTimeout(() => {}, 50) // the control socket is opened meanwhile`,
    'lib.cjs': 'exports.one = (x) => x + 1',
    'detach.cjs': 'const bytes = new ArrayBuffer(8); structuredClone(bytes, { transfer: [bytes] })',
});
/** What V8 no longer takes for granted in the process: code that it compiles checks it from then on. */
function doubts(script, ...node) {
    const { stdout, status } = app.run(script, { node: ['--trace-protector-invalidation', ...node] });
    assert.equal(status, 0);
    return stdout.split('\n').filter((line) => line.startsWith('Invalidating'));
}
test('a start from the cache does nothing that makes V8 compile slower code for the program', () => {
    assert.equal(app.run('main.cjs').status, 0); // fills the cache
    assert.deepEqual(doubts('main.cjs', '--import', register), doubts('main.cjs'));
    assert.equal(doubts('detach.cjs').length, 1, 'such things show');
});
//# sourceMappingURL=protectors.test.js.map