import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { test } from 'node:test';
import { shadowId } from 'umbra/shadow';
import { inspect, installDevtoolsFormatter, totals, variablesOf } from 'umbra/shadow/inspect';
const fail = () => assert.fail('code of the parent ran');
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, fail]));
const total = (name) => totals().find((total) => total.name === name);
test('totals count what was attached and detached, and the living by class where account is kept', () => {
    class Dummy {
    }
    const plain = shadowId('INSPECT_PLAIN');
    const tracked = shadowId('INSPECT_TRACKED', { enumerable: true });
    const parents = [new Dummy(), new Dummy(), {}, new Proxy({}, traps), Object.create(null)];
    for (const parent of parents) {
        plain.attach(parent, 1);
        tracked.attach(parent, 1);
    }
    plain.detach(parents[0]);
    tracked.detach(parents[2]);
    const { attached, detached, live, classes } = total('INSPECT_PLAIN');
    assert.deepEqual({ attached, detached, live, classes }, { attached: 5, detached: 1, live: undefined, classes: undefined });
    assert.deepEqual(total('INSPECT_TRACKED'), {
        name: 'INSPECT_TRACKED',
        attached: 5,
        detached: 1,
        reclaimed: 0,
        live: 4,
        classes: [
            { name: 'Dummy', live: 2 },
            { name: '?', live: 2 },
        ],
        enumerable: true,
        reclaim: false,
        storage: 'inline',
    });
    assert.equal(plain.detachAll(), 4);
    assert.equal(total('INSPECT_PLAIN').detached, 5);
});
test('the variables of one object, wherever they are kept, without running its code', () => {
    for (const parent of [{}, Object.freeze([]), new Proxy({}, traps)]) {
        assert.deepEqual(variablesOf(parent), []);
        shadowId('INSPECT_A').attach(parent, 1);
        shadowId('INSPECT_B', { storage: 'table' }).attach(parent, 2);
        shadowId('INSPECT_C', { enumerable: true }).attach(parent, 3);
        const sorted = variablesOf(parent).sort((a, b) => String(a.name).localeCompare(String(b.name)));
        assert.deepEqual(sorted, [
            { name: 'INSPECT_A', data: 1 },
            { name: 'INSPECT_B', data: 2 },
            { name: 'INSPECT_C', data: 3 },
        ]);
        for (const name of ['INSPECT_A', 'INSPECT_B', 'INSPECT_C'])
            shadowId(name).detachAll();
        assert.deepEqual(variablesOf(parent), []);
    }
    assert.throws(() => variablesOf(1), TypeError);
});
test('inspect shows them after the object, when asked', () => {
    const id = shadowId('INSPECT_SHOWN');
    const parent = { a: 1 };
    id.attach(parent, { b: 2 });
    assert.equal(inspect(parent), '{ a: 1 } shadow { INSPECT_SHOWN: { b: 2 } }');
    assert.equal(inspect(parent, { shadow: false }), '{ a: 1 }');
    assert.equal(inspect({ a: 1 }), '{ a: 1 }');
    assert.equal(inspect(1), '1');
    id.detach(parent);
});
test('the formatter for DevTools shows objects with shadow variables, and no others', () => {
    const id = shadowId('INSPECT_FORMATTED');
    const remove = installDevtoolsFormatter();
    const { devtoolsFormatters } = globalThis;
    const [formatter] = devtoolsFormatters;
    const parent = { a: 1 };
    assert.equal(formatter.header(parent), null);
    assert.equal(formatter.header(1), null);
    id.attach(parent, 'data');
    assert.match(String(formatter.header(parent)), /Object.*INSPECT_FORMATTED/);
    assert.match(JSON.stringify(formatter.body(parent)), /shadow INSPECT_FORMATTED: ",\["object",\{"object":"data"\}/);
    assert.equal(formatter.header(parent, { plain: true }), null);
    remove();
    assert.deepEqual(globalThis.devtoolsFormatters, []);
    id.detach(parent);
});
test('an inspector is shown the variables where custom formatters are on', () => {
    class Inspected {
    }
    const home = globalThis;
    home.inspected = [new Inspected(), new Inspected()];
    shadowId('INSPECT_PROTOCOL').attach(home.inspected[0], 1);
    const takeOut = installDevtoolsFormatter();
    const session = new Session();
    session.connect();
    try {
        const headers = [];
        session.post('Runtime.enable');
        session.post('Runtime.setCustomObjectFormatterEnabled', { enabled: true });
        for (const index of [0, 1])
            session.post('Runtime.evaluate', { expression: `inspected[${index}]`, generatePreview: true }, (error, { result }) => headers.push(error ?? result.customPreview?.header));
        assert.deepEqual(headers, [
            JSON.stringify(['span', {}, 'Inspected with shadow variables: INSPECT_PROTOCOL']),
            undefined,
        ]);
    }
    finally {
        session.disconnect();
        takeOut();
        delete home.inspected;
    }
});
//# sourceMappingURL=inspect.test.js.map