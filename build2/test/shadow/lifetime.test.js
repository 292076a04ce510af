import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { shadowId } from 'umbra/shadow';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
/** Collects garbage until it holds, for a bounded number of rounds. */
async function eventually(holds, what) {
    for (let round = 0; round < 50; round++) {
        gc();
        await turn();
        if (holds())
            return;
    }
    assert.fail(what);
}
/** Long enough for what should not happen to happen. */
async function settle() {
    for (let round = 0; round < 5; round++) {
        gc();
        await turn();
    }
}
const COUNT = 200;
let serial = 0;
const kinds = {
    plain: () => shadowId(`lifetime ${serial++}`),
    enumerable: () => shadowId(`lifetime ${serial++}`, { enumerable: true }),
    'in the table': () => shadowId(`lifetime ${serial++}`, { storage: 'table' }),
    reclaimed: () => shadowId(`lifetime ${serial++}`, { reclaim() { }, hold: () => 'kept' }),
    'enumerable, reclaimed, in the table': () => shadowId(`lifetime ${serial++}`, {
        enumerable: true,
        reclaim() { },
        hold: () => 'kept',
        storage: 'table',
    }),
};
const gone = (refs) => refs.every((ref) => ref.deref() === undefined);
for (const [kind, declare] of Object.entries(kinds)) {
    test(`parents and data that point at each other are collected: ${kind}`, async () => {
        const [id, second] = [declare(), declare()];
        const refs = [];
        const fill = () => {
            let before = {};
            for (let i = 0; i < COUNT; i++) {
                const parent = { i };
                const data = { parent, before };
                id.attach(parent, data);
                second.attach(parent, { data });
                refs.push(new WeakRef(parent), new WeakRef(data));
                before = parent;
            }
        };
        fill();
        await turn();
        await eventually(() => gone(refs), 'the store keeps parents or data');
    });
    test(`data outlives a collected parent, and a parent its detached data: ${kind}`, async () => {
        const id = declare();
        const parents = [];
        const data = [];
        const collected = [];
        const fill = () => {
            for (let i = 0; i < COUNT; i++) {
                const [parent, value] = [{ i }, { i }];
                id.attach(parent, value);
                if (i % 2 === 0) {
                    id.detach(parent);
                    parents.push(parent);
                    collected.push(new WeakRef(value));
                }
                else {
                    data.push(value);
                    collected.push(new WeakRef(parent));
                }
            }
        };
        fill();
        await turn();
        await eventually(() => gone(collected), 'the store keeps what was let go');
        assert.equal(parents.length + data.length, COUNT);
    });
    test(`what detachAll removed is freed when the store next touches the parent: ${kind}`, async () => {
        const [id, second] = [declare(), declare()];
        const refs = [];
        const fill = () => Array.from({ length: COUNT }, (_, i) => {
            const [parent, data, more] = [{ i }, { i }, { i }];
            id.attach(parent, data);
            second.attach(parent, more);
            refs.push(new WeakRef(data), new WeakRef(more));
            return parent;
        });
        const parents = fill();
        assert.equal(id.detachAll(), COUNT);
        assert.equal(second.detachAll(), COUNT);
        for (const parent of parents)
            assert.equal(id.get(parent) ?? second.get(parent), undefined);
        if (kind === 'in the table')
            for (const parent of parents)
                id.attach(parent, 1);
        await turn();
        await eventually(() => gone(refs), 'the store keeps detached data');
        assert.equal(parents.length, COUNT);
    });
}
test('reclaim runs once for each variable that died attached, with what was held, and for no other', async () => {
    for (const enumerable of [false, true]) {
        const reclaimed = [];
        const id = shadowId(`lifetime ${serial++}`, {
            enumerable,
            hold: (data) => data.i,
            reclaim: (held) => reclaimed.push(held),
        });
        const kept = [];
        const expected = [];
        const fill = () => {
            for (let i = 0; i < COUNT; i++) {
                const parent = {};
                id.attach(parent, { i });
                if (i % 5 === 0)
                    kept.push(parent);
                else if (i % 5 === 1)
                    id.detach(parent);
                else if (i % 5 === 2) {
                    id.updateOrAttach(parent, { i: i + 1000 });
                    expected.push(i + 1000);
                }
                else if (i % 5 === 3) {
                    id.detach(parent);
                    id.attach(parent, { i: i + 2000 });
                    expected.push(i + 2000);
                }
                else
                    expected.push(i);
            }
        };
        fill();
        await turn();
        await eventually(() => reclaimed.length >= expected.length, 'reclaim did not run');
        await settle();
        assert.deepEqual(reclaimed.toSorted((a, b) => a - b), expected.toSorted((a, b) => a - b));
        assert.equal(id.detachAll(), kept.length);
        kept.length = 0;
        await settle();
        assert.equal(reclaimed.length, expected.length, 'reclaim ran for detached variables');
    }
});
test('the newest reclaim runs; one that throws does not stop the others, and is reported', async () => {
    const warnings = [];
    const heard = (warning) => warnings.push(`${warning.code}: ${warning.message}`);
    process.on('warning', heard);
    const name = `lifetime ${serial++}`;
    const reclaimed = [];
    shadowId(name, { reclaim: () => reclaimed.push('old') });
    const fill = () => {
        for (let i = 0; i < 3; i++)
            shadowId(name).attach({}, i);
    };
    fill();
    shadowId(name, {
        reclaim: (held) => {
            reclaimed.push(held);
            throw new Error('unwilling');
        },
    });
    await turn();
    await eventually(() => reclaimed.length === 3 && warnings.length === 3, 'reclaim did not run');
    process.off('warning', heard);
    assert.deepEqual(reclaimed.toSorted(), [0, 1, 2]);
    for (const warning of warnings)
        assert.match(warning, /^UMBRA_SHADOW_RECLAIM: .*unwilling/);
});
//# sourceMappingURL=lifetime.test.js.map