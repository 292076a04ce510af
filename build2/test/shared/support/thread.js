var __rewriteRelativeImportExtension = (this && this.__rewriteRelativeImportExtension) || function (path, preserveJsx) {
    if (typeof path === "string" && /^\.\.?\//.test(path)) {
        return path.replace(/\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i, function (m, tsx, d, ext, cm) {
            return tsx ? preserveJsx ? ".jsx" : ".js" : d && (!ext || !cm) ? m : (d + ext + "." + cm.toLowerCase() + "js");
        });
    }
    return path;
};
/** A worker that runs one exported function of a test's module, by name, and posts what it returns. */
import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
/** Starts a worker on `module`'s export `run`. `result` settles with what that returns. */
export function start(module, run, args, options = {}) {
    const job = { module, run, args };
    const worker = new Worker(new URL(import.meta.url), { ...options, workerData: { umbraTestJob: job } });
    const result = once(worker, 'message').then(([value]) => value);
    // Whoever terminates a worker does not wait for its result.
    result.catch(() => { });
    return { worker, result };
}
const job = workerData?.umbraTestJob;
if (job !== undefined && parentPort !== null) {
    const functions = (await import(__rewriteRelativeImportExtension(job.module)));
    parentPort.postMessage(await functions[job.run](...job.args));
}
//# sourceMappingURL=thread.js.map