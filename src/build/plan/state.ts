import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { changesObject, type EffectsOf, isRepeatable } from '../read/effects.ts'
import { exportsOf } from '../read/exports.ts'
import { memberPath } from '../read/expressions.ts'
import { ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { Once, Unit } from '../read/units.ts'

/**
 * Where the program puts something into what a name of a scope holds: a place in a function that goes on being called. What
 * start-up code alone puts there can be made again.
 */
export function keptIn(
  name: string,
  once: Once,
  effects: EffectsOf,
  made: readonly Unit[],
  changes: (use: Use, file: SourceFile) => boolean = changesObject,
): Use | undefined {
  const { file, scope } = once
  const initialising = new Set(made.flatMap((unit) => [...effects.of(unit).calls]))
  return file.usesOf(scope.names.get(name)).find((use) => {
    if (!use.assigned && !changes(use, file)) return false
    const fn = outermost(file.functionAt(use), once.fn)
    if (fn === undefined || isCalledOnTheSpot(fn, file)) return false
    const names = once.units.find((one) => functionOf(one) === fn.node)?.names ?? []
    return !names.some((one) => initialising.has(one) && isForStartUp(one, once))
  })
}

/**
 * Where functions put what a name holds into something else that lives on, or give it away: whoever has it then keeps it.
 * `isPart`: what stands in that, too.
 */
export function handedOut(name: string, once: Once, isPart = false): Use | undefined {
  const { file } = once
  const isIn = ({ type, object }: Node, at: Node): boolean =>
    /^(Parenthesized|Conditional|Logical)Expression$/.test(type) ||
    (isPart && type === 'MemberExpression' && object === at)
  return usesLater(name, once).find(({ node }) => {
    let at = node
    let parent = file.parent(at)
    while (parent !== undefined && isIn(parent, at)) {
      at = parent
      parent = file.parent(at)
    }
    switch (parent?.type) {
      case 'AssignmentExpression':
        return parent.right === at && parent.left.type === 'MemberExpression'
      case 'NewExpression':
        return parent.callee !== at
      case 'CallExpression':
        return isInherited(parent, at) || (isPart && isCopied(parent, at))
      case 'SpreadElement':
        return isPart && file.parent(parent)?.type === 'ObjectExpression'
      case 'VariableDeclarator':
        return isPart && parent.init === at && parent.id.type === 'ObjectPattern'
      case 'Property':
        return parent.value === at && file.parent(parent)?.type === 'ObjectExpression'
      case 'ArrowFunctionExpression':
        return parent.body === at
      default:
        return parent?.type === 'ReturnStatement' || parent?.type === 'ArrayExpression'
    }
  })
}

/** `Object.create(x)`, `Object.setPrototypeOf(o, x)`: objects go on with it. */
function isInherited({ callee, arguments: args }: Node, value: Node): boolean {
  const made = { 'Object.create': 0, 'Object.setPrototypeOf': 1 }[memberPath(callee)?.path ?? '']
  return made !== undefined && args[made] === value
}

/** `Object.assign({}, x)`: the copy has the same objects in it. */
function isCopied({ callee, arguments: args }: Node, value: Node): boolean {
  return memberPath(callee)?.path === 'Object.assign' && args.indexOf(value) > 0
}

/** Where functions ask whether something is what a name holds. */
export function comparedWith(name: string, once: Once): Use | undefined {
  return usesLater(name, once).find(({ node }) => {
    const parent = once.file.parent(node)
    return (
      (parent?.type === 'BinaryExpression' && /^[!=]==?$/.test(parent.operator)) ||
      parent?.type === 'SwitchCase'
    )
  })
}

/** Uses of a name in functions that go on being called. */
function usesLater(name: string, { file, scope, fn }: Once): Use[] {
  return file.usesOf(scope.names.get(name)).filter((use) => {
    if (use.assigned) return false
    const around = outermost(file.functionAt(use), fn)
    return around !== undefined && !isCalledOnTheSpot(around, file)
  })
}

/** Methods of objects of any kind that tell of them, as far as their names go. */
const TELLS =
  /^(get|has|test|exec|at|keys|values|entries|join|slice|concat|indexOf|lastIndexOf|forEach|map|filter|reduce|reduceRight|some|every|split|trim|call|apply|bind|valueOf|(?:safe)?[pP]arse(?:Sync|Async)?|stringify|encode|decode|format|match|matchAll|replace|replaceAll|validate(?:Sync|Async)?|attempt|startsWith|endsWith|(?:get|has|is|to|find|includes|flat|runIn)[A-Z]?\w*)$/

/** Those by which schemas give another one, where somebody takes that: `User.extend({ … })`. */
const DERIVES =
  /^(and|array|brand|catchall|default|extend|keyof|merge|nullable|nullish|omit|optional|or|(deepP|p)artial|passthrough|pick|pipe|readonly|refine|required|strict|strip|superRefine|transform|unwrap)$/

/**
 * The same for what holds a value in ways that are less plain: by another name, in a function that it is handed to, by
 * methods of an object of some class, or in whoever it is returned to.
 */
export function mayBeChanged(value: Node, isFilledAtStart: boolean): (use: Use, file: SourceFile) => boolean {
  if (isFrozen(value)) return () => false
  // A regular expression holds what it was made from, and nothing else.
  const isRegExp = value.type === 'NewExpression' && value.callee.name === 'RegExp'
  const isInstance = /^(New|Call)Expression$/.test(value.type) && !isRepeatable(value) && !isRegExp
  const isNew = value.type === 'NewExpression' && isInstance
  const isChangedByMethod = ({ node }: Use, file: SourceFile): boolean => {
    const parent = file.parent(node)
    if (parent?.type !== 'MemberExpression' || parent.object !== node || parent.computed) return false
    const call = file.parent(parent)
    if (call?.callee !== parent || TELLS.test(parent.property.name)) return false
    return !DERIVES.test(parent.property.name) || file.parent(call)?.type === 'ExpressionStatement'
  }
  const isChanged = (use: Use, file: SourceFile): boolean =>
    changesObject(use, file) || (isInstance && isChangedByMethod(use, file))
  return (use, file) => {
    if (isChanged(use, file)) return true
    const parent = file.parent(use.node)
    if (parent?.type === 'ReturnStatement' || parent?.body === use.node)
      return isNew || (isEmpty(value) && !isFilledAtStart)
    return file.usesOf(otherName(use, file)).some((one) => isChanged(one, file))
  }
}

/** Nobody can put anything into it: `Object.freeze([…])` of what cannot be changed itself. */
function isFrozen(value: Node): boolean {
  if (value.type !== 'CallExpression' || value.arguments.length !== 1) return false
  const [inside] = value.arguments as Node[]
  const isFreeze = /^(Object\.)?freeze$/.test(memberPath(value.callee)?.path ?? '')
  const parts: Node[] =
    inside?.type === 'ArrayExpression'
      ? inside.elements
      : inside?.type === 'ObjectExpression'
        ? inside.properties.map((one: Node) => one.value)
        : [undefined]
  return isFreeze && parts.every((one) => one?.type === 'Literal' && !one.regex)
}

/** What is there to be filled. */
function isEmpty(value: Node): boolean {
  if (isEmptyObject(value)) return true
  if (value.type === 'ArrayExpression') return value.elements.length === 0
  return (
    value.type === 'NewExpression' &&
    /^(Weak)?(Map|Set)$/.test(value.callee.name) &&
    value.arguments.length === 0
  )
}

/** `{}`, `Object.create(null)` */
export function isEmptyObject({ type, properties, callee, arguments: args }: Node): boolean {
  if (type === 'ObjectExpression') return properties.length === 0
  return type === 'CallExpression' && callee.property?.name === 'create' && args[0]?.value === null
}

/** `const c = cache`, and the parameter of a function of the file that gets it. */
function otherName({ node, scope }: Use, file: SourceFile): Binding | undefined {
  const parent = file.parent(node)
  if (parent?.type === 'VariableDeclarator' && parent.init === node)
    return file.bindingOf({ node: parent.id, scope, assigned: false })
  if (parent?.type !== 'CallExpression' || parent.callee.type !== 'Identifier') return undefined
  const called = file.bindingOf({ node: parent.callee, scope, assigned: false })
  if (called === undefined) return undefined
  const fn = file.analysis.functions.find((one) => {
    const id = one.node.id ?? file.parent(one.node)?.id
    return id?.name === called.name && ownerOf(called.scope) === file.functionAround(one.node)
  })
  const parameter = fn?.node.params[(parent.arguments as Node[]).indexOf(node)]
  return parameter?.type === 'Identifier' ? fn?.parameters.names.get(parameter.name) : undefined
}

/** A function that nothing but start-up code can call. */
function isForStartUp(name: string, once: Once): boolean {
  const { file, scope, fn, units } = once
  const own = functionOf(units.find((one) => one.names.includes(name))!)
  if ([...exportsOf(once).values()].some(({ local }) => local === name)) return false
  return file.usesOf(scope.names.get(name)).every((use) => {
    const around = outermost(file.functionAt(use), fn)
    if (around !== undefined) return around.node === own
    const parent = file.parent(use.node)
    return use.node === own?.id || parent?.type === 'VariableDeclarator' || parent?.callee === use.node
  })
}

function outermost(fn: FunctionNode | undefined, within: FunctionNode | undefined): FunctionNode | undefined {
  if (fn === undefined || fn === within) return undefined
  let at = fn
  while (at.enclosing !== undefined && at.enclosing !== within) at = at.enclosing
  return at
}

/** `list.forEach(function …)`: it is over when the statement is. */
export function isCalledOnTheSpot({ node }: FunctionNode, file: SourceFile): boolean {
  const call: Node | undefined = file.parent(node)
  if (call?.type !== 'CallExpression' || call.callee === node) return call?.callee === node
  const { type, computed, property } = call.callee
  return (
    type === 'MemberExpression' && !computed && /^(forEach|map|filter|reduce|some|every)$/.test(property.name)
  )
}
