import MagicString from 'magic-string'
import type { Node } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'
import { SourceFile } from './source-file.ts'

/** `A.a = A.b = value`: what a statement gives a value to, by paths. */
interface Chain {
  statement: Node
  paths: string[]
  value: Node
}

/**
 * The new version of a file with `A.a = A.b = value`, where the running one has `A.a = value`, as that and `A.b = A.a` behind
 * it. Lines stay where they are.
 */
export function withRunningChains(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): SourceFile {
  const running = chainsOf(old)
  const names = new Set(running.map(({ paths }) => paths.join('=')))
  const text = new MagicString(young.text)
  for (const { statement, paths, value } of chainsOf(young)) {
    if (names.has(paths.join('='))) continue
    const [was, ...others] = running.filter((one) => one.paths.every((path) => paths.includes(path)))
    if (was === undefined || others.length > 0) continue
    const breaks = young.text.slice(statement.start, value.start).replaceAll(/[^\n]/g, '')
    text.update(statement.start, value.start, `${was.paths.join(' = ')} = ${breaks}`)
    const given = value.type === 'Literal' ? young.slice(value) : was.paths[0]!
    const more = paths.filter((path) => !was.paths.includes(path))
    text.appendLeft(statement.end, `; ${more.map((path) => `${path} = ${given};`).join(' ')}`)
  }
  return text.hasChanged() ? SourceFile.read(young.path, text.toString(), young.type, versions) : young
}

function chainsOf(file: SourceFile): Chain[] {
  return (file.program.body as Node[]).flatMap((statement) => {
    let value: Node | undefined = statement.type === 'ExpressionStatement' ? statement.expression : undefined
    const paths: string[] = []
    while (value?.type === 'AssignmentExpression' && value.operator === '=') {
      const path = memberPath(value.left)?.path
      if (path === undefined || !path.includes('.')) return []
      paths.push(path)
      value = value.right as Node
    }
    return value === undefined || paths.length === 0 ? [] : [{ statement, paths, value }]
  })
}
