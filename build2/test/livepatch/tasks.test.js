// Consistency per task: two functions that change together, one writes a format and the other reads it, under requests
// that straddle the switch. No request may see one function old and the other new; with `immediate` the very same load
// does, which shows that the test can tell.
import assert from 'node:assert/strict';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { connect } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { cert, key } from '../support/certificate.js';
import { Program } from '../support/program.js';
import { scaled } from '../support/scale.js';
import { until } from '../support/until.js';
const files = {
    'main.js': `
    const { EventEmitter } = require('node:events')
    const { Readable } = require('node:stream')
    const http = require('node:http'), https = require('node:https'), http2 = require('node:http2')
    const umbra = require('./umbra.js')
    const { write, read } = require('./format.js')
    const shared = new EventEmitter().setMaxListeners(0)
    const delay = () => new Promise((done) => setTimeout(done, Math.random() * 12))
    // Ways for a request to go on later; the shared emitter emits from a timer that belongs to no request.
    let nextEvent = 0
    const waiting = []
    setInterval(() => { for (const id of waiting.splice(0)) shared.emit('go' + id) }, 4)
    const ways = {
      await: delay,
      timer: () => new Promise((done) => setTimeout(() => setImmediate(done), Math.random() * 12)),
      stream: async () => { for await (const _ of Readable.from([1, 2, 3])) await delay() },
      callback: (then) => { const id = nextEvent++; waiting.push(id); shared.once('go' + id, () => then()) },
    }
    function work(way, done) {
      const message = write()
      const finish = () => done(message.version + read(message))
      if (way === 'callback') ways.callback(finish)
      else ways[way]().then(finish)
    }
    const names = Object.keys(ways)
    let requests = 0
    function handle(req, res) {
      const way = names[requests++ % names.length]
      if (req.method !== 'POST') return work(way, (text) => res.end(text))
      let body = ''
      const first = write()
      req.on('data', (chunk) => { body += chunk })
      req.on('end', () => work(way, (text) => res.end(text === first.version + read(first) ? text : 'mixed ' + body)))
    }
    async function listen(kind, tls) {
      const server = kind === 'https' ? https.createServer(tls, handle)
        : kind === 'http2' ? http2.createSecureServer(tls, handle)
        : kind === 'h2c' ? http2.createServer(handle) : http.createServer(handle)
      await new Promise((done) => server.listen(0, '127.0.0.1', done))
      return server.address().port
    }
    async function runJobs(count) {
      const results = []
      let left = count
      await Promise.all(Array.from({ length: 20 }, async (_, i) => {
        while (left-- > 0) {
          await umbra.runTask('job', () => new Promise((done) => work(names[left & 3], (text) => { results.push(text); done() })))
        }
      }))
      return results
    }`,
    'format.js': `
    exports.write = function write() { return { version: 'old', text: 'old' } }
    exports.read = function read(message) { return '-old' }`,
    'umbra.js': `module.exports = require(process.env.UMBRA_ENTRY)`,
};
const env = { UMBRA_ENTRY: new URL('../../../dist/cjs/index.js', import.meta.url).pathname };
const patch = (consistency, name = 'format') => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: '${name}', consistency: '${consistency}', targets: [{ module: './format.js', functions: {
    write: () => ({ version: 'new', text: 'new' }),
    read: () => '-new',
  } }] })`;
let app;
afterEach(() => app.stop());
/** Sends requests, 40 at a time, until told to stop; hands back all answers. */
function load(request) {
    const answers = [];
    let running = true;
    const clients = Array.from({ length: 40 }, async (_, i) => {
        while (running)
            answers.push(await request(i % 4 === 0));
    });
    return {
        count: () => answers.length,
        async stop() {
            running = false;
            await Promise.all(clients);
            return answers;
        },
    };
}
function requester(kind, port) {
    if (kind === 'http2' || kind === 'h2c')
        return http2Requester(kind, port);
    const options = { keepAlive: true, maxSockets: 40 };
    const agent = kind === 'https' ? new https.Agent({ ...options, ca: cert }) : new http.Agent(options);
    const { request: send } = kind === 'https' ? https : http;
    const request = (post) => new Promise((resolve, reject) => {
        const req = send({ port, agent, host: '127.0.0.1', servername: 'localhost', method: post ? 'POST' : 'GET' }, (res) => {
            let text = '';
            res.on('data', (chunk) => {
                text += chunk;
            });
            res.on('end', () => resolve(text));
        });
        req.on('error', reject);
        req.end(post ? 'body'.repeat(100) : undefined);
    });
    return { request, close: () => agent.destroy() };
}
function http2Requester(kind, port) {
    const url = `${kind === 'h2c' ? 'http' : 'https'}://localhost:${port}`;
    const session = http2.connect(url, { ca: cert });
    const request = (post) => new Promise((resolve, reject) => {
        const stream = session.request({ ':method': post ? 'POST' : 'GET', ':path': '/' });
        let text = '';
        stream.on('data', (chunk) => {
            text += chunk;
        });
        stream.on('end', () => resolve(text)).on('error', reject);
        stream.end(post ? 'body'.repeat(100) : undefined);
    });
    return { request, close: () => session.close() };
}
/** Loads and disables the patch under load until there are enough answers. */
async function cycleUnderLoad(kind, consistency, enough) {
    const port = await app.run(`listen('${kind}', ${JSON.stringify({ key, cert })})`);
    const client = requester(kind, port);
    const running = load(client.request);
    await app.load(patch(consistency));
    while (running.count() < enough) {
        await app.disable('format');
        await app.enable('format');
    }
    const answers = await running.stop();
    client.close();
    return answers;
}
function count(answers) {
    const mixed = answers.filter((answer) => answer !== 'old-old' && answer !== 'new-new');
    return {
        old: answers.filter((answer) => answer === 'old-old').length,
        new: answers.filter((answer) => answer === 'new-new').length,
        mixed,
    };
}
describe('consistency per task', () => {
    for (const [kind, enough] of [
        ['http', scaled({ quick: 2_000, ci: 10_000, full: 50_000 })],
        ['https', scaled({ quick: 500, ci: 2_000, full: 20_000 })],
        ['http2', scaled({ quick: 500, ci: 2_000, full: 20_000 })],
        ['h2c', scaled({ quick: 500, ci: 2_000, full: 20_000 })],
    ]) {
        it(`${kind}: no request mixes old and new functions`, async () => {
            app = await Program.start(files, { env });
            const answers = count(await cycleUnderLoad(kind, 'task', enough));
            assert.deepEqual(answers.mixed, []);
            assert.ok(answers.old > 0 && answers.new > 0, JSON.stringify(answers));
        });
    }
    it('immediate: the same load does see mixtures', async () => {
        app = await Program.start(files, { env });
        const answers = count(await cycleUnderLoad('http', 'immediate', 2_000));
        assert.ok(answers.mixed.length > 0, JSON.stringify(answers));
    });
    it('runTask: no job mixes old and new functions', async () => {
        app = await Program.start(files, { env });
        await app.load(patch('task'));
        await app.run('{ globalThis.jobs = runJobs(4000).then((all) => { globalThis.jobsDone = true; return all }) }');
        while (!(await app.run('globalThis.jobsDone === true'))) {
            await app.disable('format');
            await app.enable('format');
        }
        const answers = count(await app.run('jobs'));
        assert.deepEqual(answers.mixed, []);
        assert.ok(answers.old > 0 && answers.new > 0, JSON.stringify(answers));
    });
});
describe('a transition', () => {
    const held = `
    let release
    const held = umbra.runTask('held', async () => { const before = write().version; await new Promise((r) => { release = r }); return before + read() })`;
    const p = "livepatch: 'format':";
    const holding = `
    const callbacks = globalThis.callbacks = []
    const held = {}
    const hold = (name) => void umbra.runTask(name, () => new Promise((done) => {
      held[name] = AsyncResource.bind((work) => { const result = work(); done(); return result })
    }))
    const { AsyncResource } = require('node:async_hooks')
    const release = (name, work) => held[name](work)`;
    const late = `exports.f = function f() { return '-old' }`;
    const both = (name) => `
    import { definePatch } from 'umbra'
    const told = (which: string) => ({ module }: { module: string }) => void (globalThis as any).callbacks.push(which + ' ' + module)
    const callbacks = { prePatch: told('prePatch'), postPatch: told('postPatch') }
    export default definePatch({ name: '${name}', consistency: 'task', targets: [
      { module: './format.js', functions: { write: () => ({ version: 'new', text: 'new' }) }, callbacks },
      { module: './late.js', functions: { f: () => '-new' }, callbacks },
    ] })`;
    const replacing = `
    import { definePatch } from 'umbra'
    export default definePatch({ name: 'replacing', replace: true, consistency: 'task', targets: [
      { module: './format.js', functions: { read: () => '-replaced' } },
    ] })`;
    it('waits for old tasks, tells who holds it up, and completes when they end', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + held }, { env });
        const loading = app.load(patch('task'));
        await untilInTransition();
        const [row] = await app.list();
        assert.ok(row?.transition);
        assert.equal(row.transition.to, 'patching');
        assert.equal(row.transition.tasks, 1);
        assert.deepEqual(row.transition.names, ['held']);
        assert.ok(row.transition.oldest > 0);
        assert.equal(await app.run("umbra.runTask('new', () => write().version + read())"), 'new-new');
        assert.equal(await app.run('write().version'), 'old', 'code that cannot be told from an old task counts as old');
        assert.equal(await app.run('(release(), held)'), 'old-old');
        await loading;
        assert.equal(await app.run('write().version'), 'new');
    });
    it('also switches what is imported by whoever waited for the last task', async () => {
        const waiting = `;void held.then(() => { globalThis.late = require('./late.js') })`;
        app = await Program.start({ ...files, 'main.js': files['main.js'] + held + waiting, 'late.js': late }, { env });
        const loading = app.load(`
      import { definePatch } from 'umbra'
      export default definePatch({ name: 'format', consistency: 'task', targets: [
        { module: './format.js', functions: { read: () => '-new' } },
        { module: './late.js', functions: { f: () => '-new' } },
      ] })`);
        await untilInTransition();
        await app.run('release()');
        await loading;
        assert.equal(await app.run('late.f()'), '-new');
    });
    it('can be forced', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + held }, { env });
        const loading = app.load(patch('task'));
        await untilInTransition();
        await app.change({ op: 'force', patch: 'format' });
        await loading;
        assert.equal(await app.run('(release(), held)'), 'old-new');
    });
    it('is turned round by disabling the patch, and the log says so', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + held }, { env });
        const loading = app.load(patch('task')).catch((error) => error);
        await untilInTransition();
        // A task that has begun on the new side finishes there, also after the turn.
        await app.run(`{ globalThis.young = umbra.runTask('young', async () => {
      const before = write().version; await new Promise((r) => { globalThis.releaseYoung = r }); return before + read() }) }`);
        const disabling = app.disable('format');
        await until(async () => (await app.log()).some((line) => line.includes('reversing')));
        assert.equal(await app.run("umbra.runTask('next', () => write().version + read())"), 'old-old');
        assert.equal(await app.run('(releaseYoung(), young)'), 'new-new');
        await disabling;
        assert.equal((await loading).code, 'TRANSITION_REVERSED');
        assert.equal(await app.run('(release(), held)'), 'old-old');
        assert.deepEqual(await app.log(), [
            "livepatch: enabling patch 'format'",
            `${p} initializing patching transition`,
            `${p} starting patching transition`,
            `${p} reversing transition from patching to unpatching`,
            `${p} completing unpatching transition`,
            `${p} unpatching complete`,
        ]);
    });
    it('is the only one: a second load is refused, or waits when asked to', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + held }, { env });
        const loading = app.load(patch('task'));
        await untilInTransition();
        assert.equal((await app.refuse(patch('immediate', 'second'))).code, 'TRANSITION_BUSY');
        const waiting = app.load(patch('immediate', 'second'), 'second.ts', { wait: true });
        await app.run('release()');
        await loading;
        await waiting;
        assert.deepEqual((await app.list()).map(({ name, enabled }) => [name, enabled]), [
            ['format', true],
            ['second', true],
        ]);
    });
    it('takes along what is imported while it runs: a task sees one side of that too', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + holding, 'late.js': late }, { env });
        await app.run("hold('one')");
        const loading = app.load(both('format'));
        await untilInTransition();
        await app.run("hold('two')");
        assert.equal(await app.run("release('one', () => write().version + require('./late.js').f())"), 'old-old');
        await loading;
        assert.equal(await app.run("release('two', () => write().version + require('./late.js').f())"), 'new-new');
        assert.equal(await app.run("require('./late.js').f()"), '-new');
        assert.deepEqual(await app.run('callbacks'), [
            'prePatch ./format.js',
            'prePatch ./late.js',
            'postPatch ./format.js',
            'postPatch ./late.js',
        ]);
    });
    it('takes it along when patches go, too: by disable or because they are replaced', async () => {
        for (const end of ['disable', 'replace']) {
            app = await Program.start({ ...files, 'main.js': files['main.js'] + holding, 'late.js': late }, { env });
            await app.load(both('format'));
            await app.run("hold('one')");
            const ending = end === 'disable' ? app.disable('format') : app.load(replacing, 'replacing.ts');
            await untilInTransition();
            await app.run("hold('two')");
            const seen = 'write().version + require("./late.js").f()';
            assert.equal(await app.run(`release('two', () => ${seen})`), 'old-old', end);
            assert.equal(await app.run(`release('one', () => ${seen})`), 'new-new', end);
            await ending;
            assert.equal(await app.run(seen), 'old-old', end);
            await app.stop();
        }
    });
    it('leaves nothing behind in a task that goes on, and nothing follows contexts after it', async () => {
        const open = `;const answers = []
      const server = http.createServer((req, res) => { answers.push(res) })
      const listening = new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))
      const follows = () => require('internal/async_hooks').initHooksExist()`;
        app = await Program.start({ ...files, 'main.js': files['main.js'] + holding + open }, { env, flags: ['--expose-internals', '--expose-gc'] });
        const ballast = `const ballast = '${'x'.repeat(100_000)}'.split('')`;
        const heavy = `${ballast}\n${patch('task').replace('definePatch({', 'definePatch({ unload() { void ballast },')}`;
        const socket = connect(await app.run('listening'), '127.0.0.1');
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await until(async () => (await app.run('answers.length')) === 1);
        await app.run("hold('old')");
        const listeners = "answers[0].listenerCount('close')";
        const before = await app.run(listeners);
        const cycle = async () => {
            const loading = app.load(heavy);
            await untilInTransition();
            await app.change({ op: 'force', patch: 'format' });
            await loading;
            await app.run("hold('young')");
            const disabling = app.disable('format');
            await untilInTransition();
            await app.change({ op: 'force', patch: 'format' });
            await disabling;
            await app.unload('format');
        };
        const heap = () => app.run('(gc(), gc(), process.memoryUsage().heapUsed)');
        await cycle();
        const used = await heap();
        for (let i = 0; i < 10; i++)
            await cycle();
        assert.equal(await app.run(listeners), before);
        assert.ok((await heap()) - used < 5 * 800_000, 'ten patches of 800 kB are gone');
        // On its way a request is marked, and what it emits at its end, after the transition, still carries that mark.
        const loading = app.load(patch('task'));
        await untilInTransition();
        const young = connect(await app.run('listening'), '127.0.0.1');
        young.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await until(async () => (await app.run('answers.length')) === 2);
        await app.change({ op: 'force', patch: 'format' });
        await loading;
        await app.run("(answers[1].on('finish', () => {}), new Promise((done) => answers[1].on('close', done).end('x')))");
        assert.equal(await app.run('follows()'), false);
        for (const one of [socket, young])
            one.destroy();
    });
    async function untilInTransition() {
        await until(async () => (await app.list()).some((row) => row.transition !== false));
    }
});
describe('a request over HTTP/1.1', () => {
    const server = `
    const open = []
    const server = http.createServer((req, res) => {
      const { version } = write()
      open.push(() => void res.end(version + read()))
    })
    server.on('upgrade', (req, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n')
      socket.on('data', () => socket.write(write().version + read()))
    })
    const listening = new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))`;
    const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
    const UPGRADE = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';
    /** A connection without a client library, which would keep to one request at a time. */
    async function connection() {
        const socket = connect(await app.run('listening'), '127.0.0.1');
        let text = '';
        socket.on('data', (chunk) => {
            text += chunk;
        });
        return { socket, heard: (wanted) => until(async () => text.includes(wanted)) };
    }
    const inFlight = (count) => until(async () => (await app.run('open.length')) === count);
    const inTransition = () => until(async () => (await app.list()).some((row) => row.transition !== false));
    it('is over when its client goes away', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + server }, { env });
        const { socket } = await connection();
        socket.write(GET);
        await inFlight(1);
        const loading = app.load(patch('task'));
        await inTransition();
        socket.destroy();
        await loading;
    });
    it('is over for the one behind it on the connection, too, and for none that comes later', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + server }, { env });
        const { socket, heard } = await connection();
        socket.write(GET + GET);
        await inFlight(2);
        const loading = app.load(patch('task'));
        await inTransition();
        await app.run('open.shift()()');
        await heard('old-old');
        assert.notEqual((await app.list())[0]?.transition, false, 'the second one is still under way');
        socket.write(GET);
        await inFlight(2);
        await app.run('open.shift()()');
        await loading;
        await app.run('open.shift()()');
        await heard('new-new');
        socket.destroy();
    });
    it('is one too where its server never listens and is handed its connections', async () => {
        const handing = "require('node:net').createServer((socket) => server.emit('connection', socket))";
        const fronted = server
            .replace('const listening', `const front = ${handing}; const listening`)
            .replace('server.listen', 'front.listen')
            .replace('server.address', 'front.address');
        app = await Program.start({ ...files, 'main.js': files['main.js'] + fronted }, { env });
        const { socket, heard } = await connection();
        socket.write(GET);
        await inFlight(1);
        const loading = app.load(patch('task'));
        await inTransition();
        const young = await connection();
        young.socket.write(GET);
        await inFlight(2);
        await app.run('open.shift()()');
        await heard('old-old');
        await loading;
        await app.run('open.shift()()');
        await young.heard('new-new');
        for (const one of [socket, young.socket])
            one.destroy();
    });
    it('is over when its socket is upgraded, and a connection that waits for one is none', async () => {
        app = await Program.start({ ...files, 'main.js': files['main.js'] + server }, { env });
        const [idle, before, during] = [await connection(), await connection(), await connection()];
        idle.socket.write(GET);
        await inFlight(1);
        await app.run('open.shift()()');
        await idle.heard('old-old');
        before.socket.write(UPGRADE);
        await before.heard('101');
        await app.load(patch('task'));
        before.socket.write('x');
        await before.heard('new-new');
        idle.socket.write(GET);
        await inFlight(1);
        const disabling = app.disable('format');
        await inTransition();
        during.socket.write(UPGRADE);
        await during.heard('101');
        during.socket.write('x');
        await during.heard('old-old');
        await app.run('open.shift()()');
        await idle.heard('new-new');
        await disabling;
        for (const { socket } of [idle, before, during])
            socket.destroy();
    });
});
//# sourceMappingURL=tasks.test.js.map