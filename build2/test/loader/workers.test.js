import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, register } from './program.js';
/** What a thread says about itself; the same text in a file and as code. */
const thread = `const { workerData, parentPort, getEnvironmentData } = require('node:worker_threads')
const registry = globalThis[Symbol.for('umbra.registry')]
const lib = require(process.cwd() + '/lib.cjs')
const file = registry && [...registry.files()].find(({ url }) => url.endsWith('/lib.cjs'))
file?.setTable([() => 'patched'])
parentPort.postMessage({ name: workerData, answer: lib.answer(), execArgv: process.execArgv, env: process.env.MARK ?? null })`;
const files = {
    'package.json': '{}',
    'lib.cjs': `exports.answer = function answer() { return 'old' }`,
    'thread.cjs': thread,
    'thread.mjs': `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)\n${thread}`,
    'main.cjs': `const { Worker, SHARE_ENV } = require('node:worker_threads')
    const thread = ${JSON.stringify(thread)}
    const cases = {
      file: ['./thread.cjs', {}],
      'module': ['./thread.mjs', {}],
      'own execArgv': ['./thread.cjs', { execArgv: ['--no-warnings'] }],
      'module, no execArgv': ['./thread.mjs', { execArgv: [] }],
      'own env': ['./thread.cjs', { env: { MARK: 'own' } }],
      'shared env': ['./thread.cjs', { env: SHARE_ENV }],
      code: [thread, { eval: true }],
      'code, own execArgv and env': [thread, { eval: true, execArgv: ['--no-deprecation'], env: {} }],
      strict: ['"use strict"; (function () { if (this !== undefined) throw new Error("sloppy") })();' + thread, { eval: true }],
    }
    const run = ([name, [code, options]]) => new Promise((done) => {
      const worker = new Worker(code, { ...options, workerData: name })
      if (!(worker instanceof Worker) || worker.constructor !== Worker) throw new Error('not a worker')
      worker.on('message', done).on('error', (error) => done({ name, error: error.message }))
    })
    Promise.all(Object.entries(cases).map(run)).then((said) => {
      class Own extends Worker {}
      const own = new Own(thread, { eval: true, workerData: 'subclass' })
      own.on('message', (message) => {
        console.log(JSON.stringify([...said, message, own instanceof Own]))
      })
    })`,
};
test('worker threads of every kind are prepared before their first line, and see nothing of it', () => {
    const app = program(files);
    const say = (node, env = {}) => app.values('main.cjs', { node, env })[0].map((said) => said);
    const plain = say(['--expose-gc']);
    for (const said of [
        say(['--expose-gc', '--import', register]),
        say(['--expose-gc'], { NODE_OPTIONS: `--import ${register}` }),
    ]) {
        assert.equal(said.pop(), true);
        assert.equal(said.length, 10);
        for (const [i, { name, answer, execArgv, env }] of said.entries()) {
            const withoutUmbra = execArgv.filter((argument) => argument !== '--import' && argument !== register);
            assert.deepEqual([name, answer], [plain[i].name, 'patched']);
            assert.deepEqual([withoutUmbra, env], [plain[i].execArgv, plain[i].env], name);
        }
    }
});
test('options that worker threads do not take fail as before', () => {
    const app = program({
        'thread.cjs': '',
        'main.cjs': `const { Worker } = require('node:worker_threads')
      for (const [code, options] of [
        ['./thread.cjs', { execArgv: ['--max-old-space-size=100'] }], ['./thread.cjs', { execArgv: 'x' }], [1, {}],
        ['./thread.cjs', { env: 1 }], ['./thread.cjs', null], ['no', { eval: true, execArgv: ['--nonsense'] }],
      ]) {
        try { new Worker(code, options).unref(); console.log('"fine"') } catch (error) { console.log(JSON.stringify([error.code, error.message])) }
      }
      try { Worker('x') } catch (error) { console.log(JSON.stringify(error.message)) }`,
    });
    assert.deepEqual(app.values('main.cjs'), app.values('main.cjs', { node: [] }));
});
test('worker threads are prepared however a program comes by them', () => {
    const start = `(code, { execArgv: [], eval: true }).on('message', (found) => console.log(JSON.stringify(found)))`;
    const code = `const code = 'require("node:worker_threads").parentPort.postMessage(!!globalThis[Symbol.for("umbra.registry")])'`;
    const app = program({
        'package.json': '{}',
        'require.cjs': `${code}; new (require('worker_threads').Worker)${start}`,
        'builtin.cjs': `${code}; new (process.getBuiltinModule('worker_threads').Worker)${start}`,
        'import.mjs': `import { Worker } from 'node:worker_threads'; ${code}; new Worker${start}`,
        'dynamic.cjs': `${code}; import('node:worker_threads').then(({ Worker }) => new Worker${start})`,
        'data.mjs': `${code}; const { default: threads } = await import('data:text/javascript,export { default } from "node:worker_threads"')
      new threads.Worker${start}`,
        'node_modules/left-out/index.js': `${code}; exports.start = () => new (require('worker_threads').Worker)${start}`,
        'left-out.cjs': `require('left-out').start()`,
        'compiled.cjs': `const { Module } = require('module')
      new Module('virtual')._compile(${JSON.stringify(`${code}; new (require('worker_threads').Worker)${start}`)}, 'virtual')`,
        'preload.cjs': `globalThis.threads = require('worker_threads')`,
        'preloaded.cjs': `${code}; new threads.Worker${start}`,
    });
    const preloaded = ['-r', app.path('preload.cjs'), '--import', register];
    for (const [script, node] of [
        ['require.cjs'],
        ['builtin.cjs'],
        ['import.mjs'],
        ['dynamic.cjs'],
        ['data.mjs'],
        ['left-out.cjs'],
        ['compiled.cjs'],
        ['preloaded.cjs', preloaded],
    ]) {
        const options = { env: { UMBRA_EXCLUDE: 'left-out' }, node: node ?? ['--import', register] };
        for (const start of ['first', 'cached'])
            assert.deepEqual(app.values(script, options), [true], `${script}, ${start}`);
    }
});
test('a worker thread that was started by code of no file says that it cannot be patched', () => {
    const app = program({
        'thread.cjs': '',
        'main.cjs': `new (require('worker_' + 'threads').Worker)('./thread.cjs')`,
    });
    assert.match(app.run('main.cjs').stderr, /umbra: this thread cannot be patched/);
});
test('a program that has no use for streams and threads does not load them', () => {
    const app = program({
        'main.cjs': `const loaded = process.moduleLoadList.filter((name) => /NativeModule (?:stream|zlib|worker_thread.)$/.test(name))
      require('node:fs').writeSync(1, JSON.stringify(loaded))`,
    });
    assert.deepEqual(app.values('main.cjs', { node: [] }), [[]]);
    app.run('main.cjs'); // the instrumenter loads some
    assert.deepEqual(app.values('main.cjs'), [[]]);
});
//# sourceMappingURL=workers.test.js.map