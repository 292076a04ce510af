/** Preloaded after `umbra/register` into every process of a test run: applies the patch before the first line. */
import { readFileSync } from 'node:fs'
import { Livepatch } from '../livepatch/core.ts'
import { log } from '../livepatch/log.ts'
import type { PatchSource } from '../livepatch/patch.ts'
import { registry } from '../loader/registry.ts'

const file = process.env.UMBRA_VERIFY
if (file !== undefined) {
  new Livepatch(registry, log).loadNow(JSON.parse(readFileSync(file, 'utf8')) as PatchSource)
}
