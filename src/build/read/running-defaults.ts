import { isBuiltin } from 'node:module'
import MagicString from 'magic-string'
import { type Node, unwrap } from '../../instrument/parse.ts'
import { memberKey, returnedBy } from './expressions.ts'
import { requiredModule } from './imports.ts'
import { SourceFile } from './source-file.ts'

/** A helper of compilers for the default of a module that a file requires. */
interface Helper {
  node: Node
  /** What it gives: the default itself, or something that has it as `default`. */
  gives: 'default' | 'holder'
  /** How it tells a module that has one. */
  test: string
}

/** A variable that has a module, or what a helper makes of it. */
interface Import {
  id: Node
  init: Node
  helper: Helper | undefined
}

/**
 * The new version of a file with the defaults of modules asked for as in the running one: `x__default['default']`, where a
 * bundler's helper holds the default of `x`, for `x`, of which another helper has taken it, or which has none. Lines stay
 * where they are.
 */
export function withRunningDefaults(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): SourceFile {
  if (old.type === 'module' || young.type === 'module') return young
  const [was, is] = [importsOf(old), importsOf(young)]
  const text = new MagicString(young.text)
  const helpers = new Set<Node>()
  for (const [specifier, { id, init, helper }] of is) {
    const running = was.get(specifier)
    if (helper?.gives !== 'holder' || running === undefined || !isSame(specifier, helper, running)) continue
    const members = defaultsOf(id, young)
    if (members === undefined) continue
    for (const { start, end } of members) text.update(start, end, id.name)
    text.update(init.start, init.end, inOneLine(old.slice(running.init)))
    if (running.helper !== undefined) helpers.add(running.helper.node)
  }
  for (const node of helpers)
    if (!young.text.includes(`function ${node.id.name}`)) text.append(`\n${old.slice(node)}`)
  return text.hasChanged() ? SourceFile.read(young.path, text.toString(), young.type, versions) : young
}

/** Whether what a helper holds as the default of a module is what the running version has of that. */
function isSame(specifier: string, helper: Helper, running: Import): boolean {
  if (running.helper === undefined) return isBuiltin(specifier)
  return running.helper.gives === 'default' && running.helper.test === helper.test
}

/** The last of each module's that are made where nothing but the module is around. */
function importsOf(file: SourceFile): Map<string, Import> {
  const found = new Map<string, Import>()
  const specifiers = new Map<string, string>()
  const helpers = helpersOf(file)
  for (const statement of file.program.body as Node[])
    for (const { id, init } of statement.type === 'VariableDeclaration' ? statement.declarations : []) {
      if (id.type !== 'Identifier' || !init) continue
      const helper = init.type === 'CallExpression' ? helpers.get(init.callee.name) : undefined
      const module = helper === undefined ? init : unwrap(init.arguments[0])
      const specifier = requiredModule(module) ?? (helper && specifiers.get(module.name))
      if (specifier === undefined) continue
      specifiers.set(id.name, specifier)
      found.set(specifier, { id, init, helper })
    }
  return found
}

/** `function f() {}`, and `var f = (this && this.f) || function () {}`, with its name. */
function functionIn(statement: Node): [id: Node, fn: Node][] {
  if (statement.type === 'FunctionDeclaration') return [[statement.id, statement]]
  const declarators: Node[] = statement.type === 'VariableDeclaration' ? statement.declarations : []
  return declarators.flatMap(({ id, init }): [Node, Node][] => {
    const fn = init?.type === 'LogicalExpression' ? unwrap(init.right) : init
    return fn?.type === 'FunctionExpression' ? [[id, fn]] : []
  })
}

function helpersOf(file: SourceFile): Map<string, Helper> {
  const found = new Map<string, Helper>()
  for (const [id, node] of (file.program.body as Node[]).flatMap(functionIn)) {
    const [parameter, ...others] = node.params as Node[]
    const returned = parameter && others.length === 0 ? returnedBy(node) : undefined
    const choice = returned && unwrap(returned)
    if (choice?.type !== 'ConditionalExpression' || parameter!.type !== 'Identifier') continue
    const { name } = parameter!
    const [first, second] = [unwrap(choice.consequent), unwrap(choice.alternate)]
    const isIt = (one: Node): boolean => one.type === 'Identifier' && one.name === name
    const isTaken = first.type === 'MemberExpression' && isIt(first.object) && memberKey(first) === 'default'
    const [property, ...more] = second.type === 'ObjectExpression' ? (second.properties as Node[]) : []
    const key = property?.key?.name ?? property?.key?.value
    const isHeld = key === 'default' && more.length === 0 && isIt(unwrap(property!.value))
    const test = testOf(file.slice(choice.test), name)
    if (isTaken && isIt(second) && node.type === 'FunctionDeclaration')
      found.set(id.name, { node, gives: 'default', test })
    if (isIt(first) && isHeld) found.set(id.name, { node, gives: 'holder', test })
  }
  return found
}

/** A condition without what makes no difference: blanks, parentheses, and what its parameter is called. */
function testOf(text: string, parameter: string): string {
  const name = new RegExp(`(?<![\\w$])${parameter.replaceAll('$', '\\$')}(?![\\w$])`, 'g')
  return text.replaceAll(name, '@').replaceAll(/[\s()]/g, '')
}

/** `x.default` wherever a variable is used; undefined where it is used in another way. */
function defaultsOf(id: Node, file: SourceFile): Node[] | undefined {
  const binding = file.bindingFor(id)
  const members: Node[] = []
  for (const { node, assigned } of file.usesOf(binding)) {
    if (node === id) continue
    const parent = file.parent(node)
    const isDefault =
      parent?.type === 'MemberExpression' && parent.object === node && memberKey(parent) === 'default'
    const above = parent && file.parent(parent)
    const isChanged = above?.left === parent || /^(Update|Unary)Expression$/.test(above?.type ?? '')
    if (assigned || !isDefault || isChanged) return undefined
    members.push(parent)
  }
  return members
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}
