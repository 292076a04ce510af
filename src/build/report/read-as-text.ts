import type { Node } from '../../instrument/parse.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberPath } from '../read/expressions.ts'
import type { Use } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

const WHY =
  'a function that changed is made text of here, for code that runs elsewhere: it is the text of the running one'

/** `String(f)`, `'(' + f + ')()'`: a function that is replaced goes on having the text that it has. */
export function* readAsText(plan: Plan): Generator<Finding> {
  const changed = changedFunctions(plan)
  for (const file of plan.files.values())
    for (const use of file.pair.new.uses) {
      if (use.assigned || !isMadeText(use, file)) continue
      const meant = plan.affected.meant(file, use)
      if (meant === undefined || !changed.has(meant)) continue
      const { path, pair } = file
      const line = pair.new.lineOf(use.node.start)
      yield { severity: 'problem', file: path, line, what: use.node.name, why: WHY, advice: RESTART }
    }
}

/** Functions of which a part differs. */
function changedFunctions(plan: Plan): Set<Node> {
  const found = new Set<Node>()
  for (const { pair } of plan.files.values())
    for (const fn of pair.changed)
      for (let at: typeof fn | undefined = fn; at !== undefined; at = at.enclosing) found.add(at.node)
  return found
}

/** `f.toString()`, `String(f)`, `'…' + f`, `…${f}…`. */
function isMadeText({ node }: Use, { pair: { new: source } }: FilePlan): boolean {
  const parent = source.parent(node)
  switch (parent?.type) {
    case 'MemberExpression':
      return (
        parent.object === node &&
        parent.property.name === 'toString' &&
        isCalled(parent, source.parent(parent))
      )
    case 'CallExpression':
      return (
        /^String$|\btoString\.call$/.test(memberPath(parent.callee)?.path ?? '') &&
        parent.arguments[0] === node
      )
    case 'TemplateLiteral':
      return source.parent(parent)?.type !== 'TaggedTemplateExpression'
    case 'BinaryExpression':
      return parent.operator === '+' && [parent.left, parent.right].some((one) => one !== node && isText(one))
    default:
      return false
  }
}

function isCalled(callee: Node, parent: Node | undefined): boolean {
  return parent?.type === 'CallExpression' && parent.callee === callee && parent.arguments.length === 0
}

function isText({ type, value, operator, left, right }: Node): boolean {
  if (type === 'BinaryExpression') return operator === '+' && (isText(left) || isText(right))
  return type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string')
}
