import type { Node } from '../../instrument/parse.ts'
import type { NewField, NewFields } from '../plan/fields.ts'
import { isFilled } from '../plan/grown-literals.ts'
import { fieldKey, isAssigned, isInChain } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { homeOf } from '../read/this.ts'
import { onceOf } from '../read/units.ts'
import type { Block } from './blocks.ts'
import { applyEdits, type Edit } from './edits.ts'

interface Meant {
  fields: NewField[]
  isSure: boolean
}

/** Imports and globals are none of the objects that a package makes; options are where they have its defaults in them. */
const ASIDE =
  /^(super|module|exports|process|Object|Math|JSON|Buffer|Number|String|Array|Symbol|Reflect|Promise)$/
/** `__importStar`, `_interopRequireWildcard` */
const STAR = /(Star|Wildcard)$/
const OPTIONS = /^(opts?|options|config|settings)$/

/**
 * Rewrites the uses of new fields so that objects made without them have them too: `this.x` becomes
 * `C_x.of(this).x`, for whatever is done with it.
 */
export class FieldAccess {
  readonly #source: SourceFile
  readonly #fields: NewFields
  /** What a field is called in a function of the patch, or in a block. */
  readonly #nameIn: (field: NewField, at: Node, block: Block | undefined) => string

  #namespaces: ReadonlySet<string> | undefined
  #within: readonly Node[] = []
  #block: Block | undefined
  /** Patterns that are seen to. */
  readonly #seen = new Set<Node>()

  constructor(
    source: SourceFile,
    fields: NewFields,
    nameIn: (field: NewField, at: Node, block: Block | undefined) => string,
  ) {
    this.#source = source
    this.#fields = fields
    this.#nameIn = nameIn
  }

  /** Says whether it has seen to the node. A class that stands in the text as a whole has its fields itself. */
  rewrite(node: Node, ancestors: readonly Node[], edits: Edit[], block: Block | undefined): boolean {
    this.#within = ancestors
    this.#block = block
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
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        this.#parameters(node, edits)
        return false
      case 'ForOfStatement':
        this.#loop(node, edits)
        return false
      case 'ObjectPattern':
        if (!this.#seen.has(node)) this.#untaken(node)
        return false
      default:
        return false
    }
  }

  #name(field: NewField, at: Node): string {
    return this.#nameIn(field, at, this.#block)
  }

  #member(node: Node, edits: Edit[]): boolean {
    const key = fieldKey(node)
    if (key === undefined) return false
    const { object } = node
    const { fields, isSure } = this.#fieldsOf(node)
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
      const optional = isInChain(node) && !parent.optional ? '?.' : ''
      const verb = isSure ? 'method' : 'maybeMethod'
      edits.push({ start: object.start, end: object.start, text: `${names[0]}.${verb}(` })
      edits.push({ start: object.end, end: node.end, text: `)${optional}` })
      return true
    }
    const verb = isSure ? 'of' : 'maybe'
    around(object, names.map((name) => `${name}.${verb}(`).join(''), ')'.repeat(names.length), edits)
    // The chain would have ended with the object, which stands in a call now.
    const dot = isInChain(node) ? '?.' : ''
    if (isPrivate) edits.push({ start: object.end, end: node.end, text: `${dot}['${key}']` })
    else if (dot !== '' && !node.optional) {
      const end = node.computed ? object.end : node.property.start
      edits.push({ start: object.end, end, text: dot })
    }
    return true
  }

  #delete({ argument, start, end }: Node, edits: Edit[]): void {
    if (argument.type !== 'MemberExpression') return
    const { object } = argument
    const { fields, isSure } = this.#fieldsOf(argument)
    if (!isSure || fields.length === 0) return
    edits.push({ start, end: object.start, text: `${this.#name(fields[0]!, argument)}.remove(` })
    edits.push({ start: object.end, end, text: ')' })
  }

  #hasMember(callee: Node): boolean {
    for (let at = callee; at.type === 'MemberExpression'; at = at.object) {
      if (this.#fieldsOf(at).fields.length > 0) return true
    }
    return false
  }

  #in({ left, right, start }: Node, edits: Edit[]): boolean {
    const isPrivate = left.type === 'PrivateIdentifier'
    const key = isPrivate ? `#${left.name}` : left.value
    const { fields, isSure } =
      typeof key === 'string'
        ? this.#fieldsAt(key, right)
        : this.#among(this.#fields.named(left, this.#source), right)
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
    this.#seen.add(pattern)
    if (this.#isObjectAside(from)) return
    for (const { key, computed } of pattern.properties as Node[]) {
      if (key === undefined || computed) continue
      const { fields } = this.#fieldsAt(key.name ?? String(key.value), from)
      for (const field of fields) around(from, `${this.#name(field, key)}.with(`, withEnd(pattern), edits)
    }
  }

  /** `function ({ x }) { … }` becomes `function (given) { var { x } = C_x.with(given); … }`. */
  #parameters({ params, body }: Node, edits: Edit[]): void {
    const patterns = (params as Node[]).map((one) =>
      one.type === 'AssignmentPattern' ? (one.left as Node) : one,
    )
    const hasDefaults = (params as Node[]).filter(({ type }) => type === 'AssignmentPattern').length > 1
    for (const pattern of patterns) {
      const moved = hasDefaults ? undefined : this.#moved(pattern, 'var', edits)
      if (moved !== undefined) this.#begin(body, moved, edits)
    }
  }

  /** `for (const { x } of list) …`. */
  #loop({ left, body }: Node, edits: Edit[]): void {
    if (left.type !== 'VariableDeclaration') return
    const moved = this.#moved(left.declarations[0].id, left.kind, edits)
    if (moved !== undefined) this.#begin(body, moved, edits)
  }

  /** Puts a name in the place of a pattern, which is declared from that. */
  #moved(pattern: Node, kind: string, edits: Edit[]): (() => string) | undefined {
    const names = this.#namesIn(pattern)
    if (names.length === 0) return undefined
    this.#seen.add(pattern)
    let given = 'given'
    while (this.#source.text.includes(given) || edits.some(({ text }) => text === given)) given += '_'
    const value = names.reduce((text, name) => `${name}.with(${text}${withEnd(pattern)}`, given)
    // The pattern's own text, with what becomes of its parts.
    const own: Edit = { start: pattern.start, end: pattern.end, text: given }
    edits.push(own)
    const text = (): string =>
      applyEdits(
        this.#source.text,
        pattern,
        edits.filter((edit) => edit !== own),
      )
    return () => `${kind} ${text()} = ${value};`
  }

  #begin(body: Node, declaration: () => string, edits: Edit[]): void {
    if (body.type === 'BlockStatement') {
      edits.push({ start: body.start + 1, end: body.start + 1, text: () => ` ${declaration()}` })
      return
    }
    const isExpression = !/Statement$|^(Variable|Function|Class)Declaration$/.test(body.type)
    const head = (): string => `{ ${declaration()} ${isExpression ? 'return ' : ''}`
    edits.push(
      { start: body.start, end: body.start, text: head },
      { start: body.end, end: body.end, text: ' }' },
    )
  }

  #namesIn(pattern: Node): string[] {
    if (pattern.type !== 'ObjectPattern') return []
    return (pattern.properties as Node[]).flatMap(({ key, computed }) => {
      if (key === undefined || computed) return []
      const { fields } = this.#fieldsAt(key.name ?? String(key.value), pattern)
      return fields.map((field) => this.#name(field, key))
    })
  }

  /** One within another pattern, or of what is caught. */
  #untaken(pattern: Node): void {
    for (const { key, computed } of pattern.properties as Node[]) {
      if (key === undefined || computed) continue
      for (const field of this.#fieldsAt(key.name ?? String(key.value), pattern).fields)
        this.#fields.untaken(field, this.#source, key)
    }
  }

  /** The fields that may be meant; more than one only where it cannot be told whose object it is. */
  #fieldsAt(key: string, object: Node): Meant {
    return this.#among(this.#fields.of(key), object)
  }

  #fieldsOf(node: Node): Meant {
    return this.#among(this.#fields.at(node, this.#source), node.object)
  }

  #among(fields: readonly NewField[], object: Node): Meant {
    const isOptions = object.type === 'Identifier' && OPTIONS.test(object.name)
    const isPassed = object.type === 'Identifier' && this.#isMergedWith(object)
    const all = fields.filter(
      ({ body, isMerged = false }) =>
        (body === undefined || !this.#within.includes(body)) && (isMerged ? !isPassed : !isOptions),
    )
    if (all.length === 0 || this.#isObjectAside(object)) return { fields: [], isSure: false }
    const home = object.type === 'ThisExpression' ? homeOf(object, this.#source) : undefined
    if (all.some(({ key }) => key.startsWith('#'))) {
      const own = all.find(({ file, body }) => file.pair.new === this.#source && isWithin(object, body))
      return { fields: own === undefined ? [] : [own], isSure: true }
    }
    const sure = home === undefined ? undefined : all.find(({ homes }) => homes.has(home))
    if (sure !== undefined) {
      // A closure that stands by itself may be one of an object that was made without.
      const isMade =
        sure.makers.has(home!) && sure.node.type !== 'PropertyDefinition' && this.#within.includes(home!)
      return { fields: isMade ? [] : [sure], isSure: true }
    }
    const told = all.filter((field) => field.like.length > 0)
    return { fields: told.filter((field) => !this.#isOfCopy(field, told)), isSure: false }
  }

  /** Of the same class in another file, as packages that can be imported and required have it: its objects come here by no way. */
  #isOfCopy({ node, file, like }: NewField, all: NewField[]): boolean {
    const { new: source } = file.pair
    const isSame = (one: NewField): boolean =>
      one.file.pair.new === this.#source &&
      this.#source.slice(one.node) === source.slice(node) &&
      one.like.join() === like.join()
    return source !== this.#source && all.some(isSame)
  }

  /** What somebody passed to have it put together with defaults: it has none itself. */
  #isMergedWith(object: Node): boolean {
    const binding = this.#source.bindingFor(object)
    if (binding?.assigned) return false
    return this.#source.usesOf(binding).some(({ node, assigned }) => {
      const parent = this.#source.parent(node)
      const isMerge = parent?.type === 'CallExpression' && isFilled(parent) && parent.arguments[0] !== node
      return !assigned && (parent?.type === 'SpreadElement' || isMerge)
    })
  }

  #isObjectAside(object: Node): boolean {
    if (object.type === 'Super' || object.type === 'ObjectExpression') return true
    if (object.type !== 'Identifier') return false
    return ASIDE.test(object.name) || this.#isNamespace(object)
  }

  /** `import * as a`, and what compilers make of it: a module is none of the objects that a package makes. */
  #isNamespace(object: Node): boolean {
    const { module } = this.#source.analysis
    this.#namespaces ??= new Set(
      onceOf(this.#source, undefined).units.flatMap(({ kind, imported, helper, names }) =>
        kind === 'import' && (imported === '*' || STAR.test(helper?.name ?? '')) ? names : [],
      ),
    )
    return this.#namespaces.has(object.name) && this.#source.bindingFor(object)?.scope === module
  }
}

/** What ends a call of `with` for a pattern. */
function withEnd({ properties }: Node): string {
  return (properties as Node[]).some(({ type }) => type === 'RestElement') ? ', true)' : ')'
}

function around({ start, end }: Node, before: string, after: string, edits: Edit[]): void {
  edits.push({ start, end: start, text: before }, { start: end, end, text: after })
}

function isWithin({ start, end }: Node, outer: Node | undefined): boolean {
  return outer !== undefined && start >= outer.start && end <= outer.end
}
