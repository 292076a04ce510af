// The command line killed at any moment of a load: the process has the patch or has not, and is ready for the next.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lib } from '../agent/raw.js';
import { Program } from '../support/program.js';
import { scaled } from '../support/scale.js';
const cli = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const source = (name) => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: '${name}', targets: [{ module: './lib.js', functions: {
    f: () => '${name}', g: () => '${name}',
  } }] })`;
/** What of a load's conversation gets through before the command line is killed, and what becomes of the load. */
const POINTS = {
    connected: { request: 0, reply: false, commit: 0, loaded: false },
    'in the middle of its request': { request: 0.5, reply: false, commit: 0, loaded: false },
    'after its request': { request: 1, reply: false, commit: 0, loaded: false },
    'after it heard that the patch is prepared': { request: 1, reply: true, commit: 0, loaded: false },
    'in the middle of its commit': { request: 1, reply: true, commit: 0.5, loaded: false },
    'after its commit': { request: 1, reply: true, commit: 1, loaded: true },
};
describe('a command line that is killed', () => {
    let app;
    before(async () => {
        app = await Program.start({ ...lib, 'p.ts': source('p') });
    });
    after(() => app.stop());
    /** Starts a load, in the environment given or the program's own. */
    const load = (env = app.env) => spawn(process.execPath, [cli, 'load', String(app.pid), app.path('p.ts')], { env, stdio: 'ignore' });
    /** Whether the patch is there: wholly, or not at all. Takes it away again. */
    const outcome = async () => {
        assert.match(await app.run('both()'), /^(?:old|p)$/);
        // Whatever was under way is over when the next operation gets its turn.
        await app.load(source('next'));
        await app.disable('next');
        await app.unload('next');
        const rows = await app.list();
        const both = await app.run('both()');
        if (rows.length === 0)
            assert.equal(both, 'old');
        else
            assert.deepEqual([rows.length, rows[0].name, rows[0].enabled, both], [1, 'p', true, 'p']);
        for (const { name } of rows) {
            await app.disable(name);
            await app.unload(name);
        }
        return rows.length > 0;
    };
    for (const [when, point] of Object.entries(POINTS)) {
        it(`${when}: the patch is ${point.loaded ? '' : 'not '}there`, async () => {
            for (let i = 0; i < scaled({ quick: 1, ci: 2, full: 25 }); i++) {
                await killedAt(point, app, load);
                assert.equal(await outcome(), point.loaded);
            }
        });
    }
    it('at any moment leaves the process with or without the patch, never in between', async () => {
        const start = Date.now();
        await once(load(), 'exit');
        const whole = Date.now() - start;
        assert.equal(await outcome(), true);
        for (let i = 0; i < scaled({ quick: 4, ci: 12, full: 200 }); i++) {
            const child = load();
            const exit = once(child, 'exit');
            await Promise.race([delay(whole * (0.4 + 0.8 * Math.random())), exit]);
            child.kill('SIGKILL');
            await exit;
            await outcome();
        }
    });
});
/** Stands between the command line and the process, which hears the end of the connection as if nobody did. */
async function killedAt(point, app, load) {
    const folder = mkdtempSync(join(tmpdir(), 'umbra-test-between-'));
    const between = createServer().listen(join(folder, `${app.pid}.sock`));
    await once(between, 'listening');
    copyFileSync(app.card.socket.replace(/sock$/, 'json'), join(folder, `${app.pid}.json`));
    const child = load({ ...app.env, UMBRA_DIR: folder });
    const exit = once(child, 'exit');
    const [client] = (await once(between, 'connection'));
    const server = connect(app.card.socket);
    await once(server, 'connect');
    const [fromClient, fromServer] = [linesOf(client), linesOf(server)];
    const pass = async (lines, to, share) => {
        const { value } = await lines.next();
        const message = `${value}\n`;
        if (share > 0)
            await new Promise((sent) => to.write(message.slice(0, message.length * share), sent));
    };
    await pass(fromClient, server, point.request);
    if (point.reply) {
        await pass(fromServer, client, 1);
        await pass(fromClient, server, point.commit);
    }
    child.kill('SIGKILL');
    await exit;
    const closed = once(server, 'close');
    server.destroy();
    await closed;
    client.destroy();
    between.close();
    rmSync(folder, { recursive: true, force: true });
}
function linesOf(socket) {
    socket.on('error', () => { });
    return createInterface({ input: socket })[Symbol.asyncIterator]();
}
//# sourceMappingURL=killed.test.js.map