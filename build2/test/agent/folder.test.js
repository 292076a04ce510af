// Where control sockets lie, who can reach them, and what becomes of those whose process has died.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Program, runNode, umbra } from '../support/program.js';
import { until } from '../support/until.js';
const register = new URL('../../../dist/loader/register.js', import.meta.url).href;
const mode = (path) => (statSync(path).mode & 0o777).toString(8);
/** A program that says when it is ready and goes on until it is killed. */
const idle = { 'main.js': 'setInterval(() => {}, 1e6)' };
describe('control sockets', () => {
    let scratch;
    before(() => {
        scratch = mkdtempSync(join(tmpdir(), 'umbra-test-folder-'));
    });
    after(() => rmSync(scratch, { recursive: true, force: true }));
    /** The folder of a socket that only this user can reach. */
    const isPrivate = (folder, pid) => {
        assert.equal(mode(folder), '700');
        assert.equal(mode(join(folder, `${pid}.sock`)), '600');
        assert.equal(mode(join(folder, `${pid}.json`)), '600');
    };
    /** Starts a program in this environment and hands it to `use`. */
    const running = async (env, use) => {
        const app = await Program.start(idle, { env });
        try {
            await use(app);
        }
        finally {
            await app.stop();
        }
    };
    it('lie in a private folder in UMBRA_DIR', () => running({}, async (app) => isPrivate(app.path('run'), app.pid)));
    it('lie below XDG_RUNTIME_DIR, and are found by a shell without it', async () => {
        const env = { UMBRA_DIR: undefined, XDG_RUNTIME_DIR: join(scratch, 'xdg') };
        mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
        await running(env, async (app) => {
            isPrivate(join(env.XDG_RUNTIME_DIR, 'umbra'), app.pid);
            for (const XDG_RUNTIME_DIR of [env.XDG_RUNTIME_DIR, undefined, join(scratch, 'elsewhere')]) {
                const run = await umbra(['list', String(app.pid), '--json'], { ...app.env, XDG_RUNTIME_DIR });
                assert.deepEqual(JSON.parse(run.stdout), []);
            }
        });
    });
    it('lie below the temporary folder without XDG_RUNTIME_DIR, and are found by a shell with it', async () => {
        const env = { UMBRA_DIR: undefined, XDG_RUNTIME_DIR: undefined };
        for (const TMPDIR of [undefined, scratch]) {
            await running({ ...env, TMPDIR }, async (app) => {
                isPrivate(join(TMPDIR ?? tmpdir(), `umbra-${process.getuid()}`), app.pid);
                const run = await umbra(['list', String(app.pid), '--json'], {
                    ...app.env,
                    TMPDIR: undefined,
                    XDG_RUNTIME_DIR: scratch,
                });
                assert.deepEqual(JSON.parse(run.stdout), [], run.stdout);
            });
        }
    });
    it('fall back to a short path, in which UMBRA_DIRs stay apart', async () => {
        const [one, other] = ['a', 'b'].map((letter) => join(scratch, letter.repeat(120)));
        await running({ UMBRA_DIR: one }, (app) => running({ UMBRA_DIR: other }, async (neighbour) => {
            const pids = JSON.parse(await app.succeed('ps', '--json')).map(({ pid }) => pid);
            assert.deepEqual(pids, [app.pid]);
            assert.equal((await neighbour.umbra('list', String(app.pid))).status, 1);
        }));
    });
    it('are not put where others could write; the program runs on and says so', async () => {
        const open = join(scratch, 'open');
        mkdirSync(open);
        chmodSync(open, 0o777);
        await running({ UMBRA_DIR: open }, async (app) => {
            assert.deepEqual(readdirSync(open), []);
            await until(() => /has no control socket.*chmod 700/.test(app.output));
        });
    });
    it('of dead processes are removed, by the command line and by the next process', async () => {
        const UMBRA_DIR = join(scratch, 'stale');
        const leave = async () => {
            let socket = '';
            await running({ UMBRA_DIR }, async (app) => {
                socket = join(UMBRA_DIR, `${app.pid}.sock`);
            });
            assert.ok(existsSync(socket));
            return socket;
        };
        const first = await leave();
        assert.deepEqual(JSON.parse((await umbra(['ps', '--json'], { ...process.env, UMBRA_DIR })).stdout), []);
        assert.deepEqual(readdirSync(UMBRA_DIR), []);
        assert.ok(!existsSync(first));
        const second = await leave();
        await running({ UMBRA_DIR }, async (app) => {
            await app.list();
            await until(() => !existsSync(second));
        });
    });
    it('that were never made, because the process died before, leave no card behind', async () => {
        const UMBRA_DIR = join(scratch, 'early');
        mkdirSync(UMBRA_DIR, { mode: 0o700 });
        const dead = spawn(process.execPath, ['-e', '']);
        await once(dead, 'exit');
        writeFileSync(join(UMBRA_DIR, `${dead.pid}.json`), '{"name":"early","node":"20.0.0"}');
        const run = await umbra(['ps', '--json'], { ...process.env, UMBRA_DIR });
        assert.deepEqual(JSON.parse(run.stdout), []);
        assert.deepEqual(readdirSync(UMBRA_DIR), []);
    });
    it('of a dead process whose pid another one has now do not pass for that one', async () => {
        const UMBRA_DIR = join(scratch, 'recycled');
        let dead = 0;
        await running({ UMBRA_DIR }, async (app) => {
            dead = app.pid;
        });
        const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
        await once(other, 'spawn');
        for (const ending of ['sock', 'json']) {
            renameSync(join(UMBRA_DIR, `${dead}.${ending}`), join(UMBRA_DIR, `${other.pid}.${ending}`));
        }
        const env = { ...process.env, UMBRA_DIR };
        const run = await umbra(['list', String(other.pid), '--json'], env);
        other.kill();
        assert.equal(JSON.parse(run.stdout).error.code, 'PROCESS_NOT_PREPARED');
        assert.deepEqual(readdirSync(UMBRA_DIR), []);
    });
    it('whose process is kept from going on while it makes one are waited for, not taken for dead', async () => {
        const [UMBRA_DIR, made, go] = ['slow', 'made', 'go'].map((name) => join(scratch, name));
        const slow = join(scratch, 'slow.cjs');
        // Between the two system calls: the socket is bound, and nobody listens on it yet.
        writeFileSync(slow, `const { existsSync, writeFileSync } = require('node:fs')
       const server = require('node:net').createServer().listen(${JSON.stringify(join(scratch, 'first'))})
       const pipe = Object.getPrototypeOf(server._handle)
       server.close()
       const { listen } = pipe
       pipe.listen = function (...args) {
         writeFileSync(${JSON.stringify(made)}, '')
         while (!existsSync(${JSON.stringify(go)}));
         return listen.apply(this, args)
       }`);
        const env = { ...process.env, UMBRA_DIR, UMBRA_DEADLINE: '200' };
        const ps = async () => JSON.parse((await umbra(['ps', '--json'], env)).stdout);
        const app = spawn(process.execPath, ['--require', slow, '--import', register, '-e', idle['main.js']], {
            env,
        });
        try {
            await until(() => existsSync(made));
            const row = { pid: app.pid, name: 'node', node: process.versions.node };
            assert.deepEqual(await ps(), [{ ...row, patches: null }]);
            writeFileSync(go, '');
            await until(async () => isDeepStrictEqual(await ps(), [{ ...row, patches: [] }]));
        }
        finally {
            app.kill();
        }
    });
    it('that cannot be removed do not change how a program ends', async () => {
        const UMBRA_DIR = join(scratch, 'kept');
        const main = join(scratch, 'kept.js');
        // A folder in the place of the socket: what a program without its old privileges meets, whoever runs this test.
        writeFileSync(main, `const { mkdirSync, rmSync } = require('node:fs')
       const socket = process.argv[2] + '/' + process.pid + '.sock'
       process.on('exit', (code) => console.log('exit', code))
       setTimeout(() => {
         rmSync(socket)
         mkdirSync(socket + '/in the way', { recursive: true })
         if (process.argv[3]) process.exit(Number(process.argv[3]))
       }, 20)`);
        const env = { ...process.env, UMBRA_DIR, UMBRA_CACHE: join(scratch, 'cache') };
        for (const status of [undefined, 3]) {
            const run = await runNode([main, UMBRA_DIR, ...(status === undefined ? [] : [String(status)])], env);
            assert.deepEqual(run, { status: status ?? 0, stdout: `exit ${status ?? 0}\n`, stderr: '' });
        }
    });
    it('keep no process alive, not even with a client that follows the log', async () => {
        const app = await Program.start({ 'main.js': 'globalThis.done = () => process.disconnect()' });
        try {
            const client = spawn(process.execPath, [join(import.meta.dirname, '../../../dist/cli/main.js'), 'log', String(app.pid), '--follow'], { env: app.env });
            await app.load(`import { definePatch } from 'umbra'
        export default definePatch({ name: 'p', targets: [{ module: './other.js' }] })`);
            await once(client.stdout, 'data');
            const [exit, clientExit] = [once(app.process, 'exit'), once(client, 'exit')];
            await app.run('setTimeout(done) && 1');
            assert.deepEqual(await exit, [0, null]);
            assert.deepEqual(await clientExit, [0, null]);
        }
        finally {
            await app.stop();
        }
    });
    it('add nothing to what a program is busy with', async () => {
        const resources = async (prepared) => {
            const app = await Program.start(idle, { prepared });
            try {
                // What goes on at the start is over by then.
                return await app.run('new Promise((r) => setTimeout(() => r(process.getActiveResourcesInfo()), 500))');
            }
            finally {
                await app.stop();
            }
        };
        assert.deepEqual(await resources(true), await resources(false));
    });
});
//# sourceMappingURL=folder.test.js.map