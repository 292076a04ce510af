import type { Node } from '../../instrument/parse.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { type Edit, GIVEN, getters } from './observed-text.ts'
import type { SourceFile } from './source-file.ts'

/** What an ES module takes from another one, by its own name for it; `*`: all. */
export interface Given {
  local: string
  from: string
  name: string
}

/** An ES module as the body of a function, which asks for its imports whenever it uses them. */
export interface ModuleText {
  edits: Edit[]
  /** The modules that it leads to, in the order in which they are run. */
  imports: string[]
  given: Given[]
  /** What it hands on: `export { a as b } from 'x'`, and with the name `*` all. */
  reExports: Given[]
}

/** The name of what an ES module exports as default, where it has none of its own. */
const DEFAULT = '$umbra_default'

export function moduleText(source: SourceFile): ModuleText {
  const text: ModuleText = { edits: [], imports: [], given: [], reExports: [] }
  const exported: [name: string, local: string][] = []
  for (const statement of source.program.body as Node[]) {
    if (statement.source) text.imports.push(statement.source.value)
    if (statement.type === 'ImportDeclaration') {
      text.given.push(...givenBy(statement))
      text.edits.push({ at: statement.start, end: statement.end, text: ';' })
    } else if (statement.type === 'ExportAllDeclaration') {
      const name = nameOf(statement.exported) ?? '*'
      text.reExports.push({ local: name, from: statement.source.value, name: '*' })
      text.edits.push({ at: statement.start, end: statement.end, text: ';' })
    } else if (statement.type === 'ExportNamedDeclaration') exportNamed(statement, text, exported)
    else if (statement.type === 'ExportDefaultDeclaration') exportDefault(statement, text, exported)
  }
  const names = new Set(text.given.map(({ local }) => local))
  text.edits.push(...usesOf(source, names))
  const values = exported.map(
    ([name, local]) => [name, names.has(local) ? `${GIVEN}${local}` : local] as const,
  )
  text.edits.unshift({ at: 0, end: 0, text: `$umbra.begin(${getters(values)});` })
  return text
}

function givenBy({ specifiers, source }: Node): Given[] {
  return (specifiers as Node[]).map(({ type, local, imported }) => {
    const name =
      type === 'ImportNamespaceSpecifier' ? '*' : type === 'ImportSpecifier' ? nameOf(imported)! : 'default'
    return { local: local.name, from: source.value, name }
  })
}

function nameOf(node: Node | null): string | undefined {
  return node?.name ?? node?.value
}

function exportNamed(statement: Node, { edits, reExports }: ModuleText, exported: [string, string][]): void {
  const { declaration, source, specifiers, start, end } = statement
  if (declaration) {
    edits.push({ at: start, end: declaration.start, text: '' })
    const declared: Node[] = declaration.declarations ?? [declaration]
    for (const name of declared.flatMap(({ id }) => boundNames(id))) exported.push([name, name])
    return
  }
  edits.push({ at: start, end, text: ';' })
  for (const one of specifiers as Node[]) {
    const [name, local] = [one.exported, one.local].map((id) => nameOf(id)!)
    if (source) reExports.push({ local: name!, from: source.value, name: local! })
    else exported.push([name!, local!])
  }
}

function exportDefault(
  { declaration, start, end }: Node,
  { edits }: ModuleText,
  exported: [string, string][],
): void {
  const name: string | undefined = /Declaration$/.test(declaration.type) ? declaration.id?.name : undefined
  exported.push(['default', name ?? DEFAULT])
  edits.push({
    at: start,
    end: declaration.start,
    text: name === undefined ? `const ${DEFAULT} = ` : '',
  })
  edits.push({ at: end, end, text: ';' })
}

/** Imports are asked for where they are used, since they may get their values later. */
function usesOf(source: SourceFile, names: ReadonlySet<string>): Edit[] {
  return source.uses.flatMap((use): Edit[] => {
    const { node } = use
    const { name, start, end } = node
    const parent = source.parent(node)
    if (!names.has(name) || source.bindingOf(use)?.scope !== source.analysis.module) return []
    if (/^(Im|Ex)port/.test(parent?.type ?? '') && parent?.type !== 'ExportDefaultDeclaration') return []
    if (parent?.type === 'Property' && parent.shorthand)
      return [{ at: start, end: start, text: `${name}: ${GIVEN}` }]
    const isCalled =
      (parent?.type === 'CallExpression' && parent.callee === node) ||
      (parent?.type === 'TaggedTemplateExpression' && parent.tag === node)
    if (!isCalled) return [{ at: start, end: start, text: GIVEN }]
    // A parenthesis in front would belong to the line before.
    return [
      { at: start, end: start, text: `$umbra.itself(${GIVEN}` },
      { at: end, end, text: ')' },
    ]
  })
}
