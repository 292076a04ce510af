import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
const same = (code) => code;
/** What a coverage tool does: counters in every function. */
function counted(code) {
    const steps = code.replaceAll('check(parent)', '(steps.n++, check(parent))');
    assert.notEqual(steps, code);
    return `const steps = { n: 0 };${steps}`;
}
/** What bundlers make of the store for other engines: names that exist only around its text. */
for (const [what, options, change] of [
    ['private fields lowered', { target: 'es2020' }, same],
    ['names kept by a helper', { keepNames: true, minify: true }, same],
    ['its steps counted', {}, counted],
]) {
    test(`the store works in a bundle with ${what}`, async () => {
        const { outputFiles } = await build({
            stdin: {
                contents: `
          import { attach, detach, get, getOrAttach, shadowId, updateOrAttach } from 'umbra/shadow'
          const out = []
          for (const storage of ['inline', 'table']) {
            const id = shadowId('BUNDLED_' + storage, { storage, enumerable: true })
            for (const parent of [{}, Object.freeze([]), function () {}, new Proxy({}, {})]) {
              out.push(attach(parent, id, 1), get(parent, id), getOrAttach(parent, 'OTHER', () => 2), get(parent, 'NONE'))
              out.push(updateOrAttach(parent, id, 3), [...id].length, detach(parent, id), get(parent, id), get(parent, 'OTHER'))
            }
          }
          console.log(JSON.stringify(out))`,
                resolveDir: fileURLToPath(new URL('../../..', import.meta.url)),
            },
            bundle: true,
            write: false,
            format: 'esm',
            ...options,
        });
        const expected = Array.from({ length: 8 }, () => [1, 1, 2, null, 3, 1, true, null, 2]).flat();
        assert.deepEqual(JSON.parse(run(change(outputFiles[0].text))), expected);
    });
}
const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
/** Runs a module in a process of its own, with two more copies of the package beside it. */
function run(source, flags = []) {
    const folder = mkdtempSync(join(tmpdir(), 'umbra-copies-'));
    try {
        for (const copy of ['first', 'second']) {
            cpSync(dist, join(folder, copy, 'dist'), { recursive: true });
            writeFileSync(join(folder, copy, 'package.json'), '{ "type": "module" }');
        }
        writeFileSync(join(folder, 'main.mjs'), source);
        const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, join(folder, 'main.mjs')], {
            encoding: 'utf8',
        });
        assert.equal(status, 0, stderr);
        return stdout.trim();
    }
    finally {
        rmSync(folder, { recursive: true });
    }
}
const importAll = `
  import assert from 'node:assert'
  import { createRequire } from 'node:module'
  const require = createRequire(import.meta.url)
  const load = {
    esm: () => import('./first/dist/shadow/index.js'),
    cjs: () => require('./first/dist/cjs/shadow/index.js'),
    otherEsm: () => import('./second/dist/shadow/index.js'),
    otherCjs: () => require('./second/dist/cjs/shadow/index.js'),
  }`;
for (const order of ['esm,cjs,otherEsm,otherCjs', 'otherCjs,esm,cjs,otherEsm', 'cjs,otherCjs,otherEsm,esm']) {
    test(`several copies are one store, loaded in the order ${order}`, () => {
        const out = run(`${importAll}
      const copies = []
      for (const name of '${order}'.split(',')) copies.push(await load[name]())
      assert.equal(new Set(copies).size, 4)
      const parents = copies.map(() => Object.freeze({}))
      for (const [i, copy] of copies.entries()) {
        const id = copy.shadowId('SHARED', { enumerable: true })
        assert.equal(id, copies[0].shadowId('SHARED'))
        copy.attach(parents[i], id, i)
        for (const other of copies) assert.equal(other.get(parents[i], 'SHARED'), i)
        for (const other of copies) assert.equal(other.get(parents[i], id), i)
      }
      assert.equal(copies[3].detachAll('SHARED'), 4)
      for (const parent of parents) assert.equal(copies[1].has(parent, 'SHARED'), false)
      console.log('one store')`);
        assert.equal(out, 'one store');
    });
}
test('worker threads have a store each', () => {
    const out = run(`${importAll}
    import { Worker, isMainThread, parentPort } from 'node:worker_threads'
    const { shadowId } = await load.esm()
    const id = shadowId('THREAD')
    id.attach(globalThis, isMainThread ? 'main' : 'worker')
    if (isMainThread) new Worker(new URL(import.meta.url)).on('message', (text) => console.log(id.get(globalThis), text))
    else parentPort.postMessage(id.get(globalThis))`);
    assert.equal(out, 'main worker');
});
test('the store works where code generation is disabled', () => {
    const out = run(`${importAll}
      assert.throws(() => new Function(''))
      const { shadowId } = await load.esm()
      const ids = [{}, { enumerable: true }, { storage: 'table' }].map((options, i) => shadowId('ID' + i, options))
      const parents = Array.from({ length: 100 }, (_, i) => Object.freeze({ i }))
      for (const id of ids) {
        for (const parent of parents) assert.equal(id.attach(parent, parent.i), parent.i)
        for (const parent of parents) assert.equal(id.getOrAttach(parent, assert.fail), parent.i)
        for (const parent of parents) assert.equal(id.detach(parent), true)
        for (const parent of parents) id.getOrAttach(parent, () => 1)
      }
      for (const id of ids) assert.equal(id.detachAll(), 100)
      console.log('works')`, ['--disallow-code-generation-from-strings']);
    assert.equal(out, 'works');
});
//# sourceMappingURL=copies.test.js.map