// The shared table's memory: allocation, growth, what is given back, and what happens when there is none left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SharedShadowTable } from 'umbra/shared';
import { scaled } from '../support/scale.js';
import { heard } from './support/heard.js';
import { checkInvariants } from './support/invariants.js';
const ID = 7;
// A word of the table's memory: see src/shared/layout.ts.
const STALLS = 58;
const SMALL = { maxBytes: 64 << 10 };
function longestChain(words) {
    let longest = 0;
    for (let bucket = 0; bucket < words[33]; bucket++) {
        let length = 0;
        for (let entry = words[words[35] + bucket]; entry !== 0; entry = words[entry])
            length++;
        longest = Math.max(longest, length);
    }
    return longest;
}
test('an allocation in a section that holds back the memory itself fails at once', async () => {
    const table = SharedShadowTable.create(SMALL);
    table.attach(1, ID, table.stats().largestFreeBytes - 32);
    const words = new Int32Array(table.buffer);
    const { errors } = await heard(() => table.read(() => {
        table.detach(1, ID);
        assert.equal(table.attach(2, ID, 8), undefined);
    }));
    assert.equal(errors.length, 1);
    // Every look at the slots in vain is counted; who waits takes one a millisecond.
    assert.ok(words[STALLS] < 5, `${words[STALLS]} looks`);
    assert.ok(table.attach(2, ID, 8));
});
test('out of memory is loud and harmless', async () => {
    const table = SharedShadowTable.create({ maxBytes: 32 << 10, maxThreads: 4 });
    let attached = 0;
    const { errors } = await heard(() => {
        while (table.attach(attached, ID, new Uint8Array(100).fill(attached)) !== undefined)
            attached++;
        assert.equal(table.getOrAttach(attached, ID, 100), undefined);
        assert.equal(table.updateOrAttach(1, ID, 200), undefined);
        assert.equal(table.attach(99999, ID, 1e9), undefined);
    });
    assert.equal(errors.length, 4);
    assert.match(errors[0], new RegExp(`out of memory: <0x${attached.toString(16)}, 0x7>.*Asked: 100 bytes`));
    for (let obj = 0; obj < attached; obj++)
        assert.equal(table.get(obj, ID)[99], obj & 255);
    checkInvariants(table.buffer);
    assert.ok(table.detach(0, ID));
    assert.ok(table.attach(0, ID, 100));
});
test('a size beyond the whole table is out of memory, however large, and touches nothing', async () => {
    const table = SharedShadowTable.create(SMALL);
    for (let obj = 0; obj < 40; obj++)
        table.attach(obj, ID, new Uint8Array(200).fill(obj + 1));
    for (let obj = 0; obj < 10; obj++)
        table.detach(obj, ID);
    const sizes = [2 ** 32, 2 ** 36 - 32, 2 ** 36 + 64, 2 ** 36 + 600, 2 ** 40 + 1000, Number.MAX_SAFE_INTEGER];
    const { errors } = await heard(() => {
        for (const size of sizes)
            assert.equal(table.attach(5, ID, size), undefined, `${size}`);
    });
    assert.equal(errors.length, sizes.length);
    for (let obj = 10; obj < 40; obj++)
        assert.ok(table.get(obj, ID).every((byte) => byte === obj + 1));
    checkInvariants(table.buffer);
});
test('a free block that fits is found, also behind many of its bin that do not', () => {
    const table = SharedShadowTable.create({ maxBytes: 256 << 10 });
    const sized = (units) => units * 16 - 32;
    table.attach(0, ID, sized(71));
    table.attach(1, ID, 8);
    for (let hole = 2; hole < 82; hole += 2) {
        table.attach(hole, ID, sized(64));
        table.attach(hole + 1, ID, 8);
    }
    table.attach(1000, ID, table.stats().largestFreeBytes - 32);
    // What is detached last is freed first, and lies deepest in its bin.
    for (let hole = 80; hole >= 0; hole -= 2)
        table.detach(hole, ID);
    assert.equal(table.attach(2000, ID, sized(70))?.length, sized(70));
    checkInvariants(table.buffer);
});
test('data of two gigabytes and more has its length in every view', () => {
    // The memory is not touched: what is attached is small, and then said to be large.
    const table = SharedShadowTable.create({ maxBytes: 2 ** 32 - 16 });
    const offset = table.attach(1, ID, 8).byteOffset;
    new Int32Array(table.buffer)[offset / 4 - 3] = 2 ** 31;
    assert.equal(table.get(1, ID).length, 2 ** 31);
    assert.equal(table.get(1n, ID).length, 2 ** 31);
    assert.equal(table.getOrAttach(1, ID, 8).length, 2 ** 31);
    let length = 0;
    table.detach(1, ID, (_obj, view) => {
        length = view.length;
    });
    assert.equal(length, 2 ** 31);
});
test('it grows from nothing to its maximum: lookups stay right, and chains stay short', () => {
    const table = SharedShadowTable.create({ maxBytes: scaled({ quick: 8, ci: 32, full: 256 }) << 20 });
    const most = scaled({ quick: 100_000, ci: 400_000, full: 3_000_000 });
    for (let index = 0; index < most; index++)
        table.attach(0x7f00_0000_0000 + index * 64, ID, 8)[0] = index;
    const { entries, buckets } = table.stats();
    assert.equal(entries, most);
    assert.ok(buckets > most, `${buckets} buckets`);
    for (let index = 0; index < most; index += 7) {
        assert.equal(table.get(0x7f00_0000_0000 + index * 64, ID)[0], index & 255);
        assert.equal(table.has(0x7f00_0000_0000 + index * 64 + 16, ID), false);
    }
    assert.equal(table.detachAll(ID), most);
    checkInvariants(table.buffer);
});
test('strides of addresses spread evenly over the buckets', () => {
    for (const stride of [1, 8, 16, 64, 4096, 2 ** 20, 2 ** 32]) {
        const table = SharedShadowTable.create({ maxBytes: 4 << 20 });
        for (let index = 0; index < 20_000; index++)
            table.attach(index * stride, ID, 0);
        const words = new Int32Array(table.buffer);
        const longest = longestChain(words);
        assert.ok(longest <= 10, `stride ${stride}: a chain of ${longest}`);
    }
});
test('a thousand million bytes go through 64 MB: nothing leaks, and memory does not fall to pieces', () => {
    const table = SharedShadowTable.create({ maxBytes: 64 << 20 });
    const total = scaled({ quick: 5e7, ci: 3e8, full: 1e9 });
    const live = [];
    let seed = 1;
    const random = (below) => {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((seed / 2 ** 32) * below);
    };
    let worst = 0;
    let bytes = 0;
    for (let obj = 0; bytes < total; obj++) {
        const size = random(10) === 0 ? random(100_000) : random(500);
        while (table.stats().usedBytes + size > 40 << 20) {
            const [victim] = live.splice(random(live.length), 1, live.at(-1));
            live.pop();
            assert.ok(table.detach(victim, ID));
        }
        assert.ok(table.attach(obj, ID, size), `after ${bytes} bytes`);
        live.push(obj);
        bytes += size;
        if (obj % 1000 === 0)
            worst = Math.max(worst, table.stats().fragmentation);
    }
    // A third of the memory is free; the largest piece of it must stay far larger than anything that is asked for.
    assert.ok(worst < 0.9, `fragmentation was ${worst}`);
    assert.equal(table.detachAll(ID), live.length);
    checkInvariants(table.buffer);
    const { arenaBytes } = table.stats();
    assert.ok(table.attach(1, ID, arenaBytes - 32), 'all of it is there, in one piece');
});
test('a block that fits is found behind one of its bin that does not', () => {
    const table = SharedShadowTable.create({ maxBytes: 1 << 20 });
    // Two lengths of one bin: 16 and 17 units.
    const [shorter, longer] = [16 * 16 - 32, 17 * 16 - 32];
    const [first, second] = [2, 3];
    table.attach(first, ID, shorter);
    table.attach(1000, ID, 8);
    table.attach(second, ID, longer);
    for (let key = 1001; key < 1200; key++)
        table.attach(key, ID, 8);
    const fitting = table.offsetOf(second, ID);
    // What was removed first is freed last, and then the first of its bin. Neighbours stay, so that nothing is merged.
    table.detach(first, ID);
    table.detach(second, ID);
    for (let key = 1002; key < 1130; key += 2)
        table.detach(key, ID);
    assert.ok(table.stats().limboBytes < 256, 'they were freed');
    table.attach(1, ID, longer);
    assert.equal(table.offsetOf(1, ID), fitting);
});
test('a thread takes little memory for a table of which it uses little', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const { handle } = SharedShadowTable.create({ maxBytes: 64 << 20 });
    const memory = () => {
        collect();
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
    };
    const before = memory();
    const opened = Array.from({ length: 200 }, () => SharedShadowTable.open(handle));
    for (const table of opened)
        table.updateOrAttach(1, ID, 8);
    const bytes = (memory() - before) / opened.length;
    assert.ok(opened.every((table) => table.get(1, ID)?.length === 8));
    assert.ok(bytes < 32_000, `${bytes} bytes for each`);
});
//# sourceMappingURL=memory.test.js.map