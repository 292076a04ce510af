/**
 * Every interleaving of the small cases: each test is a story of two or three threads, and is run in all the orders
 * that there are of their accesses to shared memory.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hash } from '#dist/shared/keys.js';
import { LOCK } from '#dist/shared/layout.js';
import { scaled } from '../support/scale.js';
import { checkInvariants } from './support/invariants.js';
import { drain, explore, nothing } from './support/scheduler.js';
const ID = 7;
function bytes(...values) {
    return Uint8Array.from(values);
}
function list(view) {
    return view === undefined ? undefined : [...view];
}
/**
 * Keys that share a bucket while there are `buckets` (a power of two) of them, in the order of their chain; and no
 * longer, where `parting`, when there are twice as many: then the second half has left.
 */
function neighbours(count, buckets, parting) {
    const keys = [];
    const bits = (key) => hash(key, 0, ID, 0) >>> 0;
    for (let key = 1; keys.length < count; key++) {
        const moves = (bits(key) & buckets) !== 0;
        if ((bits(key) & (buckets - 1)) === 0 && moves === (parting && keys.length >= count / 2))
            keys.push(key);
    }
    const rank = (key) => Number.parseInt(bits(key).toString(2).padStart(32, '0').split('').reverse().join(''), 2);
    return keys.sort((a, b) => rank(a) - rank(b));
}
/** One variable with key 1 takes all the memory. */
function* filled(table) {
    const free = drain(table.stats()).largestFreeBytes;
    yield* table.attach(1, ID, free - 32);
    return undefined;
}
/** The lock belongs to a life of slot 4, which nobody has now. */
function orphan(table) {
    new Int32Array(table.buffer)[LOCK] = ((9 << 10) | 4) << 1;
}
/** Steps in the middle of a section or a callback: time for others to do harm. */
function* pause() {
    yield;
    return undefined;
}
/** Every interleaving, on processors that keep loads in order and on those that do not. */
async function exhaust(name, scenario) {
    await test(name, async (t) => {
        for (const ordered of [true, false]) {
            const started = performance.now();
            const { runs, states } = await explore(scenario, ordered);
            const seconds = ((performance.now() - started) / 1000).toFixed(1);
            t.diagnostic(`loads ${ordered ? 'in order' : 'fenced'}: ${runs} runs, ${states} states, ${seconds} s`);
            assert.ok(runs > 10, 'the threads did meet');
        }
    });
}
await exhaust('two threads race to attach one key: one wins, the other leaves no trace', {
    setup: nothing,
    threads: [
        function* (table) {
            return list(yield* table.attach(1, ID, bytes(1)));
        },
        function* (table) {
            return list(yield* table.attach(1, ID, bytes(2)));
        },
    ],
    check(results, table) {
        checkInvariants(table.buffer);
        const winners = results.filter((view) => view !== undefined);
        assert.equal(winners.length, 1);
        assert.deepEqual(list(drain(table.get(1, ID))), winners[0]);
    },
});
function* constructing(table, value) {
    let calls = 0;
    const view = yield* table.getOrAttach(1, ID, 8, function* (fresh) {
        calls++;
        assert.deepEqual(list(fresh), [0, 0, 0, 0, 0, 0, 0, 0]);
        yield;
        fresh[0] = value;
        return undefined;
    });
    return { calls, data: list(view) };
}
await exhaust('getOrAttach races: one constructor call, and both get its data', {
    setup: nothing,
    threads: [(table) => constructing(table, 1), (table) => constructing(table, 2)],
    check(results, table) {
        checkInvariants(table.buffer);
        const [a, b] = results;
        assert.equal(a.calls + b.calls, 1);
        assert.deepEqual(a.data, b.data);
        assert.equal(a.data[0], a.calls === 1 ? 1 : 2);
    },
});
await exhaust('in a section, a view stays that variable though it is detached and memory is asked for', {
    maxBytes: 3200,
    *setup(table) {
        yield* table.attach(1, ID, bytes(1, 1, 1, 1));
        return undefined;
    },
    threads: [
        (table) => table.read(function* () {
            const view = yield* table.get(1, ID);
            const before = list(view);
            yield;
            const after = list(view);
            yield;
            return [before, after, list(view)];
        }),
        function* (table) {
            yield* table.detach(1, ID);
            yield* table.attach(2, ID, bytes(2, 2, 2, 2));
            yield* table.attach(3, ID, bytes(3, 3, 3, 3));
            return undefined;
        },
    ],
    check([seen], table) {
        checkInvariants(table.buffer);
        for (const data of seen) {
            assert.deepEqual(data, seen[0] === undefined ? undefined : [1, 1, 1, 1]);
        }
    },
});
const [first, last] = neighbours(2, 64, false);
await exhaust('lookups outside sections find what is there throughout, while its neighbours come and go', {
    *setup(table) {
        for (const key of [first, last])
            yield* table.attach(key, ID, bytes(key));
        return undefined;
    },
    threads: [
        function* (table) {
            return list(yield* table.get(last, ID));
        },
        function* (table) {
            // Their memory is reused at once, by bytes that lie across all that the reader may be looking at.
            yield* table.detach(first, ID);
            yield* table.attach(1000, ID + 1, new Uint8Array(64).fill(255));
            return undefined;
        },
    ],
    check([found], table) {
        checkInvariants(table.buffer);
        assert.deepEqual(found, [last & 255]);
    },
});
const parting = neighbours(4, 4, true);
await exhaust('growth hides nothing: while buckets are split, what is attached is found', {
    *setup(table) {
        for (const key of parting.slice(1))
            yield* table.attach(key, ID, bytes(key));
        return undefined;
    },
    threads: [
        function* (table) {
            const found = [];
            for (const key of parting.slice(1))
                found.push(yield* table.has(key, ID));
            return found;
        },
        // The fourth entry makes the first bucket split, where they all are.
        (table) => table.attach(parting[0], ID, bytes(0)),
    ],
    check([found], table) {
        checkInvariants(table.buffer);
        assert.ok(drain(table.stats()).buckets > 4);
        assert.deepEqual(found, [true, true, true]);
    },
});
await exhaust('an update shows readers the old bytes or the new ones, and never goes back', {
    *setup(table) {
        yield* table.attach(1, ID, bytes(1, 1));
        return undefined;
    },
    threads: [
        (table) => table.read(function* () {
            return [list(yield* table.get(1, ID)), list(yield* table.get(1, ID))];
        }),
        function* (table) {
            const destroyed = [];
            yield* table.updateOrAttach(1, ID, bytes(2, 2, 2), function* (_obj, old) {
                yield;
                destroyed.push(list(old));
                return undefined;
            });
            return destroyed;
        },
    ],
    check([seen, destroyed], table) {
        checkInvariants(table.buffer);
        assert.deepEqual(destroyed, [[1, 1]]);
        const [first, second] = seen.map((data) => data.length);
        assert.ok(first <= second, 'old, then new');
        for (const data of seen)
            assert.deepEqual(data, data.length === 2 ? [1, 1] : [2, 2, 2]);
    },
});
function* detaching(table) {
    let destroyed = 0;
    const removed = yield* table.detach(1, ID, function* (_obj, view) {
        assert.equal(yield* table.has(1, ID), false);
        destroyed++;
        assert.deepEqual(list(view), [1, 2, 3]);
        return undefined;
    });
    assert.equal(destroyed, removed ? 1 : 0);
    return removed;
}
await exhaust('two threads detach one key: one of them does, and destroys it once', {
    *setup(table) {
        yield* table.attach(1, ID, bytes(1, 2, 3));
        return undefined;
    },
    threads: [detaching, detaching],
    check(results, table) {
        checkInvariants(table.buffer);
        assert.deepEqual(results.sort(), [false, true]);
    },
});
await exhaust('detachAll against an attach that makes buckets split: what was there is gone', {
    *setup(table) {
        for (const key of [1, 2, 3])
            yield* table.attach(key, ID, bytes(key));
        return undefined;
    },
    threads: [(table) => table.detachAll(ID), (table) => table.attach(4, ID + 1, bytes(4))],
    check([removed], table) {
        checkInvariants(table.buffer);
        assert.equal(removed, 3);
        for (const key of [1, 2, 3])
            assert.equal(drain(table.has(key, ID)), false);
        assert.deepEqual(list(drain(table.get(4, ID + 1))), [4]);
    },
});
await exhaust('out of memory only for the moment: the allocation waits for the reader that is in the way', {
    maxBytes: 3200,
    setup: filled,
    threads: [
        (table) => table.read(pause),
        function* (table) {
            yield* table.detach(1, ID);
            return list(yield* table.attach(2, ID, bytes(2)));
        },
    ],
    check([, attached], table) {
        checkInvariants(table.buffer);
        assert.deepEqual(attached, [2]);
    },
});
await exhaust('out of memory in a section: the allocation waits for the readers that are in the way', {
    maxBytes: 3200,
    setup: filled,
    threads: [
        (table) => table.read(pause),
        function* (table) {
            yield* table.detach(1, ID);
            return yield* table.read(function* () {
                return list(yield* table.attach(2, ID, bytes(2)));
            });
        },
    ],
    check([, attached], table) {
        checkInvariants(table.buffer);
        assert.deepEqual(attached, [2]);
    },
});
await exhaust('out of memory in a section begun after the detach: it waits for the reader that began before', {
    maxBytes: 3200,
    batch: 64,
    *setup(table) {
        yield* table.attach(3, ID, bytes(3));
        yield* filled(table);
        return undefined;
    },
    threads: [
        (table) => table.read(pause),
        function* (table) {
            // The first alone in limbo, then the one whose memory is needed.
            yield* table.detach(3, ID);
            yield* table.detach(1, ID);
            return yield* table.read(function* () {
                return list(yield* table.attach(2, ID, new Uint8Array(100).fill(2)));
            });
        },
    ],
    check([, attached], table) {
        checkInvariants(table.buffer);
        assert.equal(attached?.length, 100);
    },
});
await exhaust('three threads wait for one lock: whoever releases it wakes the next', {
    *setup(table) {
        for (const key of [1, 2, 3])
            yield* table.attach(key, ID, bytes(key));
        return undefined;
    },
    threads: [1, 2, 3].map((key) => (table) => table.detach(key, ID)),
    preemptions: scaled({ ci: 1, full: 2 }),
    check(results, table) {
        checkInvariants(table.buffer);
        assert.deepEqual(results, [true, true, true]);
    },
});
await exhaust('what get and getOrAttach return has the length of that variable, whatever its memory becomes', {
    setup: nothing,
    threads: [
        function* (table) {
            const made = yield* table.getOrAttach(1, ID, bytes(1));
            const found = yield* table.get(1, ID);
            return [made, found].map((view) => view?.length);
        },
        function* (table) {
            yield* table.getOrAttach(1, ID, bytes(2, 2));
            yield* table.detach(1, ID);
            // The memory of the same key, under another.
            yield* table.attach(2, ID, bytes(3, 3, 3));
            return undefined;
        },
    ],
    preemptions: scaled({ ci: 2, full: 3 }),
    check([lengths], table) {
        checkInvariants(table.buffer);
        const [made, found] = lengths;
        assert.ok(made === 1 || made === 2, `getOrAttach: ${made}`);
        assert.ok(found === undefined || found === 1 || found === 2, `get: ${found}`);
    },
});
for (const [impatient, name] of [
    [false, 'the lock of a thread whose slot was given up since: one thread takes it over, then the other'],
    [true, 'two threads find out at the same time that the holder of the lock is gone: one gets it'],
]) {
    await exhaust(name, {
        *setup(table) {
            for (const key of [2, 3])
                yield* table.attach(key, ID, bytes(key));
            orphan(table);
            return undefined;
        },
        orphaned: true,
        impatient,
        threads: [(table) => table.detach(2, ID), (table) => table.detach(3, ID)],
        preemptions: scaled({ ci: 2, full: 3 }),
        check(results, table) {
            checkInvariants(table.buffer);
            assert.deepEqual(results, [true, true]);
            assert.equal(drain(table.stats()).takeovers, 1);
            reclaimed(table);
        },
    });
}
const deaths = {
    attach: (table) => table.attach(1, ID, bytes(1, 1)),
    'getOrAttach with a constructor': (table) => constructing(table, 1),
    update: (table) => table.updateOrAttach(2, ID, bytes(5, 5, 5)),
    detach: (table) => table.detach(2, ID),
    detachAll: (table) => table.detachAll(ID),
    'read section': (table) => table.read(function* () {
        return list(yield* table.get(2, ID));
    }),
};
for (const [name, dying] of Object.entries(deaths)) {
    await exhaust(`a thread dies at any step of ${name}: the others take over, and nothing is lost or torn`, {
        *setup(table) {
            for (const key of [2, 3, 4])
                yield* table.attach(key, ID, bytes(key, key));
            // Something in limbo too, and a hole.
            yield* table.attach(5, ID, bytes(5));
            yield* table.detach(3, ID);
            return undefined;
        },
        threads: [
            dying,
            function* (table) {
                const data = list(yield* table.get(4, ID));
                return [data, yield* table.detach(5, ID), list(yield* table.getOrAttach(6, ID, bytes(6)))];
            },
        ],
        mortal: 0,
        preemptions: scaled({ ci: 0, full: 1 }),
        check([, survivor], table) {
            const [read, detached, attached] = survivor;
            if (name !== 'detachAll')
                assert.deepEqual([read, detached], [[4, 4], true]);
            assert.deepEqual(attached, [6]);
            // Whoever comes next finds the dead thread's slot and all that it held.
            drain(table.updateOrAttach(7, ID, bytes(7)));
            checkInvariants(table.buffer);
            const attachedBy = { 1: [1, 1], 2: [2, 2], 4: [4, 4], 9: [9, 9] };
            for (const [key, whole] of Object.entries(attachedBy)) {
                const data = list(drain(table.get(Number(key), ID)));
                if (data?.length === 8)
                    assert.equal(data[0], 1);
                else if (data?.length === 3)
                    assert.deepEqual(data, [5, 5, 5]);
                else if (data !== undefined)
                    assert.deepEqual(data, whole);
            }
            reclaimed(table);
        },
    });
}
await exhaust('a thread dies at any step of a split: nothing is hidden, and nothing is in two chains', {
    *setup(table) {
        for (const key of parting.slice(1))
            yield* table.attach(key, ID, bytes(key));
        return undefined;
    },
    threads: [
        (table) => table.attach(parting[0], ID, bytes(0)),
        function* (table) {
            return [yield* table.has(parting[2], ID), yield* table.detach(parting[3], ID)];
        },
    ],
    mortal: 0,
    preemptions: scaled({ ci: 0, full: 1 }),
    check([, found], table) {
        drain(table.updateOrAttach(1000, ID, bytes(7)));
        checkInvariants(table.buffer);
        assert.deepEqual(found, [true, true]);
        for (const key of parting.slice(1, 3))
            assert.ok(drain(table.has(key, ID)));
        reclaimed(table);
    },
});
/** Detaches everything, and finds that not a byte is missing. */
function reclaimed(table) {
    drain(table.detachAll(ID));
    const { arenaBytes } = drain(table.stats());
    const whole = drain(table.attach(100, ID, arenaBytes - 32));
    assert.equal(whole?.length, arenaBytes - 32, 'the whole arena can be had in one piece');
    checkInvariants(table.buffer);
}
await exhaust('three threads: attach, detach and read of one key', {
    setup: nothing,
    threads: [
        (table) => table.attach(1, ID, bytes(1)),
        (table) => table.detach(1, ID),
        (table) => table.read(function* () {
            return list(yield* table.get(1, ID));
        }),
    ],
    preemptions: 2,
    check([, detached, seen], table) {
        checkInvariants(table.buffer);
        assert.equal(drain(table.has(1, ID)), !detached);
        assert.ok(seen === undefined || seen[0] === 1);
    },
});
//# sourceMappingURL=interleavings.long.test.js.map