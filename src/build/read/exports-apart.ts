import MagicString from 'magic-string'
import { type Node, unwrap } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'
import { SourceFile } from './source-file.ts'

/**
 * The new version of a CommonJS file with members given to what it exports in a statement of their own, `Object.assign(f, { a });
 * module.exports = f` for `module.exports = Object.assign(f, { a })`, where the running one exports `f` without. Lines stay
 * where they are.
 */
export function withExportsApart(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): SourceFile {
  if (young.type === 'module') return young
  const text = new MagicString(young.text)
  const running = new Set((old.program.body as Node[]).flatMap((statement) => exportedName(statement) ?? []))
  for (const statement of young.program.body as Node[]) {
    const call = exportedValue(statement)
    if (call?.type !== 'CallExpression' || memberPath(call.callee)?.path !== 'Object.assign') continue
    const [first] = call.arguments as Node[]
    if (first?.type !== 'Identifier' || !running.has(first.name)) continue
    const targets = young.text.slice(statement.start, call.start)
    text.update(statement.start, call.start, targets.replaceAll(/[^\n]/g, '') || ' ')
    text.appendLeft(statement.end, `;${targets.replaceAll('\n', ' ')}${first.name};`)
  }
  return text.hasChanged() ? SourceFile.read(young.path, text.toString(), young.type, versions) : young
}

/** What `module.exports = …` gives. */
function exportedValue({ type, expression }: Node): Node | undefined {
  let value = type === 'ExpressionStatement' ? unwrap(expression) : undefined
  if (value?.type !== 'AssignmentExpression') return undefined
  while (value?.type === 'AssignmentExpression' && value.operator === '=') {
    if (!/^(module\.)?exports$/.test(memberPath(value.left)?.path ?? '')) return undefined
    value = unwrap(value.right as Node)
  }
  return value
}

function exportedName(statement: Node): string[] | undefined {
  const value = exportedValue(statement)
  return value?.type === 'Identifier' ? [value.name] : undefined
}
