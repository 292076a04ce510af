// What a process does when somebody does not speak the protocol, hangs up, or comes together with somebody else.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { Program } from '../support/program.js';
import { scaled } from '../support/scale.js';
import { until } from '../support/until.js';
import { lib, patchOf, RawClient } from './raw.js';
describe('a control socket', () => {
    let app;
    before(async () => {
        app = await Program.start(lib);
    });
    after(() => app.stop());
    afterEach(async () => {
        for (const { name, enabled } of (await app.list()).reverse()) {
            if (enabled)
                await app.disable(name);
            await app.unload(name);
        }
        assert.equal(await app.run('both()'), 'old');
    });
    const load = (name) => app.change({ op: 'load', ...patchOf(name) });
    const refused = {
        'no JSON': 'hello\n',
        'no object': '[1, 2]\n',
        'an empty line': '\n',
        'JSON that ends too soon': '{"op": "list"\n',
        'no operation': '{}\n',
        'an unknown operation': '{"op":"reboot"}\n',
        'an operation of the prototype': '{"op":"constructor"}\n',
        'a missing field': '{"op":"load","code":"export default 1"}\n',
        'a field of another type': '{"op":"info","patch":7}\n',
        'bytes that are no text': `{"op":"\xff\xfe\n`,
        'nesting without end': `{"op":${'['.repeat(1e6)}\n`,
        'a commit of nothing': '{"commit":true}\n',
        'two requests': '{"op":"load","code":"","imports":[],"filename":"/x"}\n{"op":"load","code":"","imports":[],"filename":"/x"}\n',
    };
    for (const [what, message] of Object.entries(refused)) {
        it(`refuses ${what}, with the reason`, async () => {
            const client = await RawClient.open(app);
            client.send(message);
            const reply = await client.hear();
            assert.equal(reply?.error?.code, 'BAD_MESSAGE', JSON.stringify(reply));
            assert.equal(await client.hear(), undefined);
        });
    }
    const request = JSON.stringify({ op: 'load', ...patchOf('p') });
    const hangUps = {
        'without a word': () => { },
        'in the middle of a message': (client) => client.send(request.slice(0, 80)),
        'after its request': (client) => client.send(`${request}\n`),
        'in the middle of its commit': async (client) => {
            client.send(`${request}\n`);
            await client.hear();
            client.send('{"comm');
        },
        'before its commit': async (client) => {
            client.send(`${request}\n`);
            assert.deepEqual((await client.hear())?.prepared, { patch: 'p', notes: [] });
        },
    };
    for (const [when, act] of Object.entries(hangUps)) {
        it(`drops what a client wanted that hangs up ${when}`, async () => {
            const client = await RawClient.open(app);
            await act(client);
            await client.close();
            assert.deepEqual(await app.list(), []);
            assert.equal(await app.run('both()'), 'old');
            // Nothing is left that would stand in the way of the next.
            await load('next');
            assert.equal(await app.run('both()'), 'next');
        });
    }
    it('finishes what was committed when the client hangs up', async () => {
        const client = await RawClient.open(app);
        client.send(`${request}\n`);
        await client.hear();
        client.send({ commit: true });
        await client.close();
        await until(async () => (await app.list())[0]?.enabled === true);
        assert.equal(await app.run('both()'), 'p');
    });
    it('serves two clients at once, one after the other', async () => {
        const first = await RawClient.open(app);
        first.send({ op: 'load', ...patchOf('first') });
        await first.hear();
        const second = load('second');
        assert.deepEqual(await app.list(), []);
        first.send({ commit: true });
        assert.equal((await first.hear())?.error, undefined);
        await second;
        assert.deepEqual((await app.list()).map(({ name }) => name), ['first', 'second']);
        assert.equal(await app.run('both()'), 'second');
    });
    it('lets one of many clients win that bring the same patch', async () => {
        const results = await Promise.allSettled(Array.from({ length: 8 }, () => load('p')));
        assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
        for (const result of results)
            if (result.status === 'rejected')
                assert.equal(result.reason.code, 'PATCH_NAME_TAKEN');
    });
    it('takes 100 patches', async () => {
        for (let i = 0; i < 100; i++)
            await load(`p${i}`);
        assert.equal(await app.run('both()'), 'p99');
        assert.equal((await app.list()).length, 100);
    });
    it('takes a patch of 5 MB', async () => {
        const table = Array.from({ length: 80_000 }, (_, i) => `'${i}${'x'.repeat(56)}'`).join(',');
        const patch = patchOf('big', `const table = [${table}]; globalThis.table = () => table.length`);
        assert.ok(patch.code.length > 5e6);
        await app.change({ op: 'load', ...patch });
        assert.equal(await app.run('table()'), 80_000);
        await app.run('delete globalThis.table');
    });
    it('stands garbage at full speed, and serves others meanwhile', async () => {
        const end = Date.now() + scaled({ quick: 500, ci: 1500, full: 20_000 });
        let sent = 0;
        const flood = async (garbage) => {
            while (Date.now() < end) {
                // A queue of connections that is full is what a flood is for.
                const client = await RawClient.open(app).catch(() => undefined);
                if (client === undefined)
                    continue;
                for (let i = 0; i < 50 && !client.socket.destroyed; i++) {
                    const chunk = garbage();
                    sent += chunk.length;
                    if (!client.socket.write(chunk))
                        await Promise.race([once(client.socket, 'drain'), once(client.socket, 'close')]).catch(() => { });
                }
                await client.close();
            }
        };
        const floods = [
            flood(() => randomBytes(65_536)),
            flood(() => Buffer.alloc(65_536, '{')),
            flood(() => Buffer.from('{"op":"list"}\n'.repeat(5000))),
            flood(() => Buffer.from('{"op":"log","follow":true}\n')),
        ];
        let cycles = 0;
        while (Date.now() < end) {
            await load(`p${cycles}`);
            assert.equal(await app.run('both()'), `p${cycles}`);
            await app.disable(`p${cycles}`);
            await app.unload(`p${cycles}`);
            cycles++;
        }
        await Promise.all(floods);
        assert.ok(cycles > 0 && sent > 1e6, `${cycles} cycles under ${sent} bytes`);
    });
    it('does not evaluate the patch of a client that gave up while the event loop was blocked', async () => {
        await app.run('delete globalThis.evaluated && 1');
        const release = await app.block();
        const client = await RawClient.open(app);
        client.send({ op: 'load', ...patchOf('late') });
        await client.close();
        release();
        await app.run('1');
        assert.deepEqual(await app.list(), []);
        assert.equal(await app.run('globalThis.evaluated'), undefined);
    });
});
//# sourceMappingURL=protocol.test.js.map