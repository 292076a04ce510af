import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { program, register } from './program.js';
/** Says what its functions give and look like, whether the instrumenter was loaded, and what the registry tells of them. */
const main = `require('./probe.cjs')
const { one, two } = require('./lib.cjs')
const result = [one(20), two('ü')]
patch('/lib.cjs', 'one', (_, x) => -x)
class Plain { m() { return 1 } }
const text = (path) => require('fs').readFileSync(path, 'utf8')
const texts = [text('./lib.cjs').includes(one), text(__filename).includes(Plain)]
const made = globalThis.loaded?.some((path) => /dist.instrument.index\\.js$/.test(path))
say({ result, texts, patched: one(20), made, source: fileOf('/lib.cjs').source() === text('./lib.cjs') })`;
/** Notes what is loaded: what umbra itself needs does not stay in the program's `require.cache`. */
const witness = `globalThis.loaded = []
const { prototype } = require('module')
const { load } = prototype
prototype.load = function (path) { loaded.push(path); return load.call(this, path) }`;
const lib = `exports.one = function one(x) { return x + 1 }
exports.two = function two(x) { return x + '→' }`;
const expected = { result: [21, 'ü→'], texts: [true, true], patched: -20, source: true };
function cached() {
    return program({ 'package.json': '{}', 'main.cjs': main, 'lib.cjs': lib, 'witness.cjs': witness });
}
function packOf(app) {
    const folder = app.path('.cache');
    const packs = readdirSync(folder).filter((name) => name.endsWith('.pack'));
    assert.equal(packs.length, 1);
    return join(folder, packs[0]);
}
function outcome(app, env) {
    const node = ['--require', app.path('witness.cjs'), '--import', register];
    const [{ made, ...rest }] = app.values('main.cjs', { node, ...(env ? { env } : {}) });
    assert.deepEqual(rest, expected);
    return { made };
}
test('the second start does not load the instrumenter, and tells texts of functions; a changed file is prepared anew', () => {
    const app = cached();
    assert.deepEqual(outcome(app), { made: true });
    assert.deepEqual(outcome(app), { made: false });
    app.write({ 'lib.cjs': lib.replace('x + 1', '1 + x') });
    assert.deepEqual(outcome(app), { made: true });
    assert.deepEqual(outcome(app), { made: false });
    app.write({ 'lib.cjs': lib });
    assert.deepEqual(outcome(app), { made: false });
});
test('a start from the cache does not load node:crypto', () => {
    const app = program({
        'package.json': '{}',
        'main.cjs': `const loaded = process.moduleLoadList.includes('NativeModule crypto')
      process.stdout.write(JSON.stringify({ loaded }) + '\\n')`,
    });
    const env = { UMBRA_INSTALL_DIR: app.path('nothing installed') };
    app.run('main.cjs', { env });
    assert.deepEqual(app.values('main.cjs', { env }), [{ loaded: false }]);
});
test('a pack that is damaged, cut short or foreign is never believed', () => {
    const app = cached();
    outcome(app);
    const pack = packOf(app);
    const good = readFileSync(pack);
    const damage = fc.oneof(fc.record({ at: fc.nat(good.length - 1), byte: fc.integer({ min: 1, max: 255 }) }).map(({ at, byte }) => {
        const bytes = Buffer.from(good);
        bytes[at] ^= byte;
        return bytes;
    }), fc.nat(good.length - 1).map((length) => good.subarray(0, length)), fc.uint8Array({ maxLength: 4096 }).map((bytes) => Buffer.from(bytes)), fc.nat(good.length - 1).map((at) => Buffer.concat([good.subarray(at), good.subarray(0, at)])));
    fc.assert(fc.property(damage, (bytes) => {
        writeFileSync(pack, bytes);
        outcome(app);
    }), { numRuns: 15 });
    writeFileSync(pack, good);
    assert.deepEqual(outcome(app), { made: false });
});
test('processes that start at once share a cache, and all of them keep what they made', async () => {
    const files = Array.from({ length: 6 }, (_, i) => [
        `only${i}.cjs`,
        `exports.only = function only() { return ${i} }`,
    ]);
    const app = program({
        'package.json': '{}',
        ...Object.fromEntries(files),
        'main.cjs': `require('./probe.cjs')
      const mine = './only' + process.env.NUMBER + '.cjs'
      const { only } = require(mine)
      patch(mine.slice(1), 'only', () => 'patched')
      say(only())`,
    });
    const runs = () => Promise.all(files.map((_, i) => app.start('main.cjs', { env: { NUMBER: String(i) } })));
    for (let round = 0; round < 3; round++) {
        for (const { stdout, stderr } of await runs())
            assert.deepEqual([stdout, stderr], ['"patched"\n', '']);
    }
    assert.deepEqual(readdirSync(app.path('.cache')).filter((name) => name.endsWith('.tmp')), []);
});
test('without a folder of its own the cache is off, and nothing else', () => {
    const app = cached();
    app.write({ file: '' });
    for (const UMBRA_CACHE of ['off', app.path('file/below'), app.path('file')]) {
        assert.deepEqual(outcome(app, { UMBRA_CACHE }), { made: true });
        assert.deepEqual(outcome(app, { UMBRA_CACHE }), { made: true });
    }
    app.write({ 'shared/x': '' });
    chmodSync(app.path('shared'), 0o777);
    outcome(app, { UMBRA_CACHE: app.path('shared') });
    assert.deepEqual(readdirSync(app.path('shared')), ['x']);
    outcome(app, { UMBRA_CACHE: app.path('new/folder') });
    assert.equal(statSync(app.path('new/folder')).mode & 0o077, 0);
});
test('a running process knows its files when the cache is taken away under it', () => {
    const app = program({
        'package.json': '{}',
        'lib.cjs': lib,
        // so long that what was read of lib.cjs is not at hand any more
        'long.cjs': `// ${'long '.repeat(200_000)}`,
        'main.cjs': `require('./probe.cjs')
      const fs = require('node:fs')
      const lib = require('./lib.cjs')
      const known = () => [fileOf('/lib.cjs').sites().functions.map(({ paths }) => paths[0]), fileOf('/lib.cjs').source().length]
      require('./long.cjs')
      const before = JSON.stringify(known())
      fileOf('/long.cjs').source()
      const folder = process.env.UMBRA_CACHE
      for (const name of fs.readdirSync(folder)) if (name.endsWith('.pack')) fs.truncateSync(folder + '/' + name, 0)
      say([JSON.stringify(known()) === before, before.length > 2])
      fs.appendFileSync('./lib.cjs', '// changed')
      try { known() } catch (error) { say(/has changed on disk/.test(error.message)) }`,
    });
    app.run('main.cjs');
    app.write({ 'lib.cjs': lib });
    assert.deepEqual(app.values('main.cjs'), [[true, true], true]);
});
//# sourceMappingURL=cache.test.js.map