import type { Node } from '../../instrument/parse.ts'
import { memberPath } from '../read/expressions.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'

/** A key for which a name of the module stands, as one does for a symbol: `this[kState]`. */
export interface NamedKey {
  once: OncePlan
  node: Node
  /** Tells it from other keys for which other files have the same name. */
  id: string
}

/** What stands between the brackets of `[x]` or `[x.y]`, if it is the same for good. */
export function namedKey(plan: Plan, file: FilePlan, node: Node): NamedKey | undefined {
  const root: Node = node.type === 'MemberExpression' ? node.object : node
  const binding = root.type === 'Identifier' ? file.pair.new.bindingFor(root) : undefined
  const once = binding && file.onceOf(binding.scope)
  if (once === undefined || binding?.assigned) return undefined
  const [name, ...steps] = memberPath(node)!.path.split('.')
  const { source, imported } = once.unitOf(name!) ?? {}
  const from = source === undefined ? undefined : plan.resolve(file.path, source)
  if (source === undefined || imported === undefined)
    return { once, node, id: `${file.path} ${name}.${steps}` }
  const [own, ...rest] = /^[=*]$/.test(imported) ? steps : [imported, ...steps]
  const origin = from === undefined ? { path: source, name: own } : plan.origin(from, own ?? imported)
  return { once, node, id: `${origin.path} ${origin.name}.${rest}` }
}
