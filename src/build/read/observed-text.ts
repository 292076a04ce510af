import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { runsOnce } from './runs-once.ts'
import { ownerOf, type SourceFile } from './source-file.ts'
import type { Once } from './units.ts'

/** A stretch of a file that a rehearsal has otherwise. */
export interface Edit {
  at: number
  end: number
  text: string
  /** What stood there is part of a function. */
  isInside?: boolean
}

/** The text, with what hands out the names of scopes where these begin, and of closures what they see (`isSeen`). */
export function observed(
  source: SourceFile,
  onces: readonly Once[],
  edits: readonly Edit[] = [],
  isSeen = true,
): string {
  const all = [
    ...edits,
    ...onces.flatMap((once, i) => handedOut(once, i)),
    ...(isSeen ? source.analysis.functions : []).flatMap((fn) => closureSeen(fn, source)),
    ...loadedLater(source),
  ]
  const sorted = all
    .map((one, order) => ({ ...one, order }))
    .sort((a, b) => a.at - b.at || a.end - b.end || a.order - b.order)
  const parts: string[] = []
  let end = 0
  for (const one of sorted) {
    const replaced = one.isInside ? source.text.slice(one.at, one.end) : ''
    parts.push(source.text.slice(end, one.at), `${OPEN}${one.text}/*${replaced}${CLOSE}`)
    end = one.end
  }
  return [...parts, source.text.slice(end)].join('')
}

const OPEN = '/*$umbra<*/'
const CLOSE = '>$umbra*/'

/** Where an ES module has what it imports. */
export const GIVEN = '$umbra.given.'

/** The text of a function as it stands in the module. */
export function textOf(fn: unknown): string {
  const text = Function.prototype.toString.call(fn)
  return text.replaceAll(/\/\*\$umbra<\*\/.*?\/\*([^*]*)>\$umbra\*\//gs, '$1')
}

function handedOut({ file, fn, scope }: Once, i: number): Edit[] {
  const own = [...(fn?.parameters.names ?? []), ...scope.names]
  const names = own.filter(([, { kind }]) => kind !== 'wrapper')
  const [first] = beginning(fn?.node.body.body ?? file.program.body, fn?.node.body)
  const values = names.map(
    ([name, { kind }]) => [name, kind === 'import' ? `${GIVEN}${name}` : name] as const,
  )
  return [inserted(first, `;$umbra.names(${i}, ${getters(values)});`)]
}

/** Where statements begin, behind directives. */
function beginning(statements: Node[], block: Node | undefined): [at: number] {
  const directive = statements.findLast((one) => typeof one.directive === 'string')
  return [directive?.end ?? (block === undefined ? 0 : block.start + 1)]
}

/** An object of functions, each of which gives the value of an expression. */
export function getters(values: readonly (readonly [name: string, value: string])[]): string {
  return `{ ${values.map(([name, value]) => `${JSON.stringify(name)}: () => ${value}`).join(', ')} }`
}

function closureSeen(fn: FunctionNode, source: SourceFile): Edit[] {
  const names = seenOfCall(fn, source)
  if (names.length === 0) return []
  const seen = getters(names.map((name) => [name, name]))
  const { node } = fn
  if (node.type === 'FunctionDeclaration') {
    const { body } = fn.enclosing!.node
    if (body.type !== 'BlockStatement' || source.parent(node) !== body) return []
    return [inserted(beginning(body.body, body)[0], `;$umbra.sees(${node.id.name}, ${seen});`)]
  }
  const parent = source.parent(node)
  if (parent?.type === 'MethodDefinition' || parent?.method || /^[gs]et$/.test(parent?.kind ?? '')) return []
  return [inserted(node.start, '$umbra.sees('), inserted(node.end, `, ${seen})`)]
}

/** `import()` and `import.meta` are for modules alone. */
function loadedLater(source: SourceFile): Edit[] {
  const found: Edit[] = []
  if (!source.text.includes('import')) return found
  source.nodes.forEach(({ type, meta, start, end }) => {
    if (type === 'ImportExpression')
      found.push({ at: start, end: start + 'import'.length, text: '$umbra.import', isInside: true })
    else if (type === 'MetaProperty' && meta.name === 'import')
      found.push({ at: start, end, text: '$umbra.meta', isInside: true })
  })
  return found
}

/** Variables of the call that makes a function which it uses. */
export function seenOfCall(fn: FunctionNode, source: SourceFile): string[] {
  const { start, end } = fn.node
  const seen = source.usesIn(fn.node).filter((use) => {
    const binding = source.bindingOf(use)
    const owner = binding && ownerOf(binding.scope)
    if (owner === undefined || (owner.node.start >= start && owner.node.end <= end)) return false
    return !runsOnce(owner, source)
  })
  return [...new Set(seen.map(({ node }) => node.name as string))]
}

function inserted(at: number, text: string): Edit {
  return { at, end: at, text }
}
