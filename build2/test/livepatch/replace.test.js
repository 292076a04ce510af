// Atomic replace and system states, after the kernel's test-livepatch.sh and test-state.sh.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Program } from '../support/program.js';
let app;
beforeEach(async () => {
    app = await Program.start({
        'main.js': `const { f, g, h } = require('./lib.js'); const all = () => [f(), g(), h()].join(' ')`,
        'lib.js': `
      exports.f = function f() { return 'f' }
      exports.g = function g() { return 'g' }
      exports.h = function h() { return 'h' }`,
    });
});
afterEach(() => app.stop());
const patch = (name, functions, more = '') => `
  import { definePatch, getState, getPrevState, original } from 'umbra'
  export default definePatch({
    name: '${name}', version: '1.${name.length}',
    targets: [{
      module: './lib.js',
      functions: { ${functions.map((fn) => `${fn}() { return '${name}.' + original.call(this) }`).join()} },
      ${more.includes('callbacks') ? more : ''}
    }],
    ${more.includes('callbacks') ? '' : more}
  })`;
describe('atomic replace', () => {
    it('ends all older patches in one transition; their functions revert unless replaced', async () => {
        await app.load(patch('one', ['f', 'g']));
        await app.load(patch('two', ['g', 'h']));
        assert.equal(await app.run('all()'), 'one.f two.one.g two.h');
        const from = (await app.log()).length;
        await app.load(patch('all', ['f'], 'replace: true'));
        assert.equal(await app.run('all()'), 'all.f g h');
        assert.deepEqual((await app.log()).slice(from), [
            "livepatch: enabling patch 'all'",
            "livepatch: 'all': initializing patching transition",
            "livepatch: 'all': starting patching transition",
            "livepatch: 'all': completing patching transition",
            "livepatch: 'all': patching complete",
        ]);
        assert.deepEqual((await app.list()).map(({ name, version, enabled, transition }) => ({
            name,
            version,
            enabled,
            transition,
        })), [
            { name: 'one', version: '1.3', enabled: false, transition: false },
            { name: 'two', version: '1.3', enabled: false, transition: false },
            { name: 'all', version: '1.3', enabled: true, transition: false },
        ]);
        await app.unload('one');
        await app.unload('two');
        await app.disable('all');
        assert.equal(await app.run('all()'), 'f g h');
    });
});
describe('system states', () => {
    const states = (list) => `states: [${list}]`;
    it('are handed from a patch to the one that replaces it', async () => {
        const taking = (name, version) => `
      import { definePatch, getState, getPrevState } from 'umbra'
      export default definePatch({
        name: '${name}', replace: true, states: [{ id: 'loglevel', version: ${version} }],
        targets: [{ module: './lib.js', callbacks: {
          prePatch() {
            const before = getPrevState('loglevel')
            getState('loglevel')!.data = before === undefined ? 'saved by ${name}' : before.data
            ;(globalThis as any).seen = { own: getState('loglevel')!.version, previous: before?.version }
          },
          postUnpatch() { (globalThis as any).restored = getState('loglevel')!.data },
        } }],
      })`;
        await app.load(taking('one', 1));
        assert.deepEqual(await app.run('seen'), { own: 1 });
        await app.load(taking('two', 2));
        assert.deepEqual(await app.run('seen'), { own: 2, previous: 1 });
        await app.disable('two');
        assert.equal(await app.run('restored'), 'saved by one');
    });
    for (const [what, list] of [
        ['does not list a state of the patch that it replaces', ''],
        ['lists it in an older version', "{ id: 'a', version: 1 }"],
    ]) {
        it(`a cumulative patch that ${what} is refused before anything is touched`, async () => {
            await app.load(patch('one', ['f'], states("{ id: 'a', version: 2 }")));
            const before = await app.log();
            const error = await app.refuse(patch('two', ['f'], `replace: true, ${states(list)}`));
            assert.equal(error.code, 'STATE_INCOMPATIBLE');
            assert.equal(await app.run('f()'), 'one.f');
            assert.deepEqual((await app.log()).slice(before.length), [
                'livepatch: Livepatch patch (two) is not compatible with the already installed livepatches.',
            ]);
        });
    }
    it('a cumulative patch that knows more is compatible, and so is one without states that replaces nothing', async () => {
        await app.load(patch('one', ['f'], states("{ id: 'a', version: 1 }")));
        await app.load(patch('plain', ['g']));
        await app.load(patch('two', ['f'], `replace: true, ${states("{ id: 'a', version: 2 }, { id: 'b', version: 1 }")}`));
        assert.equal(await app.run('all()'), 'two.f g h');
    });
});
//# sourceMappingURL=replace.test.js.map