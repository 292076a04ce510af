/** Several threads: how readers scale, and what the table saves against an owner thread that is sent messages. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { report, summary } from '../measure.js';
import { ID, populate } from './lookup.js';
/** Milliseconds: how long readers run before what they do counts, and how long it counts. */
const LEAD_IN = 30;
const WINDOW = 100;
const worker = new URL('./worker.js', import.meta.url);
function start(task) {
    return new Worker(worker, { workerData: task });
}
async function stop(workers) {
    await Promise.all(workers.map((one) => one.terminate()));
}
/**
 * Threads that look up when they are told to. They live through all rounds: threads that are started anew for each would
 * differ in what V8 has compiled for them, by more than what is measured here.
 */
class Readers {
    #workers;
    #controls;
    #tids;
    constructor(workers, controls, tids) {
        this.#workers = workers;
        this.#controls = controls;
        this.#tids = tids;
    }
    /** A thread for each table; the same one may be named more than once. */
    static async start(tables, entries, verb) {
        const controls = tables.map(makeControl);
        const workers = tables.map(({ handle }, index) => start({ kind: 'reader', verb, handle, entries, control: controls[index] }));
        const tids = await Promise.all(workers.map((one) => once(one, 'message')));
        return new Readers(workers, controls, tids.flat());
    }
    /** Of these readers together, while the others rest. */
    async rate(...indices) {
        const controls = indices.map((index) => this.#controls[index]);
        const lookups = () => controls.reduce((sum, { count }) => sum + count[0], 0);
        const cpu = () => indices.reduce((sum, index) => sum + cpuTime(this.#tids[index]), 0);
        for (const { turn } of controls) {
            Atomics.store(turn, 0, 1);
            Atomics.notify(turn, 0);
        }
        await sleep(LEAD_IN);
        const before = { lookups: lookups(), time: performance.now(), cpu: cpu() };
        await sleep(WINDOW);
        const done = lookups() - before.lookups;
        const measure = { wall: done / (performance.now() - before.time), cpu: done / (cpu() - before.cpu) };
        for (const { turn } of controls)
            Atomics.store(turn, 0, 0);
        return measure;
    }
    /** How many times the rate of one of two readers both have. */
    async scaling() {
        const first = await this.rate(0);
        const both = await this.rate(0, 1);
        const second = await this.rate(1);
        return {
            wall: (2 * both.wall) / (first.wall + second.wall),
            cpu: (4 * both.cpu) / (first.cpu + second.cpu),
        };
    }
    stop() {
        return stop(this.#workers);
    }
}
/** Milliseconds that a thread of this process has run. */
function cpuTime(tid) {
    try {
        return Number(readFileSync(`/proc/self/task/${tid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
    }
    catch {
        return Number.NaN;
    }
}
/** A page each, so that no two are on one cache line. */
function makeControl() {
    const page = new SharedArrayBuffer(4096);
    return { turn: new Int32Array(page, 0, 1), count: new Float64Array(page, 2048, 1) };
}
/**
 * Two readers of one table, and in the same rounds two with a table each, which share nothing but the machine: where it
 * does other things as well, neither gets a second core for itself. By processor time only what they share counts.
 */
export async function benchScaling(name, entries, rounds) {
    const tables = Array.from({ length: 3 }, () => populate(entries, 1).table);
    const shared = await Readers.start([tables[0], tables[0]], entries, 'offsetOf');
    const apart = await Readers.start([tables[1], tables[2]], entries, 'offsetOf');
    const group = 'two reader threads against one';
    for (const writing of [false, true]) {
        const writer = writing ? [start({ kind: 'writer', handle: tables[0].handle })] : [];
        const wall = [];
        const cpu = [];
        const wallApart = [];
        for (let round = 0; round < rounds; round++) {
            const ratios = await shared.scaling();
            wall.push(ratios.wall);
            cpu.push(ratios.cpu);
            wallApart.push((await apart.scaling()).wall);
        }
        await stop(writer);
        const row = `${name} entries${writing ? ', beside a writer at 5 % of a core' : ''}`;
        report({ group, name: row, unit: '×', ...summary(wall), bar: { atLeast: 1.8 } });
        if (cpu.every(Number.isFinite))
            report({ group, name: `${row}: by processor time`, unit: '×', ...summary(cpu) });
        report({ group, name: `${row}: with a table each`, unit: '×', ...summary(wallApart) });
    }
    await Promise.all([shared.stop(), apart.stop()]);
}
/**
 * An owner thread with a Map, asked by messages; many are under way at the same time, which favours the messages.
 * Lookups are made by as many threads as messages occupy, the one that asks and the owner; changes by one.
 */
export async function benchOwner(name, entries, rounds) {
    const { table, keys } = populate(entries, 50_000);
    const owner = start({ kind: 'owner', entries });
    await once(owner, 'message');
    const group = `against a Map behind messages to its owner, ${name} entries`;
    const readers = {
        offsetOf: await Readers.start([table, table], entries, 'offsetOf'),
        get: await Readers.start([table, table], entries, 'get'),
    };
    const lookups = { offsetOf: [], get: [] };
    const writes = [];
    const data = new Uint8Array(16);
    for (let round = 0; round < rounds; round++) {
        for (const verb of ['offsetOf', 'get']) {
            const asked = await askOwner(owner, keys, 'get');
            lookups[verb].push(asked * (await readers[verb].rate(0, 1)).wall);
        }
        const sent = await askOwner(owner, keys.subarray(0, 5000), 'cycle');
        const cycled = timed(keys.length, () => {
            for (let index = 0; index < keys.length; index++) {
                table.attach(keys[index], ID + 1, data);
                table.detach(keys[index], ID + 1);
            }
        });
        writes.push(sent / cycled);
    }
    await Promise.all([stop([owner]), readers.offsetOf.stop(), readers.get.stop()]);
    const bar = { atLeast: 20 };
    report({ group, name: 'offsetOf, two threads', unit: '×', ...summary(lookups.offsetOf), bar });
    report({ group, name: 'get, two threads', unit: '×', ...summary(lookups.get), bar });
    report({ group, name: 'attach and detach, one thread', unit: '×', ...summary(writes) });
}
function timed(operations, fn) {
    const from = performance.now();
    fn();
    return (performance.now() - from) / operations;
}
/** Milliseconds a question, with 1,000 of them under way. */
async function askOwner(owner, keys, verb) {
    const from = performance.now();
    await new Promise((resolve) => {
        let sent = 0;
        let answered = 0;
        const ask = () => owner.postMessage(verb === 'get' ? { verb, key: keys[sent++] } : cycle(keys[sent++]));
        const onAnswer = () => {
            if (++answered === keys.length) {
                owner.off('message', onAnswer);
                resolve();
            }
            else if (sent < keys.length)
                ask();
        };
        owner.on('message', onAnswer);
        while (sent < Math.min(1000, keys.length))
            ask();
    });
    return (performance.now() - from) / keys.length;
}
function cycle(key) {
    return { verb: 'cycle', key, data: new Uint8Array(16) };
}
function sleep(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
//# sourceMappingURL=threads.js.map