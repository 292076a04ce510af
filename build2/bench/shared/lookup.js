/** Lookups in one thread: against a Map, and against the same algorithm in C on a copy of the same memory. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SharedShadowTable } from 'umbra/shared';
import { alternate, ratio, report, summary } from '../measure.js';
export const ID = 7;
/** Keys like offsets in linear memory, which are small integers to V8, or like addresses of a 64-bit program. */
export const OFFSETS = 0x1_0000;
export const ADDRESSES = 0x7f00_0000_0000;
const STRIDE = 64;
/** A table of this many entries of 16 bytes, their first byte counted up. */
export function populate(entries, lookups, base = ADDRESSES) {
    const table = SharedShadowTable.create({ maxBytes: Math.max(1 << 20, entries * 80) });
    for (let index = 0; index < entries; index++)
        table.attach(base + index * STRIDE, ID, 16)[0] = index;
    return { table, keys: randomKeys(entries, lookups, base) };
}
export function randomKeys(entries, lookups, base = ADDRESSES) {
    let seed = 1;
    return Float64Array.from({ length: lookups }, () => {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        return base + Math.floor((seed / 2 ** 32) * entries) * STRIDE;
    });
}
const LOOKUPS = 200_000;
/** How often a side goes through the keys in its turn, and how many times of these do not count. */
const TURN = 18;
const COLD = 3;
export function benchLookup(one) {
    const population = populate(one.entries, LOOKUPS, one.base);
    const group = `lookup, ${one.name} entries, keys like ${one.base === OFFSETS ? 'offsets' : '48-bit addresses'}`;
    if (one.against === 'C')
        benchC(group, population, one.rounds);
    else
        benchMap(group, population, one);
}
function benchMap(group, { table, keys }, { entries, rounds, base }) {
    const bytes = new Uint8Array(table.buffer);
    const map = new Map();
    const backing = new ArrayBuffer(entries * 16);
    for (let index = 0; index < entries; index++) {
        const view = new Uint8Array(backing, index * 16, 16);
        view[0] = index;
        map.set(base + index * STRIDE, view);
    }
    const expected = sumOf(keys, (key) => map.get(key)[0]);
    const check = (sum) => assert.equal(sum, expected);
    const sums = {
        map: (some) => sumMap(map, some),
        offsetOf: (some) => sumOffsets(table, bytes, some, ID),
        get: (some) => sumGet(table, some, ID),
        read: (some) => sumRead(table, some, ID),
    };
    compile(Object.values(sums), keys);
    const sides = {
        map: () => check(sums.map(keys)),
        offsetOf: () => check(sums.offsetOf(keys)),
        get: () => check(sums.get(keys)),
        read: () => check(sums.read(keys)),
    };
    alternate(sides, { rounds: 3, operations: LOOKUPS });
    const times = alternate(sides, { rounds, operations: LOOKUPS });
    report({ group, name: 'Map.get', unit: 'ns', ...summary(times.map) });
    report({ group, name: 'offsetOf', unit: 'ns', ...summary(times.offsetOf) });
    report({ group, name: 'get, which makes a view', unit: 'ns', ...summary(times.get) });
    report({ group, name: 'get, 100 in a section', unit: 'ns', ...summary(times.read) });
    const bar = { atLeast: 1 };
    report({ group, name: 'Map.get ÷ offsetOf', unit: '×', ...ratio(times.map, times.offsetOf), bar });
    report({ group, name: 'Map.get ÷ get', unit: '×', ...ratio(times.map, times.get), bar });
}
/**
 * Has V8 compile the sides by many short calls. Otherwise it would do so in the middle of a long one, to code that is
 * entered there and keeps the loop's variables in memory. In turns, as what one side teaches V8 undoes another's code.
 */
function compile(sums, keys) {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let call = 0; call < 3000; call++) {
        for (const sum of sums)
            sum(keys.subarray(call * 20, call * 20 + 200));
        // The compiler works in another thread.
        if (call % 100 === 0)
            Atomics.wait(pause, 0, 0, 2);
    }
}
/**
 * Rounds of C, in a process of its own, between rounds of JavaScript, both by the CPU time that they take: what else
 * the machine does would hit the longer rounds more often. Nothing where there is no compiler.
 */
function benchC(group, { table, keys }, rounds) {
    const bytes = new Uint8Array(table.buffer);
    compile([(some) => sumOffsets(table, bytes, some, ID)], keys);
    const offsetOf = () => sumOffsets(table, bytes, keys, ID);
    const expected = offsetOf();
    const folder = mkdtempSync(join(tmpdir(), 'umbra-bench-'));
    try {
        const program = join(folder, 'lookup');
        try {
            execFileSync('gcc', ['-O2', '-o', program, 'bench/shared/lookup.c']);
        }
        catch {
            process.stderr.write('no gcc: the comparison with C is left out\n');
            return;
        }
        writeFileSync(join(folder, 'memory'), new Uint8Array(table.buffer));
        writeFileSync(join(folder, 'keys'), keys);
        const c = [];
        const js = [];
        for (let round = 0; round < Math.min(rounds, 9); round++) {
            const output = execFileSync(program, [
                join(folder, 'memory'),
                join(folder, 'keys'),
                String(ID),
                `${TURN}`,
            ]);
            const lines = output.toString().trim().split('\n').map(Number);
            assert.equal(lines.pop(), (expected * TURN) >>> 0);
            c.push(settled(lines));
            js.push(settled(Array.from({ length: TURN }, () => cpuTime(offsetOf) / keys.length)));
        }
        report({ group, name: 'offsetOf, by itself', unit: 'ns', ...summary(js) });
        report({ group, name: 'the same in C', unit: 'ns', ...summary(c) });
        const bar = { atMost: 2 };
        report({ group, name: 'offsetOf ÷ C', unit: '×', ...ratio(js, c), bar });
    }
    finally {
        rmSync(folder, { recursive: true });
    }
}
/** The first times of a turn are those of caches that the other side has filled. */
function settled(times) {
    return summary(times.slice(COLD)).median;
}
/** Nanoseconds of CPU time. */
function cpuTime(fn) {
    const before = process.cpuUsage();
    fn();
    const { user, system } = process.cpuUsage(before);
    return (user + system) * 1000;
}
function sumOf(keys, find) {
    let sum = 0;
    for (const key of keys)
        sum += find(key);
    return sum;
}
// Each side is a function of its own, so that none sees the other's type feedback.
function sumMap(map, keys) {
    let sum = 0;
    for (let index = 0; index < keys.length; index++)
        sum += map.get(keys[index])[0];
    return sum;
}
function sumOffsets(table, bytes, keys, id) {
    let sum = 0;
    for (let index = 0; index < keys.length; index++)
        sum += bytes[table.offsetOf(keys[index], id)];
    return sum;
}
function sumGet(table, keys, id) {
    let sum = 0;
    for (let index = 0; index < keys.length; index++)
        sum += table.get(keys[index], id)[0];
    return sum;
}
function sumRead(table, keys, id) {
    let sum = 0;
    for (let start = 0; start < keys.length; start += 100) {
        table.read(() => {
            for (let index = start; index < start + 100; index++)
                sum += table.get(keys[index], id)[0];
        });
    }
    return sum;
}
//# sourceMappingURL=lookup.js.map