export const BODIES = 10_000
export const BODY_BYTES = 24
export const SV_HITS = 1
export const SV_LABEL = 2
