import { alternate, ratio, report } from '../measure.js';
import { dataOf, kinds, lookups, major, parentClass } from './sides.js';
const settings = [
    { name: 'present', bars: true, large: true },
    { name: 'absent, beside another variable', absent: 'beside another', bars: true, large: true },
    { name: 'absent, no variable at all', absent: 'alone', bars: true, large: true },
    { name: 'half of the parents have it', half: true },
    { name: '2 variables a parent', variables: 2, large: true },
    { name: '4 variables a parent', variables: 4, large: true },
    { name: '4 shapes of parents', shapes: 4 },
    { name: '16 shapes of parents', shapes: 16 },
];
/** How many lookups are timed at once. With many parents these are neighbours, and every round takes the next ones. */
const BATCH = 20_000;
function prepare(kind, count, { variables = 1, shapes = 1, absent, half }) {
    const sides = Array.from({ length: variables + 1 }, () => kinds[kind]());
    const wanted = absent ? sides[variables] : sides[variables - 1];
    const look = lookups(wanted);
    const makers = Array.from({ length: shapes }, (_, shape) => parentClass(shape));
    const byShape = makers.map((make) => make(Math.ceil(count / shapes)));
    const parents = Array.from({ length: count }, (_, i) => byShape[i % shapes][Math.floor(i / shapes)]);
    if (absent !== 'alone')
        for (const side of sides.slice(0, variables))
            for (let i = 0; i < count; i++)
                if (!half || i % 2 === 0)
                    side.attach(parents[i], dataOf(i));
    // What is absent here is present elsewhere.
    if (absent)
        for (const [i, other] of makers[0](1000).entries())
            wanted.attach(other, dataOf(i));
    for (let i = 0; i < 40; i++)
        look(parents.slice(0, 1000), 30);
    let at = 0;
    let batch = parents;
    return {
        run: () => look(batch, BATCH / batch.length),
        next: () => {
            if (count <= 1000)
                return;
            at = (at + BATCH) % count;
            batch = parents.slice(at, at + BATCH);
        },
    };
}
export function benchLookup(title, count, rounds) {
    const large = count > 1000;
    const group = `lookup, ${title}`;
    for (const setting of settings.filter((setting) => !large || setting.large)) {
        const umbra = prepare('umbra', count, setting);
        const weakMap = prepare('WeakMap', count, setting);
        const property = prepare('property', count, setting);
        const all = { umbra, weakMap, property };
        globalThis.gc();
        const times = alternate({ umbra: umbra.run, weakMap: weakMap.run, property: property.run }, { rounds, operations: BATCH, prepare: (side) => all[side].next() });
        const faster = large ? 2.5 : major === 20 ? 3 : 4;
        report({
            group,
            name: `${setting.name}: WeakMap ÷ umbra`,
            unit: '×',
            ...ratio(times.weakMap, times.umbra),
            ...(setting.bars && { bar: { atLeast: faster } }),
        });
        report({
            group,
            name: `${setting.name}: umbra ÷ property`,
            unit: '×',
            ...ratio(times.umbra, times.property),
            ...(setting.bars && { bar: { atMost: large ? 2 : 1.5 } }),
        });
    }
}
/** 16 identifiers, each on parents of its own shape: what accessors of their own are for. */
export function benchManyIdentifiers(rounds) {
    const each = (kind) => Array.from({ length: 16 }, () => prepare(kind, 1000, { name: '' }));
    const [umbra, weakMap, property] = [each('umbra'), each('WeakMap'), each('property')];
    const run = (sides) => () => {
        for (const side of sides)
            side.run();
    };
    const times = alternate({ umbra: run(umbra), weakMap: run(weakMap), property: run(property) }, { rounds, operations: BATCH * 16 });
    const group = 'lookup, 1 thousand parents';
    const name = '16 identifiers, a shape each';
    report({ group, name: `${name}: WeakMap ÷ umbra`, unit: '×', ...ratio(times.weakMap, times.umbra) });
    report({ group, name: `${name}: umbra ÷ property`, unit: '×', ...ratio(times.umbra, times.property) });
}
//# sourceMappingURL=lookup.js.map