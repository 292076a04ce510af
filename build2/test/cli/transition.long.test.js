// A patch that waits for tasks, seen from the command line: progress, a second change, --wait and force.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { RawClient } from '../agent/raw.js';
import { Program, startUmbra } from '../support/program.js';
import { until } from '../support/until.js';
const source = (name) => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: '${name}', consistency: 'task', targets: [{ module: './lib.js', functions: { f: () => '${name}' } }] })`;
describe('a transition', () => {
    let app;
    let pid;
    before(async () => {
        app = await Program.start({
            'main.js': `
        const { f } = require('./lib.js')
        const http = require('node:http')
        const held = []
        const server = http.createServer((request, response) => { held.push(() => response.end(f())) })
        const port = new Promise((resolve) => server.listen(0, () => resolve(server.address().port)))
        const answers = []
        const request = async () => {
          const count = held.length
          http.get({ port: await port }, (response) => { response.on('data', (chunk) => answers.push(String(chunk))) })
          while (held.length === count) await new Promise((next) => setTimeout(next, 5))
        }
        const block = (ms) => { const end = Date.now() + ms; while (Date.now() < end); }`,
            'lib.js': `exports.f = function f() { return 'old' }`,
            'one.ts': source('one'),
            'two.ts': source('two'),
        });
        pid = String(app.pid);
    });
    after(() => app.stop());
    const inTransition = async () => (await app.list()).filter(({ transition }) => transition !== false).map(({ name }) => name);
    it('shows what it waits for, refuses or keeps a second change, and ends by force', async () => {
        await app.run('request()');
        const one = startUmbra(['load', pid, app.path('one.ts')], app.env);
        await until(async () => (await inTransition()).length === 1);
        assert.match(await app.succeed('list', pid), /one .*patching: waits for 1 task, oldest \d+ s/);
        const refused = await app.umbra('load', pid, app.path('two.ts'), '--json');
        assert.equal(refused.status, 1);
        assert.equal(JSON.parse(refused.stdout).error.code, 'TRANSITION_BUSY');
        const two = startUmbra(['load', pid, app.path('two.ts'), '--wait'], app.env);
        await until(async () => [one, two].every(({ printed }) => printed.stderr.includes('waits for 1 task')));
        assert.deepEqual(await inTransition(), ['one']);
        assert.match(await app.succeed('force', pid, 'one'), /its transition has ended/);
        const first = await one.ended;
        assert.equal(first.status, 0, first.stderr);
        assert.match(first.stderr, /^(?:bundling the patch …\n)?(?:loading …\n)?patch 'one' waits for 1 task …\n$/);
        // The second one has to wait for the same request.
        await until(async () => (await inTransition()).includes('two'));
        await app.succeed('force', pid, 'two');
        const { status, stderr } = await two.ended;
        assert.equal(status, 0, stderr);
        assert.match(stderr, /^(?:bundling the patch …\n)?(?:loading …\n)?patch 'one' waits for 1 task …\n/);
        await app.run('held.forEach((end) => end())');
        await until(async () => (await app.run('answers')).length === 1);
        assert.deepEqual(await app.run('answers'), ['two']);
        const late = await app.umbra('force', pid, 'two', '--json');
        assert.equal(JSON.parse(late.stdout).error.code, 'TRANSITION_NONE');
        for (const name of ['two', 'one'])
            await app.succeed('disable', pid, name);
    });
    it('is carried out when a process that was told to go on was blocked for longer than it waits for that word', async () => {
        const client = await RawClient.open(app);
        client.send({ op: 'enable', patch: 'one' });
        assert.deepEqual((await client.hear())?.prepared, { patch: 'one', notes: [] });
        await app.run('void setTimeout(block, 10, 16_000)');
        await delay(200);
        client.send({ commit: true });
        const reply = await client.hear();
        assert.equal(reply?.error, undefined, JSON.stringify(reply));
        assert.equal(await app.run('f()'), 'one');
        await client.close();
        await app.disable('one');
    });
    it('is dropped when nobody says to go on', async () => {
        const client = await RawClient.open(app);
        client.send({ op: 'enable', patch: 'one' });
        await client.hear();
        assert.equal((await client.hear())?.error?.code, 'COMMIT_DEADLINE');
        assert.equal(await app.run('f()'), 'old');
        client.socket.destroy();
        if (!client.socket.closed)
            await once(client.socket, 'close');
        await app.enable('one');
        assert.equal(await app.run('f()'), 'one');
    });
});
//# sourceMappingURL=transition.long.test.js.map