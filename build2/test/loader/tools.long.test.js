import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { program, register } from './program.js';
import { toolsFolder, toolUrl } from './tools.js';
/** A program that can import the tools. */
function withTools(files) {
    const app = program(files);
    symlinkSync(toolsFolder(), app.path('node_modules'));
    return app;
}
/** umbra/register as the program has it when the package is installed: tools leave what lies in `node_modules` alone. */
function installed(app) {
    const root = fileURLToPath(new URL('../..', register));
    for (const name of ['dist', 'package.json']) {
        cpSync(join(root, name), app.path(`installed/node_modules/umbra/${name}`), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), app.path('installed/node_modules/umbra/node_modules'));
    return app.path('installed/node_modules/umbra/dist/loader/register.js');
}
const tsx = toolUrl('tsx');
for (const [order, node] of [
    ['before', ['--import', tsx, '--import', register]],
    ['after', ['--import', register, '--import', tsx]],
]) {
    test(`tsx, registered ${order} umbra: TypeScript is redirected, and stack traces are those of tsx alone`, () => {
        const app = withTools({
            'package.json': '{ "type": "module" }',
            'main.ts': `import './probe.cjs'
        import { answer, fail } from './lib.ts'
        enum Kind { First, Second }
        const { patch, say } = globalThis as any
        try { fail() } catch (error) { say((error as Error).stack!.split('\\n').slice(1, 3).map((line) => line.trim())) }
        if (process.env.PREPARED) {
          patch('/lib.ts', 'answer', () => 'patched')
          say([answer(1), Kind.Second])
        }`,
            'lib.ts': `interface Unused { readonly a: string }
        export function answer<T>(x: T): string { return 'old ' + x }


        export function fail(): never { throw new Error('fails') }`,
        });
        const [plain] = app.values('main.ts', { node: ['--import', tsx] });
        const [prepared, patched] = app.values('main.ts', { node: [...node], env: { PREPARED: '1' } });
        assert.deepEqual(prepared, plain);
        assert.deepEqual(patched, ['patched', 1]);
    });
}
test('pirates: what a require hook has made of a file is what is prepared', () => {
    const app = withTools({
        'main.cjs': `require('./probe.cjs')
      const { addHook } = require('pirates')
      addHook((code) => code.replace('lower', 'UPPER'), { exts: ['.cjs'], ignoreNodeModules: true })
      const { answer } = require('./lib.cjs')
      say([answer(), fileOf('/lib.cjs').source().includes('UPPER')])
      patch('/lib.cjs', 'answer', () => 'patched')
      say(answer())`,
        'lib.cjs': `exports.answer = function answer() { return 'lower' }`,
    });
    assert.deepEqual(app.values('main.cjs'), [['UPPER', true], 'patched']);
});
test('import-in-the-middle: modules that it wraps are redirected, in either order', () => {
    const app = withTools({
        'package.json': '{ "type": "module" }',
        'hook.mjs': `import { register } from 'node:module'
      import { Hook } from 'import-in-the-middle'
      register('import-in-the-middle/hook.mjs', import.meta.url)
      new Hook((exports, name) => {
        if (!/lib\\.(mjs|cjs)$/.test(name)) return
        const { answer } = exports
        exports.wrapped = () => 'wrapped ' + answer(1)
      })`,
        'main.mjs': `import './probe.cjs'
      import * as esm from './lib.mjs'
      import * as cjs from './lib.cjs'
      patch('/lib.mjs', 'answer', () => 'patched esm')
      patch('/lib.cjs', 'answer', () => 'patched cjs')
      say([esm.wrapped(), esm.answer(), cjs.answer()])`,
        'lib.mjs': `export function answer(x) { return 'old ' + x }\nexport let wrapped`,
        'lib.cjs': `exports.answer = function answer(x) { return 'old ' + x }`,
    });
    for (const node of [
        ['--import', './hook.mjs', '--import', register],
        ['--import', register, '--import', './hook.mjs'],
    ]) {
        assert.deepEqual(app.values('main.mjs', { node: ['--no-warnings', ...node] }), [
            ['wrapped patched esm', 'patched esm', 'patched cjs'],
        ]);
    }
});
test("OpenTelemetry's auto-instrumentation sees the same requests, in functions that are redirected", () => {
    const app = withTools({
        'package.json': '{}',
        'main.cjs': `require('./probe.cjs')
      const express = require('express')
      const { handle } = require('./handler.cjs')
      if (process.env.PREPARED) patch('/handler.cjs', 'handle', (_, request, response) => response.send('patched'))
      const server = express().get('/greet/:name', handle).listen(0, async () => {
        const answer = await fetch('http://localhost:' + server.address().port + '/greet/you')
        say(await answer.text())
        server.close()
        server.closeAllConnections()
      })`,
        'handler.cjs': `exports.handle = function handle(request, response) { response.send('hello ' + request.params.name) }`,
    });
    const telemetry = [
        '--require',
        fileURLToPath(toolUrl('@opentelemetry/auto-instrumentations-node/register')),
    ];
    const env = {
        OTEL_TRACES_EXPORTER: 'console',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'none',
        OTEL_LOG_LEVEL: 'none',
    };
    const spans = (text) => [...text.matchAll(/^ {2}name: '(.*)',$/gm)].map(([, name]) => name).sort();
    const run = (node, more = {}) => {
        const { stdout } = app.run('main.cjs', { node, env: { ...env, ...more } });
        return { answer: /^"(.*)"$/m.exec(stdout)?.[1], spans: spans(stdout) };
    };
    const plain = run(telemetry);
    assert.equal(plain.answer, 'hello you');
    assert.ok(plain.spans.some((name) => name?.includes('/greet/:name')), plain.spans.join());
    for (const node of [
        [...telemetry, '--import', register],
        ['--import', register, ...telemetry],
    ]) {
        assert.deepEqual(run(node, { PREPARED: '1' }), { answer: 'patched', spans: plain.spans });
    }
});
const measured = {
    'package.json': '{ "type": "module" }',
    'main.js': `import { chosen, unused } from './lib.js'
import common from './common.cjs'
if (process.argv.length > 50) unused()
chosen(3)
chosen(-3)
new common.Box(1).open()
`,
    'lib.js': `export function chosen(n) {
  if (n > 0) {
    return n
  }
  return [1, 2].map((value) => value * n)
}

export function unused() {
  return 'never'
}
export const half = (n) =>
  n / 2
`,
    'common.cjs': `class Box {
  constructor(n = 0) {
    this.n = n
  }

  open() {
    return this.n > 0 ? 'full' : 'empty'
  }

  never() {
    return 1
  }
}
module.exports = { Box }
`,
};
test('c8 reports the coverage of the original text', () => {
    const app = withTools(measured);
    const c8 = join(toolsFolder(), 'c8/bin/c8.js');
    const coverage = (name, node) => {
        const report = ['--reporter=json', `--reports-dir=${name}`, `--temp-directory=${name}/temp`];
        execFileSync(process.execPath, [c8, ...report, process.execPath, ...node, 'main.js'], {
            cwd: app.folder,
            env: { ...process.env, NODE_OPTIONS: '', UMBRA_CACHE: app.path('.cache') },
        });
        const files = JSON.parse(readFileSync(app.path(`${name}/coverage-final.json`), 'utf8'));
        return Object.entries(files).map(([path, { s, f, fnMap }]) => ({
            path,
            covered: Object.values(s).map((count) => count > 0),
            functions: Object.values(fnMap)
                .map(({ name, decl }, i) => `${name}:${decl.start.line}:${Object.values(f)[i]}`)
                .filter((line) => !line.startsWith('(empty-report)'))
                .sort(),
        }));
    };
    const plain = coverage('plain', []);
    assert.equal(plain.length, 3);
    assert.deepEqual(coverage('prepared', ['--import', register]), plain);
});
test('NODE_V8_COVERAGE holds a map to the original for each prepared file', () => {
    const app = program(measured);
    app.run('main.js', { env: { NODE_V8_COVERAGE: app.path('coverage') } });
    // one report a thread
    const reports = readdirSync(app.path('coverage')).map((name) => readFileSync(app.path(`coverage/${name}`), 'utf8'));
    const maps = reports.flatMap((text) => Object.entries(JSON.parse(text)['source-map-cache'] ?? {}));
    for (const file of ['main.js', 'lib.js', 'common.cjs']) {
        const found = maps.find(([url]) => url.endsWith(`/${file}`));
        assert.deepEqual(found?.[1].data.sourcesContent, [measured[file]]);
    }
});
test('node --test runs prepared test files', () => {
    const app = program({
        'package.json': '{ "type": "module" }',
        'probe.test.js': `import './probe.cjs'
      import { test } from 'node:test'
      import assert from 'node:assert'
      import { answer } from './lib.js'
      test('redirected', () => { patch('/lib.js', 'answer', () => 'patched'); assert.equal(answer(), 'patched') })`,
        'lib.js': `export function answer() { return 'old' }`,
    });
    const { status, stdout } = app.run('probe.test.js', { node: ['--import', register, '--test'] });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /pass 1/);
});
test('a debugger stops at the lines of the original', () => {
    const app = program({
        'package.json': '{}',
        'debugger.cjs': `const { Session } = require('node:inspector')
      const { parentPort, workerData } = require('node:worker_threads')
      const session = new Session()
      session.connectToMainThread()
      const stops = []
      session.on('Debugger.paused', ({ params: { callFrames: [frame] } }) => {
        stops.push([frame.functionName, frame.location.lineNumber])
        session.post('Debugger.resume')
      })
      session.post('Debugger.enable')
      for (const [urlRegex, lineNumber] of workerData.breakpoints) session.post('Debugger.setBreakpointByUrl', { urlRegex, lineNumber })
      session.post('Runtime.evaluate', { expression: '1' }, () => parentPort.postMessage('ready'))
      parentPort.on('message', () => { session.disconnect(); parentPort.postMessage(stops); parentPort.unref() })`,
        'main.cjs': `const { Worker } = require('node:worker_threads')
      const breakpoints = [['lib\\\\.cjs$', 2], ['lib\\\\.cjs$', 5], ['lib\\\\.mjs$', 1]]
      const worker = new Worker('./debugger.cjs', { workerData: { breakpoints } })
      worker.once('message', async () => {
        const { first, second } = require('./lib.cjs')
        const { third } = await import('./lib.mjs')
        first(1); second(2); third(3)
        worker.once('message', (stops) => { console.log(JSON.stringify(stops)); process.exit() })
        worker.postMessage('done')
      })`,
        'lib.cjs': `exports.first = function first(x) {
  const y = x + 1
  return y
}
exports.second = (x) => {
  return x
}
`,
        'lib.mjs': `export function third({ length } = []) {
  return length
}
`,
    });
    const stops = [
        ['first', 2],
        ['exports.second', 5],
        ['third', 1],
    ];
    const [plain] = app.values('main.cjs', { node: [] });
    assert.deepEqual(plain, stops);
    assert.deepEqual(app.values('main.cjs'), [stops]);
});
const traced = {
    'package.json': '{}',
    'main.cjs': `const lib = require('./lib.cjs')
const lines = (error) => error.stack.split('\\n').filter((line) => /\\.(cjs|mjs|ts|js):/.test(line)).map((line) => line.trim())
const report = []
const attempt = (run) => { try { run() } catch (error) { report.push(lines(error)) } }
attempt(() => lib.first(1)); attempt(() => new lib.Second()); attempt(() => lib.third({}))
import('./lib.mjs').then(async ({ fourth, fifth }) => {
  attempt(() => [...fourth()])
  await fifth().catch((error) => report.push(lines(error)))
  console.log(JSON.stringify(report.map((all) => all.filter((line) => !line.includes('/dist/loader/') && !line.includes('/src/loader/')))))
})
`,
    'lib.cjs': `'use strict'
exports.first = (x) => { if (x) throw new Error('first') }
exports.Second = class Second extends Array { constructor() { super(); this.fail() } fail() { throw new Error('second') } }
exports.third = function third({ deep: { deeper } }) { return deeper }
`,
    'lib.mjs': `export function* fourth() { yield* inner() }
function* inner(value = 1) {
  throw new Error('fourth')
}
export async function fifth() { await null; throw new Error('fifth') }
`,
};
test('stack traces have the lines of the original, and with source maps its columns', () => {
    const app = program(traced);
    // Node shows frames that it has mapped in a way of its own: with the path for a url, and `<anonymous>`
    const places = (report) => report.map((lines) => lines.map((line) => /[^/]*:\d+:\d+(?=\)?$)/.exec(line)?.[0] ?? line));
    const traces = (node) => app.values('main.cjs', { node })[0];
    const withoutColumns = (report) => report.map((lines) => lines.map((line) => line.replace(/:\d+(\)?)$/, '$1')));
    const plain = traces([]);
    assert.equal(plain.flat().length > 12, true);
    assert.deepEqual(withoutColumns(traces(['--import', register])), withoutColumns(plain));
    for (let start = 0; start < 2; start++) {
        assert.deepEqual(places(traces(['--enable-source-maps', '--import', register])), places(plain));
    }
});
test("a file's own map, inline or beside it, leads from prepared code to the original", () => {
    const compiled = `function fail() { throw new Error('fails') }\nexports.fail = fail\n`;
    const map = JSON.stringify({
        version: 3,
        sources: ['lib.ts'],
        names: [],
        // the body of `fail` is line 7, column 3 of lib.ts
        mappings: 'AAAA,iBAMG;AACA',
    });
    const files = {
        'package.json': '{}',
        'main.cjs': `for (const name of ['./inline.cjs', './beside.cjs']) {
        try { require(name).fail() } catch (error) { console.log(JSON.stringify(error.stack.split('\\n')[1].trim().replace(/^.*?(\\w+\\.\\w+:.*?)\\)?$/, '$1'))) }
      }`,
        'inline.cjs': `${compiled}//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`,
        'beside.cjs': `${compiled}//# sourceMappingURL=beside.map\n`,
        'beside.map': map,
    };
    const app = program(files);
    const plain = app.values('main.cjs', { node: ['--enable-source-maps'] });
    assert.deepEqual(plain, ['lib.ts:7:4', 'lib.ts:7:4']);
    assert.deepEqual(app.values('main.cjs', { node: ['--enable-source-maps', '--import', register] }), plain);
});
test('a dual package is one package: each of its two forms is redirected by itself', () => {
    const app = program({
        'package.json': '{}',
        'node_modules/dual/package.json': `{ "name": "dual", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }`,
        'node_modules/dual/index.mjs': `export function answer() { return 'esm' }`,
        'node_modules/dual/index.cjs': `exports.answer = function answer() { return 'cjs' }`,
        'main.cjs': `require('./probe.cjs')
      const cjs = require('dual')
      import('dual').then((esm) => {
        patch('/dual/index.mjs', 'answer', () => 'patched')
        say([cjs.answer(), esm.answer()])
        patch('/dual/index.cjs', 'answer', () => 'patched too')
        say([cjs.answer(), esm.answer()])
      })`,
    });
    assert.deepEqual(app.values('main.cjs'), [
        ['cjs', 'patched'],
        ['patched too', 'patched'],
    ]);
});
/** What a TypeScript program prints with its compiler alone is what it prints prepared; its files have entry sites. */
for (const [name, compiler] of [
    ['ts-node', 'ts-node/register/transpile-only'],
    ['swc-node', '@swc-node/register'],
    ['esbuild-register', 'esbuild-register'],
]) {
    test(`${name}: TypeScript is redirected, and stack traces are those of ${name} alone`, () => {
        const app = withTools({
            'package.json': '{ "type": "commonjs" }',
            'tsconfig.json': '{ "compilerOptions": { "module": "commonjs", "target": "es2022", "sourceMap": true } }',
            'main.ts': `import './probe.cjs'
        import { Shop, fail } from './lib'
        const { patch, say } = globalThis as any
        const shop = new Shop<string>('corner')
        try { fail(2) } catch (error) { say((error as Error).stack!.split('\\n').slice(1, 3).map((line) => line.trim())) }
        say([shop.add('a').size, shop.name, shop.add.length])
        if (process.env.PREPARED) {
          patch('/lib.ts', 'Shop.prototype.add', () => 'patched')
          say(shop.add('b'))
        }`,
            'lib.ts': `interface Named { readonly name: string }
        export class Shop<T> implements Named {
          private items: T[] = []
          constructor(readonly name: string) {}
          add(item: T): this { this.items.push(item); return this }
          get size(): number { return this.items.length }
        }


        export function fail(x: number): number { if (x > 1) { throw new Error('fails') } return x }`,
        });
        const [plainStack, plain] = app.values('main.ts', { node: ['-r', compiler] });
        const umbra = installed(app);
        for (const node of [
            ['-r', compiler, '-r', umbra],
            ['-r', umbra, '-r', compiler],
        ]) {
            assert.deepEqual(app.values('main.ts', { node, env: { PREPARED: '1' } }), [
                plainStack,
                plain,
                'patched',
            ]);
        }
    });
}
test('tools that take part in loading, or look at the stack or the end of a process, do the same', () => {
    const app = withTools({
        'package.json': '{ "type": "commonjs" }',
        'lib.js': `exports.answer = function answer() { return 'real' }`,
        'user.js': `const lib = require('./lib.js')\nexports.ask = (question = 'x') => lib.answer(question)`,
        'proxyquire.js': `const { ask } = require('proxyquire')('./user.js', { './lib.js': { answer: () => 'mocked' } })
      console.log(ask(), require('./user.js').ask(), String(ask))`,
        'require-hook.js': `const { Hook } = require('require-in-the-middle')
      Hook(['depd', 'fs'], (exports, name) => { console.log(name, typeof exports); return exports })
      require('depd'); require('fs')`,
        'depd.js': `const deprecate = require('depd')('lib')
      process.on('deprecation', ({ message, stack }) => console.log(message, stack.split('\\n')[0]))
      exports.old = function () { return deprecate('old') }
      exports.old()`,
        'compile-cache.js': `require('v8-compile-cache-lib').install({ cacheDir: __dirname + '/.compiled' })
      console.log(require('./user.js').ask())`,
        'bytenode.js': `const { compileFile } = require('bytenode')
      compileFile({ filename: require.resolve('./user.js'), output: __dirname + '/user.jsc' })
      setTimeout(() => console.log(require('./user.jsc').ask()), 400)`,
        'source-map-support.js': `require('source-map-support').install()
      function fails() {
        throw new Error('here')
      }
      try { fails() } catch ({ stack }) { console.log(stack.split('\\n').slice(0, 2).join()) }`,
        'signal-exit.js': `require('signal-exit').onExit((code, signal) => console.log('ends', code, signal))
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50)`,
        'mocha.js': `const loaded = require('mocha')
      const Mocha = loaded.default ?? loaded
      const mocha = new Mocha({ reporter: class { constructor(runner) {
        runner.on('pass', ({ title }) => console.log(title)).on('fail', ({ title }, { message }) => console.log(title, message))
      } } })
      mocha.addFile(__dirname + '/spec.js')
      mocha.run()`,
        'spec.js': `const assert = require('assert')
      describe('user', () => {
        it('asks', () => assert.equal(require('./user.js').ask(), 'real'))
        it('fails', () => assert.equal(require('./user.js').ask(), 'other'))
      })`,
    });
    const scripts = [
        'proxyquire.js',
        'require-hook.js',
        'depd.js',
        'compile-cache.js',
        'bytenode.js',
        'source-map-support.js',
        'signal-exit.js',
        'mocha.js',
    ];
    for (const script of scripts) {
        const outcome = (options) => {
            const { status, stdout, stderr } = app.run(script, options);
            return { status, stdout, stderr };
        };
        const plain = outcome({ node: [] });
        assert.notEqual(plain.stdout, '', `${script}: ${plain.stderr}`);
        for (let start = 0; start < 2; start++)
            assert.deepEqual(outcome(), plain, script);
    }
});
//# sourceMappingURL=tools.long.test.js.map