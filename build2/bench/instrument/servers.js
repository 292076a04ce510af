/**
 * Prepared, unpatched servers under load: CPU time a request, which is steady where other programs run too, and
 * requests a second. Every round starts new processes, for no two processes optimise alike.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { ratio, report } from '../measure.js';
import { letGoFirst } from '../servers/processor.js';
import { packagesFolder } from './packages.js';
const register = import.meta.resolve('umbra/register');
const ROUNDS = Number(process.env.UMBRA_BENCH_ROUNDS ?? 8);
/** How often the two processes of a round take turns. */
const TURNS = 4;
const WARM_UP = 2;
const SECONDS = 1;
/** Small applications of each framework: middleware, a parameter, JSON. */
export const servers = {
    http: `
    const users = (id) => ({ id, name: 'user ' + id, tags: ['a', 'b'] })
    server = require('node:http').createServer((req, res) => {
      const { pathname, searchParams } = new URL(req.url, 'http://x')
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ user: users(pathname.slice(7)), q: searchParams.get('q') }))
    })`,
    express: `
    const app = require('express')()
    app.use((req, res, next) => { res.set('x-path', req.path); next() })
    app.get('/other', (req, res) => res.send('other'))
    app.get('/users/:id', (req, res) => res.json({ user: { id: req.params.id }, q: req.query.q }))
    server = require('node:http').createServer(app)`,
    fastify: `
    const fastify = require('fastify')({ serverFactory: (handler) => (server = require('node:http').createServer(handler)) })
    fastify.addHook('onRequest', async (request, reply) => { reply.header('x-path', request.url) })
    fastify.get('/other', async () => 'other')
    fastify.get('/users/:id', async (request) => ({ user: { id: request.params.id }, q: request.query.q }))
    ready = fastify.ready()`,
    koa: `
    const app = new (require('koa'))()
    app.use(async (ctx, next) => { await next(); ctx.set('x-path', ctx.path) })
    app.use(async (ctx) => { ctx.body = { user: { id: ctx.path.slice(7) }, q: ctx.query.q } })
    server = require('node:http').createServer(app.callback())`,
};
const around = (code) => `let server, ready
  ${code}
  Promise.resolve(ready).then(() => server.listen(0, '127.0.0.1', () => process.send(server.address().port)))
  process.on('message', () => process.send(process.cpuUsage()))
  process.on('disconnect', () => process.exit())`;
class Server {
    #child;
    #url;
    constructor(child, port) {
        this.#child = child;
        this.#url = `http://127.0.0.1:${port}/users/42?q=text`;
    }
    static async start(script, scratch, prepared) {
        const child = fork(script, {
            execArgv: prepared ? ['--import', register] : [],
            env: { ...process.env, UMBRA_DIR: join(scratch, 'run'), UMBRA_CACHE: join(scratch, 'cache') },
        });
        const [port] = (await once(child, 'message'));
        letGoFirst(child.pid);
        return new Server(child, port);
    }
    async #cpu() {
        this.#child.send('cpu');
        const [{ user, system }] = (await once(this.#child, 'message'));
        return user + system;
    }
    /** Microseconds of CPU time a request, and seconds. */
    async load(seconds) {
        const before = await this.#cpu();
        const { requests, non2xx, errors } = await autocannon({
            url: this.#url,
            connections: 20,
            duration: seconds,
        });
        if (non2xx + errors > 0)
            throw new Error(`${non2xx + errors} requests failed`);
        return { cpu: ((await this.#cpu()) - before) / requests.total, time: 1 / requests.average };
    }
    stop() {
        this.#child.kill('SIGKILL');
    }
    /** Ends in good order, and so fills the caches. */
    async end() {
        this.#child.disconnect();
        await once(this.#child, 'exit');
    }
}
const sides = ['plain', 'prepared'];
/** Reports a server's CPU time a request and requests a second, as multiples of plain. */
export async function measureServer(name) {
    const scratch = mkdtempSync(join(tmpdir(), 'umbra-bench-'));
    const script = join(packagesFolder(), `server-${name}.cjs`);
    writeFileSync(script, around(servers[name]));
    const cpu = { plain: [], prepared: [] };
    const time = { plain: [], prepared: [] };
    // Two that are not counted: they fill the caches, of prepared text and of compiled code.
    for (let n = 0; n < 2; n++)
        await (await Server.start(script, scratch, true)).end();
    for (let round = 0; round < ROUNDS; round++) {
        const running = {
            plain: await Server.start(script, scratch, false),
            prepared: await Server.start(script, scratch, true),
        };
        for (const side of sides)
            await running[side].load(WARM_UP);
        for (let turn = 0; turn < TURNS; turn++) {
            for (const side of (round + turn) % 2 === 0 ? sides : sides.toReversed()) {
                const used = await running[side].load(SECONDS);
                cpu[side].push(used.cpu);
                time[side].push(used.time);
            }
        }
        for (const side of sides)
            running[side].stop();
    }
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
    const group = 'Prepared, unpatched servers under load: a request as a multiple of plain';
    report({
        group,
        name: `${name}, CPU time`,
        unit: '×',
        ...ratio(cpu.prepared, cpu.plain),
        bar: { atMost: 1.05 },
    });
    report({ group, name: `${name}, time at saturation`, unit: '×', ...ratio(time.prepared, time.plain) });
}
//# sourceMappingURL=servers.js.map