import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { classOf } from '../read/unit-values.ts'
import type { Edit } from './edits.ts'
import { Part } from './part.ts'

/** `super.m(…)` in a function whose running site hands on no `super`: by way of the class that it stands in. */
export class SuperMembers extends Part {
  add(fn: FunctionNode, old: FunctionNode, edits: Edit[]): void {
    const holder = fn.superGet && !old.superGet ? this.#holder(fn.node) : undefined
    if (holder === undefined) return
    walk(fn.node, (node, ancestors) => {
      const isOther = (one: Node): boolean => isFunction(one) && one.type !== 'ArrowFunctionExpression'
      if (node.type !== 'Super' || ancestors.slice(1).some(isOther)) return
      const [member, call] = [ancestors.at(-1)!, ancestors.at(-2)!]
      if (member.type !== 'MemberExpression' || member.computed) return
      const above = `Object.getPrototypeOf(${holder})`
      if (call.type !== 'CallExpression' || call.callee !== member) {
        const text = `Reflect.get(${above}, '${member.property.name}', this)`
        edits.push({ start: member.start, end: member.end, text })
        return
      }
      const [first] = call.arguments as Node[]
      edits.push({ start: node.start, end: node.end, text: above })
      edits.push({
        start: member.end,
        end: first?.start ?? call.end - 1,
        text: `.call(this${first === undefined ? '' : ', '}`,
      })
    })
  }

  /** What the method's `super` is looked up above of: `C.prototype`, or `C` of a static one. */
  #holder(fn: Node): string | undefined {
    let at: Node | undefined = fn
    while (at?.type === 'ArrowFunctionExpression' || (at !== undefined && !isFunction(at)))
      at = this.source.parent(at)
    const method = at && this.source.parent(at)
    const made =
      method?.type === 'MethodDefinition' ? this.source.parent(this.source.parent(method)!) : undefined
    for (const once of this.file.onces)
      for (const unit of once.pair.new.units) {
        const name = classOf(unit) === made ? unit.names[0] : undefined
        if (made === undefined || name === undefined) continue
        const text = this.writer.names.say(once, name, made, false, false)
        return method!.static ? text : `${text}.prototype`
      }
    return undefined
  }
}
