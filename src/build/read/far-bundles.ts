import { ledByNames, type Version } from './folder.ts'
import { madeNames } from './made-names.ts'

/** From how many characters on a file to which nothing leads is not compared: such bundles take longer than all other files together. */
const LONG = 200_000

/**
 * Two versions of a package without their long bundles for browsers: no entry, command or name that code makes leads to these,
 * so that hardly a process loads one.
 */
export function withoutFarBundles(old: Version, young: Version): [old: Version, young: Version] {
  const far = farIn(old, young)
  if (far.size === 0) return [old, young]
  const left = [...far].filter((path) => {
    const was = old.files.get(path)
    return was !== undefined && was.text !== young.files.get(path)?.text
  })
  return [{ ...without(old, far), left: [...(old.left ?? []), ...left] }, without(young, far)]
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
