/**
 * What must be true of a table's memory whenever nobody holds its lock, checked from the outside: blocks back to back,
 * free ones merged and in the right bins, chains sorted and complete, every counter the sum of what it counts.
 */
import assert from 'node:assert/strict';
import { hash } from '#dist/shared/keys.js';
import * as at from '#dist/shared/layout.js';
/** Throws an AssertionError that says which invariant is broken. */
export function checkInvariants(buffer) {
    const words = new Int32Array(buffer);
    assert.equal(words[at.LOCK], 0, 'the lock is free');
    const found = walk(words);
    checkBins(words, found.free);
    checkChains(words, found.attached);
    checkLimbo(words, found.retired);
    checkPending(words, found.private);
}
function walk(words) {
    const found = { free: new Map(), attached: new Set(), retired: new Set(), private: new Set() };
    let used = 0;
    let dataBytes = 0;
    let previousFree = false;
    let block = words[at.ARENA];
    while (block < words[at.TOP]) {
        const meta = words[block + at.META];
        const units = meta >>> 4;
        assert.ok(units >= at.MIN_UNITS, `block ${block} has ${units} units`);
        assert.equal(meta & at.MARK, 0, `block ${block} is marked`);
        assert.equal((meta & at.PREVIOUS_FREE) !== 0, previousFree, `block ${block} knows whether its neighbour is free`);
        const state = meta & at.STATE_MASK;
        const next = block + units * at.UNIT_WORDS;
        if (state === at.FREE) {
            assert.ok(!previousFree, `free neighbours at ${block} are merged`);
            assert.equal(words[next - 1], units, `free block ${block} repeats its length at its end`);
            found.free.set(block, units);
        }
        else {
            used += units;
            const kind = state === at.LINKED ? found.attached : state === at.RETIRED ? found.retired : found.private;
            kind.add(block);
            assert.ok(units * 16 - at.BLOCK_HEADER * 4 >= words[block + at.SIZE] || state === at.PRIVATE, 'data fits');
            if (state === at.LINKED)
                dataBytes += words[block + at.SIZE];
        }
        previousFree = state === at.FREE;
        block = next;
    }
    assert.equal(block, words[at.TOP], 'blocks end where the arena does');
    assert.ok(!previousFree, 'the last block is not free');
    assert.equal(words[at.USED_UNITS], used, 'used units');
    assert.equal(words[at.DATA_BYTES] >>> 0, dataBytes, 'bytes of data');
    assert.equal(words[at.ENTRIES], found.attached.size, 'number of entries');
    return found;
}
function checkBins(words, free) {
    const left = new Map(free);
    for (let bin = 0; bin < at.BIN_COUNT; bin++) {
        const first = words[at.BINS + bin];
        const bit = (words[at.BITMAP + (bin >>> 5)] >>> (bin & 31)) & 1;
        assert.equal(bit === 1, first !== 0, `bit of bin ${bin}`);
        let previous = 0;
        for (let block = first; block !== 0; block = words[block]) {
            const units = left.get(block);
            assert.ok(units !== undefined, `bin ${bin} holds a free block once (${block})`);
            const [least, most] = rangeOf(bin);
            assert.ok(units >= least && units < most, `block ${block} of ${units} units is in bin ${bin}`);
            assert.equal(words[block + 1], previous, `block ${block} points back`);
            left.delete(block);
            previous = block;
        }
    }
    assert.equal(left.size, 0, 'every free block is in a bin');
}
/** Eight bins to a power of two. */
function rangeOf(bin) {
    if (bin < 8)
        return [bin, bin + 1];
    const scale = 2 ** ((bin >>> 3) - 1);
    return [(8 + (bin & 7)) * scale, (9 + (bin & 7)) * scale];
}
function checkChains(words, attached) {
    const left = new Set(attached);
    const count = words[at.COUNT];
    assert.ok(count <= words[at.MAX_BUCKETS], 'no more buckets than there is room for');
    for (let bucket = 0; bucket < count; bucket++) {
        let rank = -1;
        for (let entry = words[words[at.BUCKETS] + bucket]; entry !== 0; entry = words[entry]) {
            assert.ok(left.delete(entry), `chain ${bucket} holds an attached block once (${entry})`);
            const h = hash(words[entry + 1], words[entry + 2], words[entry + 3], words[entry + 4]) >>> 0;
            assert.equal(bucketOf(h, count), bucket, `entry ${entry} is in its bucket`);
            const own = Number.parseInt(h.toString(2).padStart(32, '0').split('').reverse().join(''), 2);
            assert.ok(own >= rank, `chain ${bucket} is in split order`);
            rank = own;
        }
    }
    assert.equal(left.size, 0, 'every attached block is in a chain');
}
function bucketOf(h, count) {
    const size = 2 ** Math.ceil(Math.log2(count));
    const bucket = h % size;
    return bucket < count ? bucket : h % (size / 2);
}
function checkLimbo(words, retired) {
    const left = new Set(retired);
    let units = 0;
    let fresh = 0;
    for (const list of [at.FRESH_LIMBO, at.AGED_LIMBO]) {
        for (let block = words[list]; block !== 0; block = words[block + at.LINK]) {
            assert.ok(left.delete(block), `limbo holds a retired block once (${block})`);
            units += words[block + at.META] >>> 4;
            if (list === at.FRESH_LIMBO)
                fresh++;
        }
    }
    assert.equal(left.size, 0, 'every retired block is in limbo');
    assert.equal(words[at.LIMBO_UNITS], units, 'units in limbo');
    assert.equal(words[at.FRESH_COUNT], fresh, 'blocks in the fresh list');
}
function checkPending(words, blocks) {
    const left = new Set(blocks);
    for (let index = 0; index < words[at.AT_SLOTS]; index++) {
        const pending = words[at.slotAt(index) + at.PENDING];
        if (pending !== 0)
            assert.ok(left.delete(pending), `slot ${index} has a private block pending`);
    }
    assert.equal(left.size, 0, 'every private block belongs to a slot');
}
//# sourceMappingURL=invariants.js.map