import { alternate, ratio, report } from '../measure.js';
import { loop, parentClass, umbra } from './sides.js';
/** What stamps cost the program's own code, which reads a property of the parents. */
export function benchHost() {
    const reading = () => loop({}, 'let sum = 0; for (let t = 0; t < times; t++) for (let i = 0; i < parents.length; i++) sum += parents[i].b; return sum');
    const prepare = (share, storage = 'inline') => {
        const id = umbra({ storage });
        const parents = parentClass()(1000);
        for (const [i, parent] of parents.entries())
            if (i % 100 < share * 100)
                id.attach(parent, 1);
        const read = reading();
        for (let i = 0; i < 60; i++)
            read(parents, 20);
        return () => {
            read(parents, 20);
        };
    };
    const times = alternate({ none: prepare(0), all: prepare(1), half: prepare(0.5), table: prepare(0.5, 'table') }, { rounds: 201, operations: 20_000 });
    const group = "the program's own code: a property read, 1 thousand parents";
    report({ group, name: 'all stamped ÷ none', unit: '×', ...ratio(times.all, times.none) });
    report({ group, name: 'half stamped ÷ none', unit: '×', ...ratio(times.half, times.none) });
    report({
        group,
        name: "half in the table (storage: 'table') ÷ none",
        unit: '×',
        ...ratio(times.table, times.none),
    });
}
//# sourceMappingURL=host.js.map