import { commandsOf, entriesOf, ledTo, STARTS, type Version } from './folder.ts'

/** Files of a package that its users do not load, by the names of their folders or their own. */
const ASIDE =
  /(^|\/)(tests?|__tests__|spec|bench(mark)?s?|examples?|demos?|docs?|fixtures|scripts|tasks|website|\.\w+)\/|(^|\/)(\.\w+rc|[Gg]runtfile|[Gg]ulpfile|karma\.conf|rollup\.config[\w.]*|webpack\.config[\w.]*|test|bench(mark)?|example|[\w-]*\.(test|spec))\.[cm]?js$/

/** Files for browsers, as a rule, of which there is another one for Node.js. */
const MINIFIED = /\.min\.[cm]?js$/

export function isAside(path: string): boolean {
  return ASIDE.test(path) || MINIFIED.test(path)
}

/**
 * Two versions of a package without the files aside, but for those to which an entry or a command leads. Whoever has loaded a
 * minified one that is another one now refuses the patch.
 */
export function withoutAside(old: Version, young: Version): [old: Version, young: Version] {
  const [was, is] = [loadable(old), loadable(young)]
  // What 'exports' does not name nobody loads.
  const isOpen = entriesOf(old) === undefined || (old.manifest.exports ?? null) === null
  const left = [...old.files.keys()].filter((path) => {
    const isDropped = MINIFIED.test(path) && !ASIDE.test(path) && !was.files.has(path)
    return isOpen && isDropped && old.files.get(path)!.text !== young.files.get(path)?.text
  })
  return [{ ...was, left: [...(old.left ?? []), ...left] }, is]
}

/**
 * A version of a package without the files aside, but for those to which an entry or a command leads.
 * @param isMinified whether minified files count although nothing leads to them
 */
export function loadable(version: Version, isMinified = false): Version {
  const { files } = version
  const isPlain = (path: string): boolean => !(isMinified ? ASIDE.test(path) : isAside(path))
  const plain = new Set([...files.keys()].filter(isPlain))
  if (plain.size === files.size) return version
  const entries = entriesOf(version)
  const commands = commandsOf(version).filter((path) => files.has(path))
  const starts = entries === undefined ? [...plain] : [...entries.values()].flat()
  const led = ledTo([...starts, ...commands], version, STARTS)
  return { ...version, files: new Map([...files].filter(([path]) => plain.has(path) || led?.has(path))) }
}
