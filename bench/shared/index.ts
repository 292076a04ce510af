import { ADDRESSES, benchLookup, OFFSETS } from './lookup.ts'
import { benchOwner, benchScaling } from './threads.ts'

const sizes: [string, number, number][] = [
  ['4 thousand', 4000, 31],
  ['100 thousand', 100_000, 15],
  ['2 million', 2_000_000, 9],
]
for (const [name, entries, rounds] of sizes) {
  for (const base of [OFFSETS, ADDRESSES]) benchLookup(name, entries, rounds, base)
}
for (const [name, entries] of sizes) await benchOwner(name, entries, 7)
for (const [name, entries] of sizes) await benchScaling(name, entries, 7)
