import type { Node } from '../../../instrument/parse.ts'
import { containsNode, walk } from '../../../livepatch/ast.ts'
import { isOfModule } from '../../plan/fields.ts'
import type { FilePlan } from '../../plan/file-plan.ts'
import { isObject } from '../../plan/parameters.ts'
import type { Plan } from '../../plan/plan.ts'
import { isRepeatable } from '../../read/effects.ts'
import { memberKey } from '../../read/expressions.ts'
import { ownerOf, type Use } from '../../read/source-file.ts'
import { isSensitive } from '../../read/strictness.ts'
import { assignedValue, classOf, functionOf } from '../../read/unit-values.ts'
import type { Unit } from '../../read/units.ts'
import { applyEdits, type Edit, quote } from '../edits.ts'
import { FieldAccess } from '../field-access.ts'

/** Where a text that stood in a class is to stand. */
export interface InClass {
  self?: string | undefined
  hasSuper?: boolean
}

/**
 * Text of the new version that stands on its own: it runs when no function of the running module has been called yet, and
 * so nothing leads to the module's names. Functions, imports and constants come along as copies.
 */
export class Apart {
  readonly #plan: Plan
  readonly #file: FilePlan
  /** How the running module exports a name. */
  readonly #exported: (name: string) => string | undefined
  readonly #copies = new Map<string, string>()
  /** Of a file that is sloppy as a whole: what the text so far has to be, to mean what it does there. */
  #kind: 'strict' | 'sloppy' | undefined

  constructor(plan: Plan, file: FilePlan, exported: (name: string) => string | undefined) {
    this.#plan = plan
    this.#file = file
    this.#exported = exported
  }

  /** What was needed beside, in an order that works. */
  declarations(): string[] {
    return [...this.#copies.values()]
  }

  get isStrict(): boolean {
    return this.#kind === 'strict'
  }

  /**
   * The text of a stretch, of which `root` is what runs; undefined where it needs the running module itself. `self` is
   * what stands for the class around it; `super` means something where the text is to stand.
   */
  text(
    range: { start: number; end: number },
    root: Node,
    { self, hasSuper = false }: InClass = {},
  ): string | undefined {
    const before = new Map(this.#copies)
    const kind = this.#kind
    const text = this.#write(range, root, { self, hasSuper })
    if (text !== undefined) return text
    this.#kind = kind
    this.#copies.clear()
    for (const [name, copy] of before) this.#copies.set(name, copy)
    return undefined
  }

  #write(
    range: { start: number; end: number },
    root: Node,
    { self, hasSuper = false }: InClass = {},
  ): string | undefined {
    const isFree = !needsClass(root, hasSuper) && this.#isOfKind(root)
    const edits = this.#nameEdits(root, self)
    if (edits === undefined || !this.#addMemberEdits(root, edits) || !isFree) return undefined
    return applyEdits(this.#file.pair.new.text, range, edits)
  }

  /** What stands for the names of the module; undefined where nothing does for one of them. */
  #nameEdits(root: Node, self: string | undefined): Edit[] | undefined {
    const source = this.#file.pair.new
    const edits: Edit[] = []
    for (const use of source.usesIn(root)) {
      const { node, assigned } = use
      const binding = source.bindingOf(use)
      if (binding === undefined) continue
      const owner = ownerOf(binding.scope)
      if (owner !== undefined && owner.node.start >= root.start && owner.node.end <= root.end) continue
      const asked = use.node.name === 'exports' ? this.#changedExport(use) : undefined
      if (asked !== undefined) {
        const value = this.#exportedValue(asked.key)
        if (value === undefined) return undefined
        edits.push({ start: asked.member.start, end: asked.member.end, text: value })
        continue
      }
      const isClass = binding.scope.kind === 'class'
      const isOfModule = binding.scope === this.#file.module.scope
      const instead = assigned ? undefined : isClass ? self : isOfModule ? this.#name(node.name) : undefined
      if (instead === undefined) return undefined
      if (instead === node.name) continue
      const parent = source.parent(node)
      const isShorthand = node !== root && parent?.type === 'Property' && parent.shorthand
      edits.push({
        start: node.start,
        end: node.end,
        text: isShorthand ? `${node.name}: ${instead}` : instead,
      })
    }
    return edits
  }

  /** Rewrites members that are new fields; false where one of them, or a call, needs the running module. */
  #addMemberEdits(root: Node, edits: Edit[]): boolean {
    let isApart = true
    const access = new FieldAccess(this.#file.pair.new, this.#plan.fields, (field) => {
      isApart &&= !isOfModule(field)
      this.#plan.fields.used.add(field)
      return field.name
    })
    const longCalls = this.#plan.parameters.calls(this.#file)
    walk(root, (node, ancestors) => {
      if (longCalls.has(node)) isApart = false
      const isSeenTo = access.rewrite(node, ancestors, edits, undefined)
      if (node.type !== 'PrivateIdentifier' || isSeenTo) return
      if (!ancestors.some(({ type }) => type === 'ClassBody')) isApart &&= isNewPrivate(this.#plan, node)
    })
    return isApart
  }

  /** `exports.a` in start-up code, where that has another value now: the running module still has the old one there. */
  #changedExport(use: Use): { member: Node; key: string } | undefined {
    const source = this.#file.pair.new
    const member = source.parent(use.node)
    if (use.assigned || source.functionAt(use) !== undefined) return undefined
    if (member?.type !== 'MemberExpression' || member.object !== use.node) return undefined
    const key = memberKey(member)
    if (key === undefined || !this.#file.changedExports.has(key)) return undefined
    return { member, key }
  }

  #exportedValue(key: string): string | undefined {
    const { local, value } = this.#file.exports.new.get(key) ?? {}
    if (local !== undefined) return this.#name(local)
    if (value === undefined || !isConstant(value)) return undefined
    const text = this.#write(value, value)
    return text === undefined ? undefined : `(${text})`
  }

  /** All of it stands in one function. */
  #isOfKind(root: Node): boolean {
    const source = this.#file.pair.new
    const fn = source.functionOf.get(root)
    if (fn === undefined || fn.ownStrict || source.analysis.module.strict || !isSensitive(fn, source))
      return true
    const kind = fn.strict ? 'strict' : 'sloppy'
    this.#kind ??= kind
    return this.#kind === kind
  }

  /** What stands for a name of the module. */
  #name(name: string): string | undefined {
    const unit = this.#file.module.unitOf(name)
    if (name === 'require' || name === 'exports') return name
    if (unit === undefined || !this.#file.module.scope.names.has(name)) return undefined
    const exported = functionOf(unit) || classOf(unit) ? this.#exported(name) : undefined
    if (exported !== undefined) return exported
    if (this.#copies.has(name)) return name
    this.#copies.set(name, '')
    const copy = this.#copy(unit, name)
    this.#copies.delete(name)
    if (copy === undefined) return undefined
    this.#copies.set(name, copy)
    return name
  }

  #copy(unit: Unit, name: string): string | undefined {
    if (unit.kind === 'import') return this.#isLacking(unit) ? undefined : importText(unit, name)
    const fn = functionOf(unit)
    if (fn !== undefined) {
      // A constructor must be the running one, and so must what something is put on or compared with.
      if (this.#file.pair.new.functionOf.get(fn)!.this || isObject(this.#file.module.pair.new, name))
        return undefined
      const text = this.#write(fn, fn)
      if (text === undefined) return undefined
      return unit.kind === 'function' ? text : `const ${name} = ${text};`
    }
    const value = assignedValue(unit)
    if (unit.kind !== 'variable' || unit.names.length !== 1 || value === undefined || !isConstant(value))
      return undefined
    if (this.#file.module.scope.names.get(name)?.assigned) return undefined
    const text = this.#write(value, value)
    return text === undefined ? undefined : `const ${name} = ${text};`
  }

  /** Whether the running ES module that it is imported from lacks it. */
  #isLacking({ source, imported }: Unit): boolean {
    const path = this.#plan.resolve(this.#file.path, source!)
    const origin = path === undefined ? undefined : this.#plan.origin(path, imported!)
    const other = origin && this.#plan.files.get(origin.path)
    return other?.pair.new.type === 'module' && other.changedExports.get(origin!.name) === 'added'
  }
}

function importText({ source, imported }: Unit, name: string): string {
  const from = `require(${quote(source!)})`
  if (imported === '=' || imported === '*') return `const ${name} = ${from};`
  if (imported === 'default') return `const { default: ${name} = ${from} } = ${from};`
  return `const { ${imported === name ? name : `${imported}: ${name}`} } = ${from};`
}

/** One that holds no state. */
function isConstant(node: Node): boolean {
  const holdsState = ({ type, regex }: Node): boolean =>
    /^(New|Call|Class|This|Assignment|Object|Array)/.test(type) || /[gy]/.test(regex?.flags ?? '')
  return isRepeatable(node) && !containsNode(node, holdsState)
}

/** What only a class around it can mean. */
function needsClass(root: Node, hasSuper: boolean): boolean {
  return containsNode(root, (node, ancestors) => {
    if (node.type === 'Super') return !hasSuper && !ancestors.some(({ type }) => type === 'ClassBody')
    return node.type === 'ImportExpression' || (node.type === 'MetaProperty' && node.meta.name === 'import')
  })
}

function isNewPrivate({ fields }: Plan, { name }: Node): boolean {
  return fields.of(`#${name}`).length > 0
}
