// The package as its users get it: packed, installed into an empty project elsewhere, used from there.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
describe('the installed package', () => {
    let folder;
    let files;
    // Node's tools of the version that runs the tests, before those of the machine.
    const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
    delete env.NODE_TEST_CONTEXT;
    const path = (name) => join(folder, name);
    const inProject = async (command, ...args) => {
        const options = { cwd: folder, env: { ...env, UMBRA_DIR: path('run') } };
        const { stdout } = await run(command, args, options).catch((error) => {
            throw new Error(`${command} ${args.join(' ')}: ${error.stdout}${error.stderr}`);
        });
        return stdout;
    };
    const node = (...args) => inProject(process.execPath, ...args);
    before(async () => {
        folder = realpathSync(mkdtempSync(join(tmpdir(), 'umbra-test-package-')));
        const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
        const { stdout } = await run('npm', pack, { cwd: root, env });
        const packed = JSON.parse(stdout);
        // A list, or in newer versions of npm an object by name.
        const [what] = Object.values(packed);
        files = what.files.map((file) => file.path);
        mkdirSync(folder, { recursive: true });
        writeFileSync(path('package.json'), '{ "private": true }');
        await inProject('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', path(what.filename));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));
    it('holds what is needed, and nothing else', () => {
        for (const wanted of ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs/livepatch.md', 'dist/cli/main.js'])
            assert.ok(files.includes(wanted), wanted);
        for (const sample of ['mod/main.js', 'fix1/fix1.ts', 'fix2/fix2.ts'])
            assert.ok(files.includes(`samples/livepatch-shadow-${sample}`), sample);
        const needless = files.filter((file) => !/^(?:dist|docs|samples)\/|^(?:README\.md|LICENSE|CHANGELOG\.md|package\.json)$/.test(file) ||
            /\.(?:map|tsbuildinfo|log)$|\.test\./.test(file));
        assert.deepEqual(needless, []);
    });
    it('has types for consumers of both kinds', async () => {
        const uses = `
      const SV = shadowId<{ n: number }>('SV', { enumerable: true })
      const owner = {}
      const data: { n: number } | undefined = SV.get(owner)
      const got: boolean = shadow.has(owner, SV)
      // @ts-expect-error the data is an object
      SV.attach(owner, 'text')
      const patch = definePatch({ name: 'p', targets: [{ module: './lib.js', functions: {
        f(n: number) { return original.call(this, n) + scope.LIMIT },
      } }] })
      const table = SharedShadowTable.create({ maxBytes: 1 << 20 })
      const bytes: Uint8Array | undefined = table.get(1, 2)
      export { bytes, data, got, patch }`;
        writeFileSync(path('esm.mts'), `import { definePatch, original, scope, shadow, shadowId } from 'umbra'
       import * as heap from 'umbra/shadow'
       import { SharedShadowTable } from 'umbra/shared'
       import { instrument } from 'umbra/instrument'
       export const code: string = instrument('f()', { url: 'file:///x.js', type: 'module' }).code
       export const same: number = heap.detachAll('SV')
       ${uses}`);
        writeFileSync(path('cjs.cts'), `import umbra = require('umbra')
       import heap = require('umbra/shadow')
       import shared = require('umbra/shared')
       const { definePatch, original, scope, shadow, shadowId } = umbra
       const { SharedShadowTable } = shared
       export const same: number = heap.detachAll('SV')
       ${uses}`);
        const tsc = join(root, 'node_modules/typescript/bin/tsc');
        const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,esnext.disposable'];
        const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
        for (const module of ['nodenext', 'node16'])
            await node(tsc, ...options, ...types, '--module', module, 'esm.mts', 'cjs.cts');
    });
    it('has one heap store for import and require', async () => {
        writeFileSync(path('both.mjs'), `import { createRequire } from 'node:module'
       import { shadowId } from 'umbra'
       import * as heap from 'umbra/shadow'
       const require = createRequire(import.meta.url)
       const owner = {}
       shadowId('SV').attach(owner, 'data')
       console.log(heap.get(owner, 'SV'), require('umbra/shadow').get(owner, 'SV'), require('umbra').shadow.has(owner, 'SV'))
       console.log(typeof require('umbra/shared').SharedShadowTable.create, typeof (await import('umbra/instrument')).instrument)`);
        assert.equal(await node('both.mjs'), 'data data true\nfunction function\n');
    });
    it('patches a program: npx umbra, --import umbra/register, umbra run', async () => {
        assert.match(await inProject('npx', 'umbra', '--version'), /^\d+\.\d+\.\d+\n$/);
        writeFileSync(path('app.cjs'), `function f() { return 'old' }
       setInterval(() => process.stdout.write(f() + '\\n'), 10)`);
        writeFileSync(path('fix.ts'), `import { definePatch } from 'umbra'
       export default definePatch({ name: 'fix', targets: [{ module: './app.cjs', functions: { f: (): string => 'new' } }] })`);
        const starts = [
            [process.execPath, '--import', 'umbra/register', 'app.cjs'],
            ['npx', 'umbra', 'run', 'app.cjs'],
        ];
        for (const [command, ...args] of starts) {
            const child = spawn(command, args, {
                cwd: folder,
                env: { ...env, UMBRA_DIR: path('run'), UMBRA_NAME: 'app' },
            });
            try {
                await says(child, 'old\n');
                await inProject('npx', 'umbra', 'load', 'app', 'fix.ts');
                await says(child, 'new\n');
                const [row] = JSON.parse(await inProject('npx', 'umbra', 'ps', '--json'));
                assert.deepEqual(row.patches, ['fix']);
                process.kill(row.pid);
            }
            finally {
                child.kill();
            }
            await once(child, 'close');
        }
    });
});
/** Waits until a process has printed this. */
async function says(child, text) {
    for await (const [chunk] of onData(child))
        if (String(chunk).includes(text))
            return;
    throw new Error(`the process ended without saying ${JSON.stringify(text)}`);
}
async function* onData(child) {
    while (child.exitCode === null && child.signalCode === null) {
        yield await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => [''])]);
    }
}
//# sourceMappingURL=installed.long.test.js.map