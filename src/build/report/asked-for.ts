import type { Plan } from '../plan/plan.ts'
import { isAside, type Version } from '../read/folder.ts'

/** Members that something outside of a package calls by their names. */
const PLATFORM =
  /^(_.*|toString|toJSON|valueOf|then|catch|finally|inspect|constructor|emit|on|once|next|return|throw|end|write|destroy|pipe|read|push|handleEvent|get|set|has|apply|construct|default)$/

/** Whether code of the package asks anything but its own `this` for a member. */
export function isAskedFor(name: string, plan: Plan): boolean {
  if (!/^[\w$]+$/.test(name)) return true
  const text = name.replaceAll('$', '\\$')
  const asks = new RegExp(`(?<!\\bthis)\\s*\\.${text}\\b(?!\\s*=[^=])|['"\`]${text}['"\`]`)
  return [...plan.files.values()].some(({ pair }) => asks.test(pair.new.text))
}

/** A member that no code of the new version, and nothing of the platform, asks for by its name. */
export function isUnheardOf(name: string, plan: Plan, young: Version): boolean {
  if (PLATFORM.test(name)) return false
  for (const file of plan.files.values())
    for (const side of [file.pair.new, file.pair.old]) if (side.members.has(name)) return false
  for (const [path, { text }] of young.files)
    if (!isAside(path) && !plan.files.has(path) && text.includes(`.${name}`)) return false
  return true
}
