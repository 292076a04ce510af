import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Node } from '../../instrument/parse.ts'
import { NOT_DATA } from './data.ts'
import { memberPath } from './expressions.ts'
import type { Version } from './folder.ts'
import { requiredModule } from './imports.ts'
import { placeNamed } from './made-names.ts'
import { SourceFile } from './source-file.ts'
import { onceOf, type Unit } from './units.ts'

/** Texts of this many characters and more stay where they are. */
const LARGE = 500_000

/**
 * The new version with texts of the package that its code reads, `fs.readFileSync(join(__dirname, 'x.txt'), 'utf8')`, written
 * there where they differ: a process has the running version's file at that place.
 */
export function withReadTexts(old: Version, young: Version): Version {
  const files = new Map(young.files)
  const written = new Set<string>()
  for (const [path, { text, type }] of young.files) {
    if (!/\breadFileSync\b/.test(text)) continue
    const source = SourceFile.readable(path, text, type)
    const reads = source === undefined ? [] : readsIn(source)
    let made = text
    for (const { node, of } of reads.sort((a, b) => b.node.start - a.node.start)) {
      const content = textOf(young, of)
      if (content === undefined || content === textOf(old, of) || content.length > LARGE) continue
      made = made.slice(0, node.start) + JSON.stringify(content) + made.slice(node.end)
      written.add(of)
    }
    if (made !== text) files.set(path, { text: made, type })
  }
  return written.size === 0 ? young : { ...young, files, written }
}

/** The calls that read a file of the package, the same one each time, as text. */
function readsIn(source: SourceFile): { node: Node; of: string }[] {
  const found: { node: Node; of: string }[] = []
  const { units } = onceOf(source, undefined)
  source.nodes.forEach((node) => {
    if (node.type !== 'CallExpression' || !isReader(node.callee, units)) return
    const [name, how] = node.arguments as (Node | undefined)[]
    const of = name && isText(how) ? placeNamed(name, source) : undefined
    if (of !== undefined && (/\.[cm]?js$/.test(of) || !NOT_DATA.test(of))) found.push({ node, of })
  })
  return found
}

/** `fs.readFileSync`, `readFileSync` of an import, `require('fs').readFileSync` */
function isReader(callee: Node, units: readonly Unit[]): boolean {
  const isFs = (specifier: string | undefined): boolean => /^(node:)?fs$/.test(specifier ?? '')
  const { path, root } = memberPath(callee) ?? {}
  if (callee.type === 'MemberExpression' && isFs(requiredModule(callee.object)))
    return callee.property.name === 'readFileSync'
  const unit = units.find(({ kind, names }) => kind === 'import' && names[0] === root)
  if (!isFs(unit?.source)) return false
  if (path === 'readFileSync') return unit!.imported === path
  return path === `${root}.readFileSync` || path === `${root}.default.readFileSync`
}

function isText(how: Node | undefined): boolean {
  const value = how?.type === 'ObjectExpression' ? encodingOf(how) : how?.value
  return typeof value === 'string' && /^utf-?8$/i.test(value)
}

function encodingOf({ properties }: Node): unknown {
  const [only, ...others] = properties as Node[]
  return others.length === 0 && only?.key?.name === 'encoding' ? only.value.value : undefined
}

function textOf({ folder, files }: Version, path: string): string | undefined {
  const filename = join(folder, path)
  if (existsSync(filename)) return readFileSync(filename, 'utf8')
  return files.get(path)?.text
}
