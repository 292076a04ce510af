import { report, summary } from '../measure.js';
import { kinds, major, parentClass } from './sides.js';
const COUNT = 1_000_000;
const group = 'memory, 1 million variables';
function collect() {
    const times = Array.from({ length: 5 }, () => {
        const start = performance.now();
        globalThis.gc();
        return performance.now() - start;
    });
    return Math.min(...times);
}
/** Milliseconds that a full collection takes longer, and bytes a variable. */
function measure(kind, variables) {
    const parents = parentClass()(COUNT);
    const sides = Array.from({ length: variables }, () => kinds[kind]());
    globalThis.gc();
    const pause = collect();
    const bytes = process.memoryUsage().heapUsed;
    for (const side of sides)
        for (const parent of parents)
            side.attach(parent, 1);
    globalThis.gc();
    const [morePause, moreBytes] = [collect() - pause, process.memoryUsage().heapUsed - bytes];
    if (sides[0].get(parents[COUNT - 1]) !== 1)
        throw new Error('collected too much');
    return { pause: morePause, bytes: moreBytes / COUNT / variables };
}
export function benchMemory() {
    for (const variables of [1, 2]) {
        const rounds = Array.from({ length: variables === 1 ? 4 : 1 }, () => ({
            umbra: measure('umbra', variables),
            weakMap: measure('WeakMap', variables),
        }));
        const title = variables === 1 ? '' : `, ${variables} a parent`;
        const bytes = rounds.map(({ umbra, weakMap }) => umbra.bytes / weakMap.bytes);
        report({
            group,
            name: `bytes a variable${title}: umbra`,
            unit: 'B',
            ...summary(rounds.map((r) => r.umbra.bytes)),
        });
        report({
            group,
            name: `bytes a variable${title}: WeakMap`,
            unit: 'B',
            ...summary(rounds.map((r) => r.weakMap.bytes)),
        });
        report({
            group,
            name: `bytes a variable${title}: umbra ÷ WeakMap`,
            unit: '×',
            ...summary(bytes),
            bar: { atMost: 1 },
        });
        if (variables > 1)
            continue;
        const pauses = rounds.map(({ umbra, weakMap }) => umbra.pause / weakMap.pause);
        report({
            group,
            name: 'full collection, added: umbra',
            unit: 'ms',
            ...summary(rounds.map((r) => r.umbra.pause)),
        });
        report({
            group,
            name: 'full collection, added: WeakMap',
            unit: 'ms',
            ...summary(rounds.map((r) => r.weakMap.pause)),
        });
        report({
            group,
            name: 'full collection, added: umbra ÷ WeakMap',
            unit: '×',
            ...summary(pauses),
            bar: { atMost: major === 20 ? 1 : 0.4 },
        });
    }
}
//# sourceMappingURL=memory.js.map