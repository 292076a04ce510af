import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus, setPriority } from 'node:os';
/**
 * Gives a process, this one by default, a processor of its own, as far as the system lets: all of its threads are kept on
 * one, and come before whatever else runs there. Only Linux can.
 */
export function giveProcessor(processor, pid = process.pid) {
    if (process.platform !== 'linux')
        return;
    const { status, error } = spawnSync('taskset', ['-a', '-p', '-c', String(processor), String(pid)]);
    if (status !== 0)
        say(`is not kept on processor ${processor}: ${error?.message ?? `status ${status}`}`, pid);
    letGoFirst(pid);
}
/** All threads of a process, this one by default, come before whatever else runs, as far as the system lets. Only Linux can. */
export function letGoFirst(pid = process.pid) {
    if (process.platform !== 'linux')
        return;
    try {
        // Linux shares a processor among sessions first, and among the threads of each then.
        writeFileSync(`/proc/${pid}/autogroup`, '-20');
        for (const thread of readdirSync(`/proc/${pid}/task`))
            setPriority(Number(thread), -20);
    }
    catch (error) {
        say(`has no priority: ${error.message}`, pid);
    }
}
/** How long all processors have been busy so far, with whatever. Milliseconds. */
export function busyTime() {
    return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
function say(what, pid) {
    process.stderr.write(`process ${pid} ${what}\n`);
}
//# sourceMappingURL=processor.js.map