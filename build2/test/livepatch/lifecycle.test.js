// load, disable, enable, unload and stacking, in a separate process; and what the patch log says of it, word for word.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Program } from '../support/program.js';
const patch = (name, body) => `
  import { definePatch, original, scope } from 'umbra'
  export default definePatch({ name: '${name}', targets: [{ module: './lib.js', functions: {
    f(n: number) { ${body} },
  } }] })`;
const enabling = (name) => [
    `livepatch: enabling patch '${name}'`,
    `livepatch: '${name}': initializing patching transition`,
    `livepatch: '${name}': starting patching transition`,
    `livepatch: '${name}': completing patching transition`,
    `livepatch: '${name}': patching complete`,
];
const disabling = (name) => [
    `livepatch: '${name}': initializing unpatching transition`,
    `livepatch: '${name}': starting unpatching transition`,
    `livepatch: '${name}': completing unpatching transition`,
    `livepatch: '${name}': unpatching complete`,
];
describe('the life of a patch', () => {
    let app;
    before(async () => {
        app = await Program.start({
            'main.js': `const { f, slow } = require('./lib.js')`,
            'lib.js': `
        exports.f = function f(n) { return 'original ' + n }
        exports.slow = async function slow(gate) { const before = exports.f(1); await gate; return [before, exports.f(2)] }`,
        });
    });
    after(() => app.stop());
    afterEach(async () => {
        for (const { name, enabled } of JSON.parse(await app.succeed('list', String(app.pid), '--json')).reverse()) {
            if (enabled)
                await app.disable(name);
            await app.unload(name);
        }
    });
    const f = () => app.run('f(1)');
    it('is told in the kernel’s words', async () => {
        const from = (await app.log()).length;
        await app.load(patch('told', 'return "new " + n'));
        assert.equal(await f(), 'new 1');
        await app.disable('told');
        assert.equal(await f(), 'original 1');
        await app.enable('told');
        assert.equal(await f(), 'new 1');
        await app.disable('told');
        assert.deepEqual((await app.log()).slice(from), [
            ...enabling('told'),
            ...disabling('told'),
            ...enabling('told'),
            ...disabling('told'),
        ]);
    });
    it('stacks: the newest enabled wins, disabling it uncovers the one below', async () => {
        await app.load(patch('one', 'return "one " + n'));
        await app.load(patch('two', 'return "two over " + original.call(this, n)'));
        await app.load(patch('three', 'return "three over " + original.call(this, n)'));
        assert.equal(await f(), 'three over two over one 1');
        await app.disable('two');
        assert.equal(await f(), 'three over one 1');
        await app.disable('one');
        assert.equal(await f(), 'three over original 1');
        await app.enable('one');
        assert.equal(await f(), 'one 1');
        await app.disable('one');
        await app.disable('three');
        assert.equal(await f(), 'original 1');
    });
    it('a suspended call finishes in its old body, and what it calls after it resumes is new', async () => {
        await app.run(`{ globalThis.pending = slow(new Promise((r) => { globalThis.open = r })) }`);
        await app.load(`
      import { definePatch } from 'umbra'
      export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: {
        f: () => 'new', async slow() { return 'new body' },
      } }] })`);
        assert.equal(await app.run('slow()'), 'new body');
        assert.deepEqual(await app.run('(open(), pending)'), ['original 1', 'new']);
    });
    it('an enabled patch is not unloaded, a disabled one can be loaded again', async () => {
        await app.load(patch('p', 'return "new"'));
        await assert.rejects(app.unload('p'), { code: 'PATCH_ENABLED' });
        assert.equal(await f(), 'new');
        assert.equal((await app.refuse(patch('p', 'return "other"'))).code, 'PATCH_NAME_TAKEN');
        await app.disable('p');
        await app.unload('p');
        await app.load(patch('p', 'return "other"'));
        assert.equal(await f(), 'other');
    });
    it('a replacement that throws throws at its caller, from its own line, and the patch can be disabled', async () => {
        await app.load(patch('broken', '\n    throw new RangeError("of the patch")'));
        const stack = await app.run(`(() => { try { f(1) } catch (error) { return error.stack } })()`);
        assert.match(stack, /^RangeError: of the patch\n.*patch\.ts:5:/);
        await app.load(patch('above', 'try { return original.call(this, n) } catch { return "caught" }'));
        assert.equal(await f(), 'caught');
        await app.disable('broken');
        assert.equal(await f(), 'original 1');
    });
});
//# sourceMappingURL=lifecycle.test.js.map