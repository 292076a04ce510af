import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '#dist/cli/client.js';
const register = new URL('../../../dist/loader/register.js', import.meta.url).href;
/** A prepared program in a folder of its own. Its main script answers messages, one after the other. */
export class Program {
    folder;
    #child;
    constructor(folder, child) {
        this.folder = folder;
        this.#child = child;
    }
    /** Writes the files and starts `main.cjs`; resolves with its first message. */
    static async start(files, env = {}) {
        const folder = mkdtempSync(join(tmpdir(), 'umbra-bench-'));
        for (const [name, text] of Object.entries(files)) {
            mkdirSync(dirname(join(folder, name)), { recursive: true });
            writeFileSync(join(folder, name), text);
        }
        const child = fork(join(folder, 'main.cjs'), {
            execArgv: ['--max-old-space-size=4096', '--expose-gc', '--import', register],
            env: { ...process.env, UMBRA_DIR: join(folder, 'run'), UMBRA_CACHE: join(folder, 'cache'), ...env },
        });
        await once(child, 'message');
        return new Program(folder, child);
    }
    async ask(message) {
        const answer = once(this.#child, 'message');
        this.#child.send(message);
        return (await answer)[0];
    }
    connect() {
        const { pid } = this.#child;
        const socket = join(this.folder, 'run', `${pid}.sock`);
        return Client.open({ pid: pid, name: 'bench', node: '', socket });
    }
    async stop() {
        const exit = once(this.#child, 'exit');
        this.#child.kill('SIGKILL');
        await exit;
        rmSync(this.folder, { recursive: true, force: true });
    }
}
//# sourceMappingURL=program.js.map