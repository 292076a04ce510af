import type { Plan } from '../plan/plan.ts'
import type { Version } from '../read/folder.ts'

/** Members that something outside of a package calls by their names. */
const PLATFORM =
  /^(_(construct|destroy|events|extensions|final|flush|read|send|transform|undestroy|writev?)|toString|toJSON|valueOf|then|catch|finally|inspect|constructor|emit|on|once|next|return|throw|end|write|destroy|pipe|read|push|handleEvent|get|set|has|apply|construct|default)$/

/** Whether code of the package asks anything but its own `this` for a member. */
export function isAskedFor(name: string, plan: Plan): boolean {
  if (!/^[\w$]+$/.test(name)) return true
  const text = name.replaceAll('$', '\\$')
  const asks = new RegExp(`(?<!\\bthis)\\s*\\.${text}\\b(?!\\s*=[^=])|['"\`]${text}['"\`]`)
  return [...plan.files.values()].some(({ pair }) => asks.test(pair.new.text))
}

/** A member that no code of the new version, and nothing of the platform, asks for by its name. */
export function isUnheardOf(name: string, plan: Plan, young: Version): boolean {
  const isKnown = [...plan.files.values()].some(({ pair }) => pair.old.members.has(name))
  return !isKnown && isUnheardOfNow(name, plan, young)
}

/** The same, whatever code of the running version asks for. */
export function isUnheardOfNow(name: string, plan: Plan, young: Version): boolean {
  if (PLATFORM.test(name)) return false
  for (const { pair } of plan.files.values()) if (pair.new.members.has(name)) return false
  for (const [path, { text }] of young.files)
    if (!plan.files.has(path) && text.includes(`.${name}`)) return false
  return true
}
