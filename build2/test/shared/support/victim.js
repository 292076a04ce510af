var __rewriteRelativeImportExtension = (this && this.__rewriteRelativeImportExtension) || function (path, preserveJsx) {
    if (typeof path === "string" && /^\.\.?\//.test(path)) {
        return path.replace(/\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i, function (m, tsx, d, ext, cm) {
            return tsx ? preserveJsx ? ".jsx" : ".js" : d && (!ext || !cm) ? m : (d + ext + "." + cm.toLowerCase() + "js");
        });
    }
    return path;
};
/**
 * A worker that stops for ever before the n-th access to shared memory of one operation, so that the test can
 * terminate it exactly there. It runs the stepwise build; `workerData` says what to do.
 */
import { parentPort, workerData } from 'node:worker_threads';
export const FAULT_HOOKS = `
const KEY = Symbol.for('umbra.test.step')
const step = () => globalThis[KEY]?.()
export function $load(view, i) { step(); return view[i] }
export function $store(view, i, value) { step(); return view[i] = value }
export function $atomic(name, view, ...rest) { step(); return Atomics[name](view, ...rest) }
export function $bulk(name, view, ...rest) { step(); return view[name](...rest) }
`;
const ID = 7;
/** Keys 2 to 5 are attached before, 3 is detached again; see faults.test.ts. */
export const operations = {
    attach: (t) => t.attach(1, ID, Uint8Array.of(1, 1)),
    'attach with a constructor': (t) => t.attach(1, ID, 8, (view) => view.fill(1)),
    'attach that splits buckets': (t) => {
        for (const key of [10, 11, 12, 13])
            t.attach(key, ID, Uint8Array.of(key, key));
    },
    getOrAttach: (t) => t.getOrAttach(1, ID, 8, (view) => view.fill(1)),
    updateOrAttach: (t) => t.updateOrAttach(2, ID, Uint8Array.of(5, 5, 5), () => { }),
    detach: (t) => t.detach(2, ID, () => { }),
    detachAll: (t) => t.detachAll(ID),
    'attach that must reclaim': (t) => t.attach(14, ID, t.stats().freeBytes - 32),
    read: (t) => t.read(() => t.get(2, ID)),
    open: () => { },
};
if (parentPort !== null && workerData?.operation !== undefined)
    await obey(workerData);
async function obey(order) {
    const build = (await import(__rewriteRelativeImportExtension(order.build)));
    let steps = 0;
    const arm = () => {
        Object.assign(globalThis, {
            [Symbol.for('umbra.test.step')]: () => {
                if (steps++ === order.step)
                    stopHere(order.step);
            },
        });
    };
    if (order.operation === 'open')
        arm();
    const table = build.SharedShadowTable.open(order.handle);
    arm();
    operations[order.operation](table);
    parentPort.postMessage({ steps });
}
function stopHere(step) {
    parentPort.postMessage({ stopped: step });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
//# sourceMappingURL=victim.js.map