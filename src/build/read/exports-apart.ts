import MagicString from 'magic-string'
import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { memberPath } from './expressions.ts'
import { SourceFile } from './source-file.ts'

/**
 * Two versions of a CommonJS file with members given to what it exports in a statement of their own, `Object.assign(f, { a });
 * module.exports = f` for `module.exports = Object.assign(f, { a })`, where both export `f`. Lines stay where they are, and so
 * do the running version's functions.
 */
export function withExportsApart(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): [old: SourceFile, young: SourceFile] {
  if (old.type === 'module' || young.type === 'module') return [old, young]
  const [was, is] = [exportedObject(old), exportedObject(young)]
  if (was === undefined || is === undefined || was.name !== is.name) return [old, young]
  if (was.members.some((one) => containsNode(one, isFunction))) return [old, young]
  return [apart(old, was, versions), apart(young, is, versions)]
}

function apart(
  file: SourceFile,
  { name, statement, call }: ExportedObject,
  versions: readonly string[],
): SourceFile {
  if (call === undefined) return file
  const text = new MagicString(file.text)
  const targets = file.text.slice(statement.start, call.start)
  text.update(statement.start, call.start, targets.replaceAll(/[^\n]/g, '') || ' ')
  text.appendLeft(statement.end, `;${targets.replaceAll('\n', ' ')}${name};`)
  return SourceFile.read(file.path, text.toString(), file.type, versions)
}

interface ExportedObject {
  name: string
  statement: Node
  /** `Object.assign(f, …)`, if members are given to it there. */
  call: Node | undefined
  members: Node[]
}

/** What `module.exports = …` gives, if that has a name and is the only one. */
function exportedObject({ program }: SourceFile): ExportedObject | undefined {
  const all = (program.body as Node[]).flatMap((statement) => {
    const value = exportedValue(statement)
    return value === undefined ? [] : [{ statement, value }]
  })
  const [only, ...others] = all
  if (only === undefined || others.length > 0) return undefined
  const { statement, value } = only
  if (value.type === 'Identifier') return { name: value.name, statement, call: undefined, members: [] }
  const isAssign = value.type === 'CallExpression' && memberPath(value.callee)?.path === 'Object.assign'
  const [first, ...members] = (isAssign ? value.arguments : []) as Node[]
  return first?.type === 'Identifier' ? { name: first.name, statement, call: value, members } : undefined
}

/** What a statement makes the whole of a module's exports. */
function exportedValue({ type, expression }: Node): Node | undefined {
  let value = type === 'ExpressionStatement' ? unwrap(expression) : undefined
  if (value?.type !== 'AssignmentExpression') return undefined
  while (value?.type === 'AssignmentExpression' && value.operator === '=') {
    if (!/^(module\.)?exports$/.test(memberPath(value.left)?.path ?? '')) return undefined
    value = unwrap(value.right as Node)
  }
  return value
}
