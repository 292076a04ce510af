import { isBuiltin } from 'node:module'
import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { EffectsOf } from './effects.ts'
import { memberPath } from './expressions.ts'
import { namingOf, saysItsOwn } from './given-names.ts'
import { requiredModule } from './imports.ts'
import { PureCalls } from './pure-calls.ts'
import { sameShape } from './shape.ts'
import type { SourceFile, Use } from './source-file.ts'
import { functionOf } from './unit-values.ts'
import { type Once, type Unit, unitsNamed } from './units.ts'

/**
 * Whether a statement leaves everything as it is: `new RegExp(a)`, of which a bundler has found nobody to take the value, `require('fs')`,
 * `__name(f, "f")`, or `x = null` of a variable that begins with that, and to which nothing else at start-up gives another value.
 */
export function isWithoutEffect(unit: Unit, once: Once): boolean {
  if (unit.kind === 'statement' && unit.node.type === 'ExpressionStatement' && unit.targets === undefined) {
    const { file } = once
    const expression = unwrap(unit.node.expression)
    if (isBuiltin(requiredModule(expression) ?? '')) return true
    const naming = namingOf(expression, file)
    return naming === undefined ? PureCalls.of(file).onlyWorksOut(expression) : saysItsOwn(naming, file)
  }
  return setsWhatIsThere(unit, once)
}

function setsWhatIsThere(unit: Unit, once: Once): boolean {
  const [target, ...others] = unit.targets ?? []
  if (target === undefined || others.length > 0 || target.path !== target.root) return false
  const [declared, ...more] = unitsNamed(once.units, target.root)
  const init = declared?.kind === 'variable' ? (declared.node.init as Node | null) : null
  const value = unwrap(unit.value!)
  if (more.length > 0 || init === null || declared!.node.id.type !== 'Identifier') return false
  if (value.type !== 'Literal' || value.regex || !sameShape(unwrap(init), value)) return false
  const effects = EffectsOf.in(once)
  const isSetBesides = once.units.some(
    (one) => one !== unit && one !== declared && !functionOf(one) && effects.of(one).writes.has(target.root),
  )
  return !isSetBesides && settersOf(target.root, once).every((fn) => isOnlyExported(fn, once))
}

/** The functions in which a variable gets a value. */
function settersOf(name: string, { file, scope, fn }: Once): FunctionNode[] {
  const isSet = (use: Use): boolean =>
    use.node.name === name && use.assigned && file.bindingOf(use)?.scope === scope
  return file.uses.filter(isSet).flatMap((use) => {
    const at = file.functionAt(use)
    return at === undefined || at === fn ? [] : [at]
  })
}

/** One that is declared in the scope and that start-up code does nothing with but export it. */
function isOnlyExported(fn: FunctionNode, { file, scope, fn: within, units }: Once): boolean {
  const name: string | undefined = units.find((one) => one.node === fn.node)?.names[0]
  return (
    name !== undefined &&
    file.uses.every((use) => {
      if (use.node.name !== name || file.bindingOf(use)?.scope !== scope || use.node === fn.node.id)
        return true
      return file.functionAt(use) !== within || isHandedToExports(use.node, file)
    })
  )
}

/** `export { f }`, `exports.f = f`, `module.exports = { f }`, `export default { f }`. */
function isHandedToExports(node: Node, file: SourceFile): boolean {
  const parent = file.parent(node)
  const isMember = parent?.type === 'Property' && parent.value === node
  const whole = isMember ? file.parent(parent)! : node
  const above = file.parent(whole)
  if (above?.type === 'ExportSpecifier' || above?.type === 'ExportDefaultDeclaration') return true
  if (above?.type !== 'AssignmentExpression' || above.right !== whole) return false
  return /^(module\.)?_*exports(\.|$)/.test(memberPath(above.left)?.path ?? '')
}
