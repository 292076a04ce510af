/** What the workers of races.long.test.ts do. */
import assert from 'node:assert/strict';
import { SharedShadowTable } from 'umbra/shared';
const ID = 7;
/** All racers at the same key at the same time: each says that it is there, and spins a little for the others. */
function lineUp(gate, racers, key) {
    Atomics.add(gate, 0, 1);
    for (let spins = 0; Atomics.load(gate, 0) < racers * (key + 1); spins++) {
        if (spins > 200)
            Atomics.wait(gate, 0, Atomics.load(gate, 0), 1);
    }
    Atomics.notify(gate, 0);
}
/** Races for keys with `attach` on even ones and `getOrAttach` on odd ones; the data says who won. */
export function race(handle, gate, racers, me, keys) {
    let warnings = 0;
    process.emitWarning = () => {
        warnings++;
    };
    const table = SharedShadowTable.open(handle);
    let wins = 0;
    let hash = 0;
    for (let key = 0; key < keys; key++) {
        lineUp(gate, racers, key);
        const construct = (view) => {
            assert.ok(view.every((byte) => byte === 0));
            wins++;
            view.fill(me);
        };
        if (key % 2 === 0)
            table.attach(key * 16, ID, 24, construct);
        else
            assert.ok(table.getOrAttach(key * 16, ID, 24, construct));
        const view = table.get(key * 16, ID);
        assert.ok(view.every((byte) => byte === view[0]));
        hash = (Math.imul(hash, 31) + view[0]) | 0;
    }
    return { wins, warnings, hash };
}
// A variable of the churn: [key, version, length in words, …, checksum].
const HEAD = 3;
function fill(words, key, version) {
    words[0] = key;
    words[1] = version;
    words[2] = words.length;
    for (let index = HEAD; index < words.length - 1; index++)
        words[index] = Math.imul(key ^ version, index + 7);
    words[words.length - 1] = checksum(words);
}
function checksum(words) {
    let sum = 1;
    for (let index = 0; index < words.length - 1; index++)
        sum = (Math.imul(sum, 31) + words[index]) | 0;
    return sum;
}
function wordsOf(view) {
    return new Int32Array(view.buffer, view.byteOffset, view.byteLength / 4);
}
function randomFrom(seed) {
    let state = seed;
    return (below) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
    };
}
/**
 * Attaches, updates and detaches its share of the keys at full speed. `detached[key]` is raised to a variable's version
 * once it is gone: from then on nobody may begin to see it.
 */
export function churn(handle, detached, keys, writers, me, rounds) {
    const table = SharedShadowTable.open(handle);
    const random = randomFrom(me + 1);
    const versions = new Int32Array(keys);
    const scratch = new Int32Array(300);
    for (let round = 0; round < rounds; round++) {
        const key = random(Math.floor(keys / writers)) * writers + me;
        const before = versions[key];
        const words = scratch.subarray(0, HEAD + 1 + random(random(8) === 0 ? 250 : 20));
        fill(words, key, before + 1);
        const dtor = (_obj, view) => assert.equal(wordsOf(view)[1], before);
        switch (random(3)) {
            case 0:
                if (table.detach(key, ID, dtor))
                    Atomics.store(detached, key, before);
                break;
            case 1:
                assert.ok(table.updateOrAttach(key, ID, words, dtor));
                versions[key] = before + 1;
                Atomics.store(detached, key, before);
                break;
            default:
                if (table.has(key, ID))
                    break;
                assert.ok(table.attach(key, ID, words));
                versions[key] = before + 1;
        }
    }
    return versions.reduce((sum, version) => sum + version, 0);
}
/** Looks keys up and verifies all that it sees, at the beginning and at the end of its sections, until told to stop. */
export function verify(handle, detached, keys, stop, me) {
    const table = SharedShadowTable.open(handle);
    const random = randomFrom(1000 + me);
    let seen = 0;
    while (Atomics.load(stop, 0) === 0) {
        const batch = Array.from({ length: 1 + random(8) }, () => random(keys));
        const gone = batch.map((key) => Atomics.load(detached, key));
        table.read(() => {
            const views = batch.map((key) => table.get(key, ID));
            const versions = views.map((view, index) => check(view, batch[index], gone[index]));
            for (let pause = random(2000); pause > 0; pause--)
                Atomics.load(stop, 0);
            for (const [index, view] of views.entries()) {
                assert.equal(check(view, batch[index], gone[index]), versions[index]);
            }
            seen += versions.filter((version) => version !== 0).length;
        });
        // What nobody detaches is always found, without a section too.
        const steady = keys + random(1000);
        const view = table.get(steady, ID);
        assert.ok(view !== undefined, `lookup of ${steady}`);
        assert.equal(wordsOf(view)[0], steady);
        assert.equal(table.has(steady, ID + 1), false);
    }
    return { seen };
}
/** The version of what is seen there; 0 if nothing is. */
function check(view, key, gone) {
    if (view === undefined)
        return 0;
    const words = wordsOf(view);
    assert.equal(words[0], key, 'it is that key');
    assert.equal(words[2], words.length, 'it has its length');
    assert.equal(words.at(-1), checksum(words), 'it is whole');
    assert.ok(words[1] > gone, `version ${words[1]} was detached before (${gone})`);
    return words[1];
}
/** Attaches and detaches keys that all workers fight for; returns attached minus detached. */
export function fight(handle, keys, id, me, rounds) {
    process.emitWarning = () => undefined;
    const table = SharedShadowTable.open(handle);
    const random = randomFrom(me + 77);
    let balance = 0;
    for (let round = 0; round < rounds; round++) {
        const key = random(keys);
        if (random(200) === 0)
            balance -= table.detachAll(id + 1);
        else if (random(2) === 0)
            balance += table.attach(key, id + random(2), random(300)) === undefined ? 0 : 1;
        else
            balance -= Number(table.detach(key, id + random(2)));
    }
    return balance;
}
//# sourceMappingURL=racers.js.map