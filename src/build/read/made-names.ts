import { posix } from 'node:path'
import { type Node, unwrap } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'
import type { Version, VersionFile } from './folder.ts'
import { requiredModule } from './imports.ts'
import { SourceFile } from './source-file.ts'

/** The files that a piece of code may mean by a name that it makes when it runs. */
export interface MadeName {
  /** The module, and where in it. */
  by: string
  line: number
  start: number
  /** It loads modules, and so what is new there, too. */
  isRequire: boolean
  /** `require.resolve(x)` */
  isResolved: boolean
  /** What is called with the name: `fs.readFileSync`. */
  givenTo: string
  /** The text of the function that makes it, or of the statement. */
  within: string
  means(path: string): boolean
}

/** Code that may make names of files. */
const MAKES =
  /\b__(?:dirname|filename)\b|\bimport\.meta\b|\brequire\.resolve\b|\b(?:require|import)\s*\(\s*(?!['"][^'"]*['"]\s*\))/

/** Code that may load modules by names that it makes. */
export const LOADS = /\brequire\s*\(\s*(?!['"][^'"]*['"]\s*\))/

/** What cannot be told of a name. */
const ANY = '\0'
/** The folder of the module. */
const HERE = '\u0001'

/** What the modules of a version may name, as far as their text shows it: `require('./' + x)`, `join(__dirname, 'a', x)`. */
export function madeNames(version: Version): MadeName[] {
  return [...version.files].flatMap(([path, file]) => (MAKES.test(file.text) ? namesOf(path, file) : []))
}

/** Modules of which a function or start-up code may load one of these files by a name that it makes. */
export function loadersOf(paths: readonly string[], version: Version): string[] {
  const loads = [...version.files].filter(([, { text }]) => LOADS.test(text))
  return loads.flatMap(([path, file]) => {
    const isOne = (one: MadeName): boolean =>
      one.isRequire && paths.some((it) => it !== path && one.means(it))
    return namesOf(path, file).some(isOne) ? [path] : []
  })
}

/** What a file may name that has been asked for, and where it stood then: to parse big bundles once more takes seconds. */
const known = new WeakMap<VersionFile, { path: string; names: MadeName[] }>()

function namesOf(path: string, file: VersionFile): MadeName[] {
  const own = known.get(file)
  if (own?.path === path) return own.names
  const source = path.endsWith('.json') ? undefined : SourceFile.readable(path, file.text, file.type)
  const names = source === undefined ? [] : [...madeNamesIn(source).values()]
  known.set(file, { path, names })
  return names
}

/** What makes names in a file, each with what it may mean. */
export function madeNamesIn(source: SourceFile): Map<Node, MadeName> {
  const found = new Map<Node, MadeName>()
  const places: Node[] = []
  source.nodes.forEach((node) => {
    if (isPlace(node)) places.push(node)
    const required = requiredBy(node)
    if (required === undefined || isPlainLoad(node, required)) return
    const name = named(required, source)
    if (name.startsWith('.') || name.startsWith(HERE)) found.set(node, made(source, node, name, true))
  })
  for (const whole of wholeNames(places, source))
    if (requiredBy(source.parent(whole)!) !== whole)
      found.set(whole, made(source, whole, named(whole, source), false))
  return found
}

/** All that is made of the module's own place, also by way of variables. */
function wholeNames(places: Node[], source: SourceFile): Set<Node> {
  const found = new Set<Node>()
  const seen = new Set<Node>()
  const queue = [...places]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    let parent = source.parent(at)!
    while (makesName(parent, at)) {
      at = parent
      parent = source.parent(at)!
    }
    if (seen.has(at) || isOnlyAsked(parent)) continue
    seen.add(at)
    const isDeclared =
      parent.type === 'VariableDeclarator' && parent.init === at && parent.id.type === 'Identifier'
    const binding = isDeclared ? source.bindingFor(parent.id) : undefined
    // What is done with it is done with the constant.
    if (binding === undefined || binding.assigned) found.add(at)
    for (const { node } of source.usesOf(binding)) if (node !== parent.id) queue.push(node)
  }
  return found
}

/** `!__dirname`, `__dirname === '/'` */
function isOnlyAsked({ type, operator }: Node): boolean {
  return (type === 'UnaryExpression' || type === 'BinaryExpression') && /^(!|typeof|[!=]==?)$/.test(operator)
}

function made(source: SourceFile, node: Node, name: string, isRequire: boolean): MadeName {
  const folder = posix.dirname(source.path)
  const path = posix.normalize(posix.join(folder, name.replaceAll(HERE, '.')))
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(ANY, '.*')
  const pattern = new RegExp(`^${escaped}(\\.js|\\.cjs|\\.mjs|\\.json|/index\\.js)?$`)
  // A folder is given to somebody who looks into it; that of the package is what all of it is in.
  const isFolder = !isRequire && !path.includes(ANY) && !/^\.*\/?$/.test(path)
  const within = `${path.replace(/\/$/, '')}/`
  return {
    by: source.path,
    line: source.lineOf(node.start),
    start: node.start,
    isRequire,
    isResolved: isRequire && node.type === 'CallExpression' && node.callee.type === 'MemberExpression',
    givenTo: giverOf(node, source),
    within: around(node, source),
    means: (one) => pattern.test(one) || (isFolder && one.startsWith(within)),
  }
}

function around(node: Node, source: SourceFile): string {
  let at = node
  for (let up = source.parent(at); up !== undefined && up.type !== 'Program'; up = source.parent(at)) {
    if (/Function/.test(at.type)) break
    at = up
  }
  return source.text.slice(at.start, at.end)
}

function giverOf(node: Node, source: SourceFile): string {
  const parent = source.parent(node)
  return parent?.type === 'CallExpression' && parent.callee !== node ? calledName(parent.callee) : ''
}

/** The file of the package that an expression names, where that is one alone. */
export function placeNamed(expression: Node, source: SourceFile): string | undefined {
  const name = named(expression, source)
  if (!name.startsWith(HERE) || name.includes(ANY) || name.endsWith('*')) return undefined
  return posix.normalize(posix.join(posix.dirname(source.path), name.replaceAll(HERE, '.')))
}

/** What is loaded, or looked for as what is loaded. */
function requiredBy({ type, callee, source, arguments: args }: Node): Node | undefined {
  if (type === 'ImportExpression') return source
  if (type !== 'CallExpression' || args.length === 0) return undefined
  return /^require(\.resolve)?$/.test(memberPath(callee)?.path ?? '') ? args[0] : undefined
}

/** What the patch knows of by itself: but for `require.resolve`, a name that is written there. */
function isPlainLoad(node: Node, name: Node): boolean {
  return requiredModule(node) !== undefined || (node.type === 'ImportExpression' && name.type === 'Literal')
}

// `path_1.default.join` of compilers, too.
const JOINS = /^(?:\w*path\w*\.)?(?:default\.)?(?:posix\.)?(?:join|resolve|normalize)$/i
const KEEPS = /^(?:\w*url\w*\.)?(?:default\.)?fileURLToPath$|^(?:\w*path\w*\.)?(?:default\.)?normalize$/i
const FOLDER = /^(?:\w*path\w*\.)?(?:default\.)?dirname$/i

/** Whether an expression makes a name of another one: with something before it, or apart from it, it is no name but a command. */
function makesName(node: Node, part: Node): boolean {
  const { type, operator, callee, arguments: args } = node
  if (type === 'ParenthesizedExpression') return true
  if (type === 'TemplateLiteral') return node.quasis[0].value.raw === '' && node.expressions[0] === part
  if (type === 'BinaryExpression')
    return operator === '+' && node.left === part && !/^["'\s]/.test(node.right.value ?? '')
  if (type === 'NewExpression') return callee.name === 'URL'
  if (type !== 'CallExpression' || !args.includes(part)) return false
  const name = calledName(callee)
  return JOINS.test(name) || KEEPS.test(name) || FOLDER.test(name)
}

/** `path.join`, and of `require('path').join` its last name; bundlers have a function of their own for `require`. */
function calledName(callee: Node): string {
  const { object, property } = callee
  const isRequired = object?.type === 'CallExpression' && /^_*require$/.test(object.callee.name ?? '')
  if (isRequired && object.arguments[0]?.type === 'Literal') return property.name ?? ''
  return memberPath(callee)?.path ?? ''
}

function isPlace(node: Node): boolean {
  if (node.type === 'MemberExpression') return ofMeta(node) !== ANY
  return node.type === 'Identifier' && /^__(dirname|filename)$/.test(node.name)
}

/** The name that an expression makes. */
function named(expression: Node, source: SourceFile, depth = 0): string {
  const node = unwrap(expression)
  const inner = (one: Node): string => (depth > 8 ? ANY : named(one, source, depth + 1))
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? node.value : ANY
    case 'TemplateLiteral':
      return (node.quasis as Node[])
        .map(({ value }, i) => value.cooked + (node.expressions[i] ? inner(node.expressions[i]) : ''))
        .join('')
    case 'BinaryExpression':
      return node.operator === '+' ? inner(node.left) + inner(node.right) : ANY
    case 'Identifier':
      return ofVariable(node, source, inner)
    case 'MemberExpression':
      return ofMeta(node)
    case 'NewExpression': {
      const [to, from] = node.arguments as Node[]
      return node.callee.name === 'URL' && from && inner(from).includes(HERE) ? `${HERE}/${inner(to!)}` : ANY
    }
    case 'CallExpression': {
      const path = calledName(node.callee)
      const args = node.arguments as Node[]
      if (KEEPS.test(path) && args.length === 1) return inner(args[0]!)
      if (FOLDER.test(path) && args.length === 1) return posix.dirname(inner(args[0]!))
      return JOINS.test(path) ? args.map(inner).join('/') : ANY
    }
    default:
      return ANY
  }
}

function ofVariable(node: Node, source: SourceFile, inner: (one: Node) => string): string {
  if (node.name === '__dirname') return HERE
  if (node.name === '__filename') return `${HERE}/${posix.basename(source.path)}`
  const binding = source.bindingFor(node)
  if (binding === undefined || binding.assigned) return ANY
  const init = source.declaredWith(binding)
  return init ? inner(init) : ANY
}

function ofMeta({ object, property }: Node): string {
  if (object.type !== 'MetaProperty') return ANY
  if (property.name === 'dirname') return HERE
  return /^(url|filename)$/.test(property.name) ? `${HERE}/*` : ANY
}
