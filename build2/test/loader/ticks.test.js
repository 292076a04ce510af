import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { program, register } from './program.js';
const app = program({
    'main.cjs': `const turn = () => new Promise((done) => setTimeout(done, 2))
    const ticks = () => {
      for (let n = 0; n < 100; n++) process.nextTick(() => {})
      return turn()
    }
    const main = async () => {
      await ticks()
      // V8 keeps hidden classes that nothing has for some collections.
      for (let n = 0; n < 10; n++) { gc(); await turn() }
      await ticks()
    }
    main()`,
});
/** How many hidden classes the place met that reads the callback of a tick. */
function shapesOfTicks(...node) {
    const log = app.path('ic.log');
    const logging = ['--log-ic', '--no-logfile-per-isolate', `--logfile=${log}`];
    assert.equal(app.run('main.cjs', { node: ['--expose-gc', ...logging, ...node] }).status, 0);
    const reads = readFileSync(log, 'utf8').matchAll(/^LoadIC,\w+,\d+,\d+,\d+,\w,\w,(\w+),callback,/gm);
    return new Set(Array.from(reads, ([, shape]) => shape)).size;
}
test('ticks have one hidden class, whatever has been collected in between', () => {
    assert.equal(shapesOfTicks('--import', register), 1);
    assert.equal(shapesOfTicks(), 2, 'what it is about shows in a plain process');
});
//# sourceMappingURL=ticks.test.js.map