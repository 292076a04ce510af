import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect, isDeepStrictEqual, types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { createContext, runInContext } from 'node:vm';
import { shadowId } from 'umbra/shadow';
import * as namespace from './portable/model.js';
const ids = [
    shadowId('untouched'),
    shadowId('untouched, enumerable', { enumerable: true }),
    shadowId('untouched, reclaimed', { reclaim() { } }),
    shadowId('untouched, in the table', { storage: 'table' }),
];
/** Every trap and every getter of the parents below ends the test. */
function forbidden() {
    throw new Error('code of the parent ran');
}
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, forbidden]));
class WithPrivates {
    #secret = 1;
    get secret() {
        return this.#secret;
    }
}
const other = createContext({});
/** Parents of every kind that the language has, by what is said of them. */
const parents = {
    object: () => ({ a: 1, [Symbol('s')]: 2 }),
    'null-prototype object': () => Object.assign(Object.create(null), { a: 1 }),
    'object with many properties': () => Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`property${i}`, i])),
    'object that lost a property': () => {
        const object = { a: 1, b: 2 };
        delete object.a;
        return object;
    },
    'frozen object': () => Object.freeze({ a: 1 }),
    'sealed object': () => Object.seal({ a: 1 }),
    'object that cannot be extended': () => Object.preventExtensions({ a: 1 }),
    'object with accessors': () => ({
        get a() {
            return forbidden();
        },
        set a(_) {
            forbidden();
        },
    }),
    'instance with private members': () => new WithPrivates(),
    'object of an exotic toStringTag': () => Object.defineProperty({}, Symbol.toStringTag, { get: forbidden, enumerable: false }),
    array: () => [1, 2],
    'array with holes': () => new Array(3),
    'frozen array': () => Object.freeze([1, 2]),
    arguments: () => (function (..._) {
        // biome-ignore lint/complexity/noArguments: the kind of parent
        return arguments;
    })(1, 2),
    function: () => function named(a) {
        return a;
    },
    arrow: () => (a) => a,
    'async function': () => async () => { },
    'generator function': () => function* () { },
    'bound function': () => (() => { }).bind(null),
    class: () => class Named {
    },
    builtin: () => Math.max,
    generator: () => (function* () { })(),
    'async generator': () => (async function* () { })(),
    iterator: () => [1][Symbol.iterator](),
    proxy: () => new Proxy({ a: 1 }, traps),
    'function proxy': () => new Proxy(() => { }, traps),
    'revoked proxy': () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
    },
    error: () => new Error('message', { cause: 1 }),
    'aggregate error': () => new AggregateError([1]),
    promise: () => Promise.resolve(1),
    'rejected promise': () => {
        const promise = Promise.reject(new Error('expected'));
        promise.catch(() => { });
        return promise;
    },
    'module namespace': () => namespace,
    date: () => new Date(0),
    'regular expression': () => /a/g,
    map: () => new Map([[1, 2]]),
    set: () => new Set([1]),
    'weak map': () => new WeakMap(),
    'weak set': () => new WeakSet(),
    'weak reference': () => new WeakRef({}),
    'finalization registry': () => new FinalizationRegistry(() => { }),
    buffer: () => new ArrayBuffer(8),
    'shared buffer': () => new SharedArrayBuffer(8),
    'typed array': () => new Uint8Array([1, 2]),
    'big typed array': () => new BigInt64Array(2),
    'data view': () => new DataView(new ArrayBuffer(8)),
    'Node.js buffer': () => Buffer.from('text'),
    'boxed number': () => Object(1),
    'boxed string': () => Object('text'),
    'boxed symbol': () => Object(Symbol('s')),
    'boxed bigint': () => Object(1n),
    Math: () => Math,
    Reflect: () => Reflect,
    'Object.prototype': () => Object.prototype,
    'global object': () => {
        observe(globalThis); // Node.js makes many of its properties when they are first looked at.
        return globalThis;
    },
    process: () => process,
    'format of Intl': () => new Intl.NumberFormat('en'),
    url: () => new URL('https://example.org/'),
    'event target': () => new EventTarget(),
    'object of another context': () => runInContext('({ a: 1 })', other),
    'frozen array of another context': () => runInContext('Object.freeze([1])', other),
    'function of another context': () => runInContext('(function () {})', other),
    'global object of another context': () => runInContext('globalThis', other),
    'sandbox of another context': () => other,
};
/** What an operation gives or throws, as something that can be compared. */
function attempt(run) {
    try {
        return { value: run() };
    }
    catch (error) {
        return { error: String(error) };
    }
}
/** All that a program can see of an object. */
function observe(object) {
    if (types.isProxy(object))
        return { shown: inspect(object, { showProxy: true }) };
    return {
        keys: attempt(() => Reflect.ownKeys(object)),
        enumerable: attempt(() => Object.keys(object)),
        descriptors: attempt(() => Reflect.ownKeys(object).map((key) => describe(object, key))),
        inherited: attempt(() => {
            const names = [];
            for (const name in object)
                names.push(name);
            return names;
        }),
        prototype: attempt(() => Reflect.getPrototypeOf(object)),
        extensible: Object.isExtensible(object),
        frozen: attempt(() => Object.isFrozen(object)),
        sealed: attempt(() => Object.isSealed(object)),
        json: object === globalThis || object === process ? undefined : attempt(() => JSON.stringify(object)),
        spread: object === process ? undefined : attempt(() => Reflect.ownKeys({ ...object })),
        text: attempt(() => String(object)),
        source: typeof object === 'function' ? Function.prototype.toString.call(object) : undefined,
        shown: object === globalThis || object === process
            ? undefined
            : attempt(() => inspect(object, { showHidden: true, depth: 1 })),
        cloned: attempt(() => inspect(structuredClone(object), { showHidden: true, depth: 1 })),
        serialized: attempt(() => {
            const bytes = serialize(object);
            // Node.js 26 has two encodings for arrays and chooses by hidden class; they mean the same.
            return Array.isArray(object) ? inspect(deserialize(bytes), { showHidden: true }) : bytes.toString('hex');
        }),
    };
}
function describe(object, key) {
    const { value, get, set, ...flags } = Reflect.getOwnPropertyDescriptor(object, key);
    return [key, typeof value === 'object' ? typeof value : value, get, set, flags];
}
for (const [kind, make] of Object.entries(parents)) {
    test(`nothing can be seen on a parent: ${kind}`, () => {
        const parent = make();
        const before = observe(parent);
        const beforeAgain = observe(parent);
        assert.deepEqual(beforeAgain, before, 'observing by itself changes what is observed');
        const another = make();
        const equal = attempt(() => isDeepStrictEqual(parent, another));
        for (const id of ids) {
            assert.equal(id.get(parent), undefined);
            assert.equal(id.attach(parent, 'data'), 'data');
            assert.equal(id.get(parent), 'data');
            assert.equal(id.has(parent), true);
        }
        assert.deepEqual(observe(parent), before);
        assert.deepEqual(attempt(() => isDeepStrictEqual(parent, another)), equal);
        for (const id of ids) {
            assert.equal(id.getOrAttach(parent, () => assert.fail('it exists')), 'data');
            assert.equal(id.updateOrAttach(parent, 'new'), 'new');
            assert.equal(id.detach(parent), true);
            assert.equal(id.has(parent), false);
            assert.equal(id.getOrAttach(parent, () => 'made'), 'made');
            assert.equal(id.detachAll(), 1);
            assert.equal(id.get(parent), undefined);
        }
        assert.deepEqual(observe(parent), before);
    });
}
test('a primitive as parent is refused by every verb, by name', () => {
    for (const primitive of [undefined, null, true, 0, 'text', 1n, Symbol('s')]) {
        const shown = `${typeof primitive} ${String(primitive)}`;
        const unused = [{}, { enumerable: true }, { storage: 'table' }];
        for (const id of [...ids, ...unused.map((options) => shadowId(Symbol('unused'), options))]) {
            const parent = primitive;
            for (const run of [
                () => id.get(parent),
                () => id.has(parent),
                () => id.attach(parent, 1),
                () => id.getOrAttach(parent, () => assert.fail('the constructor ran')),
                () => id.updateOrAttach(parent, 1),
                () => id.detach(parent),
            ])
                assert.throws(run, (error) => error instanceof TypeError && error.message.includes(shown), String(run));
        }
    }
});
//# sourceMappingURL=untouched.test.js.map