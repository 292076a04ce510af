import { ledByNames, type Version } from './folder.ts'
import { madeNames } from './made-names.ts'

/** From how many characters on a file to which nothing leads is not compared: such bundles take longer than all other files together. */
const LONG = 200_000

export interface WithoutBundles {
  old: Version
  young: Version
  /** Those of the running version that have become others. */
  left: string[]
}

/**
 * Two versions of a package without their long bundles for browsers: no entry, command or name that code makes leads to these,
 * so that hardly a process loads one. One that has refuses the patch.
 */
export function withoutFarBundles(old: Version, young: Version): WithoutBundles {
  const far = farIn(old, young)
  const left = [...far].filter((path) => {
    const was = old.files.get(path)
    return was !== undefined && was.text !== young.files.get(path)?.text
  })
  return far.size === 0 ? { old, young, left } : { old: without(old, far), young: without(young, far), left }
}

function farIn(...versions: [Version, Version]): Set<string> {
  const led = versions.map(ledByNames)
  const long = versions.flatMap(({ files }) =>
    [...files].filter(([, { text }]) => text.length > LONG).map(([path]) => path),
  )
  const far = new Set(long.filter((path) => led.every((one) => one?.has(path) === false)))
  if (far.size === 0) return far
  const made = versions.flatMap((one) => madeNames(without(one, far)))
  return new Set([...far].filter((path) => !made.some((one) => one.means(path))))
}

function without(version: Version, paths: ReadonlySet<string>): Version {
  return { ...version, files: new Map([...version.files].filter(([path]) => !paths.has(path))) }
}
