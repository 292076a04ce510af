// Stack traces of functions that a built patch replaces name the file and line of the new version, where the process
// reads source maps.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode } from '@jridgewell/sourcemap-codec';
import { build } from '#dist/build/build.js';
import { readVersion } from '#dist/build/read/folder.js';
import { packageFolder } from '#dist/build/read/registry.js';
import { withPatch } from './versions.js';
const old = {
    'index.js': `const LIMIT = 1
class A { m() { return LIMIT } }
exports.A = A
exports.f = (x) => x`,
};
const young = {
    'index.js': `const LIMIT = 2

function check(x) {
  if (x > LIMIT)
    throw new Error('from a new function')
}
class A {
  tags = []
  m(n) {
    /* a comment of
       two lines */
    this.tags
      .push(n)
    throw new Error('from a method')
  }
  added() {
    throw new Error('from an added method')
  }
}
exports.A = A
exports.f = (x) => {
  require('./file').run(x)
  check(x)
}`,
    'file.js': `exports.run = (x) => {

  if (x === 0) throw new Error('from a new file')
}`,
};
const line = (file, what) => young[file].split('\n').findIndex((text) => text.includes(what)) + 1;
const cases = [
    ['lib.f(9)', 'index.js', 'from a new function'],
    ['new lib.A().m(1)', 'index.js', 'from a method'],
    ['new lib.A().added()', 'index.js', 'from an added method'],
    ['lib.f(0)', 'file.js', 'from a new file'],
];
describe('the map of a patch', () => {
    it('leads from a stack trace to the new version', async () => {
        const use = `const at = (f) => { try { f() } catch (error) { return error.stack.split('\\n')[1] } }`;
        const flags = ['--enable-source-maps', '--expose-gc'];
        await withPatch(old, young, use, async (program, made) => {
            await program.load(made.code, 'patch.mjs');
            // Node forgets the map of a module that nothing holds.
            await program.run('gc()');
            for (const [code, file, what] of cases) {
                const frame = await program.run(`at(() => ${code})`);
                assert.ok(frame.includes(`npm:lib@1.0.1/${file}:${line(file, what)}:`), `${what}: ${frame}`);
            }
        }, { flags });
    });
    it('is not read where the process reads none: frames are those of the patch file', async () => {
        const use = `const at = (f) => { try { f() } catch (error) { return error.stack.split('\\n')[1] } }`;
        await withPatch(old, young, use, async (program, made) => {
            await program.load(made.code, 'patch.mjs');
            const frame = await program.run(`at(() => lib.f(9))`);
            const at = made.code.split('\n').findIndex((text) => text.includes('from a new function')) + 1;
            assert.match(frame, new RegExp(`patch\\.mjs:${at}:`));
        });
    });
    it('has each line of a real release where the release has it', async () => {
        const [from, to] = await Promise.all(['semver@7.5.1', 'semver@7.5.2'].map(packageFolder));
        const young = readVersion(to);
        const { code } = build(readVersion(from), young);
        const comment = /sourceMappingURL=data:[^,]+,(.+)/.exec(code)[1];
        const map = JSON.parse(Buffer.from(comment, 'base64').toString());
        const lines = code.split('\n');
        let same = 0;
        let mapped = 0;
        for (const [i, [segment]] of decode(map.mappings).entries()) {
            if (segment === undefined || segment.length < 4)
                continue;
            const source = young.files.get(map.sources[segment[1]].replace(/^npm:semver@7\.5\.2\//, ''));
            const wanted = source.text.split('\n')[segment[2]];
            mapped++;
            if (bare(lines[i]) === bare(wanted))
                same++;
        }
        assert.ok(mapped > 100, `${mapped} lines`);
        // The others are those that the patch writes in another way: heads of methods, calls of what is new.
        assert.ok(same > mapped * 0.8, `${same} of ${mapped}`);
    });
});
function bare(text) {
    return text.replace(/\bscope\./g, '').replace(/[\s,;]/g, '');
}
//# sourceMappingURL=source-map.test.js.map