import { type Node, unwrap } from '../../instrument/parse.ts'
import type { EffectsOf } from './effects.ts'
import { memberPath } from './expressions.ts'
import { assignedValue } from './unit-values.ts'
import { type Once, type Unit, unitsNamed } from './units.ts'

/** Something that others have made: a path from what a module exports, or from the language's own objects. */
interface Outside {
  /** The module; undefined for the global object. */
  source?: string
  keys: string[]
}

/**
 * Whether start-up code sets what others have made and go by: `Error.stackTraceLimit = 9`, `http.globalAgent.keepAlive = true`.
 * That is no value of the module, which could be made again. A member that Node's own objects do not have is for whoever
 * asks for it.
 */
export function setsOutside(unit: Unit, once: Once, effects: EffectsOf): boolean {
  if (unit.kind !== 'statement') return false
  const targets = unit.targets ?? []
  if (targets.some(({ path }) => isSetting(outsideOf(path.split('.'), once)))) return true
  return [...effects.of(unit).writes].some((name) => {
    const isTarget = targets.some(({ root }) => root === name)
    return !isTarget && !isGivenOnly(name, unit, once) && outsideOf([name], once) !== undefined
  })
}

/** Another name for something that is there, or may be, is no data of its own: `exports.table`, `window.x || (window.x = {})`. */
export function mayBeOthers(value: Node): boolean {
  const one = unwrap(value)
  if (/^(Identifier|MemberExpression|ThisExpression)$/.test(one.type)) return true
  if (one.type === 'AssignmentExpression') return one.left.type === 'MemberExpression'
  const choices: Node[] =
    one.type === 'LogicalExpression'
      ? [one.left, one.right]
      : one.type === 'ConditionalExpression'
        ? [one.consequent, one.alternate]
        : []
  // `process.env.LIMIT || 5` is a text or a number.
  const isPlain = choices.some((it) => /^(Template)?Literal$/.test(unwrap(it).type))
  return !isPlain && choices.some((it) => mayBeOthers(it))
}

/** Whether a statement does nothing to what a variable holds, and only gives it another value: `if (!freeze) freeze = …`. */
function isGivenOnly(name: string, { node }: Unit, { file, scope }: Once): boolean {
  return file.usesIn(node).every((use) => {
    if (use.node.name !== name || file.bindingOf(use) !== scope.names.get(name)) return true
    const { type, test, left } = file.parent(use.node)!
    return (
      (type === 'AssignmentExpression' && left === use.node) ||
      type === 'UnaryExpression' ||
      test === use.node
    )
  })
}

function outsideOf([root, ...keys]: string[], once: Once): Outside | undefined {
  const [unit] = unitsNamed(once.units, root)
  if (unit === undefined) return isBound(root!, once) ? undefined : { keys: [root!, ...keys] }
  const { kind, source, imported } = unit
  if (kind === 'import') {
    if (source === undefined || /^[.#]/.test(source)) return undefined
    return { source, keys: /^([=*]|default)$/.test(imported ?? '=') ? keys : [imported!, ...keys] }
  }
  const value = kind === 'variable' ? assignedValue(unit) : undefined
  const path = value && memberPath(value)?.path.split('.')
  // `const proto = Array.prototype`
  return path === undefined || path[0] === root ? undefined : outsideOf([...path, ...keys], once)
}

/** What the module is given, and what is declared around. */
function isBound(name: string, { scope }: Once): boolean {
  if (/^(module|exports|require|arguments|__\w+)$/.test(name)) return true
  for (let at: Once['scope'] | undefined = scope; at !== undefined; at = at.parent)
    if (at.names.has(name)) return true
  return false
}

function isSetting(outside: Outside | undefined): boolean {
  if (outside === undefined || outside.keys.length === 0) return false
  const { source, keys } = outside
  let object: unknown = source === undefined ? globalThis : process.getBuiltinModule(source)
  // What another package makes of its members nobody knows here.
  if (object === undefined) return true
  for (const key of keys.slice(0, -1)) {
    const property = propertyOf(object, key)
    // What it gives is the program's, and asking may do something here.
    if (property?.get !== undefined) return true
    object = property?.value
  }
  return object === process.env || propertyOf(object, keys.at(-1)!) !== undefined
}

/** A property of an object or of what it inherits from. */
function propertyOf(object: unknown, key: string): PropertyDescriptor | undefined {
  if (Object(object) !== object) return undefined
  const own = Object.getOwnPropertyDescriptor(object, key)
  return own ?? propertyOf(Object.getPrototypeOf(object), key)
}
