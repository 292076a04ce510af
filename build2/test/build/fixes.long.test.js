// A release becomes a patch without a line of new code: against a running program that uses the old version and is at
// work all the time, the exploit works before, fails once the patch is loaded, and works again when it is disabled.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildWithDependencies } from '#dist/build/build.js';
import { readVersion } from '#dist/build/read/folder.js';
import { packageFolder } from '#dist/build/read/registry.js';
import { Program } from '../support/program.js';
import { scale } from '../support/scale.js';
import { fixes } from './fixes.js';
import { furtherFixes } from './further-fixes.js';
import { install } from './install.js';
import { unseenFixes } from './unseen-fixes.js';
describe('a release as a patch', () => {
    for (const fix of [...fixes, ...furtherFixes, ...unseenFixes].filter(({ quick }) => quick || scale === 'full')) {
        it(`${fix.package} ${fix.from} → ${fix.to}`, () => check(fix));
    }
});
async function check(fix) {
    const [from, to] = await Promise.all([fix.from, fix.to].map((version) => packageFolder(`${fix.package}@${version}`)));
    const made = await buildWithDependencies(readVersion(from), readVersion(to), {}, async (name, range) => readVersion(await packageFolder(`${name}@${range}`)));
    assert.deepEqual(made.findings.filter(({ severity }) => severity === 'problem'), []);
    const program = await Program.start(await programOf(fix), { modules: await install(fix.package, fix.from) });
    try {
        const expected = await program.run(`work()`);
        assert.equal(await program.run(fix.exploit), true, 'the exploit works before');
        await program.load(made.code, 'patch.mjs');
        assert.equal(await program.run(fix.exploit), false, 'the exploit fails with the patch');
        assert.deepEqual(await program.run(`work()`), expected);
        await program.disable(made.name);
        assert.equal(await program.run(fix.exploit), true, 'the exploit works again without');
        assert.deepEqual(await program.run(`work()`), expected);
        const { rounds, wrong } = await program.run('stop()');
        assert.deepEqual(wrong, []);
        assert.ok(rounds > 3, `${rounds} rounds of work while the patch came and went`);
    }
    finally {
        await program.stop();
    }
}
/** At work all the time: whatever differs from the first round is wrong. */
async function programOf({ package: name, module: isModule = false, setup = '', work, }) {
    const lib = isModule ? `import lib from '${name}'` : `const lib = require('${name}')`;
    return {
        [isModule ? 'main.mjs' : 'main.js']: `${lib}
      ${setup}
      const work = async () => (${work})
      const state = { rounds: 0, wrong: [], stopped: false }
      const atWork = (async () => {
        let first
        while (!state.stopped) {
          const result = await work().then(JSON.stringify, (error) => 'error: ' + error.stack)
          first ??= result
          if (result !== first) state.wrong.push(result)
          state.rounds++
          await new Promise((next) => setTimeout(next, 2))
        }
      })()
      const stop = async () => { state.stopped = true; await atWork; return state }
`,
    };
}
//# sourceMappingURL=fixes.long.test.js.map