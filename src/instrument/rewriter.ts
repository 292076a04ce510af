import type { Edits } from './edits.ts'
import type { Names } from './names.ts'
import { childKeys, type Node } from './parse.ts'
import type { Binding, FunctionNode, Reference, Scope } from './scopes.ts'
import { isAnonymousFunction, skipTrivia } from './syntax.ts'

/** What the text of a function needs cannot be had from outside of it: the message says why. */
export class Unreachable extends Error {}

type Resolution =
  | { kind: 'name'; read: number; write: number | undefined; constant: 'throws' | 'ignored' }
  | { kind: 'self' }

/** Edits by which a function means the same outside of its file: what it takes from around goes through the accessor. */
export class Rewriter {
  usesThisVariable = false
  private readonly source: string
  private readonly edits: Edits
  private readonly names: Names
  private readonly root: FunctionNode
  private readonly prefix: string
  private readonly functionOf: Map<Node, FunctionNode>
  /** Names of the body, which hide those around the function from the accessor that its site hands over. */
  private readonly hidden: ReadonlySet<string>
  private readonly resolved = new Map<Node, Resolution>()
  private readonly needed = new Set<'name' | 'super' | 'private' | 'call' | 'this'>()
  /** Where the callee of a `new` begins: a call there needs parentheses. */
  private readonly newCallees = new Set<number>()
  private readonly outside: Map<string, { get?: number; set?: number; has: number }>
  /** Index of the innermost function. */
  private index: number
  /** Private names of classes inside the function: they stay. */
  private readonly inner: Set<string>[] = []
  /** `this`, `super`, `arguments` and `new.target` are the root's. */
  private own = true

  constructor(
    source: string,
    edits: Edits,
    names: Names,
    root: FunctionNode,
    prefix: string,
    functionOf: Map<Node, FunctionNode>,
    references: readonly Reference[],
    hidden: ReadonlySet<string>,
  ) {
    this.hidden = hidden
    this.source = source
    this.edits = edits
    this.names = names
    this.root = root
    this.prefix = prefix
    this.functionOf = functionOf
    this.index = root.index
    this.outside = outsidePrivates(root, names)
    for (const { node, scope } of references) {
      if (node.start < root.start || node.end > root.end) continue
      const resolution = this.resolve(node.name, scope)
      if (resolution !== undefined) this.resolved.set(node, resolution)
    }
  }

  run(): void {
    const { node } = this.root
    for (const parameter of node.params) this.visit(parameter)
    this.visit(node.body)
  }

  /** Functions that the text needs beside itself. */
  helpers(): string {
    const p = this.prefix
    let text = ''
    if (this.needed.has('name')) {
      // Mode of a name that cannot be written: 1 throws, 2 does nothing.
      text += `const ${p}o=(c,r,w,m)=>({get _(){return c(r)},set _(v){if(m===1)throw new TypeError('Assignment to constant variable.');if(m!==2)c(w,v)}});`
    }
    if (this.needed.has('super')) {
      text += `const ${p}s=(c,g,s,k)=>({get _(){return c(g,k)},set _(v){c(s,k,v)}});`
    }
    if (this.needed.has('private')) {
      text += `const ${p}q=(c,g,s,o)=>({get _(){return c(g,o)},set _(v){c(s,o,v)}});`
    }
    if (this.needed.has('call')) {
      text += `const ${p}k=(c,g,o)=>{const f=c(g,o);return typeof f==='function'?f.bind(o):f};`
    }
    if (this.needed.has('this')) {
      const message =
        "Must call super constructor in derived class before accessing 'this' or returning from derived constructor"
      text += `const ${p}j=t=>{if(t===void 0)throw new ReferenceError(${JSON.stringify(message)});return t};`
    }
    return text
  }

  private resolve(name: string, from: Scope): Resolution | undefined {
    let inside = true
    for (let scope: Scope | undefined = from; scope !== undefined; scope = scope.parent) {
      if (scope === this.root.outer) inside = false
      const binding = scope.names.get(name)
      if (binding === undefined) continue
      if (scope.kind === 'name' && scope.owner === this.root) return { kind: 'self' }
      return inside ? undefined : this.outer(binding)
    }
    return undefined
  }

  private outer(binding: Binding): Resolution {
    const operations = this.names.bindings.get(binding)
    if (operations === undefined || this.hides(binding)) {
      throw new Unreachable(`it uses '${binding.name}', which cannot be reached from outside`)
    }
    const ignored = binding.scope.kind === 'name' && !this.root.strict
    return { kind: 'name', ...operations, constant: ignored ? 'ignored' : 'throws' }
  }

  /** A default means the name around the function, where the body declares another: the accessor sees the body's. */
  private hides(binding: Binding): boolean {
    return binding.scope.kind !== 'module' && this.hidden.has(binding.name)
  }

  private visitAll(nodes: readonly (Node | null)[]): void {
    for (const node of nodes) if (node !== null) this.visit(node)
  }

  private children(node: Node): void {
    for (const key of childKeys(node)) {
      const child = node[key]
      if (Array.isArray(child)) this.visitAll(child)
      else if (child !== null && child !== undefined) this.visit(child)
    }
  }

  private visit(node: Node): void {
    switch (node.type) {
      case 'Identifier':
        return this.read(node)
      case 'ThisExpression':
        return this.thisExpression(node)
      case 'MetaProperty':
        return this.metaProperty(node)
      case 'ImportExpression':
        return this.importExpression(node)
      case 'Property':
        return this.property(node)
      case 'MemberExpression':
        return this.member(node)
      case 'CallExpression':
        return this.call(node)
      case 'NewExpression':
        this.newCallees.add(node.callee.start)
        return this.children(node)
      case 'TaggedTemplateExpression':
        return this.taggedTemplate(node)
      case 'PrivateInExpression':
      case 'BinaryExpression':
        return this.binary(node)
      case 'AssignmentExpression':
        return this.assignment(node)
      case 'UpdateExpression':
        return this.target(node.argument)
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.forEach(node)
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.function(node)
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.class(node)
      case 'BreakStatement':
      case 'ContinueStatement':
        return
      case 'LabeledStatement':
        return this.visit(node.body)
      default:
        return this.children(node)
    }
  }

  private forEach({ left, right, body }: Node): void {
    if (left.type === 'VariableDeclaration') this.visit(left)
    else this.target(left)
    this.visit(right)
    this.visit(body)
  }

  private open(at: number, text: string, drop = 0): void {
    this.edits.openInside(at, text, this.index, drop)
  }

  private close(at: number, text: string, drop = 0): void {
    this.edits.closeInside(at, text, this.index, drop)
  }

  // ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────

  private readText(node: Node): string | undefined {
    const c = `${this.prefix}c`
    const resolution = this.resolved.get(node)
    if (resolution?.kind === 'self') return `${this.prefix}f`
    if (resolution?.kind === 'name') return `${c}(${resolution.read})`
    if (node.name === 'arguments' && this.own && this.root.arrow) {
      const id = this.names.arguments.get(this.root)
      if (id !== undefined) return `${c}(${id})`
    }
    return undefined
  }

  private read(node: Node): void {
    const text = this.readText(node)
    if (text === undefined) return
    const wrapped = this.newCallees.has(node.start) ? `(${text})` : text
    this.open(node.start, wrapped, node.end - node.start)
  }

  private writeText(node: Node): string | undefined {
    const resolution = this.resolved.get(node)
    if (resolution === undefined) return undefined
    this.needed.add('name')
    const p = this.prefix
    if (resolution.kind === 'self') return `${p}o(()=>${p}f,0,0,${this.root.strict ? 1 : 2})._`
    const { read, write, constant } = resolution
    const mode = write !== undefined ? 0 : constant === 'throws' ? 1 : 2
    return `${p}o(${p}c,${read},${write ?? 0},${mode})._`
  }

  /** A place that is assigned to: identifiers, members and patterns of them. */
  private target(node: Node | null): void {
    if (node === null) return
    switch (node.type) {
      case 'Identifier': {
        const text = this.writeText(node)
        if (text !== undefined) this.open(node.start, text, node.end - node.start)
        break
      }
      case 'ParenthesizedExpression':
        this.target(node.expression)
        break
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') this.target(property.argument)
          else this.targetProperty(property)
        }
        break
      case 'ArrayPattern':
        for (const element of node.elements) this.target(element)
        break
      case 'AssignmentPattern':
        this.target(node.left)
        this.visit(node.right)
        break
      case 'RestElement':
        this.target(node.argument)
        break
      case 'MemberExpression':
        this.memberTarget(node)
        break
      default:
        this.visit(node)
    }
  }

  private targetProperty(property: Node): void {
    if (property.computed) this.visit(property.key)
    if (property.shorthand) {
      const id: Node = property.value.type === 'AssignmentPattern' ? property.value.left : property.value
      if (this.resolved.has(id)) this.open(id.start, `${id.name}:`)
    }
    this.target(property.value)
  }

  private property(node: Node): void {
    if (node.computed) this.visit(node.key)
    if (node.shorthand && node.value.type === 'Identifier' && this.readText(node.value) !== undefined) {
      this.open(node.value.start, `${node.value.name}:`)
    }
    this.visit(node.value)
  }

  private assignment(node: Node): void {
    const { left, right } = node
    const resolution = left.type === 'Identifier' ? this.resolved.get(left) : undefined
    if (node.operator === '=' && resolution?.kind === 'name' && resolution.write !== undefined) {
      this.open(left.start, `${this.prefix}c(${resolution.write},`, left.end - left.start)
      this.open(skipTrivia(this.source, left.end), '', 1)
      const named = isAnonymousFunction(right)
      if (named) this.open(right.start, `{${JSON.stringify(left.name)}:`)
      this.visit(right)
      this.close(right.end, named ? `}[${JSON.stringify(left.name)}])` : ')')
      return
    }
    this.target(left)
    this.visit(right)
  }

  // ── this, super, new.target, import ─────────────────────────────────────────────────────────────────────────────

  private get constructs(): boolean {
    return this.own && this.root.kind === 'derived constructor'
  }

  private thisExpression(node: Node): void {
    if (!this.constructs) return
    this.usesThisVariable = true
    this.needed.add('this')
    const text = `${this.prefix}j(${this.prefix}z)`
    this.open(node.start, this.newCallees.has(node.start) ? `(${text})` : text, node.end - node.start)
  }

  private metaProperty(node: Node): void {
    if (node.meta.name === 'import') {
      this.open(node.start, `${this.prefix}c(${this.names.importMeta})`, node.end - node.start)
    } else if (this.own) this.open(node.start, `${this.prefix}n`, node.end - node.start)
  }

  private importExpression(node: Node): void {
    if (node.phase) throw new Unreachable('it uses an import phase')
    const parenthesis = skipTrivia(this.source, node.start + 'import'.length)
    this.open(node.start, `${this.prefix}c`, 'import'.length)
    this.open(parenthesis, `(${this.names.dynamicImport},`, 1)
    this.children(node)
  }

  private call(node: Node): void {
    const callee: Node = node.callee
    if (callee.type === 'Super') {
      if (!this.constructs) {
        this.children(node)
        return
      }
      this.usesThisVariable = true
      const id = this.names.superCall.get(this.root)
      const parenthesis = skipTrivia(this.source, callee.end)
      this.open(callee.start, `(${this.prefix}z=${this.prefix}c`, callee.end - callee.start)
      this.open(parenthesis, `(${id},[`, 1)
      this.visitAll(node.arguments)
      this.close(node.end - 1, ']))', 1)
      return
    }
    if (callee.type === 'MemberExpression' && callee.object.type === 'Super' && this.own) {
      this.member(callee)
      let at = skipTrivia(this.source, callee.end)
      if (node.optional) at = skipTrivia(this.source, at + 2)
      const self = this.constructs ? `${this.prefix}z` : 'this'
      if (this.constructs) this.usesThisVariable = true
      this.open(at, `${node.optional ? '' : '.'}call(${self}${node.arguments.length > 0 ? ',' : ''}`, 1)
      this.visitAll(node.arguments)
      return
    }
    if (callee.type === 'MemberExpression' && this.isOutside(callee)) {
      this.privateMember(callee, 'k')
      this.visitAll(node.arguments)
      return
    }
    this.children(node)
  }

  private taggedTemplate(node: Node): void {
    const { tag } = node
    if (tag.type === 'MemberExpression' && (tag.object.type === 'Super' || this.isOutside(tag)))
      throw new Unreachable('it uses a member of super or a private name as template tag')
    this.children(node)
  }

  private member(node: Node): void {
    if (node.object.type === 'Super' && this.own) {
      this.superMember(node, `${this.prefix}c(${this.names.superGet.get(this.root)}`, ')')
      return
    }
    if (this.isOutside(node)) {
      this.privateMember(node, 'c')
      return
    }
    if (node.object.type !== 'Super') this.visit(node.object)
    if (node.computed) this.visit(node.property)
  }

  /** `super.x` → HEAD,"x"TAIL and `super[k]` → HEAD,kTAIL, every line where it was. */
  private superMember(node: Node, head: string, tail: string): void {
    const { object, property } = node
    this.open(object.start, head, object.end - object.start)
    this.open(skipTrivia(this.source, object.end), ',', 1)
    if (node.computed) {
      this.visit(property)
      this.close(node.end - 1, tail, 1)
    } else this.open(property.start, `${JSON.stringify(property.name)}${tail}`, property.end - property.start)
  }

  private memberTarget(node: Node): void {
    const p = this.prefix
    if (node.object.type === 'Super' && this.own) {
      this.needed.add('super')
      const { superGet, superSet } = this.names
      this.superMember(node, `${p}s(${p}c,${superGet.get(this.root)},${superSet.get(this.root)}`, ')._')
    } else if (this.isOutside(node)) this.privateMember(node, 'q')
    else this.member(node)
  }

  // ── private names ───────────────────────────────────────────────────────────────────────────────────────────────

  private isOutside(node: Node): boolean {
    return node.property.type === 'PrivateIdentifier' && this.isOutsideName(node.property.name)
  }

  private isOutsideName(name: string): boolean {
    return !this.inner.some((names) => names.has(name)) && this.outside.has(name)
  }

  /** `o.#x`: read (c), as a callee (k), as a place to assign to (q). */
  private privateMember(node: Node, how: 'c' | 'k' | 'q'): void {
    if (node.optional || hasOptional(node.object)) {
      throw new Unreachable('it uses a private name in an optional chain')
    }
    const p = this.prefix
    const { get, set } = this.outside.get(node.property.name)!
    const head = { c: `${p}c(${get},`, k: `${p}k(${p}c,${get},`, q: `${p}q(${p}c,${get},${set},` }[how]
    if (how === 'k') this.needed.add('call')
    if (how === 'q') this.needed.add('private')
    const inNew = this.newCallees.has(node.start)
    this.open(node.start, inNew ? `(${head}` : head)
    if (inNew) this.newCallees.delete(node.start)
    this.visit(node.object)
    const dot = skipTrivia(this.source, node.object.end)
    this.close(dot, `)${how === 'q' ? '._' : ''}${inNew ? ')' : ''}`, 1)
    this.open(node.property.start, '', node.property.end - node.property.start)
  }

  private binary(node: Node): void {
    if (node.left.type !== 'PrivateIdentifier' || !this.isOutsideName(node.left.name)) {
      if (node.left.type !== 'PrivateIdentifier') this.visit(node.left)
      this.visit(node.right)
      return
    }
    const { has } = this.outside.get(node.left.name)!
    this.open(node.left.start, `${this.prefix}c(${has},`, node.left.end - node.left.start)
    this.open(skipTrivia(this.source, node.left.end), '', 'in'.length)
    this.visit(node.right)
    this.close(node.right.end, ')')
  }

  // ── functions and classes inside ────────────────────────────────────────────────────────────────────────────────

  private function(node: Node): void {
    const fn = this.functionOf.get(node)
    const before = { own: this.own, index: this.index }
    if (node.type !== 'ArrowFunctionExpression') this.own = false
    this.index = fn?.index ?? this.index
    this.visitAll(node.params)
    this.visit(node.body)
    this.own = before.own
    this.index = before.index
  }

  private class(node: Node): void {
    const privates = new Set<string>()
    for (const element of node.body.body) {
      if (element.key?.type === 'PrivateIdentifier') privates.add(element.key.name)
    }
    if (node.superClass !== null) this.visit(node.superClass)
    this.inner.push(privates)
    for (const element of node.body.body) {
      if (element.computed) this.visit(element.key)
      const before = this.own
      this.own = false
      if (element.type === 'StaticBlock') this.visitAll(element.body)
      else if (element.value !== null) this.visit(element.value)
      this.own = before
    }
    this.inner.pop()
  }
}

function outsidePrivates(
  root: FunctionNode,
  names: Names,
): Map<string, { get?: number; set?: number; has: number }> {
  const found = new Map<string, { get?: number; set?: number; has: number }>()
  for (let scope: Scope | undefined = root.outer; scope !== undefined; scope = scope.parent) {
    for (const name of scope.privates?.values() ?? []) {
      if (!found.has(name.name)) found.set(name.name, names.privates.get(name)!)
    }
  }
  return found
}

/** Whether an optional link further left would cut the chain short. */
function hasOptional(node: Node): boolean {
  let link: Node = node
  while (link.type === 'MemberExpression' || link.type === 'CallExpression') {
    if (link.optional) return true
    link = link.type === 'MemberExpression' ? link.object : link.callee
  }
  return false
}
