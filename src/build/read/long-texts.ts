/**
 * `'a' + 'b' + …` of hundreds of literals, as certificates are written: every walk over the tree goes as deep as there are
 * parts, which is more than the stack has room for. Such a text is taken as one literal.
 */
import { childKeys, type Node } from '../../instrument/parse.ts'

/** More parts than this are too many. */
const many = 100
const joint = /['"]\s*\+\s*['"]/g
/** No part that matters is as long as this. */
const far = 1_000

/** To be called first of all: it alone does not go into the depth. */
export function joinLongTexts(program: Node, text: string): void {
  if (!hasLongText(text)) return
  const waiting = [program]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const parts = partsOf(node)
    if (parts.length > many) becomeLiteral(node, parts.toReversed().join(''))
    else for (const key of childKeys(node)) waiting.push(...[node[key]].flat().filter(Boolean))
  }
}

/** Whether there may be one, as far as the text shows it: few trees are walked for it. */
function hasLongText(text: string): boolean {
  let [length, end] = [0, 0]
  for (const { index } of text.matchAll(joint)) {
    length = index - end < far ? length + 1 : 1
    end = index
    if (length > many) return true
  }
  return false
}

/** The texts that are put together, the last one first; none where something else is among them. */
function partsOf(node: Node): string[] {
  const parts: string[] = []
  let at = node
  for (; at.type === 'BinaryExpression' && at.operator === '+'; at = at.left) {
    if (!isText(at.right)) return []
    parts.push(at.right.value)
  }
  return isText(at) ? [...parts, at.value] : []
}

function isText({ type, value }: Node): boolean {
  return type === 'Literal' && typeof value === 'string'
}

function becomeLiteral(node: Node, value: string): void {
  Object.assign(node, { type: 'Literal', value, left: undefined, right: undefined, operator: undefined })
}
