import { alternate, ratio, report } from '../measure.ts'
import { type Kind, kinds, lookups, type Parent, parentClass, type Side } from './sides.ts'

const major = Number(process.versions.node.split('.')[0])

interface Setting {
  name: string
  count: number
  /** Variables on each parent; the last one attached is looked up. */
  variables?: number
  shapes?: number
  /** Look for one that is not there. */
  absent?: 'beside another variable' | 'no variable at all' | 'mixed'
  bars: boolean
}

function prepare(kind: Kind, setting: Setting): { run: () => void; operations: number } {
  const { count, variables = 1, shapes = 1, absent } = setting
  const sides: Side[] = Array.from({ length: variables + 1 }, () => kinds[kind]())
  const wanted = absent === undefined || absent === 'mixed' ? sides[variables - 1]! : sides[variables]!
  const look = lookups(wanted)
  const makers = Array.from({ length: shapes }, (_, shape) => parentClass(shape))
  const make = (count: number): Parent[] => {
    const byShape = makers.map((maker) => maker(Math.ceil(count / shapes)))
    const parents = Array.from({ length: count }, (_, i) => byShape[i % shapes]![Math.floor(i / shapes)]!)
    if (absent !== 'no variable at all')
      for (const side of sides.slice(0, variables))
        for (let i = 0; i < count; i++) if (absent !== 'mixed' || i % 2 === 0) side.attach(parents[i]!, { i })
    return parents
  }
  const warm = make(1000)
  for (let i = 0; i < 30; i++) look(warm, 10)
  const parents = count === 1000 ? warm : make(count)
  const times = Math.max(1, Math.round(1e6 / count))
  look(parents, times)
  return { run: () => look(parents, times), operations: times * count }
}

export function benchLookup(group: string, settings: Setting[], rounds: number): void {
  for (const setting of settings) {
    const sides = Object.fromEntries(
      (Object.keys(kinds) as Kind[]).map((kind) => [kind, prepare(kind, setting)]),
    )
    globalThis.gc!()
    globalThis.gc!()
    const { operations } = sides.umbra!
    const times = alternate(
      { umbra: sides.umbra!.run, WeakMap: sides.WeakMap!.run, property: sides.property!.run },
      { rounds, operations },
    )
    const large = setting.count > 1000
    const faster = large ? 2.5 : major === 20 ? 3 : 4
    report({
      group,
      name: `${setting.name}: WeakMap ÷ umbra`,
      unit: '×',
      ...ratio(times.WeakMap, times.umbra),
      ...(setting.bars && { bar: { atLeast: faster } }),
    })
    report({
      group,
      name: `${setting.name}: umbra ÷ property`,
      unit: '×',
      ...ratio(times.umbra, times.property),
      ...(setting.bars && { bar: { atMost: large ? 2 : 1.5 } }),
    })
    for (const [name, t] of Object.entries(times))
      if (process.env.UMBRA_BENCH_TIMES)
        report({
          group: `${group}, ns`,
          name: `${setting.name}: ${name}`,
          unit: 'ns',
          median: t.toSorted((a, b) => a - b)[rounds >> 1]!,
          low: 0,
          high: 0,
        })
  }
}
