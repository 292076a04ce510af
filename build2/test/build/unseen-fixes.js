import { HTTP, SLOW } from './fixes.js';
/** Security fixes that were chosen before anybody had tried what becomes of them: where there is time. */
const POLLUTED = `const polluted = (f) => { try { f() } catch {} const bad = ({}).polluted === 'yes'; delete Object.prototype.polluted; return bad };`;
export const unseenFixes = [
    {
        package: 'debug',
        from: '2.6.8',
        to: '2.6.9',
        setup: SLOW +
            `const util = require('util'); const log = lib('old'); log.enabled = true; const said = []; log.log = (...a) => said.push(a.length);`,
        work: `(() => { log('%o x', { a: 1 }); return said.pop() })()`,
        exploit: `slow(() => log('%o', { toString() {}, [util.inspect.custom]: () => 'a' + ' '.repeat(25_000) + 'b' }))`,
    },
    {
        package: 'striptags',
        from: '3.1.1',
        to: '3.2.0',
        work: `lib('a <b>bold</b> c')`,
        exploit: `(() => { try { return String(lib(['<script>alert(1)</script>'])).includes('<script>') } catch { return false } })()`,
    },
    {
        package: 'jwt-simple',
        from: '0.5.2',
        to: '0.5.3',
        setup: `const { generateKeyPairSync } = require('crypto'); const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });`,
        work: `[lib.decode(lib.encode({ a: 1 }, 'k'), 'k'), lib.decode(lib.encode({ a: 1 }, privateKey, 'RS256'), publicKey, false, 'RS256')]`,
        exploit: `(() => { try { return lib.decode(lib.encode({ admin: true }, publicKey, 'HS256'), publicKey).admin } catch { return false } })()`,
    },
    {
        package: 'mpath',
        from: '0.8.3',
        to: '0.8.4',
        setup: POLLUTED,
        work: `(() => { const o = { a: [{ b: 1 }, { b: 2 }] }; lib.set('a.0.b', 5, o); return [lib.get('a.b', o), lib.has('a.b', o)] })()`,
        exploit: `polluted(() => lib.set([['__proto__'], 'polluted'], 'yes', {}))`,
    },
    {
        package: 'convict',
        from: '6.2.2',
        to: '6.2.3',
        setup: `${POLLUTED}const config = lib({ a: { b: { doc: 'x', format: String, default: 'd' } } });`,
        work: `(() => { config.set('a.b', 'e'); return [config.get('a.b'), config.has('a.c')] })()`,
        exploit: `polluted(() => config.set('a.__proto__.polluted', 'yes'))`,
    },
    {
        package: 'redis',
        from: '3.1.0',
        to: '3.1.1',
        setup: SLOW +
            `const utils = require('redis/lib/utils'); const client = lib.createClient({ host: '127.0.0.1', port: 1, retry_strategy: () => undefined, autostart: false }); client.on('error', () => {}); `,
        work: `[typeof client.get, utils.monitor_regex.test('1600000000.1 [0 1.2.3.4:5] "get" "a"')]`,
        exploit: `slow(() => utils.monitor_regex.test('1600000000.1 [0 1.2.3.4:5]' + ' "x"'.repeat(26) + 'x'))`,
    },
    {
        package: 'is-my-json-valid',
        from: '2.17.1',
        to: '2.17.2',
        setup: SLOW +
            `const validate = lib({ type: 'string', format: 'phone' }), other = lib({ type: 'string', format: 'email' });`,
        work: `[validate('+1234567890'), other('a@b'), other('ab'), lib({ type: 'string', format: 'hostname' })('a.b')]`,
        exploit: `slow(() => lib({ type: 'string', format: 'email' })('@'.repeat(25_000) + ' '))`,
    },
    {
        package: 'npm-user-validate',
        from: '1.0.0',
        to: '1.0.1',
        setup: SLOW,
        work: `[lib.email('a@b.c'), lib.email('ab') instanceof Error, lib.username('a') ]`,
        exploit: `slow(() => lib.email('@'.repeat(25_000)))`,
    },
    {
        package: 'fast-json-patch',
        from: '3.1.0',
        to: '3.1.1',
        setup: POLLUTED,
        work: `lib.applyPatch({ a: 1 }, [{ op: 'add', path: '/b', value: 2 }], true).newDocument`,
        exploit: `polluted(() => lib.applyPatch({}, [{ op: 'add', path: '/constructor/prototype/polluted', value: 'yes' }]))`,
    },
    {
        package: 'dottie',
        from: '2.0.3',
        to: '2.0.4',
        setup: POLLUTED,
        work: `(() => { const o = { a: { b: 1 } }; lib.set(o, 'a.c', 2); return [lib.get(o, 'a.c'), lib.transform({ 'x.y': 1 })] })()`,
        exploit: `(() => { const o = {}; lib.set(o, '__proto__.polluted', 'yes'); return o.polluted === 'yes' })()`,
    },
    {
        package: 'typed-function',
        from: '0.10.5',
        to: '0.10.6',
        setup: `const fn = lib({ 'number, number': (a, b) => a + b });`,
        work: `[fn(1, 2), lib('add', { 'number, number': (a, b) => a + b }).name]`,
        exploit: `(() => { globalThis.pwned = false; try { lib("x(){}, globalThis.pwned = true, function y", { 'number': (a) => a }) } catch {} return globalThis.pwned })()`,
    },
    {
        package: 'immer',
        from: '9.0.5',
        to: '9.0.6',
        setup: `${POLLUTED}lib.enablePatches(); const own = new lib.Immer(); const { applyPatches } = lib;`,
        work: `[lib.produce({ a: 1 }, (d) => { d.b = 2 }), own.produce([1], (d) => { d.push(2) }), applyPatches({ a: 1 }, [{ op: 'add', path: ['b'], value: 2 }])]`,
        exploit: `polluted(() => applyPatches({}, [{ op: 'add', path: [['__proto__'], 'polluted'], value: 'yes' }]))`,
    },
    {
        package: 'merge-deep',
        from: '3.0.2',
        to: '3.0.3',
        setup: POLLUTED,
        work: `lib({ a: { b: 1 } }, { a: { c: 2 } })`,
        exploit: `polluted(() => lib({}, JSON.parse('{"constructor": {"prototype": {"polluted": "yes"}}}')))`,
    },
    {
        package: 'pug-code-gen',
        from: '3.0.2',
        to: '3.0.3',
        work: `lib({ type: 'Block', nodes: [], line: 1 }, { templateName: 'fine', compileDebug: false }).includes('function fine')`,
        exploit: `(() => { try { return lib({ type: 'Block', nodes: [], line: 1 }, { templateName: 'a(){};globalThis.pwned=true;function b', compileDebug: false }).includes('pwned') } catch { return false } })()`,
    },
    {
        package: 'papaparse',
        from: '5.1.1',
        to: '5.2.0',
        setup: SLOW,
        work: `[lib.parse('a,b\\n1,2', { header: true, dynamicTyping: true }).data, lib.unparse([{ a: 1 }])]`,
        exploit: `slow(() => lib.parse('1'.repeat(10_000) + 'a', { dynamicTyping: true }))`,
    },
    {
        package: 'serve-static',
        from: '1.15.0',
        to: '1.16.0',
        setup: `${HTTP} const { mkdirSync, writeFileSync } = require('node:fs'); const { join } = require('node:path');
      mkdirSync(join(__dirname, 'site', 'folder'), { recursive: true }); writeFileSync(join(__dirname, 'site', 'a.txt'), 'text');
      const serve = lib(join(__dirname, 'site')); const port = listen(http.createServer((q, r) => { q.originalUrl = q.url; serve(q, r, () => { r.statusCode = 404; r.end('none') }) }));`,
        work: `port.then((p) => get(p, '/a.txt')).then((r) => [r.status, r.body])`,
        exploit: `port.then((p) => get(p, '/folder')).then((r) => r.body.includes('<a href='))`,
    },
    {
        package: 'jsonata',
        from: '1.8.6',
        to: '1.8.7',
        setup: `${POLLUTED}const sum = lib('$sum(a)');`,
        work: `[sum.evaluate({ a: [1, 2] }), lib('a.b').evaluate({ a: { b: 3 } })]`,
        exploit: `polluted(() => lib('$ ~> |__proto__|{"polluted": "yes"}|').evaluate({ a: 1 }))`,
    },
    {
        package: 'ws',
        from: '7.5.13',
        to: '7.5.14',
        setup: `${HTTP}
      const wss = new lib.Server({ port: 0 }); wss.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
      const open = async () => { const socket = new lib('ws://127.0.0.1:' + wss.address().port); await new Promise((done, fail) => socket.on('open', done).on('error', fail)); return socket };
      const pinged = (socket) => { for (let i = 0; i < 100; i++) socket._receiver.emit('ping', Buffer.from('x')); return socket.readyState === lib.OPEN };
      const before = Promise.all([1, 2, 3].map(open));`,
        work: `(async () => { const socket = await open(); const echo = new Promise((done) => socket.on('message', (data) => done(String(data)))); socket.send('hello'); const text = await echo; socket.close(); return text })()`,
        exploit: `(async () => { const old = (await before).pop(); const young = await open(); const server = [...wss.clients].pop(); return [old, young, server].some(pinged) })()`,
    },
    {
        package: 'protobufjs',
        from: '7.5.7',
        to: '7.5.8',
        setup: `const deep = (n) => 'message A {'.repeat(n) + 'optional string s = 1;' + '}'.repeat(n);`,
        work: `(() => { const { root } = lib.parse('syntax = "proto2";' + deep(3)); const B = root.lookupType('A.A.A'); return B.decode(B.encode({ s: 'x' }).finish()).s })()`,
        exploit: `(() => { try { lib.parse('syntax = "proto2";' + deep(500)); return true } catch (error) { return !/depth/.test(error.message) } })()`,
    },
];
//# sourceMappingURL=unseen-fixes.js.map