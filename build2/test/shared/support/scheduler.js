var __rewriteRelativeImportExtension = (this && this.__rewriteRelativeImportExtension) || function (path, preserveJsx) {
    if (typeof path === "string" && /^\.\.?\//.test(path)) {
        return path.replace(/\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i, function (m, tsx, d, ext, cm) {
            return tsx ? preserveJsx ? ".jsx" : ".js" : d && (!ext || !cm) ? m : (d + ext + "." + cm.toLowerCase() + "js");
        });
    }
    return path;
};
/**
 * Every interleaving of a few threads, one after the other: the table's code runs as generators that stop before each
 * access to shared memory, and a scheduler decides who goes next. It goes depth first through all decisions, and does
 * not go on from a state that it has seen: the state is the memory and, for each thread, what it has read so far
 * (which, as the code is deterministic, says where it stands).
 */
import assert from 'node:assert/strict';
import { BITMAP, LOCK, SLOTS, SLOTS_SEEN, TOP } from '#dist/shared/layout.js';
import { buildVariant } from './stepwise.js';
const HOOKS = `
const KEY = Symbol.for('umbra.test.scheduler')
export function* $load(view, i, name) { if (globalThis[KEY].stopsAt(view, i, name)) yield; return globalThis[KEY].observe(view[i]) }
export function* $store(view, i, value, name) { if (globalThis[KEY].stopsAt(view, i, name)) yield; globalThis[KEY].observe(1); return view[i] = value }
export function* $atomic(name, view, i, ...rest) {
  yield
  if (name === 'notify') return globalThis[KEY].notify(i, rest[0])
  if (name !== 'wait') return globalThis[KEY].observe(Atomics[name](view, i, ...rest))
  if (globalThis[KEY].observe(view[i]) !== rest[0]) return 'not-equal'
  globalThis[KEY].sleep(i)
  yield
  return globalThis[KEY].observe(globalThis[KEY].wokenBy())
}
export function* $bulk(name, view, ...rest) { yield; globalThis[KEY].observe(1); return view[name](...rest) }
`;
const THREAD = `
const KEY = Symbol.for('umbra.test.scheduler')
export const currentThread = () => globalThis[KEY].current.identity
export const currentThreadId = () => globalThis[KEY].current.index
export const isObservable = () => true
export const canSeeThreads = () => true
export const hasEnded = (thread) => globalThis[KEY].hasEnded(thread)
export const isNumbered = () => false
export const numberOf = (thread) => Number(thread)
`;
/** Small constants, so that a handful of steps reaches batches and system calls that are rare otherwise. */
const CONSTANTS = { SPINS: 0, PATIENCE: 1 };
const CONSTANT = new Set(['AT_TOTAL', 'AT_SLOTS', 'AT_DEADLINE', 'BUCKETS', 'MAX_BUCKETS', 'ARENA']);
const OWN = new Set(['TOKEN', 'PENDING', 'DEPTH', 'IN_CTOR', 'LIVES', 'THREAD_ID']);
const OUTSIDER = 99;
const builds = new Map();
function build(ordered, batch) {
    const name = `${ordered} ${batch}`;
    let found = builds.get(name);
    if (found === undefined) {
        const constants = { ...CONSTANTS, LOADS_ARE_ORDERED: ordered, BATCH: batch };
        found = import(__rewriteRelativeImportExtension(buildVariant({ generators: true, constants, hooks: HOOKS, thread: THREAD })));
        builds.set(name, found);
    }
    return found;
}
/**
 * Runs the scenario in every interleaving that its bound on preemptions admits.
 * @param ordered as on processors that keep loads in order (lookups without a section), or as on others
 */
export async function explore(scenario, ordered = true) {
    const scheduler = new Scheduler(scenario);
    Object.assign(globalThis, { [Symbol.for('umbra.test.scheduler')]: scheduler });
    const { SharedShadowTable } = await build(ordered, scenario.batch ?? 1);
    const { emitWarning } = process;
    // A losing attach warns, and here thousands lose.
    process.emitWarning = () => undefined;
    try {
        return scheduler.explore(SharedShadowTable);
    }
    finally {
        process.emitWarning = emitWarning;
    }
}
class Scheduler {
    #scenario;
    #seen = new Set();
    #tables = [];
    #words = new Int32Array(0);
    /** The memory once every thread has opened the table, and after the setup. */
    #opened = new Int32Array(0);
    #start = new Int32Array(0);
    #threads = [];
    current;
    constructor(scenario) {
        this.#scenario = scenario;
        this.current = newThread(OUTSIDER, nothing());
    }
    explore(Table) {
        this.#prepare(Table);
        const open = [[]];
        let runs = 0;
        for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
            // Anew, for a thread keeps views of its table.
            this.#words.set(this.#opened);
            this.#open(Table, this.#tables.at(-1));
            this.#run(prefix, open);
            runs++;
        }
        return { runs, states: this.#seen.size };
    }
    #prepare(Table) {
        const setup = this.current;
        const first = drain(Table.create({ maxBytes: this.#scenario.maxBytes ?? 4096, maxThreads: 4 }));
        this.#words = new Int32Array(first.buffer);
        this.#open(Table, first);
        this.#opened = this.#words.slice();
        this.current = setup;
        drain(this.#scenario.setup(first));
        this.#start = this.#words.slice();
    }
    #open(Table, first) {
        this.#threads = [];
        this.#tables = [...this.#scenario.threads.keys()].map((index) => {
            this.current = newThread(index, nothing());
            return drain(Table.open(first.handle));
        });
        this.#tables.push(first);
    }
    #run(prefix, open) {
        this.#words.set(this.#start);
        this.#threads = this.#scenario.threads.map((body, index) => newThread(index, body(this.#tables[index])));
        for (const thread of this.#threads)
            this.#advance(thread);
        const path = [];
        let preemptions = 0;
        let last = -1;
        for (;;) {
            const choices = this.#choices(last, preemptions);
            if (choices.length === 0)
                break;
            let choice = prefix[path.length];
            if (choice === undefined) {
                if (choices.length > 1 && !this.#isNew(preemptions, last))
                    return;
                choice = choices[0];
                for (const other of choices.slice(1))
                    open.push([...path, other]);
            }
            path.push(choice);
            if (choice >= 0 && this.#interrupts(choice, last))
                preemptions++;
            if (choice >= 0)
                last = choice;
            this.#take(choice, path);
        }
        this.#finish(path);
    }
    #take(choice, path) {
        try {
            if (choice < 0)
                this.#threads[-1 - choice].state = 'dead';
            else {
                const thread = this.#threads[choice];
                if (thread.sleepsOn !== undefined)
                    wakeByTime(thread);
                this.#advance(thread);
            }
        }
        catch (error) {
            throw new Error(`in the interleaving ${spell(path)}`, { cause: error });
        }
    }
    #finish(path) {
        try {
            const stuck = this.#threads.filter((thread) => thread.state === 'runs');
            assert.equal(stuck.length, 0, `threads ${stuck.map((thread) => thread.index)} wait for ever`);
            this.current = newThread(OUTSIDER, nothing());
            this.#scenario.check(this.#threads.map((thread) => thread.result), this.#tables.at(-1));
        }
        catch (error) {
            throw new Error(`in the interleaving ${spell(path)}`, { cause: error });
        }
    }
    /** The first is the default: whoever ran last goes on if it can. */
    #choices(last, preemptions) {
        let ready = this.#threads.filter((thread) => this.#canRun(thread.index)).map((thread) => thread.index);
        if (ready.length === 0)
            ready = this.#timeOut();
        if (ready.includes(last)) {
            const others = ready.filter((index) => index !== last);
            ready = [last, ...(preemptions < (this.#scenario.preemptions ?? Infinity) ? others : [])];
        }
        const { mortal, impatient } = this.#scenario;
        if (impatient && preemptions < (this.#scenario.preemptions ?? 0)) {
            for (const { index, state } of this.#threads)
                if (state === 'runs' && !ready.includes(index))
                    ready.push(index);
        }
        if (mortal !== undefined && this.#threads[mortal].state === 'runs')
            ready.push(-1 - mortal);
        return ready;
    }
    #interrupts(choice, last) {
        return this.#threads[choice].sleepsOn !== undefined || (choice !== last && this.#canRun(last));
    }
    #canRun(index) {
        const thread = this.#threads[index];
        return thread?.state === 'runs' && thread.sleepsOn === undefined;
    }
    /**
     * Nobody can go on but by a wait that times out. For the lock that may only be needed when somebody has died:
     * otherwise a wake-up was lost.
     */
    #timeOut() {
        const someoneDied = this.#scenario.orphaned || this.#threads.some((thread) => thread.state === 'dead');
        const sleeper = this.#threads.find((thread) => thread.state === 'runs' && (someoneDied || thread.sleepsOn !== LOCK));
        if (sleeper === undefined)
            return [];
        wakeByTime(sleeper);
        return [sleeper.index];
    }
    #advance(thread) {
        this.current = thread;
        const { done, value } = thread.steps.next();
        if (!done)
            return;
        thread.state = 'done';
        thread.result = value;
    }
    #isNew(preemptions, last) {
        const bounded = this.#scenario.preemptions !== undefined;
        const key = [
            hashOf(this.#words),
            ...this.#threads.map(keyOf),
            bounded ? `${preemptions}:${last}` : '',
        ].join(' ');
        if (this.#seen.has(key))
            return false;
        this.#seen.add(key);
        return true;
    }
    // What the hooks call.
    /**
     * Whether others could notice what happens before or after this access: not where it is to words that never change,
     * that only their thread uses, or that are only used under the lock (and this is where that is checked). A thread
     * that may die stops everywhere.
     */
    stopsAt(view, index, name) {
        if (this.current.index === this.#scenario.mortal)
            return true;
        if (!(view instanceof Int32Array) || view.buffer !== this.#words.buffer)
            return true;
        if (CONSTANT.has(name) || OWN.has(name))
            return false;
        if (!isUnderLock(index) && name !== 'META')
            return true;
        if (this.#threads.length > 0)
            assert.notEqual(this.#words[LOCK], 0, `${name} (${index}) is touched without the lock`);
        return false;
    }
    observe(value) {
        const { history } = this.current;
        const seen = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value % 65521n) : 7;
        history[0] = Math.imul(history[0] ^ seen, 0x01000193) + 1;
        history[1] = Math.imul(history[1] + seen, 0x5bd1e995) ^ (history[1] >>> 13);
        return value;
    }
    sleep(index) {
        this.current.sleepsOn = index;
        // Who sets up and checks is alone: a wait of his can only end by its time.
        this.current.timedOut = this.current.index === OUTSIDER;
    }
    wokenBy() {
        return this.current.timedOut ? 'timed-out' : 'ok';
    }
    notify(index, count) {
        const sleepers = this.#threads.filter((thread) => thread.state === 'runs' && thread.sleepsOn === index);
        for (const thread of sleepers.slice(0, count))
            thread.sleepsOn = undefined;
        return Math.min(count, sleepers.length);
    }
    hasEnded(identity) {
        return this.#threads.some((thread) => thread.identity === identity && thread.state === 'dead');
    }
}
/** Runs steps to their end, with nobody in between. */
export function drain(steps) {
    for (;;) {
        const { done, value } = steps.next();
        if (done)
            return value;
    }
}
/** A thread that does nothing; also for a scenario without a setup. */
export function* nothing() {
    yield;
    return undefined;
}
function newThread(index, steps) {
    return {
        index,
        identity: BigInt(index + 1),
        steps,
        history: [index, ~index],
        sleepsOn: undefined,
        timedOut: false,
        state: 'runs',
        result: undefined,
    };
}
function wakeByTime(thread) {
    thread.sleepsOn = undefined;
    thread.timedOut = true;
}
function isUnderLock(index) {
    return (index >= TOP && index < SLOTS_SEEN) || (index >= BITMAP && index < SLOTS);
}
function keyOf(thread) {
    return `${thread.history[0]}:${thread.history[1]}:${thread.state}:${thread.sleepsOn}`;
}
function hashOf(words) {
    let a = 0x811c9dc5;
    let b = 0;
    for (let index = 0; index < words.length; index++) {
        const word = words[index];
        a = Math.imul(a ^ word, 0x01000193);
        b = (Math.imul(b, 31) + word) | 0;
    }
    return `${a}:${b}`;
}
/** `0×12 1×3 †1 0×40`: thread 0 takes twelve steps, and so on; † is a death. */
function spell(path) {
    const parts = [];
    for (let start = 0; start < path.length;) {
        let end = start;
        while (path[end] === path[start])
            end++;
        parts.push(path[start] < 0 ? `†${-1 - path[start]}` : `${path[start]}×${end - start}`);
        start = end;
    }
    return parts.join(' ');
}
//# sourceMappingURL=scheduler.js.map