import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import type { Finding } from './findings.ts'

const WHY =
  'functions that the running version has made here go on as they are where the program keeps them: this version makes none in their place'

/** Closures of functions that changed, which nothing of the new version takes the place of. */
export function* leftBehind(plan: Plan): Generator<Finding> {
  for (const { path, pair, onces } of plan.files.values()) {
    const matched = new Set(pair.functions.values())
    for (const fn of pair.changed) {
      if (onces.some(({ pair: { new: young } }) => young.fn === fn)) continue
      for (const closure of pair.old.functionsIn(pair.functions.get(fn)!)) {
        if (matched.has(closure) || !outlives(closure, pair.old)) continue
        const [line, what] = [pair.old.lineOf(closure.start), closure.paths[0]!]
        const advice = 'nothing, if that is right; else have them made anew'
        yield { severity: 'note', file: path, line, what, why: WHY, advice }
      }
    }
  }
}
