export const scale = process.env.UMBRA_TEST_SCALE ?? 'ci';
/** Picks the figure of this run. */
export function scaled(figures) {
    return scale === 'full' ? figures.full : scale === 'quick' ? (figures.quick ?? figures.ci) : figures.ci;
}
//# sourceMappingURL=scale.js.map