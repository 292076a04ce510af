/** Which files are prepared: UMBRA_INCLUDE and UMBRA_EXCLUDE, comma-separated package names with `*` as wildcard. */
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where umbra's compiled files are. */
const own = fileURLToPath(new URL('..', import.meta.url))
const modules = `${sep}node_modules${sep}`

const include = pattern(process.env.UMBRA_INCLUDE)
const exclude = pattern(process.env.UMBRA_EXCLUDE)

/** True for umbra's own files; they are never prepared, nor listed. */
export function isOwn(filename: string): boolean {
  return filename.startsWith(own) || filename.includes(`${modules}umbra${sep}dist${sep}`)
}

/** Why the file at this path is left as it is, or undefined when it is to be prepared. */
export function leftOut(filename: string): string | undefined {
  if (!include && !exclude) return undefined
  const at = filename.lastIndexOf(modules)
  if (at === -1)
    return exclude?.test('.') ? "the program's own files are excluded by UMBRA_EXCLUDE" : undefined
  const name = packageName(filename.slice(at + modules.length))
  if (include && !include.test(name)) return `package ${name} is not in UMBRA_INCLUDE`
  return exclude?.test(name) ? `package ${name} is excluded by UMBRA_EXCLUDE` : undefined
}

function packageName(path: string): string {
  const [first = '', second = ''] = path.split(sep, 2)
  return first.startsWith('@') ? `${first}/${second}` : first
}

function pattern(list: string | undefined): RegExp | undefined {
  const names = list
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (!names?.length) return undefined
  const escaped = names.map((name) => name.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*'))
  return new RegExp(`^(?:${escaped.join('|')})$`)
}
