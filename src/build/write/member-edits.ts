import { isBuiltin } from 'node:module'
import type { Node } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import type { AddedMethod } from '../plan/added-methods.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import { isInChain } from '../read/expressions.ts'
import type { Block } from './blocks.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import type { Edit, Stretch } from './edits.ts'
import { rewriteLongCall } from './long-calls.ts'
import { Part } from './part.ts'

/** Private members, superclass constructors and calls, which a patch writes in its own way. */
export class MemberEdits extends Part {
  /** Private members and superclass constructors, which a patch writes in its own way; not where something else stands. */
  add(root: Node, edits: Edit[], block?: Block, without: readonly Stretch[] = []): void {
    const scope = this.writer.scopeName
    walk(root, (node, ancestors) => {
      if (without.some(({ start, end }) => node.start >= start && node.end <= end)) return
      this.#ofModule(node, edits, block)
      this.#helperCall(node, edits, block)
      this.#longCall(node, edits, block)
      this.#constructed(node, edits, block)
      if (this.writer.fieldAccess.rewrite(node, ancestors, edits, block)) return
      const own = new Set(
        ancestors
          .filter((one) => one.type === 'ClassBody')
          .flatMap((body) => (body.body as Node[]).map((one) => one.key?.name)),
      )
      if (node.type === 'MemberExpression' && node.property.type === 'PrivateIdentifier') {
        if (own.has(node.property.name) || this.file.byPrivate.has(node.property)) return
        if (isInChain(node)) throw new Cannot(node, 'it uses a private member in an optional chain', BY_HAND)
        edits.push({ start: node.object.start, end: node.object.start, text: `${scope}.private(` })
        edits.push({ start: node.object.end, end: node.end, text: `)['#${node.property.name}']` })
      } else if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier') {
        if (own.has(node.left.name)) return
        edits.push({ start: node.left.start, end: node.left.end, text: `'#${node.left.name}'` })
        edits.push({ start: node.right.start, end: node.right.start, text: `${scope}.private(` })
        edits.push({ start: node.right.end, end: node.right.end, text: ')' })
      } else if (node.type === 'CallExpression' && node.callee.type === 'Super') {
        if (ancestors.some((one) => one.type === 'ClassBody')) return
        edits.push({ start: node.callee.start, end: node.callee.end, text: `${scope}.super` })
      }
    })
  }

  /** What leads from the place of a module leads elsewhere from that of a patch, which gets it from the running one. */
  #ofModule(node: Node, edits: Edit[], block: Block | undefined): void {
    const { type, meta, source, start } = node
    if (type === 'MetaProperty' && meta.name === 'import') {
      const { property } = this.source.parent(node)!
      if (!/^(url|filename|dirname)$/.test(property?.name ?? ''))
        throw new Cannot(meta, "it uses 'import.meta', which in a patch is that of the patch", BY_HAND)
      edits.push({ start, end: node.end, text: this.writer.blocks.ofModule('meta', block) })
    }
    if (type !== 'ImportExpression') return
    const specifier = source.type === 'Literal' ? String(source.value) : undefined
    if (specifier !== undefined && isBuiltin(specifier)) return
    const path = specifier && this.plan.resolve(this.source.path, specifier)
    const changed = (path && this.plan.files.get(path)?.changedExports) || new Map<string, unknown>()
    for (const name of changed.keys()) this.writer.demandExport(path!, name)
    const end = start + 'import'.length
    edits.push({ start, end, text: this.writer.blocks.ofModule('import', block) })
  }

  /** `new C(…)` of a class that has got a constructor. */
  #constructed(node: Node, edits: Edit[], block: Block | undefined): void {
    const { type, callee, arguments: args } = node
    const one = type === 'NewExpression' ? this.file.constructed.get(callee.name) : undefined
    if (one === undefined) return
    const isInside = block?.once === one.once
    if (isInside) this.writer.blocks.demand(block, one.name)
    else this.writer.blocks.demandOutside(one.once, one.name)
    const name = isInside ? one.name : `${this.writer.scopeName}.${one.name}`
    // Without parentheses it has no arguments.
    const isBare = args.length === 0 && !this.source.slice(node).endsWith(')')
    edits.unshift({ start: node.start, end: callee.end, text: isBare ? `${name}()` : name })
  }

  /** A call that passes more than the site of the running function hands on. */
  #longCall(node: Node, edits: Edit[], block: Block | undefined): void {
    const { parameters } = this.plan
    if (!parameters.calls(this.file).has(node)) return
    const again = (object: Node): string | undefined => this.#again(object, block)
    const why = rewriteLongCall(parameters, node, this.source, edits, again)
    if (why !== undefined) throw new Cannot(node, why, BY_HAND)
  }

  /** An object that can be asked for twice: `this`, or a name of the module. */
  #again(object: Node, block: Block | undefined): string | undefined {
    if (object.type === 'ThisExpression') return 'this'
    const use = object.type === 'Identifier' ? this.source.useAt(object) : undefined
    const scope = use && this.source.bindingOf(use)?.scope
    if (scope === undefined) return undefined
    if (this.file.onceOf(scope.isOfDeclaration ? scope.parent! : scope) === undefined) return undefined
    return this.writer.apply(object, this.writer.naming.rewrite(object, undefined, block))
  }

  /**
   * A call of a method that this version adds. Running objects of the class lack it; one of a subclass, or of somebody
   * else, may have its own.
   */
  #helperCall(node: Node, edits: Edit[], block: Block | undefined): void {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return
    const { object } = node.callee
    const helper = this.#helperOf(node.callee)
    if (helper === undefined) return
    const { name } = helper
    if (isInChain(node)) throw new Cannot(node, 'it calls a new method in an optional chain', BY_HAND)
    const method = helper.seesPrivate
      ? this.writer.privateMethods.call(helper, node)
      : this.#ofBlock(helper, block)
    const [first] = node.arguments as Node[]
    const after = first === undefined ? '' : ', '
    const between = { start: object.end, end: first?.start ?? node.end - 1 }
    if (object.type === 'ThisExpression' && !helper.isOwn) {
      edits.push({ start: object.start, end: object.start, text: `(this.${name} ?? ${method}).call(` })
      edits.push({ ...between, text: after })
    } else if (helper.isOwn || (object.name === helper.holder && this.#isName(object, helper.once))) {
      edits.push({ start: object.start, end: object.start, text: `${method}.call(` })
      edits.push({ ...between, text: after })
    } else {
      const call = `((object, ...args) => (object.${name} ?? ${method}).apply(object, args))(`
      edits.push({ start: object.start, end: object.start, text: call })
      edits.push({ ...between, text: after })
    }
  }

  #ofBlock({ name, once }: AddedMethod, block: Block | undefined): string {
    const isInside = block?.once === once
    if (isInside) this.writer.blocks.demand(block, name)
    else this.writer.blocks.demandOutside(once, name)
    return isInside ? name : `${this.writer.scopeName}.${name}`
  }

  #helperOf({ property, computed }: Node): AddedMethod | undefined {
    if (property.type === 'PrivateIdentifier') return this.file.byPrivate.get(property)
    if (!computed) return this.file.helpers.get(property.name)
    const { bySymbol } = this.file
    const isName = bySymbol.size > 0 && property.type === 'Identifier'
    const binding = isName ? this.source.bindingFor(property) : undefined
    return binding && bySymbol.get(binding)
  }

  #isName(node: Node, { scope }: OncePlan): boolean {
    const use = this.source.useAt(node)
    return use !== undefined && this.source.bindingOf(use)?.scope === scope
  }
}
