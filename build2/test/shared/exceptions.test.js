var __rewriteRelativeImportExtension = (this && this.__rewriteRelativeImportExtension) || function (path, preserveJsx) {
    if (typeof path === "string" && /^\.\.?\//.test(path)) {
        return path.replace(/\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i, function (m, tsx, d, ext, cm) {
            return tsx ? preserveJsx ? ".jsx" : ".js" : d && (!ext || !cm) ? m : (d + ext + "." + cm.toLowerCase() + "js");
        });
    }
    return path;
};
/**
 * An exception at every access to shared memory that an operation makes, as V8 throws one out of any call when the
 * stack is used up. What ends a section is left out: its stack is made sure of before (see `release` in lock.ts).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkInvariants } from './support/invariants.js';
import { buildVariant } from './support/stepwise.js';
import { operations } from './support/victim.js';
const ID = 7;
const SPARED = new Set(['LOCK', 'DIRTY', 'PIN', 'DEPTH', 'IN_CTOR', 'TOKEN']);
const HOOKS = `
const KEY = Symbol.for('umbra.test.exception')
const step = (name) => globalThis[KEY]?.(name)
export function $load(view, i, name) { step(name); return view[i] }
export function $store(view, i, value, name) { step(name); return view[i] = value }
export function $atomic(name, view, i, ...rest) { step(i === 16 ? 'LOCK' : i >= 320 ? 'PIN' : name); return Atomics[name](view, i, ...rest) }
export function $bulk(name, view, ...rest) { step(name); return view[name](...rest) }
`;
const build = buildVariant({ generators: false, hooks: HOOKS, constants: { BATCH: 2 } });
const { SharedShadowTable: Table } = (await import(__rewriteRelativeImportExtension(build)));
/** A small table with some history, as in faults.long.test.ts. */
function prepare() {
    const table = Table.create({ maxBytes: 5000, maxThreads: 3 });
    for (const key of [2, 3, 4, 5])
        table.attach(key, ID, Uint8Array.of(key, key));
    table.detach(3, ID);
    return table;
}
/** Runs the operation with an exception at this step; says how many steps there were. */
function cutShort(operation, table, at) {
    let steps = 0;
    const hook = (name) => {
        if (!SPARED.has(name) && steps++ === at)
            throw new RangeError('Maximum call stack size exceeded');
    };
    Object.assign(globalThis, { [Symbol.for('umbra.test.exception')]: hook });
    try {
        operations[operation](table);
    }
    catch (error) {
        assert.ok(steps > at, String(error));
    }
    finally {
        Object.assign(globalThis, { [Symbol.for('umbra.test.exception')]: undefined });
    }
    return steps;
}
for (const operation of Object.keys(operations).filter((name) => name !== 'open')) {
    test(`an exception at every step of ${operation}`, (t) => {
        const steps = cutShort(operation, prepare(), -1);
        assert.ok(steps > 5, `${steps} steps`);
        for (let step = 0; step < steps; step++) {
            const table = prepare();
            cutShort(operation, table, step);
            table.updateOrAttach(6, ID, Uint8Array.of(6, 6));
            checkInvariants(table.buffer);
            table.detachAll(ID);
            const { arenaBytes } = table.stats();
            assert.ok(table.attach(100, ID, arenaBytes - 32), `step ${step}: all memory is there, in one piece`);
            checkInvariants(table.buffer);
        }
        t.diagnostic(`${steps} steps`);
    });
}
//# sourceMappingURL=exceptions.test.js.map