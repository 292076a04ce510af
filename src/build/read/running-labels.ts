import MagicString from 'magic-string'
import type { Node } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { memberPath } from './expressions.ts'
import { SourceFile } from './source-file.ts'

/** What bundlers make modules by: `__commonJS({ 'node_modules/ms/index.js'(exports, module) { … } })`, `__esm({ … })`. */
const MAKER = /(^|\.)_*(commonJS|esm)(Min)?\$?\d*$/

/**
 * The new version of a file with its modules labelled as in the running one: a label says where a package stood as it was
 * bundled, with the versions of it and of its neighbours (`.pnpm/ms@2.1.2/node_modules/ms/index.js`), and is told in stacks
 * alone. Lines stay where they are.
 */
export function withRunningLabels(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): SourceFile {
  const now = labelsIn(young)
  const before = now.size === 0 ? now : labelsIn(old)
  const text = new MagicString(young.text)
  for (const [place, label] of now) {
    const was = before.get(place)
    if (was && label && was.value !== label.value) text.update(label.start, label.end, old.slice(was))
  }
  return text.hasChanged() ? SourceFile.read(young.path, text.toString(), young.type, versions) : young
}

/** Labels by the places that they have in the packages; undefined where several packages have such a place. */
function labelsIn(file: SourceFile): Map<string, Node | undefined> {
  const found = new Map<string, Node | undefined>()
  for (const node of file.nodes) {
    if (node.type !== 'CallExpression' || !MAKER.test(memberPath(node.callee)?.path ?? '')) continue
    const [module, ...others] = (node.arguments[0]?.properties ?? []) as Node[]
    if (typeof module?.key?.value !== 'string' || others.length > 0 || !isFunction(module.value)) continue
    const place: string = module.key.value.split('node_modules/').at(-1)!
    found.set(place, found.has(place) ? undefined : module.key)
  }
  return found
}
