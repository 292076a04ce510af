import { type Node, parse, unwrap } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'
import { resolveFrom, type Version } from './folder.ts'
import { requiredModule } from './imports.ts'

/** What a file is that does nothing but hand on all of another one is longer than this only in comments. */
const LONGEST = 2000

const HANDS_ON = /\bexport\s*[*{]|\bexports\s*=\s*require\b/

/** The file of the same version of which one hands on all, and does nothing else: `module.exports = require('./x')`, `export * from './x'`. */
export function handedOnBy(path: string, { files }: Version): string | undefined {
  const file = files.get(path)
  if (file === undefined || file.text.length > LONGEST || !HANDS_ON.test(file.text)) return undefined
  let statements: Node[]
  try {
    statements = (parse(file.text, file.type, path).body as Node[]).filter((one) => !one.directive)
  } catch {
    return undefined
  }
  const sources = new Set(statements.map(sourceOf))
  const [source, ...others] = sources
  if (source === undefined || others.length > 0) return undefined
  return resolveFrom(path, source, (one) => files.has(one))
}

/** The file that programs get in the end by one that may hand on all of another. */
export function contentsOf(path: string, version: Version): string {
  const seen = new Set<string>()
  let at = path
  for (
    let next: string | undefined = at;
    next !== undefined && !seen.has(next);
    next = handedOnBy(at, version)
  ) {
    seen.add(next)
    at = next
  }
  return at
}

/** The module of which a statement hands on something, and that is all that it does. */
function sourceOf(statement: Node): string | undefined {
  if (statement.type === 'ExportAllDeclaration')
    return statement.exported ? undefined : statement.source.value
  if (statement.type === 'ExportNamedDeclaration') {
    const [one, ...others] = statement.specifiers as Node[]
    const isDefault = one?.local.name === 'default' && one.exported.name === 'default' && others.length === 0
    return isDefault ? statement.source?.value : undefined
  }
  let value = statement.type === 'ExpressionStatement' ? unwrap(statement.expression) : undefined
  if (value?.type !== 'AssignmentExpression') return undefined
  while (value?.type === 'AssignmentExpression' && value.operator === '=') {
    if (!/^(module\.)?exports$/.test(memberPath(value.left)?.path ?? '')) return undefined
    value = unwrap(value.right as Node)
  }
  return value && requiredModule(value)
}
