/**
 * What the bundler makes of `process` in all that a prepared process loads: programs, and tests above all, put something
 * else in the place of the global one.
 */
export const { process } = globalThis
