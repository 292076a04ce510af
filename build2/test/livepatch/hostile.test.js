// Patches and programs that make things hard: what is thrown cannot be shown, objects are frozen, names forge lines.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Program } from '../support/program.js';
const UNTELLABLE = 'something was thrown that cannot be converted to text';
const patch = (fields, name = 'p') => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: ${JSON.stringify(name)}, targets: [{
    module: './lib.js', functions: { f() { return 'new' } }, ${fields},
  }] })`;
describe('hostile patches and programs', () => {
    let app;
    before(async () => {
        app = await Program.start({
            'main.js': `const lib = require('./lib.js')`,
            'lib.js': `
        exports.options = { retries: 1 }
        exports.list = {}
        exports.f = function f() { return 'old' }`,
        });
    });
    after(() => app.stop());
    const logged = async (from = 0) => (await app.ask({ op: 'log' })).slice(from).map(({ line }) => line);
    for (const [what, thrown] of [
        ['an object without a prototype', 'Object.create(null)'],
        ['a symbol as a message', `Object.defineProperty(new Error(), 'message', { value: Symbol('s') })`],
        [
            'an error with a message that throws',
            `Object.defineProperty(new Error(), 'message', { get() { throw Object.create(null) } })`,
        ],
    ]) {
        it(`${what}, thrown after the switch, leaves a patch that can be removed`, async () => {
            const from = (await logged()).length;
            await app.load(patch(`callbacks: { postPatch() { throw ${thrown} } }`));
            assert.equal(await app.run('lib.f()'), 'new');
            await app.disable('p');
            assert.equal(await app.run('lib.f()'), 'old');
            await app.unload('p');
            const failed = `umbra: postPatch callback of patch 'p' failed for './lib.js': ${UNTELLABLE}`;
            assert.ok((await logged(from)).includes(failed));
        });
        it(`${what}, thrown before the switch, refuses the patch and nothing else`, async () => {
            const error = await app.refuse(patch(`callbacks: { prePatch() { throw ${thrown} } }`));
            assert.equal(error.code, 'CALLBACK_FAILED');
            assert.ok(error.message.endsWith(UNTELLABLE), error.message);
            assert.equal(await app.run('lib.f()'), 'old');
            assert.deepEqual(await app.list(), []);
        });
    }
    it('members of an object that was frozen meanwhile stay, which the log tells; all else is taken back', async () => {
        const from = (await logged()).length;
        const members = `members: (exports: any) => [
      [exports.options, { retries: 9 }, true], [exports.list, { more: 1 }, true], [exports, { added: 1 }, true],
    ]`;
        await app.load(patch(`${members}, callbacks: { postUnpatch() { (globalThis as any).told = true } }`));
        assert.deepEqual(await app.run('[lib.f(), lib.options.retries, lib.list.more, lib.added]'), [
            'new',
            9,
            1,
            1,
        ]);
        await app.run('(Object.freeze(lib.options), Object.freeze(lib.list), true)');
        await app.disable('p');
        assert.deepEqual(await app.run("[lib.f(), lib.options.retries, 'added' in lib, told]"), [
            'old',
            9,
            false,
            true,
        ]);
        const lines = await logged(from);
        assert.equal(lines.at(-1), "livepatch: 'p': unpatching complete");
        for (const [member, reason] of [
            ['retries', 'Cannot redefine property: retries'],
            ['more', 'the object does not let it be deleted'],
        ]) {
            const line = `umbra: member '${member}' of patch 'p' cannot be taken back from './lib.js': ${reason}`;
            assert.ok(lines.includes(line), lines.join('\n'));
        }
        await app.unload('p');
    });
    for (const name of ['a\nb', 'a\u001b[31m', 'a\u2028b', 'a\u0085b']) {
        it(`the name ${JSON.stringify(name)} is refused`, async () => {
            const error = await app.refuse(patch('callbacks: {}', name));
            assert.equal(error.code, 'PATCH_INVALID');
            assert.match(error.message, /its name has line breaks or control characters/);
        });
    }
    it('what a callback throws begins no line of the log', async () => {
        const from = (await logged()).length;
        await app.load(patch(`callbacks: { postPatch() { throw new Error("no\\nlivepatch: 'q': patching complete\\x1b[2J") } }`));
        assert.ok((await logged(from)).some((line) => line.endsWith("no\\nlivepatch: 'q': patching complete\\u001b[2J")));
        await app.disable('p');
        await app.unload('p');
    });
    it('await at the top level of a patch is refused, with its line and what to do', async () => {
        for (const top of ['await 1', 'for await (const x of []) f(x)', 'const x = [await 1]']) {
            const error = await app.refuse(`const f = async () => { await 1 }\n${top}\n${patch('callbacks: { }')}`);
            assert.equal(error.code, 'PATCH_SYNTAX');
            assert.match(error.message, /refused\.ts:\d+: a patch cannot use await at its top level: do it in a pre-patch/);
        }
    });
});
//# sourceMappingURL=hostile.test.js.map