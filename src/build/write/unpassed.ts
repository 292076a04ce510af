import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { callsOf } from '../plan/holders.ts'
import { NotPassed } from '../plan/not-passed.ts'
import { passesAll } from '../plan/parameters.ts'
import { isEmptyObject } from '../plan/state.ts'
import { ownerOf, type Use } from '../read/source-file.ts'
import { canBeUnset } from '../read/unset.ts'
import { Part } from './part.ts'

/** What the functions around were not passed, as far as closures that exist already have to do with it. */
export class Unpassed extends Part {
  readonly #notPassed = new Map<FunctionNode, NotPassed>()

  /**
   * A parameter of a function around it that the running version does not have, and that code can do without: of calls
   * that returned before, nobody has passed it. What stands for it there.
   */
  unset({ node }: Use, { scope, assigned }: Binding): string | undefined {
    const owner = ownerOf(scope)
    const old = owner && this.file.pair.functions.get(owner)
    if (old === undefined || scope !== owner!.parameters || assigned || passesAll(old)) return undefined
    const taken = this.#unsetOption(node, owner!, old)
    if (taken !== undefined) return taken
    const { name } = node
    const params = (owner!.node.params as Node[]).slice(old.node.params.length)
    const param = params.find((one) => (one.left ?? one).name === name)
    if (param === undefined || this.plan.parameters.isPassedMore(owner!, this.file)) return undefined
    const { right } = param
    if (right?.type === 'Literal') return `(${this.source.slice(right)})`
    const isEmpty = right !== undefined && isEmptyObject(right)
    if (right !== undefined && !isEmpty) return undefined
    const uses = this.source.usesOf(scope.names.get(name)).filter((use) => use.node !== (param.left ?? param))
    // Where the file alone calls the function, it goes without in the new version too.
    const isNever = callsOf(owner!, this.source) !== undefined
    if (!isNever && !uses.every((use) => canBeUnset(use, this.source, isEmpty))) return undefined
    return isEmpty ? `(${this.source.slice(right)})` : 'undefined'
  }

  /** `{ a = 1 }` of the parameters, where the running version knows no such option. */
  #unsetOption(node: Node, owner: FunctionNode, old: FunctionNode): string | undefined {
    const isTaken = (owner.node.params as Node[]).some(
      (one) => (one.left ?? one).type === 'ObjectPattern' && boundNames(one).includes(node.name),
    )
    if (!isTaken || old.parameters.names.has(node.name)) return undefined
    const notPassed = this.to(owner, old)
    const text = notPassed.reduce(node)
    const isPlain = text.node === node ? text.substitutes.length > 0 : text.node?.type === 'Literal'
    if (!isPlain) return undefined
    for (const name of notPassed.names) this.note(name, node, owner)
    return `(${notPassed.print(text)})`
  }

  to(owner: FunctionNode, old: FunctionNode): NotPassed {
    const known = this.#notPassed.get(owner)
    if (known !== undefined) return known
    const isHeld = (name: string): boolean => {
      const was = old.body.names.get(name) ?? old.parameters.names.get(name)
      return was !== undefined && this.file.names.bindings.has(was)
    }
    const made = new NotPassed(this.plan, this.file, { fn: owner, old, helpers: new Map(), isHeld })
    this.#notPassed.set(owner, made)
    return made
  }

  /** What closures that exist have of what the call that made them was not passed. */
  note(name: string, at: Node, owner: FunctionNode): void {
    const why = `'${name}' is taken as not passed to '${owner.paths[0]}', for functions that it has made before`
    this.plan.kept.set(`${this.file.path} ${why}`, {
      severity: 'note',
      file: this.file.path,
      line: this.source.lineOf(at.start),
      what: name,
      why,
      advice: 'have them made anew where somebody passes it',
    })
  }
}
