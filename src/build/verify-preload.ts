/** Preloaded after `umbra/register` into every process of a test run: applies the patch before the first line. */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { Livepatch } from '../livepatch/core.ts'
import { log } from '../livepatch/log.ts'
import type { Patch } from '../livepatch/patch.ts'
import { registry } from '../loader/registry.ts'
import type { Word } from './verify.ts'

const file = process.env.UMBRA_VERIFY
if (file !== undefined) {
  // Whatever runs the tests: what is named by the main script of a program stands in the copy's own folder.
  const main = join(realpathSync(dirname(file)), 'package', 'main.js')
  const patch = new Livepatch(registry, log, main).loadNow(JSON.parse(readFileSync(file, 'utf8')))
  tell(patch)
  // After what the patch does with a file that comes.
  registry.onFile((file) => {
    if (patch.targets.some((target) => target.match(file) === 'yes')) tell(patch)
  })
}

/** Leaves word, beside the patch, of the targets that this thread has loaded: a test run that meets none shows nothing. */
function tell({ targets }: Patch): void {
  const word: Word = {
    met: targets.filter(({ loaded }) => loaded).map(({ written }) => written),
    unmet: targets.filter(({ loaded }) => !loaded).map(({ written }) => written),
  }
  writeFileSync(join(dirname(file!), `${process.pid}.${threadId}.word`), JSON.stringify(word))
}
