import MagicString from 'magic-string'
import { type Node, parse, unwrap } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { sameShape } from './shape.ts'
import { SourceFile } from './source-file.ts'

/**
 * The new version of a file with `a?.b?.()` of start-up code as the running one's `a.b()`: that has run and found all of it there.
 * So is `?? false` behind it, where nothing but the truth of it is asked for. Lines stay where they are.
 */
export function withoutNeedlessChains(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): SourceFile {
  if (!young.text.includes('?.')) return young
  const text = new MagicString(young.text)
  const running = new Map(declaratorsOf(old).map(({ id, init }) => [id.name as string, init as Node]))
  for (const { id, init } of declaratorsOf(young)) {
    const was = running.get(id.name)
    const slice = young.slice(init)
    if (was === undefined || !slice.includes('?.') || slice.includes('\n')) continue
    if (containsNode(init, isFunction) || sameShape(was, init)) continue
    const isFalse = init.type === 'LogicalExpression' && init.operator === '??' && init.right.value === false
    const chain: Node = isFalse && isOnlyTested(id, young) ? init.left : init
    const plain = parsed(
      young
        .slice(chain)
        .replaceAll(/\?\.(?=[([])/g, '')
        .replaceAll('?.', '.'),
    )
    if (plain !== undefined && sameShape(unwrap(was), plain))
      text.update(init.start, init.end, old.slice(was).replaceAll(/\s*\n\s*/g, ' '))
  }
  return text.hasChanged() ? SourceFile.read(young.path, text.toString(), young.type, versions) : young
}

/** `const x = …` of start-up code. */
function declaratorsOf({ program }: SourceFile): Node[] {
  return (program.body as Node[])
    .flatMap((one): Node[] => {
      const declaration = one.type === 'ExportNamedDeclaration' ? one.declaration : one
      return declaration?.type === 'VariableDeclaration' ? declaration.declarations : []
    })
    .filter(({ id, init }) => id.type === 'Identifier' && init)
}

/** Whether a variable is asked for nothing but whether it is true. */
function isOnlyTested(id: Node, file: SourceFile): boolean {
  const isExported = (file.program.body as Node[]).some(
    ({ type, declaration, specifiers }) =>
      type === 'ExportNamedDeclaration' &&
      (declaration?.declarations?.some((one: Node) => one.id === id) ||
        (specifiers as Node[]).some(({ local }) => local.name === id.name)),
  )
  if (isExported) return false
  return file.usesOf(file.analysis.module.names.get(id.name)).every(({ node }) => {
    const parent = file.parent(node)
    if (node === id) return true
    return (parent?.type === 'UnaryExpression' && parent.operator === '!') || parent?.test === node
  })
}

function parsed(text: string): Node | undefined {
  try {
    return unwrap((parse(`(${text})`, 'commonjs', 'value.js').body as Node[])[0]!.expression)
  } catch {
    return undefined
  }
}
