import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { probe, program, register } from './program.js';
test('what a CommonJS module sees of its surroundings is the same, from the cache too', () => {
    const app = program({
        'package.json': '{ "type": "commonjs" }',
        'main.js': `module.exports.early = 1
      const nested = require('./nested.js')
      console.log(JSON.stringify(nested))
      import('./nested.js').then(({ default: again }) => console.log(JSON.stringify(again === nested)))`,
        'nested.js': `#!/usr/bin/env node
      exports.again = require('./again.js')
      exports.hashbang = true`,
        'again.js': `const attempt = (run) => { try { return String(run()) } catch (error) { return error.code + ' ' + error.message.split('\\n')[0] } }
      module.exports = {
        this: this === exports, arguments: arguments.length, files: [__filename, __dirname],
        keys: Object.keys(require), length: require.length, resolve: Object.keys(require.resolve), names: [require.name, require.resolve.name, require.resolve.paths.name, typeof require.prototype],
        main: [require.main === process.mainModule, require.main.exports.early], cache: require.cache === require('module')._cache,
        extensions: require.extensions === require('module')._extensions,
        resolved: attempt(() => require.resolve('./nested.js')), from: attempt(() => require.resolve('./nested', { paths: [__dirname] })),
        paths: require.resolve.paths('x'), builtin: require.resolve.paths('fs'), children: module.children.length, parent: module.parent.filename,
        bad: [attempt(() => require(1)), attempt(() => require('')), attempt(() => require.resolve(1)), attempt(() => require.resolve.paths(1)), attempt(() => require('./none'))],
        wrapper: arguments.callee.toString(), loaded: module.loaded,
        position: new Error().stack.split('\\n')[1].replace(/:\\d+(\\)?)$/, '$1'), strict: (function () { return this === undefined })(),
        cycle: require('./main.js').early, id: module.id,
      }
      module.exports.load = attempt(() => eval('require("./syntax.js")'))`,
        'syntax.js': 'let a; let a',
    });
    const plain = app.values('main.js', { node: [] });
    assert.equal(plain.length, 2);
    for (let start = 0; start < 3; start++)
        assert.deepEqual(app.values('main.js'), plain);
});
test('a wrapper of its own, which a program has Node put around its modules, is put around them', () => {
    const app = program({
        'package.json': '{}',
        'main.js': `const Module = require('module')
      const before = require('./inner.js')
      delete require.cache[require.resolve('./inner.js')]
      Module.wrapper[0] += 'const added = 7;'
      console.log(JSON.stringify([before, require('./inner.js')]))`,
        'inner.js': `module.exports = typeof added`,
    });
    for (let start = 0; start < 2; start++)
        assert.deepEqual(app.values('main.js'), [['undefined', 'number']]);
});
test('a CommonJS module that imports warns of nothing', () => {
    const app = program({
        'package.json': '{}',
        'main.js': `require('./inner.js')()`,
        'inner.js': `module.exports = () => import('./data.mjs').then(({ value }) => console.log(JSON.stringify(value)))`,
        'data.mjs': 'export const value = 7',
    });
    for (let start = 0; start < 2; start++) {
        const { stdout, stderr } = app.run('main.js');
        assert.deepEqual([stdout.trim(), stderr], ['7', '']);
    }
});
test('an error at load time, a rejected import and an exit status are the same', () => {
    const app = program({
        'package.json': '{}',
        'throws.js': `require('./inner.js')`,
        'inner.js': `function boom() { throw new TypeError('at load') }\nboom()`,
        'missing.mjs': `import './none.mjs'`,
        'exits.js': `require('./leave.js')`,
        'leave.js': `process.on('exit', (code) => { process.exitCode = code + 1 }); process.exit(6)`,
        'async.mjs': `await import('./inner.js').catch((error) => { console.log(error.message); process.exitCode = 4 })`,
        'stuck.mjs': `await new Promise(() => {})`,
    });
    for (const script of ['throws.js', 'missing.mjs', 'exits.js', 'async.mjs', 'stuck.mjs']) {
        const outcome = (node) => {
            const { status, stdout, stderr } = app.run(script, node ? { node } : {});
            return { status, stdout, error: /^\w*Error.*$/m.exec(stderr)?.[0] };
        };
        const plain = outcome([]);
        for (let start = 0; start < 2; start++)
            assert.deepEqual(outcome(), plain, script);
    }
});
test('no name of umbra is in the way, whatever it has had to load', () => {
    const app = program({
        'package.json': '{}',
        'lib.cjs': `exports.f = function f() {}`,
        'broken.cjs': 'function f() {\n  return (\n}',
        'main.cjs': `const { f } = require('./lib.cjs')
      const { prototype } = require('module')
      const own = (object) => Object.getOwnPropertyNames(object).sort()
      const attempt = (run) => { try { return run() } catch (error) { return String(error) } }
      console.log(JSON.stringify({
        global: Object.keys(globalThis).sort(), all: own(globalThis), process: own(process),
        argv: process.argv.length, warning: process.listenerCount('warning'), broken: attempt(() => require('./broken.cjs')),
        text: String(f), modules: Object.keys(require.cache), worker: require('worker_threads').Worker.name,
        compile: [prototype._compile.name, prototype._compile.length, String(prototype._compile)],
      }))
      const { Worker } = require('worker_threads')
      const worker = new Worker('require("worker_threads").parentPort.postMessage(Object.keys(require.cache))', { eval: true })
      worker.on('message', (modules) => console.log(JSON.stringify(modules)))`,
    });
    const plain = app.values('main.cjs', { node: [] });
    for (let start = 0; start < 2; start++)
        assert.deepEqual(app.values('main.cjs'), plain);
    app.write({
        'files.cjs': `try { require('./broken.cjs') } catch {}\n${probe}; say(prepared()); say(untouched())`,
    });
    const [files, untouched] = app.values('files.cjs');
    assert.deepEqual(files, ['files.cjs']);
    assert.deepEqual(Object.keys(untouched), ['broken.cjs']);
});
test('what runs at the end of a process is no listener that the program sees', () => {
    const app = program({
        'package.json': '{}',
        'main.cjs': `const emit = process.emit
      console.log(JSON.stringify({
        listeners: process.listeners('exit').length, names: process.eventNames(), own: Object.hasOwn(process, 'emit'),
        emit: emit === require('events').prototype.emit, other: Object.create(process).emit === emit,
      }))
      if (process.argv[2] === 'replaced') process.emit = function (...event) { console.log(event[0]); return emit.apply(this, event) }
      process.on('exit', () => console.log('2'))
      const { prototype } = require('events')
      const real = prototype.emit
      const ends = {
        exit: () => process.exit(3), throws: () => { throw new Error('at the end') }, returns() {}, replaced() {}, before() {},
        wrapped() { prototype.emit = function (...event) { if (this === process) console.log('seen ' + event[0]); return real.apply(this, event) } },
      }
      ends[process.argv[2]]()`,
    });
    app.write({
        'before.cjs': `const { emit } = process; process.emit = function (...event) { console.log(event[0]); return emit.apply(this, event) }`,
    });
    for (const how of ['exit', 'throws', 'returns', 'replaced', 'before', 'wrapped']) {
        const first = how === 'before' ? ['--require', app.path('before.cjs')] : [];
        const preload = [...first, '--import', 'data:text/javascript,'];
        const prepared = [...first, '--import', register];
        const outcome = (node, cache) => {
            const folders = { UMBRA_DIR: app.path(`run-${how}`), UMBRA_CACHE: app.path(cache) };
            const { status, stdout } = app.run('main.cjs', {
                node,
                arguments: [how],
                env: folders,
            });
            return { status, stdout };
        };
        assert.deepEqual(outcome(prepared, `cache-${how}`), outcome(preload, 'unused'), how);
        // and yet it was done
        assert.deepEqual(readdirSync(app.path(`run-${how}`)), [], how);
        assert.ok(readdirSync(app.path(`cache-${how}`)).some((name) => name.endsWith('.pack')), how);
    }
});
test('a process that allows no native code, or no change of what is built in, runs as it does unprepared', () => {
    const app = program({
        'package.json': '{}',
        'main.cjs': `const { answer } = require('./lib.cjs')
      console.log(JSON.stringify([answer(), typeof String(answer), answer.name]))`,
        'lib.cjs': 'exports.answer = function answer() { return 42 }',
    });
    const outcome = (options, preload) => {
        const { status, stdout } = app.run('main.cjs', { node: [...options, ...preload] });
        return { status, stdout };
    };
    const preload = ['--import', register];
    const plain = outcome([], []);
    assert.equal(plain.status, 0);
    // without a cache, with what an earlier start has cached, and with a cache that it has made itself
    assert.deepEqual(outcome(['--no-addons'], preload), plain);
    assert.deepEqual(outcome(['--frozen-intrinsics'], preload), plain);
    app.write({ 'lib.cjs': 'exports.answer = function answer() { return 40 + 2 }' });
    assert.deepEqual(outcome([], preload), plain);
    assert.deepEqual(outcome(['--no-addons'], preload), plain);
});
test('frames have the line, the column and the name that they have unprepared, without source maps', () => {
    const frames = String.raw `#!/usr/bin/env node
    /* first */ 'use strict'; const one = (a, { b } = {}) => { throw new Error('one') }; function two(x, y = () => { throw new Error('y') }) { return one(x, { y }) }
    const own = ({ stack }) => console.log(String(stack).split('\n').filter((line) => line.includes(NAME)))
    const attempt = async (run) => { try { await run() } catch (error) { own(error) } }
    attempt(() => two(1)); attempt(() => two()); attempt(function () { null.x() }); attempt(() => [1].map((x) => x.y.z))
    attempt(async () => { await 1; await (async () => { await 2; throw new Error('a') })() })
    attempt(() => new (class A { constructor(q) { q.r.s } })()); attempt(() => eval('null.x')); attempt(() => ({ m: () => { return null.m } }).m())
    { const call = (f, ...others) => f(...others); const kept = call(() => new Error('kept'), (x) => x); own(kept) }
    { const list = { call: [function () { return new Error('kept') }, (x) => x.y] }; own(list.call[0]()) }
    function full() {
      // the engine says where the function begins
      return 1 + full()
    }
    attempt(full)
    const wide = (x) => { return 'ä€😀' + own(new Error('😀')) }; wide(); own((() => new Error('behind'))())
    Error.prepareStackTrace = (error, frames) => frames.map((frame) => 'at ' + frame).join('\n'); own(new Error('x')); delete Error.prepareStackTrace
    console.log(Object.hasOwn(Error, 'prepareStackTrace'))`;
    const app = program({
        'package.json': '{}',
        'common.cjs': frames.replace('NAME', "'common.cjs'"),
        'crlf.cjs': frames.replace('NAME', "'crlf.cjs'").replaceAll('\n', '\r\n'),
        'module.mjs': frames.replace('NAME', "'module.mjs'"),
        'main.cjs': `require('./common.cjs'); require('./crlf.cjs'); import('./module.mjs')`,
    });
    for (const script of ['main.cjs', 'module.mjs']) {
        const outcome = (node) => {
            const { status, stdout, stderr } = app.run(script, { node });
            return { status, stderr, stdout: stdout.split('\n') };
        };
        const plain = outcome([]);
        assert.equal(plain.status, 0, plain.stderr);
        assert.ok(plain.stdout.length > 30);
        for (let start = 0; start < 2; start++)
            assert.deepEqual(outcome(['--import', register]), plain);
    }
});
//# sourceMappingURL=fidelity.test.js.map