/** Tools that programs are run with, as users have them: installed from npm, once for all test runs. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
const versions = {
    '@opentelemetry/api': '1.9.1',
    '@opentelemetry/auto-instrumentations-node': '0.81.2',
    '@swc-node/register': '1.12.1',
    '@swc/core': '1.16.22',
    bytenode: '1.7.0',
    c8: '12.0.0',
    depd: '2.0.0',
    esbuild: '0.28.2',
    'esbuild-register': '3.6.0',
    express: '5.3.0',
    'import-in-the-middle': '3.6.0',
    mocha: '12.0.3',
    pirates: '4.0.7',
    pm2: '7.0.4',
    proxyquire: '2.1.3',
    'require-in-the-middle': '8.0.1',
    'signal-exit': '4.1.0',
    'source-map-support': '0.5.21',
    'ts-node': '10.9.2',
    tsx: '4.23.15',
    typescript: '5.8.3',
    'v8-compile-cache-lib': '3.0.1',
};
const wanted = JSON.stringify({ private: true, dependencies: versions });
/** Each list of versions has a folder of its own: checkouts that share `.nodes` may differ. */
const name = `tools-${createHash('sha256').update(wanted).digest('hex').slice(0, 8)}`;
const folder = fileURLToPath(new URL(`../../../.nodes/${name}/`, import.meta.url));
/** The `node_modules` that holds them. */
export function toolsFolder() {
    if (!existsSync(folder))
        install();
    return join(folder, 'node_modules');
}
function install() {
    const fresh = `${folder.slice(0, -1)}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'package.json'), wanted);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: fresh,
        stdio: 'ignore',
    });
    try {
        renameSync(fresh, folder);
    }
    catch {
        rmSync(fresh, { recursive: true }); // another test file was quicker
    }
}
/** The url of what `require` finds for this specifier. */
export function toolUrl(specifier) {
    return pathToFileURL(createRequire(join(toolsFolder(), 'x.js')).resolve(specifier)).href;
}
//# sourceMappingURL=tools.js.map