import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '#dist/cli/client.js';
import { Load, saturating } from './load.js';
import { giveProcessor } from './processor.js';
const register = new URL('../../../dist/loader/register.js', import.meta.url).href;
const required = (name) => `require(${JSON.stringify(fileURLToPath(import.meta.resolve(name)))})`;
/** Servers by what they do; `answer()` is what a patch changes. */
export const servers = {
    http: "require('node:http').createServer((req, res) => res.end(answer()))",
    'http, 20 awaits': "require('node:http').createServer(async (req, res) => { for (let i = 0; i < 20; i++) await i; res.end(answer()) })",
    express: `${required('express')}().get('/', (req, res) => res.send(answer()))`,
    fastify: `${required('fastify')}().get('/', async () => answer())`,
};
export const CONNECTIONS = 20;
/** A server in a process of its own. */
export class Server {
    #folder;
    #child;
    url;
    constructor(folder, child, port) {
        this.#folder = folder;
        this.#child = child;
        this.url = `http://127.0.0.1:${port}`;
    }
    static async start(kind, { prepared, env = {}, processor }) {
        const folder = mkdtempSync(join(tmpdir(), 'umbra-bench-'));
        writeFileSync(join(folder, 'lib.js'), "exports.text = function text() { return 'old' }");
        writeFileSync(join(folder, 'main.js'), `const { text } = require('./lib.js'); const answer = () => text()
      const server = ${servers[kind]}
      const listening = () => process.send((server.server ?? bound ?? server).address().port)
      let bound
      if (server.server) server.listen({ port: 0, host: '127.0.0.1' }).then(listening)
      else bound = server.listen(0, '127.0.0.1', () => setImmediate(listening))
      process.on('message', () => process.send(process.cpuUsage()))`);
        const child = fork(join(folder, 'main.js'), {
            execArgv: prepared ? ['--import', register] : [],
            env: { ...process.env, UMBRA_DIR: join(folder, 'run'), UMBRA_CACHE: join(folder, 'cache'), ...env },
        });
        if (processor !== undefined)
            giveProcessor(processor, child.pid);
        const [port] = (await once(child, 'message'));
        return new Server(folder, child, port);
    }
    /** Requests per second at saturation, and the CPU time that each takes: of all of the server's threads, milliseconds. */
    async saturate(seconds) {
        let answers = 0;
        const load = await Load.open(this.url, CONNECTIONS, () => answers++);
        const before = await this.cpu();
        const start = performance.now();
        await load.run(saturating, () => performance.now() - start > seconds * 1000);
        const rate = (answers / (performance.now() - start)) * 1000;
        const cost = ((await this.cpu()) - before) / answers;
        load.close();
        return { rate, cost };
    }
    /** CPU time that it has used so far, all threads. Milliseconds. */
    async cpu() {
        this.#child.send('cpu');
        const [{ user, system }] = (await once(this.#child, 'message'));
        return (user + system) / 1000;
    }
    control() {
        const { pid } = this.#child;
        return Client.open({ pid: pid, name: '', node: '', socket: join(this.#folder, 'run', `${pid}.sock`) });
    }
    stop() {
        this.#child.kill('SIGKILL');
        rmSync(this.#folder, { recursive: true, force: true });
    }
}
//# sourceMappingURL=server.js.map