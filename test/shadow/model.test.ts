import { test } from 'node:test'
import { scaled } from '../support/scale.ts'
import { checkAgainstModel } from './portable/model.ts'

test('the store does what a plain model does, over random sequences of all verbs', () => {
  let duplicates = 0
  process.emitWarning = ((_: string, options: { code: string }) => {
    if (options.code === 'UMBRA_SHADOW_DUPLICATE') duplicates++
  }) as typeof process.emitWarning
  checkAgainstModel(scaled({ quick: 20_000, ci: 150_000, full: 2_000_000 }), () => duplicates)
})
