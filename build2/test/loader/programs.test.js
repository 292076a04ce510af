// What programs can see of themselves (test/loader/programs): the same plain, prepared, and from the cache.
import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { program, register } from './program.js';
const folder = fileURLToPath(new URL('../../../test/loader/programs/', import.meta.url));
const scripts = readdirSync(folder).filter((name) => /\.[cm]js$/.test(name));
/** A process without the frames of Node and of umbra's compile step, and without what differs from one to the next. */
function visible({ status, stdout, stderr }) {
    const lines = (text) => text.split('\n').flatMap((line) => {
        if (/ at .*(?:node:|\bModule\._compile|\bModule\.<anonymous>)/.test(line))
            return [];
        return line.replace(/\(node:\d+\)/, '(node)');
    });
    return { status, stdout: lines(stdout), stderr: lines(stderr) };
}
for (const script of scripts) {
    test(`${script}: the same plain, prepared, and from the cache`, () => {
        const app = program({ 'package.json': '{}' });
        cpSync(folder, app.folder, { recursive: true });
        const run = (preload) => visible(app.run(script, {
            node: ['--no-warnings', '--import', preload],
            env: { UMBRA_CACHE: app.path('.cache') },
        }));
        const plain = run('data:text/javascript,');
        assert.ok(plain.stdout.length > 1);
        for (let start = 0; start < 2; start++)
            assert.deepEqual(run(register), plain);
    });
}
//# sourceMappingURL=programs.test.js.map