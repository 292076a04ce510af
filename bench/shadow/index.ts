import { benchLookup } from './lookup.ts'

const settings = (count: number) => [
  { name: 'present', count, bars: true },
  { name: 'absent beside another', count, absent: 'beside another variable' as const, bars: true },
  { name: 'absent, no variable at all', count, absent: 'no variable at all' as const, bars: true },
  { name: 'half present', count, absent: 'mixed' as const, bars: false },
  { name: '2 variables a parent', count, variables: 2, bars: false },
  { name: '4 variables a parent', count, variables: 4, bars: false },
  { name: '4 shapes', count, shapes: 4, bars: false },
  { name: '16 shapes', count, shapes: 16, bars: false },
]

benchLookup('lookup, 1 thousand parents', settings(1000), 31)
benchLookup('lookup, 1 million parents', settings(1_000_000), 7)
