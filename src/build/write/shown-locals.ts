import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isMadeAlike } from '../plan/made-alike.ts'
import { memberPath } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { Part } from './part.ts'

/**
 * `function make() { var each = wrap(f); … api.each = each; return api }`: a variable of a function to which no closure leads, and
 * that the function has put on an object which closures do see.
 */
export class ShownLocals extends Part {
  /** How it is found in the running version; undefined where it is not. */
  find(binding: Binding, at: Node): string | undefined {
    const owner = ownerOf(binding.scope)
    const old = owner && this.file.pair.functions.get(owner)
    const was = old?.body.names.get(binding.name)
    if (was === undefined || this.file.names.bindings.has(was) || was.assigned || binding.assigned)
      return undefined
    if (isMadeAlike(binding, this.source)) return undefined
    const before = shownAs(was, old!, this.file.pair.old)
    const after = shownAs(binding, owner!, this.source)
    if (before === undefined || before.path !== after?.path) return undefined
    const holder = old!.body.names.get(before.root)
    if (
      holder === undefined ||
      !this.file.names.bindings.has(holder) ||
      !isOfCall(holder, this.file.pair.old)
    )
      return undefined
    const { path } = before
    this.plan.kept.set(`${this.file.path} shown ${path}`, {
      severity: 'note',
      file: this.file.path,
      line: this.source.lineOf(at.start),
      what: binding.name,
      why: `functions made by the running version find it as '${path}': what the program has put there in its place, they take`,
      advice: 'nothing, unless the program does so',
    })
    return `${this.writer.scopeName}.${path}`
  }
}

/** Whether a variable holds an object that each call makes for itself. */
function isOfCall(holder: Binding, source: SourceFile): boolean {
  if (holder.assigned) return false
  const made = source.declaredWith(holder)?.type ?? ''
  return (
    source.functionNamed(holder) !== undefined ||
    /^(Object|Array|Function|ArrowFunction|New)Expression$/.test(made)
  )
}

/** `api.each`, of `api.each = each`, where nothing else is ever put there. */
function shownAs(
  binding: Binding,
  owner: FunctionNode,
  source: SourceFile,
): { root: string; path: string } | undefined {
  for (const use of source.usesOf(binding)) {
    const assignment = source.parent(use.node)
    if (assignment?.type !== 'AssignmentExpression' || assignment.right !== use.node) continue
    const statement = source.parent(assignment)
    const isOwn = statement?.type === 'ExpressionStatement' && source.parent(statement) === owner.node.body
    const found = isOwn && assignment.operator === '=' ? memberPath(assignment.left) : undefined
    if (found === undefined || found.path.split('.').length !== 2) continue
    const texts = source.text.split(
      new RegExp(`(?<![\\w$.])${found.path.replaceAll(/[$.]/g, '\\$&')}\\s*=(?!=)`),
    )
    if (texts.length === 2) return found
  }
  return undefined
}
