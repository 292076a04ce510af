// What the shared table is given: keys, sizes, options, handles, functions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { threadId } from 'node:worker_threads';
import { SharedShadowTable } from 'umbra/shared';
import { heard } from './support/heard.js';
import { checkInvariants } from './support/invariants.js';
const ID = 7;
const SMALL = { maxBytes: 64 << 10 };
test('keys are unsigned 64-bit integers, whichever way they are written; others are refused', () => {
    const table = SharedShadowTable.create(SMALL);
    const keys = [
        0,
        1,
        2 ** 31 - 1,
        2 ** 31,
        2 ** 32 - 1,
        2 ** 32,
        2 ** 53 - 1,
        2n ** 53n,
        2n ** 63n,
        2n ** 64n - 1n,
    ];
    for (const [index, key] of keys.entries())
        table.attach(key, key, Uint8Array.of(index));
    for (const [index, key] of keys.entries()) {
        assert.equal(table.get(key, BigInt(key))[0], index);
        assert.equal(table.get(BigInt(key), key)[0], index);
    }
    const objs = [];
    for (const key of keys)
        table.detachAll(key, (obj) => objs.push(obj));
    assert.deepEqual(objs, keys);
    for (const key of keys) {
        const handed = [];
        const dtor = (obj) => handed.push(obj);
        table.attach(BigInt(key), ID, 1);
        table.updateOrAttach(BigInt(key), ID, 1, dtor);
        table.detach(BigInt(key), ID, dtor);
        assert.deepEqual(handed, [key, key], 'a number where it is exact, however it was written');
    }
    table.attach(-0, ID, Uint8Array.of(1));
    assert.ok(table.has(0, ID));
    for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, -1n, 2n ** 64n]) {
        assert.throws(() => table.get(bad, ID), RangeError, `${bad}`);
        assert.throws(() => table.attach(1, bad, 1), RangeError);
        assert.throws(() => table.detach(bad, ID), RangeError);
        assert.throws(() => table.detachAll(bad), RangeError);
    }
    for (const bad of ['1', null, undefined, {}, Symbol('s')]) {
        assert.throws(() => table.get(bad, ID), TypeError);
        assert.throws(() => table.updateOrAttach(1, bad, 1), TypeError);
    }
});
test('what is wrong with a key, a size or an option is said in words', () => {
    const table = SharedShadowTable.create(SMALL);
    const said = [
        [undefined, /obj must be a number or a bigint, not undefined$/],
        [{}, /obj must be a number or a bigint, not an object$/],
        ['7', /obj must be a number or a bigint, not "7"$/],
        [-1n, /obj must be an unsigned integer of at most 64 bits, not -1n$/],
        [2 ** 53, /not 9007199254740992; pass it as a bigint$/],
        [Infinity, /not Infinity$/],
        [2 ** 64, /not 18446744073709552000$/],
    ];
    for (const [bad, message] of said)
        assert.throws(() => table.get(bad, ID), { message });
    assert.throws(() => table.attach(1, ID, null), { message: /of bytes, not null$/ });
    assert.throws(() => SharedShadowTable.create({ maxBytes: '65536' }), {
        message: /not "65536"$/,
    });
});
test('a constructor or destructor that is no function is refused before anything is done', () => {
    const table = SharedShadowTable.create(SMALL);
    const none = 'x';
    table.attach(1, ID, Uint8Array.of(1));
    assert.throws(() => table.attach(2, ID, 8, none), { message: 'ctor must be a function, not "x"' });
    assert.throws(() => table.getOrAttach(2, ID, 8, none), TypeError);
    assert.throws(() => table.updateOrAttach(1, ID, 8, none), TypeError);
    assert.throws(() => table.updateOrAttach(2, ID, 8, none), TypeError);
    assert.throws(() => table.detach(1, ID, none), { message: 'dtor must be a function, not "x"' });
    assert.throws(() => table.detachAll(ID, none), TypeError);
    assert.deepEqual([...table.get(1, ID)], [1]);
    assert.equal(table.stats().entries, 1);
});
test('sizes that lie are refused or cut to what is true', async () => {
    const table = SharedShadowTable.create(SMALL);
    for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 60]) {
        assert.throws(() => table.attach(1, ID, bad), RangeError);
    }
    for (const bad of ['8', null, [1], 8n, Object.create(null)])
        assert.throws(() => table.attach(1, ID, bad), /data must be a typed array/);
    class Liar extends Uint8Array {
        get byteLength() {
            return 1;
        }
        get length() {
            return 1;
        }
    }
    const neighbour = table.attach(2, ID, 16);
    table.attach(3, ID, new Liar(4096).fill(255));
    assert.equal(table.get(3, ID).length, 1);
    assert.ok(neighbour.every((byte) => byte === 0));
    checkInvariants(table.buffer);
    const { errors } = await heard(() => assert.equal(table.attach(1, ID, Number.MAX_SAFE_INTEGER), undefined));
    assert.equal(errors.length, 1);
});
test('options, handles and buffers that cannot be are refused with the reason', () => {
    for (const bad of [0, -1, 100, Number.NaN, 1.5, 2 ** 33, '1']) {
        assert.throws(() => SharedShadowTable.create({ maxBytes: bad }), /maxBytes must be an integer/);
    }
    assert.throws(() => SharedShadowTable.create({ maxBytes: 1 << 20, maxThreads: 0 }), /maxThreads/);
    assert.throws(() => SharedShadowTable.create({ maxBytes: 1 << 20, maxThreads: 5000 }), /maxThreads/);
    assert.throws(() => SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: -1 }), /lockDeadline/);
    for (const bad of [undefined, null, 1 << 20]) {
        assert.throws(() => SharedShadowTable.create(bad), /create needs options/);
    }
    const { handle } = SharedShadowTable.create(SMALL);
    const open = (other) => SharedShadowTable.open({ ...handle, ...other });
    for (const none of [undefined, null, 1, {}, { buffer: handle.buffer }]) {
        assert.throws(() => SharedShadowTable.open(none), TypeError);
    }
    assert.throws(() => open({ buffer: new ArrayBuffer(65536) }), TypeError);
    assert.throws(() => open({ buffer: new SharedArrayBuffer(65536) }), /does not begin like one/);
    assert.throws(() => open({ buffer: new SharedArrayBuffer(64) }), /its size cannot be/);
    assert.throws(() => open({ version: 2 }), /layout version 2/);
    const copy = (bytes, change) => {
        const buffer = new SharedArrayBuffer(bytes);
        new Uint8Array(buffer).set(new Uint8Array(handle.buffer, 0, Math.min(bytes, handle.buffer.byteLength)));
        change(new Int32Array(buffer));
        return buffer;
    };
    const nothing = () => { };
    assert.throws(() => open({ buffer: copy(32768, nothing) }), /it has 32768 bytes, the table in it was made with 65536/);
    assert.throws(() => open({ buffer: copy(65536, (words) => words.fill(9, 1, 2)) }), /layout version 9/);
    for (const word of [3, 33, 35, 36, 37, 48]) {
        for (const lie of [-1, 0, 1, 0x7fffffff]) {
            const buffer = copy(65536, (words) => words.fill(lie, word, word + 1));
            if (word === 3 && lie === 1)
                continue;
            assert.throws(() => open({ buffer }), /its header contradicts itself/, `word ${word} is ${lie}`);
        }
    }
    assert.equal(SharedShadowTable.open(structuredClone(handle)).stats().entries, 0);
});
test('a report needs the number of a thread', () => {
    const table = SharedShadowTable.create(SMALL);
    for (const bad of [-1, 0.5, Number.NaN, '1', undefined]) {
        assert.throws(() => table.threadExited(bad), /threadId is a non-negative integer/);
        assert.throws(() => table.watch({ threadId: bad, once: assert.fail }), /-1 once it has exited/);
    }
    assert.throws(() => table.threadExited(threadId), /it is the one that reports this/);
});
//# sourceMappingURL=arguments.test.js.map