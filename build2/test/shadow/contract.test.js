import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as shadow from 'umbra/shadow';
let serial = 0;
const name = () => `contract ${serial++}`;
/** What is warned about while `run` runs. */
function warnings(run) {
    const heard = [];
    const before = process.emitWarning;
    process.emitWarning = ((message, { code }) => void heard.push({ message, code }));
    try {
        run();
    }
    finally {
        process.emitWarning = before;
    }
    return heard;
}
test('the verbs, from the identifier and from the namespace', () => {
    const id = shadow.shadowId(name());
    const parent = Object.freeze({});
    assert.equal(shadow.get(parent, id), undefined);
    assert.equal(shadow.attach(parent, id, 1), 1);
    assert.equal(id.get(parent), 1);
    assert.equal(shadow.has(parent, id), true);
    assert.equal(shadow.getOrAttach(parent, id, () => assert.fail('it exists')), 1);
    const dropped = [];
    assert.equal(shadow.updateOrAttach(parent, id, 2, (obj, old) => dropped.push(obj, old)), 2);
    assert.equal(shadow.detach(parent, id, (obj, data) => dropped.push(obj, data, id.has(parent))), true);
    assert.deepEqual(dropped, [parent, 1, parent, 2, false]);
    assert.equal(shadow.detach(parent, id), false);
    assert.equal(shadow.detachAll(id), 0);
    const { get, attach } = id;
    attach(parent, 3);
    assert.equal(get(parent), 3);
});
test('names: a string is its identifier, a number is not its string, symbols go by identity', () => {
    const parent = {};
    shadow.attach(parent, '1', 'string');
    assert.equal(shadow.get(parent, 1), undefined);
    shadow.attach(parent, 1, 'number');
    const [one, two] = [Symbol('1'), Symbol('1')];
    shadow.attach(parent, one, 'symbol');
    assert.equal(shadow.get(parent, two), undefined);
    assert.equal(shadow.shadowId('1').get(parent), 'string');
    assert.equal(shadow.shadowId(1).get(parent), 'number');
    assert.equal(shadow.shadowId(one).get(parent), 'symbol');
    assert.equal(shadow.shadowId('1'), shadow.shadowId('1'));
    for (const id of ['1', 1, one])
        assert.equal(shadow.detachAll(id), 1);
});
test('looking for a name that nobody used says no, and still refuses a primitive', () => {
    assert.equal(shadow.get({}, name()), undefined);
    assert.equal(shadow.has({}, name()), false);
    assert.equal(shadow.detach({}, name()), false);
    assert.equal(shadow.detachAll(name()), 0);
    assert.throws(() => shadow.get(5, name()), /parent: number 5/);
    assert.throws(() => shadow.detach('x', name()), /parent: string x/);
});
test('what is no identifier is refused', () => {
    for (const id of [null, undefined, {}, true, () => { }])
        assert.throws(() => shadow.attach({}, id, 1), {
            name: 'TypeError',
            message: /identifier/,
        });
});
test('a duplicate is reported with identifier and class, and changes nothing', () => {
    class Dummy {
    }
    const id = shadow.shadowId('CONTRACT_DUPLICATE');
    const parent = new Dummy();
    id.attach(parent, 1);
    const heard = warnings(() => assert.equal(id.attach(parent, 2), undefined));
    assert.equal(id.get(parent), 1);
    assert.equal(heard.length, 1);
    assert.equal(heard[0].code, 'UMBRA_SHADOW_DUPLICATE');
    assert.match(heard[0].message, /CONTRACT_DUPLICATE.*Dummy/);
});
test('the class is left out of the report where finding it would run code', () => {
    const fail = () => assert.fail('code of the parent ran');
    const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, fail]));
    const named = class {
    };
    Object.defineProperty(named, 'name', { get: fail });
    const parents = [
        new Proxy({}, traps),
        Object.create(new Proxy({}, traps)),
        Object.create({
            get constructor() {
                return fail();
            },
        }),
        new named(),
        Object.defineProperty({}, Symbol.toStringTag, { get: fail }),
    ];
    for (const parent of parents) {
        const id = shadow.shadowId(name());
        id.attach(parent, 1);
        const heard = warnings(() => id.attach(parent, 2));
        assert.equal(heard.length, 1);
    }
});
test('inside its constructor a variable is absent and cannot be attached; outside all is as before', () => {
    for (const storage of ['inline', 'table']) {
        const id = shadow.shadowId(name(), { storage });
        const parent = {};
        const other = {};
        const made = id.getOrAttach(parent, (obj) => {
            assert.equal(obj, parent);
            assert.equal(id.get(parent), undefined);
            assert.equal(id.has(parent), false);
            assert.equal(id.detach(parent), false);
            for (const attach of [
                () => id.attach(parent, 0),
                () => id.updateOrAttach(parent, 0),
                () => id.getOrAttach(parent, () => 0),
            ])
                assert.throws(attach, /constructor/);
            assert.equal(id.attach(other, 2), 2);
            return 1;
        });
        assert.equal(made, 1);
        assert.equal(id.get(parent), 1);
        assert.equal(id.get(other), 2);
    }
});
test('a constructor that throws attaches nothing, and the next one starts clean', () => {
    const id = shadow.shadowId(name());
    const parent = {};
    const unwilling = new Error('unwilling');
    assert.throws(() => id.getOrAttach(parent, () => {
        throw unwilling;
    }), unwilling);
    assert.equal(id.has(parent), false);
    assert.equal(id.getOrAttach(parent, () => 1), 1);
});
test('undefined is data like any other', () => {
    for (const storage of ['inline', 'table']) {
        const id = shadow.shadowId(name(), { storage });
        const parent = {};
        id.attach(parent, undefined);
        assert.equal(id.has(parent), true);
        id.getOrAttach(parent, () => assert.fail('it exists'));
        let called = 0;
        assert.equal(id.detach(parent, () => called++), true);
        assert.equal(called, 1);
    }
});
test('in a destructor the variable is gone and may be attached anew; a throwing one leaves it removed', () => {
    const id = shadow.shadowId(name());
    const parent = {};
    id.attach(parent, 1);
    id.detach(parent, (obj, data) => {
        assert.equal(id.has(obj), false);
        id.attach(obj, data + 1);
    });
    assert.equal(id.get(parent), 2);
    const unwilling = new Error('unwilling');
    assert.throws(() => id.detach(parent, () => {
        throw unwilling;
    }), unwilling);
    assert.equal(id.has(parent), false);
});
test('detachAll visits all although destructors throw, and throws one AggregateError', () => {
    const id = shadow.shadowId(name(), { enumerable: true });
    const parents = Array.from({ length: 10 }, () => ({}));
    for (const [i, parent] of parents.entries())
        id.attach(parent, i);
    const visited = [];
    assert.throws(() => id.detachAll((parent, data) => {
        visited.push(data);
        if (data === 3)
            id.attach(parent, 33);
        if (data % 2 === 0)
            throw new Error(String(data));
    }), (error) => error.errors.map((e) => e.message).join() === '0,2,4,6,8');
    assert.equal(visited.length, 10);
    assert.deepEqual([...id], [[parents[3], 33]]);
});
test('a destructor that detaches others leaves them out of the visit', () => {
    const id = shadow.shadowId(name(), { enumerable: true });
    const [a, b] = [{}, {}];
    id.attach(a, 1);
    id.attach(b, 2);
    const visited = [];
    const count = id.detachAll((parent, data) => {
        visited.push(data);
        id.detach(parent === a ? b : a);
    });
    assert.equal(count, 1);
    assert.deepEqual(visited, [1]);
});
test('destructors and iteration need an enumerable identifier', () => {
    const id = shadow.shadowId(name());
    const parent = {};
    id.attach(parent, 1);
    assert.throws(() => id.detachAll(() => { }), { name: 'TypeError', message: /enumerable/ });
    assert.throws(() => [...id], { name: 'TypeError', message: /enumerable/ });
    assert.equal(id.get(parent), 1);
    assert.equal(id.detachAll(), 1);
});
test('options: a name takes what was declared; what variables depend on cannot change under them', () => {
    const id = shadow.shadowId('CONTRACT_OPTIONS', { enumerable: true });
    assert.equal(shadow.shadowId('CONTRACT_OPTIONS'), id);
    const parent = {};
    id.attach(parent, 1);
    shadow.shadowId('CONTRACT_OPTIONS', { enumerable: true });
    for (const options of [
        {},
        { enumerable: true, storage: 'table' },
        { enumerable: true, reclaim() { } },
    ]) {
        const differs = Object.keys(options).length === 0 ? 'enumerable' : Object.keys(options)[1];
        assert.throws(() => shadow.shadowId('CONTRACT_OPTIONS', options), {
            name: 'TypeError',
            message: new RegExp(`CONTRACT_OPTIONS.*${differs}`),
        });
    }
    assert.deepEqual([...id], [[parent, 1]]);
    id.detachAll();
    shadow.shadowId('CONTRACT_OPTIONS', { storage: 'table' });
    assert.equal(id.attach(parent, 2), 2);
    assert.equal(id.get(parent), 2);
    assert.throws(() => [...id], /enumerable/);
    assert.equal(id.detachAll(), 1);
    shadow.shadowId('CONTRACT_OPTIONS', {});
    id.attach(parent, 3);
    assert.equal(id.get(parent), 3);
    id.detachAll();
});
test('a parent carries many variables', () => {
    for (const storage of ['inline', 'table']) {
        const ids = Array.from({ length: 100 }, () => shadow.shadowId(name(), { storage }));
        const parent = {};
        for (const [i, id] of ids.entries())
            id.attach(parent, i);
        for (const [i, id] of ids.entries())
            assert.equal(id.get(parent), i);
        for (const [i, id] of ids.entries())
            if (i % 3 === 0)
                assert.equal(id.detach(parent), true);
        for (const [i, id] of ids.entries())
            assert.equal(id.get(parent), i % 3 === 0 ? undefined : i);
        for (const [i, id] of ids.entries())
            assert.equal(id.detachAll(), i % 3 === 0 ? 0 : 1);
    }
});
test('an identifier says what it is', () => {
    const id = shadow.shadowId('CONTRACT_NAME');
    assert.equal(id.name, 'CONTRACT_NAME');
    assert.match(inspect(id), /CONTRACT_NAME/);
});
//# sourceMappingURL=contract.test.js.map