import type { Node } from '../../instrument/parse.ts'
import { memberPath } from '../read/expressions.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/** An expression that gives the text of a function that changed, and that text. */
interface FunctionText {
  /** What the text stands for: the function's name, or the call that makes it text. */
  node: Node
  text: string
}

/**
 * `String(f)`, `'(' + f + ')()'`: functions that are made text of, for code that runs elsewhere. One that is replaced
 * goes on having the text that it has, so that the patch has the new one written out.
 */
export class FunctionTexts {
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** What a use of a name stands for, where that is the text of a function or class that changed. */
  of(file: FilePlan, use: Use): FunctionText | undefined {
    const node = use.assigned ? undefined : madeText(use, file.pair.new)
    const meant = node && this.#plan.affected.meant(file, use)
    if (node === undefined || meant === undefined) return undefined
    const { pair } = this.#plan.affected.fileOf(meant)!
    return isChanged(meant, pair.changed) ? { node, text: pair.new.slice(meant) } : undefined
  }
}

/** Whether a function of a file differs that is this one or part of it. */
function isChanged({ start, end }: Node, changed: Iterable<{ node: Node }>): boolean {
  for (const { node } of changed) if (node.start >= start && node.end <= end) return true
  return false
}

/** What becomes text in `f.toString()`, `String(f)`, `'…' + f`, `…${f}…`, `Function.prototype.toString.call(f)`. */
function madeText({ node }: Use, source: SourceFile): Node | undefined {
  const parent = source.parent(node)
  switch (parent?.type) {
    case 'MemberExpression': {
      const isAsked = parent.object === node && parent.property.name === 'toString'
      return isAsked && isCalled(parent, source.parent(parent)) ? node : undefined
    }
    case 'CallExpression': {
      if (parent.arguments[0] !== node) return undefined
      const called = memberPath(parent.callee)?.path
      if (called === 'Function.prototype.toString.call') return parent
      return called === 'String' ? node : undefined
    }
    case 'TemplateLiteral':
      return source.parent(parent)?.type === 'TaggedTemplateExpression' ? undefined : node
    case 'BinaryExpression':
      if (parent.operator !== '+') return undefined
      return [parent.left, parent.right].some((one) => one !== node && isText(one)) ? node : undefined
    default:
      return undefined
  }
}

function isCalled(callee: Node, parent: Node | undefined): boolean {
  return parent?.type === 'CallExpression' && parent.callee === callee && parent.arguments.length === 0
}

function isText({ type, value, operator, left, right }: Node): boolean {
  if (type === 'BinaryExpression') return operator === '+' && (isText(left) || isText(right))
  return type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string')
}
