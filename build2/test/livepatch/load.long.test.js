// Load and disable, again and again, while a server is saturated: no request fails, no connection is lost, and every
// answer is wholly old or wholly new.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { Program } from '../support/program.js';
import { scaled } from '../support/scale.js';
const lib = `
  exports.first = function first() { return 'old' }
  exports.second = function second(text) { return text + '-old' }`;
const answer = `const { first, second } = require('./lib.js'); const answer = () => second(first())`;
/** Where the tests' own packages are. */
const required = (name) => `require(${JSON.stringify(fileURLToPath(import.meta.resolve(name)))})`;
const servers = {
    http: `
    const server = require('node:http').createServer((req, res) => res.end(answer()))
    const listen = () => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))`,
    express: `
    const app = ${required('express')}()
    app.get('/', (req, res) => res.send(answer()))
    let server
    const listen = () => new Promise((done) => { server = app.listen(0, '127.0.0.1', () => done(server.address().port)) })`,
    fastify: `
    const app = ${required('fastify')}()
    const server = app.server
    app.get('/', async () => answer())
    const listen = () => app.listen({ port: 0, host: '127.0.0.1' }).then(() => server.address().port)`,
};
const counting = `
    let connections = 0
    const count = () => server.on('connection', () => connections++)`;
const patch = `
  import { definePatch } from 'umbra'
  export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: {
    first: () => 'new', second: (text: string) => text + '-new',
  } }] })`;
const CONNECTIONS = 40;
let app;
afterEach(() => app.stop());
describe('under load', () => {
    for (const [name, server] of Object.entries(servers)) {
        it(`${name}: load and disable cycles at saturation`, async () => {
            app = await Program.start({ 'main.js': answer + server + counting, 'lib.js': lib });
            const port = await app.run('listen()');
            await app.run('{ count() }');
            const seen = new Map();
            const load = autocannon({
                url: `http://127.0.0.1:${port}`,
                connections: CONNECTIONS,
                duration: 600,
                setupClient: (client) => client.on('body', (body) => seen.set(String(body), (seen.get(String(body)) ?? 0) + 1)),
            });
            try {
                await app.cycle(patch, scaled({ ci: 40, full: 200 }));
            }
            finally {
                load.stop();
            }
            const { errors, timeouts, resets, non2xx } = await load;
            assert.deepEqual({ errors, timeouts, resets, non2xx }, { errors: 0, timeouts: 0, resets: 0, non2xx: 0 });
            assert.deepEqual([...seen.keys()].sort(), ['new-new', 'old-old']);
            assert.equal(await app.run('connections'), CONNECTIONS);
        });
    }
});
//# sourceMappingURL=load.long.test.js.map