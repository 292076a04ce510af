import { parseSync } from 'oxc-parser'
import type { Node } from '../instrument/parse.ts'
import { walk } from '../livepatch/ast.ts'
import { UmbraError } from '../livepatch/errors.ts'
import type { PatchSource } from '../livepatch/patch.ts'

/**
 * The name that a patch gives itself, read from its text: running a patch is for its process only. What can be read is a
 * string, a template, a sum of those, and a constant that is one.
 *
 * @throws UmbraError PATCH_NAME for one that is computed otherwise
 */
export function patchName({ code, filename }: PatchSource): string {
  const constants = new Map<string, Node | undefined>()
  const names: Node[] = []
  walk(parseSync('patch.js', `(function(){${code}\n})`).program as unknown as Node, (node) => {
    if (node.type === 'VariableDeclaration') noteConstants(node, constants)
    if (node.type === 'AssignmentExpression') constants.set(node.left.name, undefined)
    if (node.type !== 'ObjectExpression' || propertyOf(node, 'targets') === undefined) return
    const name = propertyOf(node, 'name')
    if (name !== undefined) names.push(name.value)
  })
  const [first] = names
  const name = first && textOf(first, constants)
  if (name !== undefined) return name
  throw new UmbraError(
    'PATCH_NAME',
    `the name of the patch in ${filename} cannot be read without running it: write it as a string, ` +
      "beside its 'targets'",
  )
}

function propertyOf({ properties }: Node, key: string): Node | undefined {
  return (properties as Node[]).find((one) => one.key?.name === key || one.key?.value === key)
}

/** By name; undefined for a name that is declared twice, or may change. */
function noteConstants({ kind, declarations }: Node, constants: Map<string, Node | undefined>): void {
  for (const { id, init } of declarations as Node[]) {
    if (id.type !== 'Identifier') continue
    // A bundler makes `var` of the constants at the top.
    const isConstant = kind !== 'let' && init !== null && !constants.has(id.name)
    constants.set(id.name, isConstant ? init : undefined)
  }
}

/** What an expression is, if it is a constant text or number. */
function textOf(node: Node, constants: ReadonlyMap<string, Node | undefined>, depth = 0): string | undefined {
  if (depth > 50) return undefined
  const of = (one: Node): string | undefined => textOf(one, constants, depth + 1)
  switch (node.type) {
    case 'Literal':
      return ['string', 'number'].includes(typeof node.value) ? String(node.value) : undefined
    case 'ParenthesizedExpression':
      return of(node.expression)
    case 'Identifier': {
      const init = constants.get(node.name)
      return init && of(init)
    }
    case 'TemplateLiteral': {
      const [quasis, expressions] = [node.quasis as Node[], (node.expressions as Node[]).map(of)]
      if (expressions.includes(undefined)) return undefined
      return quasis.map(({ value }, at) => `${value.cooked}${expressions[at] ?? ''}`).join('')
    }
    case 'BinaryExpression': {
      const [left, right] = [of(node.left), of(node.right)]
      // Two numbers would be added.
      const isText = [node.left, node.right].some((side) => !isNumber(side, constants))
      return node.operator === '+' && left !== undefined && right !== undefined && isText
        ? left + right
        : undefined
    }
  }
  return undefined
}

function isNumber(node: Node, constants: ReadonlyMap<string, Node | undefined>): boolean {
  if (node.type === 'Identifier') {
    const init = constants.get(node.name)
    return init !== undefined && isNumber(init, constants)
  }
  return node.type === 'Literal' && typeof node.value === 'number'
}
