import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode, Scope } from '../../instrument/scopes.ts'
import { isMadeInKind } from '../plan/made-in-kind.ts'
import { isFunctionName, type OncePlan } from '../plan/once-plan.ts'
import { isObject } from '../plan/parameters.ts'
import type { Export } from '../read/exports.ts'
import { isAssigned, memberKey } from '../read/expressions.ts'
import { PureCalls } from '../read/pure-calls.ts'
import { belongsTo, ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import { assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import { unusedName } from '../read/unused-name.ts'
import type { Block } from './blocks.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { type Edit, member, quote, type Stretch } from './edits.ts'
import { Part } from './part.ts'

/** Edits that make a stretch of the new version mean the same in the patch. */
export class Naming extends Part {
  /** `without` parts of it for which something else stands. */
  rewrite(
    range: Stretch,
    fn: FunctionNode | undefined,
    block: Block | undefined,
    without: readonly Stretch[] = [],
  ): Edit[] {
    const edits: Edit[] = []
    const isWithout = ({ start, end }: Stretch): boolean =>
      without.some((one) => start >= one.start && end <= one.end && start < one.end && end > one.start)
    const around = block === undefined ? undefined : scopesAround(block.once.scope)
    for (const use of this.source.usesIn(range)) {
      const binding = this.source.bindingOf(use)
      // A call by it is one of a function of the patch.
      const isKey = binding !== undefined && this.file.bySymbol.has(binding)
      if (binding === undefined || isKey || isWithout(use.node)) continue
      if (fn !== undefined && belongsTo(binding.scope, fn)) {
        if (binding.scope.kind === 'name' && binding.scope.owner === fn) this.#ownName(use, fn, edits)
        continue
      }
      if (around !== undefined && !around.has(binding.scope)) continue
      const owner = ownerOf(binding.scope)
      if (
        fn === undefined &&
        owner !== undefined &&
        owner.node.start >= range.start &&
        owner.node.end <= range.end
      )
        continue
      const made = this.plan.functionTexts.of(this.file, use)
      if (made !== undefined) {
        edits.push({ start: made.node.start, end: made.node.end, text: quote(made.text) })
        continue
      }
      const text = this.free(use, binding, fn, block)
      // A name that is asked for by itself stands for a value, whatever it stands in.
      if (use.node === range) edits.push({ start: range.start, end: range.end, text })
      else if (text !== use.node.name) this.replaceName(use.node, text, edits)
    }
    this.writer.memberEdits.add(fn?.node ?? nodeOf(range), edits, block, without)
    return edits.filter((edit) => !isWithout(edit))
  }

  /** A named function expression that uses its own name means the running function, which is redirected. */
  #ownName(use: Use, fn: FunctionNode, edits: Edit[]): void {
    const { once, name } = this.writer.unitFunction(fn)
    if (once === undefined || name === undefined) {
      if (isCalled(use, this.source) && !use.assigned) {
        this.writer.callsItself.add(fn)
        return
      }
      const text = use.assigned ? undefined : this.#exported(fn)
      if (text !== undefined) return this.replaceName(use.node, text, edits)
      throw new Cannot(use.node, 'a function expression that hands itself on by its own name', BY_HAND)
    }
    this.replaceName(use.node, this.writer.names.say(once, name, use.node, use.assigned, false), edits)
  }

  /** A function that the running module exports as it stands there: `exports.f = function f() {}`. */
  #exported(fn: FunctionNode): string | undefined {
    const { old, new: young } = this.file.exports
    const was = this.file.pair.functions.get(fn)?.node
    const isIt = ({ name, value }: Export): boolean =>
      value === fn.node && was !== undefined && old.get(name)?.value === was
    const found = [...young.values()].find(isIt)
    if (found === undefined) return undefined
    const name = unusedName(`${fn.node.id.name}_exported`, this.source.text)
    const path = found.name === 'module.exports' ? 'exports' : `exports${member(found.name)}`
    return this.writer.names.throughExports(this.file.module, name, path, false)
  }

  free(use: Use, found: Binding, fn: FunctionNode | undefined, block: Block | undefined): string {
    // A class has its own name in sight by a variable of its own.
    const declared = found.scope.isOfDeclaration ? found.scope.parent!.names.get(found.name) : undefined
    const binding = declared?.assigned === false ? declared : found
    const once = this.file.onceOf(binding.scope)
    const { name } = use.node
    if (once === undefined) {
      if (fn !== undefined && !use.assigned && this.writer.thisNames.isThis(use, binding, fn)) return 'this'
      const unset = this.writer.unpassed.unset(use, binding)
      if (unset !== undefined) return unset
      const given = use.assigned ? undefined : this.writer.givenBack.find(binding)
      if (given !== undefined)
        return this.writer.names.throughExports(
          given.once,
          unusedName(`${name}_exported`, this.source.text),
          given.path,
          false,
        )
      const shown = use.assigned ? undefined : this.writer.shownLocals.find(binding, use.node)
      if (shown !== undefined) return shown
      this.writer.locals.needed(use, binding, fn)
      return `${this.writer.scopeName}.${name}`
    }
    if (block?.once === once) {
      const isEager = this.source.functionAt(use) === once.pair.new.fn
      if (binding.kind === 'wrapper' && name === 'require') {
        this.writer.requires.plain(use)
        this.writer.requires.demand(use)
      }
      if (binding.kind === 'wrapper' && isEager && name === 'exports')
        return this.#isOwnExport(use.node, block) ? name : this.writer.names.running
      const whole = this.source.parent(use.node)
      if (binding.kind === 'wrapper' && isEager && name === 'module' && whole?.property?.name === 'exports')
        return this.#isOwnExport(whole, block) ? name : `({ exports: ${this.writer.names.running} })`
      if (binding.kind === 'wrapper' && (name === 'require' || (isEager && /^(exports|module)$/.test(name))))
        return name
      if (isEager && isFunctionName(once, name) && isCalled(use, this.source) && this.#isReplaced(once, name))
        this.plan.bring(once, name, 'used to make a value of this version', true)
      if (!once.isBrought(name) && block.exports.size > 0) {
        const way = this.#bringAlong(once, name, use)
        if (way !== undefined) return way
      }
      if (once.isBrought(name)) {
        this.writer.blocks.demand(block, name)
        return name
      }
    }
    const isForeignRequire = name === 'require' && binding.kind === 'wrapper'
    if (isForeignRequire && block === undefined) this.writer.requires.lazy(use, once)
    const text = this.writer.names.say(
      once,
      name,
      use.node,
      use.assigned,
      block !== undefined && block.once === once,
    )
    if (isForeignRequire && once.isBrought(name)) this.writer.requires.plain(use)
    return text
  }

  /**
   * Another file's block may need this one before any function of the running module was called, when nothing leads
   * to its names yet: what the block uses has to come along, or be found in what the running module exports.
   */
  #bringAlong(once: OncePlan, name: string, { node, assigned }: Use): string | undefined {
    const unit = once.unitOf(name)
    const isFunctionOnly = isFunctionName(once, name) && !isObject(once.pair.new, name)
    const isCopied = unit?.kind === 'import' || isFunctionOnly
    const isMadeAgain =
      unit?.kind === 'variable' &&
      classOf(unit) === undefined &&
      PureCalls.of(this.source).isRepeatable(assignedValue(unit))
    if (isCopied || isMadeAgain) {
      this.plan.bring(once, name, 'needed with what is new', true)
      return undefined
    }
    const path = this.file.exposed.path(once.pair, once.pair.renamed.get(name) ?? name)
    if (path !== undefined && !assigned) return path.replace('exports', this.writer.names.running)
    if (this.#mayEnter(once)) return undefined
    if (isMadeInKind(once, name)) {
      this.plan.bring(once, name, 'needed with what is new', true)
      return undefined
    }
    throw new Cannot(node, `'${name}' of the running module may be needed before it can be reached`, BY_HAND)
  }

  /** Whether the names of a scope can be reached before any function of the module was called. */
  #mayEnter(once: OncePlan): boolean {
    if (!this.file.exposed.isEntered(once.pair)) return false
    this.file.needsEntry = true
    return true
  }
  /**
   * Whether `exports` of start-up code, which stands there for itself or for a member, is what the block gives it: for
   * anything that it does not give, it is what the running module exports.
   */
  #isOwnExport(exports: Node, block: Block): boolean {
    const parent = this.source.parent(exports)
    if (parent?.type !== 'MemberExpression' || parent.object !== exports) return true
    const above = this.source.parent(parent)
    const key = memberKey(parent)
    if (key === undefined || isAssigned(parent, above) || above?.type === 'UpdateExpression') return true
    if (!this.file.changedExports.has(key)) return false
    this.writer.blocks.export(key)
    block.readBack.add(key)
    return true
  }
  #isReplaced(once: OncePlan, name: string): boolean {
    const node = functionOf(once.unitOf(name)!)
    return node !== undefined && this.file.replaced.has(this.source.functionOf.get(node)!)
  }
  replaceName(node: Node, text: string, edits: Edit[]): void {
    const parent = this.source.parent(node)
    const holder =
      parent?.type === 'AssignmentPattern' && parent.left === node ? this.source.parent(parent) : parent
    if (holder?.type === 'Property' && holder.shorthand && holder.key.start === node.start) {
      edits.push({ start: node.start, end: node.end, text: `${node.name}: ${text}` })
      return
    }
    edits.push({ start: node.start, end: node.end, text })
    // `new scope.a.B()`: what is constructed must not become the accessor.
    let top: Node = node
    let above = this.source.parent(top)
    while (above?.type === 'MemberExpression' && above.object === top) {
      top = above
      above = this.source.parent(top)
    }
    if (top !== node && above?.type === 'NewExpression' && above.callee === top) {
      edits.push({ start: top.start, end: top.start, text: '(' })
      edits.push({ start: top.end, end: top.end, text: ')' })
    }
  }
}
function isCalled({ node }: Use, file: SourceFile): boolean {
  const parent = file.parent(node)
  const isMethod = parent?.type === 'MemberExpression' && parent.object === node && !parent.computed
  if (isMethod && /^(call|apply)$/.test(parent.property.name)) {
    const call = file.parent(parent)
    return call?.type === 'CallExpression' && call.callee === parent
  }
  return (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === node
}
function scopesAround(scope: Scope): Set<Scope> {
  const around = new Set<Scope>()
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) around.add(at)
  return around
}

function nodeOf(range: { start: number; end: number }): Node {
  return 'node' in range ? (range.node as Node) : (range as Node)
}
