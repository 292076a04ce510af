/** How much load a test makes: `quick` on the versions that get a subset, `ci` by default, `full` for the real thing. */
export type Scale = 'quick' | 'ci' | 'full'

export const scale: Scale = (process.env.UMBRA_TEST_SCALE as Scale | undefined) ?? 'ci'

/** Picks the figure of this run. */
export function scaled(figures: { quick?: number; ci: number; full: number }): number {
  return scale === 'full' ? figures.full : scale === 'quick' ? (figures.quick ?? figures.ci) : figures.ci
}
