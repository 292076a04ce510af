/**
 * Preloaded after `umbra/register` into every process of a test run: applies the patch before the first line, or once the
 * package has been loaded.
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { Livepatch } from '../livepatch/core.ts'
import { reasonOf } from '../livepatch/errors.ts'
import { REFUSING } from '../livepatch/late.ts'
import { log } from '../livepatch/log.ts'
import type { Patch } from '../livepatch/patch.ts'
import { registry } from '../loader/registry.ts'
import type { Word } from './verify.ts'

const { UMBRA_VERIFY: file, UMBRA_VERIFY_LOADED: sources } = process.env
if (file !== undefined) {
  if (sources === undefined) apply(file)
  else onceLoaded(new Set(JSON.parse(readFileSync(sources, 'utf8')) as string[]), () => apply(file))
}

function apply(file: string): void {
  // Whatever runs the tests: what is named by the main script of a program stands in the copy's own folder.
  const main = join(realpathSync(dirname(file)), 'package', 'main.js')
  const refused: string[] = []
  const livepatch = new Livepatch(registry, log, main)
  try {
    const patch = livepatch.loadNow(JSON.parse(readFileSync(file, 'utf8')))
    tell(refused, patch)
    log.follow(({ line }) => {
      if (!line.includes(REFUSING)) return
      refused.push(line.replace('livepatch: ', ''))
      tell(refused, patch)
    })
    // After what the patch does with a file that comes.
    registry.onFile((file) => {
      if (patch.targets.some((target) => target.match(file) === 'yes')) tell(refused, patch)
    })
  } catch (error) {
    tell([reasonOf(error)])
    throw error
  }
}

/** The first of these files that is loaded leads to the others, if the tests load the package by one of its entries. */
function onceLoaded(files: ReadonlySet<string>, then: () => void): void {
  let first: string | undefined
  const stop = registry.onFile(({ filename, type, url }) => {
    if (filename === undefined || !files.has(filename)) return
    first = filename
    stop()
    // It cannot be asked for once more before Node knows it.
    if (type === 'module') setImmediate(() => import(url).then(then, () => {}))
  })
  const stopEvaluated = registry.onEvaluated((filename) => {
    if (filename !== first) return
    stopEvaluated()
    then()
  })
}

/** Leaves word, beside the patch, of the targets that this thread has loaded: a test run that meets none shows nothing. */
function tell(refused: string[], patch?: Patch): void {
  const targets = patch?.targets ?? []
  const word: Word = {
    met: targets.filter(({ loaded }) => loaded).map(({ written }) => written),
    unmet: targets.filter(({ loaded }) => !loaded).map(({ written }) => written),
    refused,
  }
  writeFileSync(join(dirname(file!), `${process.pid}.${threadId}.word`), JSON.stringify(word))
}
