// What was unloaded can be collected: a thousand cycles of a patch leave the heap as it was.
import assert from 'node:assert/strict';
import { afterEach, it } from 'node:test';
import { Program } from '../support/program.js';
import { scaled } from '../support/scale.js';
let app;
afterEach(() => app.stop());
it('load, disable and unload leave the heap flat', async () => {
    app = await Program.start({
        'main.js': `const { f, make } = require('./lib.js'); const closure = make()
        const heap = () => { f(); closure(); for (let i = 0; i < 4; i++) gc(); return process.memoryUsage().heapUsed }`,
        'lib.js': `
        exports.f = function f() { return 'f' }
        exports.make = function make() { let n = 0; return function closure() { return n++ } }`,
    }, { flags: ['--expose-gc'] });
    const size = 50_000;
    // What the patch holds on to, in text and in data: a leak of either would show.
    const patch = `
    import { definePatch, original, scope, shadowId } from 'umbra'
    const ballast = '${'x'.repeat(size)}'.split('')
    const SV = shadowId('memory', { enumerable: true })
    export default definePatch({
      name: 'p',
      targets: [{ module: './lib.js', functions: {
        f() { return original.call(this) + ballast.length },
        'make/closure'() { SV.getOrAttach(f0, () => ballast); return scope.n + original.call(this) },
      } }],
      states: [{ id: 's', version: 1 }],
      unload() { SV.detachAll() },
    })
    function f0() {}`;
    await app.cycle(patch, 30);
    const before = await app.run('heap()');
    const cycles = scaled({ quick: 50, ci: 300, full: 1000 });
    await app.cycle(patch, cycles);
    // The patch log grows by some entries a cycle until its ring is full: some 5 kB a cycle at first, where a leak of the patch's
    // text or data would be 50 and more.
    const grown = (await app.run('heap()')) - before;
    assert.ok(grown < (cycles * size) / 5, `the heap grew by ${grown} bytes in ${cycles} cycles of a patch of ${size} bytes`);
});
//# sourceMappingURL=memory.test.js.map