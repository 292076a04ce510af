import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { SharedShadowTable, viewAs } from 'umbra/shared';
import { scaled } from '../support/scale.js';
import { heard } from './support/heard.js';
import { checkInvariants } from './support/invariants.js';
const ID = 7;
const SMALL = { maxBytes: 64 << 10 };
const removing = {
    'an update replaces': (table, dtor) => table.updateOrAttach(1, ID, 8, dtor),
    'detachAll removes': (table, dtor) => table.detachAll(ID, dtor),
};
function obey(table, model, verb, obj, id, data) {
    const name = `${obj}:${id}`;
    const old = model.get(name);
    const destroyed = [];
    const dtor = (_obj, view) => destroyed.push(view.slice());
    const same = (view, expected) => assert.deepEqual(view?.slice(), expected?.slice());
    switch (verb) {
        case 'attach':
            same(table.attach(obj, id, data), old === undefined ? data : undefined);
            if (old === undefined)
                model.set(name, data);
            break;
        case 'getOrAttach':
            same(table.getOrAttach(obj, id, data), old ?? data);
            if (old === undefined)
                model.set(name, data);
            break;
        case 'updateOrAttach':
            same(table.updateOrAttach(obj, id, data, dtor), data);
            assert.deepEqual(destroyed, old === undefined ? [] : [old.slice()]);
            model.set(name, data);
            break;
        case 'detach':
            assert.equal(table.detach(obj, id, dtor), model.delete(name));
            assert.deepEqual(destroyed, old === undefined ? [] : [old.slice()]);
            break;
        case 'detachAll': {
            const names = [...model.keys()].filter((other) => other.endsWith(`:${id}`));
            assert.equal(table.detachAll(id, dtor), names.length);
            assert.equal(destroyed.length, names.length);
            for (const other of names)
                model.delete(other);
            break;
        }
        default:
            same(verb === 'get' ? table.get(obj, id) : table.read(() => table.get(obj, id)), old);
    }
}
test('attach copies bytes in; get, has and offsetOf find them; the view is live', () => {
    const table = SharedShadowTable.create(SMALL);
    const source = Uint8Array.of(1, 2, 3);
    const view = table.attach(0x1000, ID, source);
    source.fill(9);
    assert.deepEqual([...view], [1, 2, 3]);
    view[0] = 7;
    assert.deepEqual([...table.get(0x1000, ID)], [7, 2, 3]);
    assert.equal(table.has(0x1000, ID), true);
    assert.equal(table.offsetOf(0x1000, ID), view.byteOffset);
    assert.equal(table.offsetOf(0x1000, ID) % 16, 0);
    assert.equal(new Uint8Array(table.buffer)[table.offsetOf(0x1000, ID)], 7);
    assert.equal(table.get(0x1000, ID + 1), undefined);
    assert.equal(table.has(0x1001, ID), false);
    assert.equal(table.offsetOf(0, 0), -1);
});
test('data by size is zeroed, also where other data was before, and a constructor fills it in place', () => {
    const table = SharedShadowTable.create(SMALL);
    for (let round = 0; round < 100; round++) {
        assert.ok(table.attach(1, ID, 100).every((byte) => byte === 0));
        table.get(1, ID).fill(255);
        table.detach(1, ID);
    }
    const view = table.attach(2, ID, 4, (fresh) => {
        assert.deepEqual([...fresh], [0, 0, 0, 0]);
        fresh.set([4, 3, 2, 1]);
    });
    assert.deepEqual([...view], [4, 3, 2, 1]);
    assert.equal(table.attach(3, ID, 0).length, 0);
    assert.deepEqual([...table.attach(4, ID, Buffer.from('é'))], [0xc3, 0xa9]);
    assert.deepEqual([...table.attach(5, ID, new Uint16Array([258]))], [2, 1]);
});
test('a duplicate attach warns, changes nothing and returns undefined', async () => {
    const table = SharedShadowTable.create(SMALL);
    table.attach(0xabc, ID, Uint8Array.of(1));
    let called = false;
    const { warnings } = await heard(() => {
        assert.equal(table.attach(0xabc, ID, 5, () => {
            called = true;
        }), undefined);
    });
    assert.equal(called, false);
    assert.deepEqual([...table.get(0xabc, ID)], [1]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /^UMBRA_SHADOW_DUPLICATE .*<0xabc, 0x7>/);
});
test('getOrAttach constructs once; updateOrAttach replaces and destroys the old; detach destroys', () => {
    const table = SharedShadowTable.create(SMALL);
    let calls = 0;
    for (let round = 0; round < 3; round++) {
        const view = table.getOrAttach(1, ID, 2, (fresh) => {
            fresh[0] = ++calls;
        });
        assert.deepEqual([...view], [1, 0]);
    }
    const destroyed = [];
    const dtor = (obj, view) => destroyed.push([obj, ...view]);
    assert.deepEqual([...table.updateOrAttach(1, ID, Uint8Array.of(8, 8, 8), dtor)], [8, 8, 8]);
    assert.deepEqual([...table.updateOrAttach(2, ID, Uint8Array.of(9), dtor)], [9]);
    assert.deepEqual(destroyed, [[1, 1, 0]]);
    assert.equal(table.detach(1, ID, dtor), true);
    assert.equal(table.detach(1, ID, dtor), false);
    // @ts-expect-error: nor do the types allow it
    assert.throws(() => table.detach(2, ID, async () => { }), /destructor .* must be synchronous/);
    assert.equal(table.has(2, ID), false);
    assert.deepEqual(destroyed, [
        [1, 1, 0],
        [1, 8, 8, 8],
    ]);
});
test('a destructor may use the table, attach anew included, and its view stays good meanwhile', () => {
    const table = SharedShadowTable.create({ maxBytes: 16 << 10, maxThreads: 2 });
    table.attach(1, ID, new Uint8Array(64).fill(1));
    table.detach(1, ID, (obj, view) => {
        assert.equal(table.has(obj, ID), false);
        // None of this can be reused before the destructor returns, so that the memory runs low.
        while (table.stats().freeBytes > 1000) {
            table.attach(obj, ID, new Uint8Array(64).fill(2));
            table.detach(obj, ID);
        }
        table.attach(obj, ID, new Uint8Array(64).fill(2));
        assert.ok(view.every((byte) => byte === 1));
    });
    assert.equal(table.get(1, ID)[0], 2);
    checkInvariants(table.buffer);
});
for (const [what, remove] of Object.entries(removing)) {
    test(`what ${what} stays good while it is destroyed`, () => {
        const table = SharedShadowTable.create({ maxBytes: 16 << 10, maxThreads: 2 });
        table.attach(1, ID, new Uint8Array(64).fill(1));
        let rounds = 0;
        remove(table, (_obj, view) => {
            for (; table.stats().freeBytes > 1000 && rounds < 1000; rounds++) {
                table.attach(2, ID + 1, new Uint8Array(64).fill(2));
                table.detach(2, ID + 1);
            }
            assert.ok(view.every((byte) => byte === 1));
        });
        assert.ok(rounds > 50 && rounds < 1000, `${rounds} rounds used the memory up`);
        checkInvariants(table.buffer);
    });
}
test('detachAll finds what splits of buckets move while it goes through them', () => {
    const table = SharedShadowTable.create({ maxBytes: 4 << 20 });
    for (let obj = 0; obj < 1000; obj++)
        table.attach(obj, ID, 0);
    let others = 0;
    const dtor = () => {
        while (others < 20_000)
            table.attach(others++, ID + 1, 0);
    };
    assert.equal(table.detachAll(ID, dtor), 1000);
    assert.equal(table.stats().entries, 20_000);
});
test('detachAll visits every variable of an identifier, and throws one error for all that destructors threw', () => {
    const table = SharedShadowTable.create({ maxBytes: 1 << 20 });
    for (let obj = 0; obj < 3000; obj++) {
        table.attach(obj, ID, Uint8Array.of(obj));
        table.attach(obj, ID + 1, Uint8Array.of(obj));
    }
    const visited = new Set();
    assert.throws(() => table.detachAll(ID, (obj, view) => {
        visited.add(obj);
        assert.equal(view[0], Number(obj) & 255);
        if (Number(obj) % 1000 === 0)
            throw new Error(`no ${obj}`);
    }), (error) => error instanceof AggregateError && error.errors.length === 3);
    assert.equal(visited.size, 3000);
    assert.equal(table.stats().entries, 3000);
    assert.equal(table.detachAll(ID), 0);
    assert.equal(table.detachAll(ID + 1), 3000);
    checkInvariants(table.buffer);
});
test('a constructor that throws leaves nothing attached, and every verb inside one throws', () => {
    const table = SharedShadowTable.create(SMALL);
    const again = SharedShadowTable.open(table.handle);
    table.attach(5, ID, 1);
    for (const t of [table, again]) {
        const verbs = [
            () => t.get(5, ID),
            () => t.has(5, ID),
            () => t.offsetOf(5, ID),
            () => t.attach(6, ID, 1),
            () => t.getOrAttach(6, ID, 1),
            () => t.updateOrAttach(5, ID, 1),
            () => t.detach(5, ID),
            () => t.detachAll(ID),
            () => t.read(() => 1),
            () => t.stats(),
            () => SharedShadowTable.open(t.handle),
        ];
        const boom = new Error('boom');
        assert.throws(() => table.attach(1, ID, 8, () => {
            for (const verb of verbs)
                assert.throws(verb, /inside one of its constructors/);
            throw boom;
        }), boom);
    }
    assert.equal(table.has(1, ID), false);
    // @ts-expect-error: nor do the types allow it
    assert.throws(() => table.attach(1, ID, 8, async () => { }), /must be synchronous: it runs under the lock/);
    assert.equal(table.attach(1, ID, 8).length, 8);
    checkInvariants(table.buffer);
});
test('read can be wrapped by generic functions', () => {
    const table = SharedShadowTable.create(SMALL);
    // Each of these would be a type error where read takes only what it knows not to be a promise.
    const inSection = (fn) => table.read(() => fn(table));
    const each = (makers) => makers.map((make) => table.read(make));
    class Reader {
        first(view) {
            return table.read(view);
        }
    }
    const fromAny = table.read(() => JSON.parse('[1]'));
    assert.equal(inSection((t) => t.has(1, ID)), false);
    assert.deepEqual(each([() => ({ a: 1 })]), [{ a: 1 }]);
    assert.equal(new Reader().first(() => 3), 3);
    assert.deepEqual(fromAny, [1]);
    const wrapped = (fn) => 
    // @ts-expect-error: a promise of whatever is one
    table.read(fn);
    assert.throws(() => wrapped(async () => 1), /synchronous/);
});
test('read gives back what its function returns, nests, and refuses promises', () => {
    const table = SharedShadowTable.create(SMALL);
    table.attach(1, ID, Uint8Array.of(1));
    const seen = table.read(() => {
        const view = table.get(1, ID);
        table.read(() => table.detach(1, ID));
        for (let round = 0; round < 500; round++) {
            table.attach(2, ID, Uint8Array.of(2));
            table.detach(2, ID);
        }
        return view[0];
    });
    assert.equal(seen, 1);
    // @ts-expect-error: nor do the types allow it
    assert.throws(() => table.read(async () => 1), /synchronous/);
    // @ts-expect-error: nor what may be a promise
    assert.throws(() => table.read(() => Promise.resolve(1)), /synchronous/);
    assert.throws(() => table.read(() => runInNewContext('Promise.resolve()')), /synchronous/);
    assert.throws(() => table.read(() => assert.fail('inner')), /inner/);
    table.detachAll(ID);
    const { arenaBytes } = table.stats();
    assert.ok(table.attach(3, ID, arenaBytes - 32), 'no section is left open');
});
test('get hands out the view of what is there now, though it keeps views', () => {
    const table = SharedShadowTable.create({ maxBytes: 2 << 20 });
    for (let obj = 0; obj < 9000; obj++)
        table.attach(obj, ID, Uint8Array.of(obj, obj >> 8));
    // More than are kept, so that they take each other's place.
    for (let round = 0; round < 2; round++) {
        for (let obj = 0; obj < 9000; obj++)
            assert.deepEqual([...table.get(obj, ID)], [obj & 255, obj >> 8]);
    }
    table.detachAll(ID);
    const lengths = new Map();
    for (let round = 0; round < 5000; round++) {
        table.attach(round, ID, 1 + (round % 13));
        const view = table.get(round, ID);
        assert.equal(view.length, 1 + (round % 13));
        lengths.set(view.byteOffset, (lengths.get(view.byteOffset) ?? new Set()).add(view.length));
        table.detach(round, ID);
    }
    assert.ok([...lengths.values()].some((seen) => seen.size > 1), 'one place had data of several lengths');
});
test('typed views are aligned for every kind, and must fit', () => {
    const table = SharedShadowTable.create(SMALL);
    for (let size = 0; size < 200; size += 8) {
        const view = table.attach(size, ID, size);
        const floats = viewAs(Float64Array, view);
        assert.equal(floats.length, size / 8);
        viewAs(BigUint64Array, view).fill(5n);
        assert.ok([...view].every((byte, index) => byte === (index % 8 === 0 ? 5 : 0)));
        const data = viewAs(DataView, view);
        assert.equal(data.byteLength, size);
        if (size > 0)
            assert.equal(data.getBigUint64(size - 8, true), 5n);
    }
    assert.throws(() => viewAs(Float64Array, table.attach(1000, ID, 12)), /12 bytes are not a whole number/);
});
test('a table is not made by new', () => {
    const Table = SharedShadowTable;
    assert.throws(() => new Table(), { name: 'TypeError', message: /SharedShadowTable\.create/ });
});
test('any sequence of verbs does what a Map would do, and leaves the memory in order', () => {
    const key = fc.oneof(fc.integer({ min: 0, max: 40 }).map((n) => n * 64), fc.bigInt({ min: 2n ** 64n - 4n, max: 2n ** 64n - 1n }));
    const verb = fc.record({
        name: fc.constantFrom('attach', 'getOrAttach', 'updateOrAttach', 'detach', 'get', 'detachAll', 'read'),
        obj: key,
        id: fc.constantFrom(1, 2, 2n ** 40n),
        data: fc.uint8Array({ maxLength: 300 }),
    });
    const { emitWarning } = process;
    process.emitWarning = () => undefined;
    try {
        fc.assert(fc.property(fc.array(verb, { maxLength: 300 }), (verbs) => {
            const table = SharedShadowTable.create({ maxBytes: 256 << 10 });
            const model = new Map();
            for (const { name, obj, id, data } of verbs)
                obey(table, model, name, obj, id, data);
            for (const [name, data] of model) {
                const [obj, id] = name.split(':').map(BigInt);
                assert.deepEqual(table.get(obj, id).slice(), data.slice());
            }
            assert.equal(table.stats().entries, model.size);
            checkInvariants(table.buffer);
        }), { numRuns: scaled({ quick: 50, ci: 200, full: 3000 }) });
    }
    finally {
        process.emitWarning = emitWarning;
    }
});
test('detachAll lets others at the lock after some', () => {
    const table = SharedShadowTable.create({ maxBytes: 1 << 20 });
    for (let key = 0; key < 500; key++)
        table.attach(key, ID, 8);
    let left;
    const removed = table.detachAll(ID, () => {
        left ??= table.stats().entries;
    });
    assert.equal(removed, 500);
    // A step takes 64, and what is in the bucket of the last.
    assert.ok(left > 400, `${left} are there still when the first is destroyed`);
});
//# sourceMappingURL=table.test.js.map