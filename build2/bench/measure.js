/**
 * For benchmarks of this repository. Sides are compared in one run, alternating for many rounds, so that
 * whatever else the machine does hits all of them; figures are medians, the spread is that of the quartiles.
 */
export function report(row) {
    process.stdout.write(`${JSON.stringify(row)}\n`);
}
export function summary(values) {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
/**
 * Times each side once a round, in a new order every round.
 *
 * @param prepare runs before each timing, outside of it
 * @returns nanoseconds an operation, one figure a round
 */
export function alternate(sides, options) {
    const names = Object.keys(sides);
    const times = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < options.rounds; round++) {
        for (let i = 0; i < names.length; i++) {
            const name = names[(i + round) % names.length];
            options.prepare?.(name);
            const start = process.hrtime.bigint();
            sides[name]();
            times[name].push(Number(process.hrtime.bigint() - start) / options.operations);
        }
    }
    return times;
}
/** How many times `a` is `b`, round by round. */
export function ratio(a, b) {
    return summary(a.map((value, round) => value / b[round]));
}
//# sourceMappingURL=measure.js.map