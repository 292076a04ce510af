import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
const run = promisify(execFile);
/** A node_modules folder with one package in one version and what it depends on; made once and kept. */
export async function install(name, version) {
    const folder = join(homedir(), '.cache', 'umbra', 'installed', `${name.replace('/', '+')}@${version}`);
    if (existsSync(folder))
        return join(folder, 'node_modules');
    const work = `${folder}.${process.pid}`;
    mkdirSync(work, { recursive: true });
    writeFileSync(join(work, 'package.json'), '{ "private": true }');
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], {
        cwd: work,
    });
    if (existsSync(folder))
        rmSync(work, { recursive: true });
    else
        renameSync(work, folder);
    return join(folder, 'node_modules');
}
//# sourceMappingURL=install.js.map