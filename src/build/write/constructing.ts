import { isFunction, walk } from '../../livepatch/ast.ts'
import type { Constructed } from '../plan/constructed.ts'
import type { Block } from './blocks.ts'
import type { FileWriter } from './file-writer.ts'

/** What a constructor that a class has got does, with an object of the running one: a function of the patch. */
export function constructing(writer: FileWriter, constructed: Constructed, block: Block): string {
  const { name, className, fn, superCall, once } = constructed
  const { body } = fn
  const made = /\bmade\b/.test(writer.source.text) ? '$made' : 'made'
  const edits = writer.naming.rewrite(fn, undefined, block)
  const making = `const ${made} = new ${writer.names.say(once, className, fn, false, true)}`
  if (superCall !== undefined)
    edits.unshift({ start: superCall.callee.start, end: superCall.callee.end, text: making })
  else edits.unshift({ start: body.start + 1, end: body.start + 1, text: ` ${making}();` })
  walk(fn, (node, ancestors) => {
    const isInner = ancestors.slice(1).some((one) => isFunction(one) && !one.type.startsWith('Arrow'))
    if (node.type === 'ThisExpression' && !isInner)
      edits.push({ start: node.start, end: node.end, text: made })
  })
  const end = body.end - 1
  const last = writer.source.text.slice(0, end).trimEnd().length
  edits.push({ start: last, end, text: `\n  return ${made}\n` })
  return `function ${name}${writer.apply(fn, edits)}`
}
