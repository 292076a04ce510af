import MagicString from 'magic-string'
import type { Node } from '../../instrument/parse.ts'
import { runsOnce } from './runs-once.ts'
import { SourceFile } from './source-file.ts'

/** A variable that nothing declares, with the line at which start-up code gives it its value. */
export interface OwnGlobal {
  name: string
  line: number
}

/**
 * The new version of a file in which `table = {}` of its start-up code, a global variable since nothing declares it, is a variable
 * of the file: where the running version has no such variable, and other files do not ask for it. Lines stay where they are.
 */
export function withOwnGlobals(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
  isShared: (name: string) => boolean,
): { file: SourceFile; found: OwnGlobal[] } {
  const known = new Set(old.uses.map(({ node }) => node.name as string))
  const text = new MagicString(young.text)
  const found: OwnGlobal[] = []
  for (const node of young.nodes) {
    const name = ownGlobal(node, young)
    if (name === undefined || known.has(name) || isShared(name)) continue
    known.add(name)
    text.appendLeft(node.start, 'var ')
    found.push({ name, line: young.lineOf(node.start) })
  }
  const isSame = found.length === 0
  return { file: isSame ? young : SourceFile.read(young.path, text.toString(), young.type, versions), found }
}

/** The name in `name = …` of start-up code that is executed in any case, where only what it has in sight uses it. */
function ownGlobal({ type, expression, parent }: Node, file: SourceFile): string | undefined {
  const isAssignment = type === 'ExpressionStatement' && expression.type === 'AssignmentExpression'
  if (!isAssignment || expression.operator !== '=' || expression.left.type !== 'Identifier') return undefined
  const around = parent === file.program ? undefined : file.functionAround(expression)
  if (parent !== file.program && (parent !== around?.node.body || !runsOnce(around!, file))) return undefined
  const { name } = expression.left
  const { start, end }: Node = around?.node ?? file.program
  const isOwn = file.uses.every(
    (use) =>
      use.node.name !== name ||
      (file.bindingOf(use) === undefined && start <= use.node.start && use.node.end <= end),
  )
  return isOwn && !(name in globalThis) ? name : undefined
}
