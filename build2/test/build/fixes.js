/** Milliseconds of a call, for fixes of regular expressions that blow up: minutes against nothing. */
export const SLOW = 'const slow = (f) => { const t = performance.now(); try { f() } catch {} return performance.now() - t > 300 };';
/** Each request by a connection of its own: one that is kept may be closed by the server just when it is used again. */
export const HTTP = `const http = require('node:http');
  const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
  const get = (port, path, headers = {}, host = '127.0.0.1') => new Promise((done, fail) => http.get({ port, path, headers, host, agent: false }, (res) => {
    let body = ''; res.on('data', (d) => { body += d }).on('end', () => done({ status: res.statusCode, headers: res.headers, body })) }).on('error', fail));
  const post = (port, body, type) => new Promise((done, fail) => { const req = http.request({ port, host: '127.0.0.1', agent: false, method: 'POST', headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) } }, (res) => {
    let out = ''; res.on('data', (d) => { out += d }).on('end', () => done(out)) }).on('error', fail); req.end(body) });`;
export const fixes = [
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
        exploit: `slow(() => escape.argument('\\\\'.repeat(40_000) + 'x'))`,
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
        module: true,
        quick: true,
        setup: `${HTTP.replace("const http = require('node:http')", "import http from 'node:http'")}
      let leaked;
      const other = listen(http.createServer((req, res) => { leaked = req.headers.authorization; res.end('other') }));
      const port = listen(http.createServer(async (req, res) => { if (req.url === '/away') { res.writeHead(302, { location: 'http://localhost.localdomain:' + await other + '/' }); res.end() } else res.end(req.method + req.url) }));`,
        work: `port.then((p) => lib('http://127.0.0.1:' + p + '/x', { method: 'POST', body: 'b' })).then((r) => r.text())`,
        exploit: `(async () => { leaked = undefined; await lib('http://127.0.0.1:' + await port + '/away', { headers: { authorization: 'secret' }, agent: new http.Agent({ lookup: (host, options, done) => options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4) }) }); return leaked === 'secret' })()`,
    },
    {
        package: 'ansi-regex',
        from: '5.0.0',
        to: '5.0.1',
        setup: SLOW,
        work: `['\\u001B[31mred\\u001B[39m'.replace(lib(), ''), lib({ onlyFirst: true }).global]`,
        exploit: `slow(() => lib().test('\\u001B[' + ';'.repeat(15_000)))`,
    },
    {
        package: 'ansi-regex',
        from: '6.0.0',
        to: '6.0.1',
        module: true,
        setup: SLOW,
        work: `['\\u001B[31mred\\u001B[39m'.replace(lib(), ''), lib({ onlyFirst: true }).global]`,
        exploit: `slow(() => lib().test('\\u001B[' + ';'.repeat(15_000)))`,
    },
    {
        package: 'y18n',
        from: '4.0.0',
        to: '4.0.1',
        work: `lib({ directory: '/none', updateFiles: false }).__('hello %s', 'you')`,
        exploit: `(() => { const y18n = lib({ directory: '/none', updateFiles: false }); y18n.setLocale('__proto__'); y18n.updateLocale({ polluted: 'yes' });
      const bad = ({}).polluted === 'yes'; delete Object.prototype.polluted; return bad })()`,
    },
    {
        package: 'json5',
        from: '2.2.1',
        to: '2.2.2',
        work: `lib.parse("{a: [1, +2, .5], 'b': null, /* c */ d: {e: 'f'}}", (key, value) => value === 1 ? undefined : value)`,
        exploit: `lib.parse('{"__proto__": {"admin": true}}').admin === true`,
    },
    {
        package: 'ini',
        from: '1.3.5',
        to: '1.3.6',
        work: `lib.parse('a = 1\\n[s.t]\\nb[] = x\\nb[] = y\\n')`,
        exploit: `(() => { lib.parse('[__proto__]\\npolluted = yes'); const bad = ({}).polluted === 'yes'; delete Object.prototype.polluted; return bad })()`,
    },
    {
        package: 'glob-parent',
        from: '5.1.1',
        to: '5.1.2',
        setup: SLOW,
        work: `[lib('path/to/*.js'), lib('{a,b}/x/[c'), lib('foo/{a/b,c/d}')]`,
        exploit: `slow(() => lib('{' + '/'.repeat(1_500)))`,
    },
    {
        package: 'decode-uri-component',
        from: '0.2.0',
        to: '0.2.1',
        work: `[lib('%25'), lib('%61+%62')]`,
        exploit: `(() => { try { lib('%ea%ba%5a%ba'); return false } catch { return true } })()`,
    },
    {
        package: 'hosted-git-info',
        from: '2.8.8',
        to: '2.8.9',
        setup: `${SLOW} let tries = 0;`,
        work: `[lib.fromUrl('github:npm/cli.git#latest').ssh(), lib.fromUrl('npm/cli').https(), lib.fromUrl('git@gitlab.com:a/b.git').browse()]`,
        exploit: `slow(() => lib.fromUrl('x:' + 'a'.repeat(30_000) + '@' + ++tries))`,
    },
    {
        package: 'path-parse',
        from: '1.0.6',
        to: '1.0.7',
        setup: SLOW,
        work: `[lib('/a/b.c'), lib.posix('x/y'), lib.win32('C:\\\\a\\\\b.txt')]`,
        exploit: `slow(() => lib('/'.repeat(40_000) + 'x\\n/x'))`,
    },
    {
        package: 'trim-newlines',
        from: '3.0.0',
        to: '3.0.1',
        setup: SLOW,
        work: `[lib('\\n a \\n\\r'), lib.start('\\na\\n'), lib.end('\\na\\n')]`,
        exploit: `slow(() => lib.end('\\n'.repeat(40_000) + 'a'))`,
    },
    {
        package: 'word-wrap',
        from: '1.2.3',
        to: '1.2.4',
        setup: SLOW,
        work: `lib('one two three four five six', { width: 10, indent: '', trim: true })`,
        exploit: `slow(() => lib('a' + ' '.repeat(20_000) + 'a', { trim: true, width: 100_000 }))`,
    },
    {
        package: 'tough-cookie',
        from: '4.1.2',
        to: '4.1.3',
        work: `(() => { const jar = new lib.CookieJar(); jar.setCookieSync('a=b; Domain=example.com; Path=/', 'http://example.com/'); return jar.getCookieStringSync('http://example.com/') })()`,
        exploit: `(() => { const jar = new lib.CookieJar(undefined, { rejectPublicSuffixes: false });
      jar.setCookieSync('polluted=yes; Domain=__proto__; Path=/polluted', 'https://__proto__/polluted');
      const bad = ({})['/polluted'] !== undefined; delete Object.prototype['/polluted']; return bad })()`,
    },
    {
        package: 'async',
        from: '2.6.3',
        to: '2.6.4',
        work: `new Promise((done) => lib.mapValues({ a: 1, b: 2 }, (v, k, next) => next(null, v * 2), (e, r) => done(r)))`,
        exploit: `new Promise((done) => lib.mapValues(JSON.parse('{"__proto__": {"isAdmin": true}}'), (v, k, next) => next(null, v), (e, r) => done(r.isAdmin === true)))`,
    },
    {
        package: 'dot-prop',
        from: '5.1.0',
        to: '5.1.1',
        work: `[lib.get({ a: { b: 1 } }, 'a.b'), lib.has({ a: { b: 1 } }, 'a.c'), lib.set({}, 'x.y', 2)]`,
        exploit: `(() => { lib.set({}, '__proto__.polluted', 'yes'); const bad = ({}).polluted === 'yes'; delete Object.prototype.polluted; return bad })()`,
    },
    {
        package: 'nth-check',
        from: '2.0.0',
        to: '2.0.1',
        setup: SLOW,
        work: `[lib.parse('2n + 1'), lib.parse('even'), lib.default('-n+3')(2), lib.default('3')(1)]`,
        exploit: `slow(() => lib.parse('2n' + ' '.repeat(30_000) + '!'))`,
    },
    {
        package: 'http-cache-semantics',
        from: '4.1.0',
        to: '4.1.1',
        setup: SLOW,
        work: `new lib({ url: '/', method: 'GET', headers: {} }, { status: 200, headers: { 'cache-control': 'public, max-age = 100' } }).maxAge()`,
        exploit: `slow(() => new lib({ headers: {} }, { headers: { 'cache-control': 'a' + ' '.repeat(25_000) + 'a' } }))`,
    },
    {
        package: 'loader-utils',
        from: '2.0.3',
        to: '2.0.4',
        setup: SLOW,
        work: `lib.interpolateName({ resourcePath: '/a/b.js' }, '[name].[contenthash:8].[ext]', { content: 'x' })`,
        exploit: `slow(() => lib.interpolateName({ resourcePath: '/a/b.js' }, '['.repeat(35_000), { content: 'x' }))`,
    },
    {
        package: 'minimatch',
        from: '3.0.4',
        to: '3.0.5',
        setup: SLOW,
        work: `[lib('a/b.js', '**/*.js'), lib.match(['a', 'b'], '{a,c}'), lib('x', '!(y)')]`,
        exploit: `slow(() => new lib.Minimatch('{'.repeat(40_000)))`,
    },
    {
        package: 'color-string',
        from: '1.5.4',
        to: '1.5.5',
        setup: SLOW,
        work: `[lib.get('hwb(60, 3%, 60%)'), lib.get('hsl(120, 50%, 50%)'), lib.to.hex([1, 2, 3])]`,
        exploit: `slow(() => lib.get('hwb(' + '1'.repeat(40_000)))`,
    },
    {
        package: 'kind-of',
        from: '6.0.2',
        to: '6.0.3',
        work: `[lib([]), lib(new Map()), lib(null), lib(/x/)]`,
        exploit: `lib({ constructor: { name: 'Symbol' } }) === 'symbol'`,
    },
    {
        package: 'dset',
        from: '3.1.3',
        to: '3.1.4',
        setup: `const { dset } = require('dset/merge');`,
        work: `(() => { const o = { a: { b: 1 } }; dset(o, 'a.c', { d: 2 }); return o })()`,
        exploit: `(() => { dset({}, [['__proto__'], 'polluted'], 'yes'); const bad = ({}).polluted === 'yes'; delete Object.prototype.polluted; return bad })()`,
    },
    {
        package: 'deep-extend',
        from: '0.5.0',
        to: '0.5.1',
        work: `lib({ a: { b: 1 } }, { a: { c: [1, { d: 2 }] } })`,
        exploit: `(() => { lib({}, JSON.parse('{"__proto__": {"polluted": "yes"}}')); const bad = ({}).polluted === 'yes'; delete Object.prototype.polluted; return bad })()`,
    },
    {
        package: 'ansi-html',
        from: '0.0.7',
        to: '0.0.8',
        setup: SLOW,
        work: `lib('\\u001B[31mred\\u001B[39m and \\u001B[1mbold\\u001B[0m')`,
        exploit: `slow(() => lib('\\u001B[1m\\u001B[' + '1'.repeat(28) + 'x'))`,
    },
    {
        package: 'css-what',
        from: '5.0.0',
        to: '5.0.1',
        setup: SLOW,
        work: `[lib.parse('a[href="x" i] > .b:not(#c)'), lib.stringify(lib.parse('x|y, *'))]`,
        exploit: `slow(() => lib.parse('[a' + ' '.repeat(1_500)))`,
    },
];
//# sourceMappingURL=fixes.js.map