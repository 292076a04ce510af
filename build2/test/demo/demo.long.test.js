// The demo's own checks are the kernel's samples at work: every step must show its effect.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
const root = fileURLToPath(new URL('../../../', import.meta.url));
it('the demo shows every step, in plain lines where there is no terminal', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/demo/main.mjs'], {
        cwd: root,
        encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
    assert.equal(stdout.match(/✓/g)?.length, 6);
    assert.match(stdout, /SV_COUNTER: \d+ attached, \d+ detached, \d+ live/);
    assert.match(stdout, /event loop held up: .*\d+\.\d+ ms to switch/);
    for (const sign of ['\r', '\u001b', '✗'])
        assert.ok(!stdout.includes(sign), stdout);
});
//# sourceMappingURL=demo.long.test.js.map