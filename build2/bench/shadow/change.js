import { alternate, ratio, report, summary } from '../measure.js';
import { dataOf, kinds, loop, major, parentClass, umbra } from './sides.js';
const BATCH = 20_000;
const group = 'change';
const attaching = (side) => loop({ attach: side.attach, dataOf }, 'for (let i = 0; i < parents.length; i++) attach(parents[i], i & 1 ? parents : i); return 0');
const detaching = (side) => loop({ detach: side.detach }, 'for (let i = 0; i < parents.length; i++) detach(parents[i]); return 0');
/** Attaches to and detaches from parents in batches, until so many have been. */
function prepare(kind) {
    const make = parentClass();
    const side = kinds[kind]();
    const [attach, detach] = [attaching(side), detaching(side)];
    for (let i = 0; i < 60; i++) {
        const parents = make(1000);
        attach(parents, 1);
        detach(parents, 1);
    }
    return { side, make, attach, detach };
}
/** Attaching to `count` parents, all in one store, then detaching from them. */
function benchAttach(title, count) {
    const make = (kind) => {
        const prepared = prepare(kind);
        const batches = [];
        for (let i = 0; i < count / BATCH; i++)
            batches.push(prepared.make(BATCH));
        return { ...prepared, batches, at: 0 };
    };
    const sides = { umbra: make('umbra'), weakMap: make('WeakMap'), property: make('property') };
    const next = (kind) => {
        const side = sides[kind];
        return side.batches[side.at++ % side.batches.length];
    };
    let batch = [];
    const options = {
        rounds: count / BATCH,
        operations: BATCH,
        prepare: (kind) => {
            batch = next(kind);
        },
    };
    const run = (change) => alternate({
        umbra: () => sides.umbra[change](batch, 1),
        weakMap: () => sides.weakMap[change](batch, 1),
        property: () => sides.property[change](batch, 1),
    }, options);
    globalThis.gc();
    const attach = run('attach');
    const bar = { bar: { atLeast: major === 20 ? 2 : 2.5 } };
    report({
        group,
        name: `attach, ${title}: WeakMap.set ÷ umbra`,
        unit: '×',
        ...ratio(attach.weakMap, attach.umbra),
        ...bar,
    });
    report({
        group,
        name: `attach, ${title}: umbra ÷ property`,
        unit: '×',
        ...ratio(attach.umbra, attach.property),
    });
    const detach = run('detach');
    report({
        group,
        name: `detach, ${title}: WeakMap.delete ÷ umbra`,
        unit: '×',
        ...ratio(detach.weakMap, detach.umbra),
    });
}
/** The same thousand of parents again and again, each time fresh ones. */
function benchAttachFew() {
    const sides = { umbra: prepare('umbra'), weakMap: prepare('WeakMap'), property: prepare('property') };
    let batches = [];
    const run = (kind) => () => {
        for (const batch of batches) {
            sides[kind].attach(batch, 1);
            sides[kind].detach(batch, 1);
        }
    };
    const times = alternate({ umbra: run('umbra'), weakMap: run('weakMap'), property: run('property') }, {
        rounds: 61,
        operations: 5000,
        prepare: (kind) => {
            batches = Array.from({ length: 5 }, () => sides[kind].make(1000));
        },
    });
    const name = 'attach and detach, 1 thousand';
    report({ group, name: `${name}: WeakMap ÷ umbra`, unit: '×', ...ratio(times.weakMap, times.umbra) });
    report({ group, name: `${name}: umbra ÷ property`, unit: '×', ...ratio(times.umbra, times.property) });
}
function benchGetOrAttach() {
    const id = umbra();
    const parents = parentClass()(1000);
    for (const [i, parent] of parents.entries())
        id.attach(parent, dataOf(i));
    // Both loops have a way out that is not taken, as whoever writes get and attach instead has: a loop without one V8
    // unrolls so far that it asks some things only once.
    const looping = (lookup) => loop({ get: id.get, getOrAttach: id.getOrAttach }, `const ctor = () => 1
       let found = 0
       for (let t = 0; t < times; t++)
         for (let i = 0; i < parents.length; i++) if ((${lookup}) !== undefined) found++; else ctor(parents[i])
       return found`);
    const get = looping('get(parents[i])');
    const getOrAttach = looping('getOrAttach(parents[i], ctor)');
    for (let i = 0; i < 60; i++) {
        get(parents, 20);
        getOrAttach(parents, 20);
    }
    const times = alternate({ get: () => get(parents, 20), getOrAttach: () => getOrAttach(parents, 20) }, { rounds: 201, operations: BATCH });
    report({
        group,
        name: 'getOrAttach, present: ÷ get, else attach',
        unit: '×',
        ...ratio(times.getOrAttach, times.get),
    });
}
function benchDetachAll() {
    const id = umbra();
    const make = parentClass();
    for (const [title, count] of [
        ['1 thousand', 1000],
        ['1 million', 1_000_000],
    ]) {
        const parents = make(count);
        const times = Array.from({ length: count > 1000 ? 3 : 21 }, () => {
            for (const parent of parents)
                id.attach(parent, 1);
            const start = performance.now();
            id.detachAll();
            return (performance.now() - start) * 1000;
        });
        report({ group, name: `detachAll of ${title}`, unit: 'µs', ...summary(times) });
    }
}
/** What the options cost those identifiers that ask for them. */
function benchOptions() {
    const count = 50_000;
    const make = parentClass();
    const plain = umbra();
    const ids = {
        plain,
        table: umbra({ storage: 'table' }),
        enumerable: umbra({ enumerable: true }),
        reclaim: umbra({ reclaim() { } }),
    };
    const loops = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, attaching(id)]));
    let parents = [];
    const run = (name) => () => {
        loops[name](parents, 1);
    };
    const times = alternate({ plain: run('plain'), table: run('table'), enumerable: run('enumerable'), reclaim: run('reclaim') }, {
        rounds: 9,
        operations: count,
        prepare: () => {
            parents = make(count);
        },
    });
    for (const [name, values] of Object.entries(times))
        report({ group: 'options', name: `attach, ${name}`, unit: 'ns', ...summary(values) });
    const kept = make(count);
    const visits = Array.from({ length: 5 }, () => {
        ids.enumerable.detachAll();
        for (const parent of kept)
            ids.enumerable.attach(parent, 1);
        const start = performance.now();
        let visited = 0;
        for (const [, data] of ids.enumerable)
            visited += data;
        const iterated = performance.now();
        ids.enumerable.detachAll(() => { });
        return [((iterated - start) / visited) * 1e6, ((performance.now() - iterated) / visited) * 1e6];
    });
    report({ group: 'options', name: 'iterating, enumerable', unit: 'ns', ...summary(visits.map(([i]) => i)) });
    report({
        group: 'options',
        name: 'detachAll with a destructor',
        unit: 'ns',
        ...summary(visits.map(([, d]) => d)),
    });
}
export function benchChange() {
    benchAttachFew();
    benchAttach('1 million', 1_000_000);
    benchGetOrAttach();
    benchDetachAll();
    benchOptions();
}
//# sourceMappingURL=change.js.map