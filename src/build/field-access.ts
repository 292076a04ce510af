import type { Node } from '../instrument/parse.ts'
import type { Edit } from './edits.ts'
import { homeOf, isAssigned, type NewField, type NewFields } from './fields.ts'
import type { SourceFile } from './source-file.ts'
import { memberKey } from './units.ts'

/** Imports and globals are none of the objects that a package makes. */
const ASIDE =
  /^(super|module|exports|process|Object|Math|JSON|Buffer|Number|String|Array|Symbol|Reflect|Promise|opts?|options|config|settings)$/

/**
 * Rewrites the uses of new fields so that objects made without them have them too: `this.x` becomes
 * `C_x.of(this).x`, for whatever is done with it.
 */
export class FieldAccess {
  readonly #source: SourceFile
  readonly #fields: NewFields
  /** What a field is called where the text stands; undefined where it cannot be had. */
  readonly #name: (field: NewField, at: Node) => string

  #within: readonly Node[] = []

  constructor(source: SourceFile, fields: NewFields, name: (field: NewField, at: Node) => string) {
    this.#source = source
    this.#fields = fields
    this.#name = name
  }

  /** Says whether it has seen to the node. A class that stands in the text as a whole has its fields itself. */
  rewrite(node: Node, ancestors: readonly Node[], edits: Edit[]): boolean {
    this.#within = ancestors
    switch (node.type) {
      case 'MemberExpression':
        return this.#member(node, edits)
      case 'NewExpression':
        if (this.#hasMember(node.callee)) around(node.callee, '(', ')', edits)
        return false
      case 'UnaryExpression':
        if (node.operator === 'delete') this.#delete(node, edits)
        return false
      case 'BinaryExpression':
        return node.operator === 'in' && this.#in(node, edits)
      case 'VariableDeclarator':
        if (node.id.type === 'ObjectPattern' && node.init) this.#pattern(node.id, node.init, edits)
        return false
      case 'AssignmentExpression':
        if (node.left.type === 'ObjectPattern') this.#pattern(node.left, node.right, edits)
        return false
      default:
        return false
    }
  }

  #member(node: Node, edits: Edit[]): boolean {
    const key = memberKey(node)
    if (key === undefined) return false
    const { object } = node
    const { fields, isSure } = this.#fieldsAt(key, object)
    if (fields.length === 0) return false
    const isPrivate = key.startsWith('#')
    const parent = this.#source.parent(node)
    // What code writes into an object that it only may know, the object shall have.
    if (!isSure && isAssigned(node, parent)) return false
    if (isSure && parent?.operator === 'delete') return true
    const isCalled =
      (parent?.type === 'CallExpression' && parent.callee === node) ||
      (parent?.type === 'TaggedTemplateExpression' && parent.tag === node)
    const names = fields.map((field) => this.#name(field, node))
    if (isCalled) {
      const optional = node.optional && !parent.optional ? '?.' : ''
      const verb = isSure ? 'method' : 'maybeMethod'
      edits.push({ start: object.start, end: object.start, text: `${names[0]}.${verb}(` })
      edits.push({ start: object.end, end: node.end, text: `)${optional}` })
      return true
    }
    const verb = isSure ? 'of' : 'maybe'
    around(object, names.map((name) => `${name}.${verb}(`).join(''), ')'.repeat(names.length), edits)
    if (isPrivate)
      edits.push({ start: object.end, end: node.end, text: `${node.optional ? '?.' : ''}['${key}']` })
    return true
  }

  #delete({ argument, start, end }: Node, edits: Edit[]): void {
    const key = argument.type === 'MemberExpression' ? memberKey(argument) : undefined
    if (key === undefined) return
    const { object } = argument
    const { fields, isSure } = this.#fieldsAt(key, object)
    if (!isSure || fields.length === 0) return
    edits.push({ start, end: object.start, text: `${this.#name(fields[0]!, argument)}.remove(` })
    edits.push({ start: object.end, end, text: ')' })
  }

  #hasMember(callee: Node): boolean {
    for (let at = callee; at.type === 'MemberExpression'; at = at.object) {
      const key = memberKey(at)
      if (key !== undefined && this.#fieldsAt(key, at.object).fields.length > 0) return true
    }
    return false
  }

  #in({ left, right, start }: Node, edits: Edit[]): boolean {
    const isPrivate = left.type === 'PrivateIdentifier'
    const key = isPrivate
      ? `#${left.name}`
      : typeof left.value === 'string'
        ? (left.value as string)
        : undefined
    if (key === undefined) return false
    const { fields, isSure } = this.#fieldsAt(key, right)
    const [field] = fields
    if (field === undefined) return false
    const name = this.#name(field, left)
    if (isPrivate) {
      edits.push({ start, end: right.start, text: `${name}.isIn(` })
      edits.push({ start: right.end, end: right.end, text: ')' })
    } else around(right, `${name}.${isSure ? 'of' : 'maybe'}(`, ')', edits)
    return true
  }

  /** `const { x } = this`. */
  #pattern(pattern: Node, from: Node, edits: Edit[]): void {
    if (this.#isObjectAside(from)) return
    for (const { key, computed } of pattern.properties as Node[]) {
      if (key === undefined || computed) continue
      const { fields } = this.#fieldsAt(key.name ?? String(key.value), from)
      for (const field of fields) around(from, `${this.#name(field, key)}.with(`, ')', edits)
    }
  }

  /** The fields that may be meant; more than one only where it cannot be told whose object it is. */
  #fieldsAt(key: string, object: Node): { fields: NewField[]; isSure: boolean } {
    const all = this.#fields.of(key).filter(({ body }) => body === undefined || !this.#within.includes(body))
    if (all.length === 0 || this.#isObjectAside(object)) return { fields: [], isSure: false }
    const home = object.type === 'ThisExpression' ? homeOf(object, this.#source) : undefined
    if (key.startsWith('#')) {
      const own = all.find(({ file, body }) => file.pair.new === this.#source && isWithin(object, body))
      return { fields: own === undefined ? [] : [own], isSure: true }
    }
    const sure = home === undefined ? undefined : all.find(({ homes }) => homes.has(home))
    if (sure !== undefined) {
      const isMade = sure.makers.has(home!) && sure.node.type !== 'PropertyDefinition'
      return { fields: isMade ? [] : [sure], isSure: true }
    }
    return { fields: all.filter((field) => field.like.length > 0), isSure: false }
  }

  #isObjectAside(object: Node): boolean {
    if (object.type === 'Super' || object.type === 'ObjectExpression') return true
    if (object.type !== 'Identifier') return false
    return ASIDE.test(object.name)
  }
}

function around({ start, end }: Node, before: string, after: string, edits: Edit[]): void {
  edits.push({ start, end: start, text: before }, { start: end, end, text: after })
}

function isWithin({ start, end }: Node, outer: Node | undefined): boolean {
  return outer !== undefined && start >= outer.start && end <= outer.end
}
