import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { hideFromToString } from '#dist/instrument/to-string.js';
import { scaled } from '../support/scale.js';
import { generate } from './generate.js';
import { cellForms, originals, prepare, replace, show } from './support.js';
const count = scaled({ quick: 100, ci: 700, full: 20_000 });
/** A run of its own for a failure: UMBRA_SEED=123. */
const only = process.env.UMBRA_SEED;
/** Programs see texts of functions when they add them up; those must be the original's too. */
const files = new Map();
hideFromToString((cell) => {
    const file = files.get(cell);
    return file === undefined
        ? undefined
        : { source: () => file.source, code: () => file.code, sites: () => file.sites };
});
async function execute(code) {
    const lines = [];
    const names = [];
    const log = (value) => {
        const text = show(value);
        lines.push(text);
        names.push(text);
    };
    const error = (value) => {
        lines.push(show(value));
        names.push(value instanceof Error ? value.name : show(value));
    };
    try {
        // Global, so that originals, which are compiled by themselves, find them too.
        Object.assign(globalThis, { log, error });
        vm.compileFunction(code, [], { filename: 'fuzz.js' })();
    }
    catch (thrown) {
        error(thrown);
    }
    await new Promise((resolve) => setImmediate(resolve));
    return { lines, names };
}
test(`${count} random programs do the same plain, prepared, and with every function replaced by its original`, async (t) => {
    // Programs reject promises and never look at them, which the test runner takes for failures.
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => { });
    t.after(() => {
        process.removeAllListeners('unhandledRejection');
        for (const listener of listeners)
            process.on('unhandledRejection', listener);
    });
    let ran = 0;
    let functions = 0;
    let lines = 0;
    const seeds = only === undefined ? Array.from({ length: count }, (_, n) => n + 1) : [Number(only)];
    for (const seed of seeds) {
        const source = generate(seed);
        try {
            vm.compileFunction(source);
        }
        catch {
            continue;
        }
        ran++;
        const plain = await execute(source);
        const ready = prepare({ source, type: 'commonjs', cellForm: cellForms[seed % 2] });
        files.set(ready.cell, ready);
        const prepared = await execute(ready.code);
        assert.deepEqual(prepared.lines, plain.lines, `seed ${seed}\n${source}`);
        const { table } = originals(ready);
        replace(ready, table);
        const replaced = await execute(ready.code);
        replace(ready, undefined);
        files.delete(ready.cell);
        // A function without a site keeps no trace of its file: made by an original, it shows the text of that.
        if (replaced.names.some((text) => text.includes('$uc(')))
            continue;
        assert.deepEqual([...replaced.names].sort(), [...plain.names].sort(), `seed ${seed}, replaced\n${source}`);
        functions += ready.sites.functions.length;
        lines += plain.lines.length;
    }
    // The generator must go on making programs that run and say something.
    if (only === undefined) {
        assert.ok(ran > seeds.length / 2, `${ran} of ${seeds.length} compile`);
        assert.ok(functions > ran * 3 && lines > ran * 3, `${functions} functions, ${lines} lines`);
    }
});
//# sourceMappingURL=fuzz.test.js.map