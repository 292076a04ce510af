// The thread in which `umbra build` makes a patch: see made-build.ts.
import { basename, resolve } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { type Build, buildWithDependencies } from '../build/build.ts'
import { buildFolders, buildFromDiff } from '../build/diff.ts'
import { readVersion, type Version } from '../build/read/folder.ts'
import { packageFolder } from '../build/read/registry.ts'
import { describeError, UmbraError } from '../livepatch/errors.ts'
import type { Answer, Order } from './made-build.ts'

async function make({ old, young, options }: Order): Promise<Build> {
  const locate = async (name: string, range: string): Promise<Version> =>
    readVersion(await packageFolder(`${name}@${range}`))
  const { name, fields } = options
  const pinned = options.dependencies ? 'along' : 'left'
  const named = {
    pinned,
    bundles: options.bundles ? 'compared' : 'left',
    ...(name !== undefined && { name }),
    ...(fields !== undefined && { fields }),
  } as const
  const program = { ...named, ...(options.main !== undefined && { main: options.main }) }
  if (options.diff !== undefined)
    return buildFromDiff({ diff: options.diff, root: options.root, run: options.run, ...program }, locate)
  if (options.from !== undefined && options.to !== undefined) {
    const [from, to] = [resolve(options.from), resolve(options.to)]
    const label = name ?? `${basename(from)}-to-${basename(to)}`
    return buildFolders(from, to, { ...program, name: label }, locate)
  }
  if (old === undefined || young === undefined) {
    throw new UmbraError(
      'USAGE',
      "say what to compare: 'umbra build pkg@1.0.0 pkg@1.0.1', --from and --to with two folders, or --diff with a file",
    )
  }
  const [from, to] = await Promise.all([packageFolder(old), packageFolder(young)])
  return buildWithDependencies(readVersion(from), readVersion(to), named, locate)
}

async function answer(): Promise<Answer> {
  try {
    const { name, from, to, code, empty, findings, deeds } = await make(workerData as Order)
    return { made: { name, from, to, code, empty, findings, deeds } }
  } catch (error) {
    return { error: describeError(error) }
  }
}

parentPort!.postMessage(await answer())
