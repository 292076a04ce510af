/**
 * Random sequences of all verbs, over many parents and identifiers, against a plain model. Runs in browsers too:
 * no Node.js here.
 */
import fc from 'fast-check';
import { shadowId } from 'umbra/shadow';
const kinds = [
    {},
    {},
    { enumerable: true },
    { enumerable: true, storage: 'table' },
    { storage: 'table' },
    { reclaim() { } },
    {},
];
const ids = kinds.map((options, i) => shadowId(`model ${i}`, options));
const PARENTS = 6;
const step = fc.record({
    verb: fc.constantFrom('get', 'has', 'attach', 'attach', 'getOrAttach', 'getOrAttach', 'updateOrAttach', 'detach', 'detachAll', 'iterate'),
    parent: fc.nat(PARENTS - 1),
    id: fc.nat(ids.length - 1),
    data: fc.constantFrom(undefined, null, 0, 1.5, 'text', Symbol('data'), {}, []),
    dtor: fc.boolean(),
    nested: fc.constantFrom('none', 'none', 'none', 'get', 'attach', 'detach', 'detachAll', 'throw'),
    other: fc.nat(ids.length - 1),
});
const failure = new Error('thrown by a constructor or destructor');
/** What the store should do, in the plainest way: a map from parent and identifier to data. */
class Model {
    variables = new Map();
    building = [];
    duplicates = 0;
    attach(key, data) {
        if (this.building.includes(key))
            throw failure;
        if (this.variables.has(key)) {
            this.duplicates++;
            return undefined;
        }
        this.variables.set(key, data);
        return data;
    }
    getOrAttach(key, ctor) {
        if (this.variables.has(key))
            return this.variables.get(key);
        if (this.building.includes(key))
            throw failure;
        this.building.push(key);
        let data;
        try {
            data = ctor();
        }
        finally {
            this.building.pop();
        }
        return this.attach(key, data);
    }
    updateOrAttach(key, data, dtor) {
        if (this.building.includes(key))
            throw failure;
        if (!this.variables.has(key))
            return this.attach(key, data);
        const old = this.variables.get(key);
        this.variables.set(key, data);
        dtor(old);
        return data;
    }
    detach(key, dtor) {
        if (!this.variables.has(key))
            return false;
        const data = this.variables.get(key);
        this.variables.delete(key);
        dtor(data);
        return true;
    }
    of(id) {
        return [...this.variables.keys()].filter((key) => key.endsWith(`:${id}`));
    }
    /** The order of visiting is the store's business: `dtor` gets to see each variable as it is when it is visited. */
    detachAll(id, dtor) {
        let count = 0;
        let failed = false;
        for (const key of this.of(id)) {
            try {
                this.detach(key, (data) => {
                    count++;
                    dtor(key, data);
                });
            }
            catch {
                failed = true;
            }
        }
        if (failed)
            throw failure;
        return count;
    }
}
/** What came of it: a value, or that it threw. */
function outcome(run) {
    try {
        return run();
    }
    catch (error) {
        if (error instanceof RangeError)
            throw error;
        return failure;
    }
}
function same(actual, expected, what) {
    if (!Object.is(actual, expected))
        throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}
/** Runs the steps on fresh parents of the store and on the model. Throws where they differ. */
function runSteps(steps, duplicates) {
    for (const id of ids)
        id.detachAll();
    const parents = Array.from({ length: PARENTS }, (_, i) => i % 2 === 0 ? Object.freeze({}) : () => { });
    const model = new Model();
    const reported = duplicates();
    const key = (parent, id) => `${parent}:${id}`;
    for (const { verb, parent, id, data, dtor, nested, other } of steps) {
        const shadow = ids[id];
        const obj = parents[parent];
        const visited = [];
        const expected = [];
        /** What happens inside a constructor or destructor of `at`; in both worlds it is noted and compared. */
        const inStore = (at) => {
            visited.push(shadow.has(at), ids[other].has(at));
            if (nested === 'get')
                visited.push(shadow.get(at), ids[other].get(at));
            if (nested === 'attach')
                visited.push(outcome(() => ids[other].attach(at, data)));
            if (nested === 'detach')
                visited.push(ids[other].detach(at));
            if (nested === 'detachAll')
                visited.push(ids[other].detachAll());
            if (nested === 'throw')
                throw failure;
            return data;
        };
        const inModel = (at) => {
            const [own, beside] = [key(at, id), key(at, other)];
            expected.push(model.variables.has(own), model.variables.has(beside));
            if (nested === 'get')
                expected.push(model.variables.get(own), model.variables.get(beside));
            if (nested === 'attach')
                expected.push(outcome(() => model.attach(beside, data)));
            if (nested === 'detach')
                expected.push(model.detach(beside, () => { }));
            if (nested === 'detachAll')
                expected.push(model.detachAll(other, () => { }));
            if (nested === 'throw')
                throw failure;
            return data;
        };
        const at = key(parent, id);
        const destructor = dtor
            ? (parent, old) => {
                visited.push(old);
                inStore(parent);
            }
            : undefined;
        const modelled = (old) => {
            if (!dtor)
                return;
            expected.push(old);
            inModel(parent);
        };
        let actual;
        let should;
        if (verb === 'get')
            [actual, should] = [shadow.get(obj), model.variables.get(at)];
        else if (verb === 'has')
            [actual, should] = [shadow.has(obj), model.variables.has(at)];
        else if (verb === 'attach') {
            actual = outcome(() => shadow.attach(obj, data));
            should = outcome(() => model.attach(at, data));
        }
        else if (verb === 'getOrAttach') {
            actual = outcome(() => shadow.getOrAttach(obj, inStore));
            should = outcome(() => model.getOrAttach(at, () => inModel(parent)));
        }
        else if (verb === 'updateOrAttach') {
            actual = outcome(() => shadow.updateOrAttach(obj, data, destructor));
            should = outcome(() => model.updateOrAttach(at, data, modelled));
        }
        else if (verb === 'detach') {
            actual = outcome(() => shadow.detach(obj, destructor));
            should = outcome(() => model.detach(at, modelled));
        }
        else if (verb === 'iterate') {
            const found = outcome(() => [...shadow].map(([parent, data]) => [key(parents.indexOf(parent), id), data]));
            const enumerable = kinds[id].enumerable === true;
            if (enumerable !== (found !== failure))
                throw new Error('iterating is for enumerable identifiers, and only those');
            if (!enumerable)
                continue;
            const all = new Map(found);
            same(all.size, found.length, 'every variable is visited once');
            same(all.size, model.of(id).length, 'number of variables visited');
            for (const [key, data] of all)
                same(data, model.variables.get(key), 'data visited');
            continue;
        }
        else {
            // Nothing nested that depends on the order of visiting, which is not promised.
            const calm = nested === 'none' || nested === 'throw';
            const destructor = dtor && calm
                ? (parent, old) => {
                    same(shadow.has(parent), false, 'removed before its destructor');
                    same(model.variables.has(key(parents.indexOf(parent), id)), true, 'was attached');
                    same(old, model.variables.get(key(parents.indexOf(parent), id)), 'data destructed');
                    if (nested === 'throw')
                        throw failure;
                }
                : undefined;
            actual = outcome(() => shadow.detachAll(destructor));
            const refused = destructor !== undefined && kinds[id].enumerable !== true;
            should = refused
                ? failure
                : outcome(() => model.detachAll(id, () => {
                    if (destructor !== undefined && nested === 'throw')
                        throw failure;
                }));
        }
        same(actual, should, verb);
        same(visited.length, expected.length, `${verb}: what its constructor or destructor saw`);
        for (const [i, value] of visited.entries())
            same(value, expected[i], `${verb}: its constructor or destructor`);
        same(shadow.get(obj), model.variables.get(at), `get after ${verb}`);
    }
    for (const [p, parent] of parents.entries()) {
        for (const [i, id] of ids.entries()) {
            same(id.has(parent), model.variables.has(key(p, i)), 'has, at the end');
            same(id.get(parent), model.variables.get(key(p, i)), 'get, at the end');
        }
    }
    same(duplicates() - reported, model.duplicates, 'duplicates reported');
    for (const [i, id] of ids.entries())
        same(id.detachAll(), model.of(i).length, 'detachAll, at the end');
}
const STEPS = 250;
/**
 * At least `operations` random operations.
 *
 * @param duplicates how many duplicates have been reported so far
 */
export function checkAgainstModel(operations, duplicates) {
    let run = 0;
    const sequences = fc.array(step, { minLength: 1, maxLength: STEPS, size: 'max' });
    const property = fc.property(sequences, (steps) => {
        run += steps.length;
        runSteps(steps, duplicates);
    });
    while (run < operations)
        fc.assert(property, { numRuns: 50 });
}
//# sourceMappingURL=model.js.map