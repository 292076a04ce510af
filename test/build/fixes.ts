/**
 * Real fixes, each with an exploit: names and versions are data, packages come from the registry. `work` is what the
 * program does all the time, and must give the same before, during and after the patch. `exploit` is true while the
 * program can be exploited.
 */
export interface Fix {
  package: string
  from: string
  to: string
  /** Statements of the program, with the package as `lib`. */
  setup?: string
  /** An expression with a promise or value that is the same in both versions. */
  work: string
  /** An expression that is true when the exploit works. */
  exploit: string
  /** Runs on every push; the others where there is time. */
  quick?: boolean
}

/** Milliseconds of a call, for fixes of regular expressions that blow up: minutes against nothing. */
const SLOW =
  'const slow = (f) => { const t = performance.now(); try { f() } catch {} return performance.now() - t > 300 };'

const HTTP = `const http = require('node:http');
  const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
  const get = (port, path, headers = {}, host = '127.0.0.1') => new Promise((done, fail) => http.get({ port, path, headers, host }, (res) => {
    let body = ''; res.on('data', (d) => { body += d }).on('end', () => done({ status: res.statusCode, headers: res.headers, body })) }).on('error', fail));
  const post = (port, body, type) => new Promise((done, fail) => { const req = http.request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) } }, (res) => {
    let out = ''; res.on('data', (d) => { out += d }).on('end', () => done(out)) }).on('error', fail); req.end(body) });`

export const fixes: Fix[] = [
  {
    package: 'ws',
    from: '8.17.0',
    to: '8.17.1',
    quick: true,
    setup: `${HTTP}
      const server = http.createServer((req, res) => res.end('ok'));
      const wss = new lib.WebSocketServer({ server });
      wss.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
      const port = listen(server);`,
    work: `(async () => {
      const socket = new lib.WebSocket('ws://127.0.0.1:' + await port);
      await new Promise((done, fail) => socket.on('open', done).on('error', fail));
      const echo = new Promise((done) => socket.on('message', (data) => done(String(data))));
      socket.send('hello'); const text = await echo; socket.close(); return text })()`,
    // What a request with more headers than the server takes becomes. From Node 22 on the server itself answers it with
    // 431, so the request is handed over as Node 20 hands it over: without its Upgrade header.
    exploit: `(() => {
      const { Duplex } = require('node:stream');
      const socket = new Duplex({ read() {}, write(chunk, encoding, done) { done() } });
      const headers = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };
      try { server.emit('upgrade', { headers, method: 'GET', url: '/' }, socket, Buffer.alloc(0)); return false }
      catch (error) { return error instanceof TypeError } })()`,
  },
  {
    package: 'qs',
    from: '6.5.2',
    to: '6.5.3',
    quick: true,
    work: `lib.stringify(lib.parse('a[b]=c&d[]=1&d[]=2'), { encode: false })`,
    exploit: `Array.isArray(Object.getPrototypeOf(Object(lib.parse('a[__proto__]=b&a[__proto__]=c&a[length]=100', { allowPrototypes: true }).a)))`,
  },
  {
    package: 'minimist',
    from: '1.2.5',
    to: '1.2.6',
    quick: true,
    work: `lib(['--a', '1', '--b.c', 'x'])`,
    exploit: `(() => { lib(['--_.constructor.constructor.prototype.polluted', 'yes']);
      const bad = (() => {}).polluted === 'yes'; delete Function.prototype.polluted; return bad })()`,
  },
  {
    package: 'semver',
    from: '7.5.1',
    to: '7.5.2',
    quick: true,
    // Ranges are cached: each one is another.
    setup: `${SLOW} let tries = 0;`,
    work: `[lib.satisfies('1.2.4', '^1.2.3 || ~2.0'), lib.coerce('v3.4')?.version, lib.validRange('>=1 <2'), lib.inc('1.2.3', 'minor')]`,
    exploit: `slow(() => new lib.Range('1.' + ++tries + '.3 ' + ' '.repeat(20_000) + '<1.3.0'))`,
  },
  {
    package: 'path-to-regexp',
    from: '0.1.9',
    to: '0.1.10',
    quick: true,
    work: `lib('/user/:id', []).exec('/user/7')[1]`,
    // The release stops a star that was escaped from becoming a group that matches anything.
    exploit: `(() => { try { return !lib('/foo\\\\*', []).test('/foo*') } catch { return true } })()`,
  },
  {
    package: 'cookie',
    from: '0.6.0',
    to: '0.7.0',
    quick: true,
    work: `[lib.serialize('a', 'b c', { path: '/' }), lib.parse('a=b%20c').a]`,
    exploit: `(() => { try { return lib.serialize('user=<script>alert(1)</script>; Max-Age=2592000; a', 'v').includes('<script>') } catch { return false } })()`,
  },
  {
    package: 'send',
    from: '0.18.0',
    to: '0.19.0',
    setup: `${HTTP}
      const { mkdirSync, writeFileSync } = require('node:fs'); const { join } = require('node:path');
      mkdirSync(join(__dirname, 'site', 'folder'), { recursive: true }); writeFileSync(join(__dirname, 'site', 'a.txt'), 'text');
      const port = listen(http.createServer((req, res) => lib(req, new URL(req.url, 'http://x').pathname, { root: join(__dirname, 'site') }).pipe(res)));`,
    work: `port.then((p) => get(p, '/a.txt')).then((r) => [r.status, r.body])`,
    exploit: `port.then((p) => get(p, '/folder')).then((r) => r.body.includes('<a href='))`,
  },
  {
    package: 'follow-redirects',
    from: '1.15.3',
    to: '1.15.4',
    setup: `${HTTP}
      const port = listen(http.createServer((req, res) => { if (req.url === '/from') { res.writeHead(302, { location: '/to' }); res.end() } else res.end('at ' + req.url) }));
      const fetched = (url) => new Promise((done) => { try { lib.http.get(url, (res) => { let b = ''; res.on('data', (d) => { b += d }).on('end', () => done(b)) }).on('error', (e) => done('error')) } catch { done('error') } });`,
    work: `port.then((p) => fetched('http://127.0.0.1:' + p + '/from'))`,
    exploit: `port.then((p) => fetched('http://[127.0.0.1]:' + p + '/inside')).then((r) => r === 'at /inside')`,
  },
  {
    package: 'braces',
    from: '3.0.2',
    to: '3.0.3',
    quick: true,
    work: `[lib.expand('a{1..3}'), lib('x/{a,b}/y')]`,
    exploit: `(() => { try { return lib.parse('{a,' + 'b'.repeat(10_100) + '}').nodes.length > 0 } catch { return false } })()`,
  },
  {
    package: 'cross-spawn',
    from: '7.0.3',
    to: '7.0.5',
    setup: `${SLOW} const escape = require('cross-spawn/lib/util/escape');`,
    work: `[lib._parse('node', ['-v'], {}).args, escape.argument('a "b"')]`,
    exploit: `slow(() => escape.argument('\\\\'.repeat(10_000) + 'x'))`,
  },
  {
    package: 'body-parser',
    from: '1.20.2',
    to: '1.20.3',
    quick: true,
    setup: `${HTTP}
      const parser = lib.urlencoded({ extended: true });
      const depth = (value) => value !== null && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
      const port = listen(http.createServer((req, res) => parser(req, res, (error) => res.end(error ? 'refused: ' + error.message : String(depth(req.body))))));`,
    work: `port.then((p) => post(p, 'a[b][c]=1', 'application/x-www-form-urlencoded'))`,
    exploit: `port.then((p) => post(p, 'a' + '[b]'.repeat(500) + '=1', 'application/x-www-form-urlencoded')).then((d) => Number(d) > 100)`,
  },
  {
    package: 'lodash',
    from: '4.17.20',
    to: '4.17.21',
    work: `[lib.template('<%= a %>')({ a: 1 }), lib.trim('  x '), lib.toNumber(' 7 ')]`,
    exploit: `(() => { globalThis.pwned = false; try { lib.template('', { variable: '){globalThis.pwned=true};with(obj' })() } catch {} return globalThis.pwned })()`,
  },
  {
    package: 'node-fetch',
    from: '3.1.0',
    to: '3.1.1',
    quick: true,
    setup: `${HTTP.replace("const http = require('node:http')", "import http from 'node:http'")}
      let leaked;
      const other = listen(http.createServer((req, res) => { leaked = req.headers.authorization; res.end('other') }));
      const port = listen(http.createServer(async (req, res) => { if (req.url === '/away') { res.writeHead(302, { location: 'http://localhost.localdomain:' + await other + '/' }); res.end() } else res.end(req.method + req.url) }));`,
    work: `port.then((p) => lib('http://127.0.0.1:' + p + '/x', { method: 'POST', body: 'b' })).then((r) => r.text())`,
    exploit: `(async () => { leaked = undefined; await lib('http://127.0.0.1:' + await port + '/away', { headers: { authorization: 'secret' }, agent: new http.Agent({ lookup: (host, options, done) => options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4) }) }); return leaked === 'secret' })()`,
  },
]
