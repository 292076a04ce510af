import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { changesObject, isRepeatable } from './effects.ts'
import { sameShape, shape } from './shape.ts'
import { belongsTo, type SourceFile, type Use } from './source-file.ts'
import { isSensitive } from './strictness.ts'
import { assignedPaths, type Once, onceOf, runsOnce, type Unit, unwrap } from './units.ts'

/** A unit that both versions have. */
export interface UnitPair {
  old: Unit
  new: Unit
  /** Its own part, the functions inside left out, differs. */
  changed: boolean
}

export interface OncePair {
  old: Once
  new: Once
  pairs: UnitPair[]
  added: Unit[]
  removed: Unit[]
  /** Names of the new version that the old one calls differently. */
  renamed: Map<string, string>
}

/** A part of a class: a static field that is new or has another value, or something that the new version has not. */
export interface ClassPart {
  class: Node
  element: Node
}

/** A method that a class of the new version has and the old one has not. */
export interface AddedMember {
  className: string
  class: Node
  element: Node
  old: Unit
}

/** A function or value in a literal that a call is given, and the unit of the new version that makes the call. */
export interface GivenPart {
  property: Node
  unit: Unit
}

export interface FilePair {
  old: SourceFile
  new: SourceFile
  /** Functions of the new version and what they were in the old one. */
  functions: Map<FunctionNode, FunctionNode>
  /** Those of them whose own part differs. */
  changed: Set<FunctionNode>
  onces: OncePair[]
  addedMembers: AddedMember[]
  statics: (ClassPart & { old?: Node })[]
  /** Elements of the old version that the new one's class has not. */
  removedMembers: ClassPart[]
  /** Class fields that are new or begin with another value: the constructor of the new version gives them to its objects. */
  initialised: Map<FunctionNode, { element: Node; isNew: boolean }[]>
  /** Properties of literals that calls are given, which one version alone has: `const C = extend({ … })`. */
  given: { added: GivenPart[]; removed: GivenPart[] }
  /** Parts of classes that cannot be applied: the node of the new version and why. */
  classes: { node: Node; why: string }[]
}

/** Finds what differs between two versions of a file, on their trees. */
export function compareFiles(old: SourceFile, young: SourceFile): FilePair {
  return new Comparison(old, young).run()
}

/** Takes a function of the new version for what one of the old version has become, for a reason that is not in their text. */
export function matchFunctions(pair: FilePair, old: FunctionNode, young: FunctionNode): void {
  new Comparison(pair.old, pair.new, pair).function(old, young)
}

class Comparison {
  readonly pair: FilePair

  constructor(old: SourceFile, young: SourceFile, pair?: FilePair) {
    this.pair = pair ?? {
      old,
      new: young,
      functions: new Map(),
      changed: new Set(),
      onces: [],
      addedMembers: [],
      statics: [],
      removedMembers: [],
      initialised: new Map(),
      given: { added: [], removed: [] },
      classes: [],
    }
  }

  run(): FilePair {
    const { pair } = this
    this.once(onceOf(pair.old, undefined), onceOf(pair.new, undefined))
    return pair
  }

  function(old: FunctionNode, young: FunctionNode): void {
    const { pair } = this
    pair.functions.set(young, old)
    if (this.isSame(old, young)) {
      this.sequence(pair.old.functionsIn(old), pair.new.functionsIn(young))
    } else if (runsOnce(old, pair.old) && runsOnce(young, pair.new) && sameHead(old, young)) {
      this.once(onceOf(pair.old, old), onceOf(pair.new, young))
    } else {
      pair.changed.add(young)
      this.inFlight(old, young)
    }
  }

  isSame(old: FunctionNode, young: FunctionNode): boolean {
    return (
      ownShape(old, this.pair.old) === ownShape(young, this.pair.new) &&
      (old.strict === young.strict || !isSensitive(young, this.pair.new))
    )
  }

  /** Functions inside a changed one, by what they are there: closures that exist already are theirs. */
  inFlight(old: FunctionNode, young: FunctionNode): void {
    const olds = new Set(this.pair.old.functionsIn(old))
    const left = new Set(this.pair.new.functionsIn(young))
    // The same text first: a new function in front of an unchanged one must not take its place.
    for (const isSame of [(a: FunctionNode, b: FunctionNode) => this.isSame(a, b), () => true])
      for (const fn of left) {
        const role = roleOf(fn, this.pair.new)
        const match = [...olds].find((one) => roleOf(one, this.pair.old) === role && isSame(one, fn))
        if (match === undefined) continue
        olds.delete(match)
        left.delete(fn)
        this.function(match, fn)
      }
  }

  sequence(old: FunctionNode[], young: FunctionNode[]): void {
    young.forEach((fn, i) => {
      if (old[i] !== undefined) this.function(old[i], fn)
    })
  }

  once(old: Once, young: Once): void {
    const pairs: UnitPair[] = []
    const removed = [...old.units]
    const added: Unit[] = []
    const take = (unit: Unit | undefined): Unit | undefined => {
      if (unit !== undefined) removed.splice(removed.indexOf(unit), 1)
      return unit
    }
    const shapes = new Map<Unit, string>()
    const shapeOf = (unit: Unit): string => {
      const known = shapes.get(unit)
      if (known !== undefined) return known
      const made = unitShape(unit)
      shapes.set(unit, made)
      return made
    }
    const pair: OncePair = { old, new: young, pairs, added, removed, renamed: new Map() }
    const left: Unit[] = []
    for (const unit of young.units) {
      const known = importedAs(unit, old, young)
      if (known !== undefined) {
        renameIn(young, unit.names[0]!, known.names[0]!)
        pair.renamed.set(unit.names[0]!, known.names[0]!)
        if (removed.includes(known)) pairs.push({ old: take(known)!, new: unit, changed: false })
      } else left.push(unit)
    }
    for (const unit of left.splice(0)) {
      const same = take(removed.find((one) => one.key === unit.key && shapeOf(one) === shapeOf(unit)))
      if (same !== undefined) pairs.push({ old: same, new: unit, changed: false })
      else left.push(unit)
    }
    for (const unit of left) {
      const like = take(removed.find((one) => isLike(one, unit)))
      if (like !== undefined) pairs.push({ old: like, new: unit, changed: true })
      else added.push(unit)
    }
    this.pair.onces.push(pair)
    for (const one of pairs) this.unit(one, pair)
    this.renames(pair)
  }

  unit(pair: UnitPair, { old: oldOnce, new: newOnce }: OncePair): void {
    const { old, new: young } = pair
    const [oldFunction, newFunction] = [functionOf(old), functionOf(young)]
    if (oldFunction && newFunction) {
      pair.changed = false
      this.function(this.pair.old.functionOf.get(oldFunction)!, this.pair.new.functionOf.get(newFunction)!)
      return
    }
    const [oldClass, newClass] = [classOf(old), classOf(young)]
    if (oldClass && newClass && pair.changed) {
      pair.changed = false
      this.class(old, oldClass, newClass)
      return
    }
    const [oldObject, newObject] = [objectOf(old), objectOf(young)]
    if (oldObject && newObject && pair.changed) {
      this.object(oldObject, newObject)
      return
    }
    if (pair.changed) {
      this.given(pair)
      return
    }
    const inside = (unit: Unit, once: Once): FunctionNode[] =>
      once.file.functionsIn(once.fn).filter((fn) => unit.start <= fn.start && fn.end <= unit.end)
    const [was, is] = [inside(old, oldOnce), inside(young, newOnce)]
    if (isMadeInside(old, was, oldOnce) && isMadeInside(young, is, newOnce))
      pair.changed = !this.isSame(was[0]!, is[0]!)
    else this.sequence(was, is)
  }

  /**
   * `const C = extend({ … })`: functions of a literal that a call is given are wherever the call has put them. Where nothing
   * else of it differs, what it made stays.
   */
  given(pair: UnitPair): void {
    const [old, young] = [callOf(pair.old), callOf(pair.new)]
    if (old === undefined || young === undefined || !sameCallee(old, young)) return
    const found: GivenParts = { matched: [], added: [], removed: [] }
    const isOnlyGiven = (young.arguments as Node[]).every((is, i) => givenParts(old.arguments[i], is, found))
    if (!isOnlyGiven || old.arguments.length !== young.arguments.length) return
    pair.changed = false
    for (const [was, is] of [[old.callee, young.callee], ...found.matched] as [Node, Node][])
      this.inElement(was, is)
    const { added, removed } = this.pair.given
    added.push(...found.added.map((property) => ({ property, unit: pair.new })))
    removed.push(...found.removed.map((property) => ({ property, unit: pair.new })))
  }

  class(unit: Unit, old: Node, young: Node): void {
    const { pair } = this
    const superShape = (node: Node): string => (node.superClass ? shape(node.superClass) : '')
    if (superShape(old) !== superShape(young))
      pair.classes.push({ node: young, why: 'its superclass is another one' })
    const left: Node[] = [...old.body.body]
    for (const element of young.body.body as Node[]) {
      const key = elementKey(element)
      const match = left.find((one) => elementKey(one) === key)
      if (match !== undefined) left.splice(left.indexOf(match), 1)
      if (element.type === 'MethodDefinition') {
        if (match !== undefined)
          this.function(pair.old.functionOf.get(match.value)!, pair.new.functionOf.get(element.value)!)
        else
          pair.addedMembers.push({
            className: unit.names[0] ?? young.id?.name ?? '',
            class: young,
            element,
            old: unit,
          })
      } else if (element.type === 'PropertyDefinition' && !element.static && !element.computed) {
        if (match === undefined || shape(match) !== shape(element))
          this.field(match, element, constructorOf(old) && constructorOf(young))
        else this.inElement(match, element)
      } else if (isPublicStatic(element)) {
        if (match === undefined || shape(match) !== shape(element))
          pair.statics.push({ class: young, element, ...(match && { old: match }) })
        else this.inElement(match, element)
      } else if (match === undefined || shape(match) !== shape(element)) {
        pair.classes.push({
          node: element,
          why:
            element.type === 'StaticBlock' ? 'a static block is new or changed' : 'a field is new or changed',
        })
      } else {
        this.inElement(match, element)
      }
    }
    for (const element of left) {
      if (element.type === 'StaticBlock')
        pair.classes.push({ node: young, why: 'a static block is gone, and what it did stays done' })
      else pair.removedMembers.push({ class: young, element })
    }
  }

  /** A field of instances: objects that exist already are the business of fields.ts. */
  field(old: Node | undefined, element: Node, young: Node | undefined): void {
    const { pair } = this
    const fn = young && pair.new.functionOf.get(young)
    const isPrivate = element.key.type === 'PrivateIdentifier'
    if (fn !== undefined && initialisesAt(fn) !== undefined && !(isPrivate && old === undefined)) {
      const others = pair.initialised.get(fn) ?? []
      pair.initialised.set(fn, [...others, { element, isNew: old === undefined }])
    } else if (old !== undefined)
      pair.classes.push({
        node: element,
        why: 'a field begins with another value, and there is no constructor',
      })
  }

  inElement(old: Node, young: Node): void {
    const inside = (file: SourceFile, node: Node): FunctionNode[] => {
      const isWithin = (fn: FunctionNode): boolean => node.start <= fn.start && fn.end <= node.end
      return file.analysis.functions.filter(
        (fn) =>
          isWithin(fn) &&
          file.functionsIn(fn.enclosing).includes(fn) &&
          !(fn.enclosing && isWithin(fn.enclosing)),
      )
    }
    this.sequence(inside(this.pair.old, old), inside(this.pair.new, young))
  }

  /** Functions that are members of an object literal of which other members differ. */
  object(old: Node, young: Node): void {
    const { pair } = this
    for (const property of young.properties as Node[]) {
      if (property.type !== 'Property') continue
      const match = (old.properties as Node[]).find(
        (one) => one.type === 'Property' && propertyName(one) === propertyName(property),
      )
      if (match === undefined) continue
      const [a, b] = [unwrap(match.value), unwrap(property.value)]
      if (isFunction(a) && isFunction(b))
        this.function(pair.old.functionOf.get(a)!, pair.new.functionOf.get(b)!)
    }
  }

  /** `module.exports = f` became `module.exports = g`, or `… = function …`: the function was renamed. */
  renames({ pairs, old, new: young, added, removed, renamed }: OncePair): void {
    for (const pair of pairs) {
      if (!pair.changed) continue
      const [was, is] = [pair.old.value ?? pair.old.node.init, pair.new.value ?? pair.new.node.init]
      const before = named(was, removed, old) ?? pair.old
      const after = named(is, added, young) ?? pair.new
      if (before === pair.old && after === pair.new) continue
      const makers = [functionOf(before), functionOf(after)]
      const classes = [classOf(before), classOf(after)]
      if (makers.includes(undefined) && classes.includes(undefined)) continue
      pair.changed = false
      if (before !== pair.old) removed.splice(removed.indexOf(before), 1)
      if (after !== pair.new) added.splice(added.indexOf(after), 1)
      if (is.type === 'Identifier' && was.type === 'Identifier') renamed.set(is.name, was.name)
      if (classes[0] !== undefined) this.class(before, classes[0], classes[1]!)
      else this.function(old.file.functionOf.get(makers[0]!)!, young.file.functionOf.get(makers[1]!)!)
    }
  }
}

interface GivenParts {
  matched: [old: Node, young: Node][]
  added: Node[]
  removed: Node[]
}

/** The call of `const a = call(…)`, `a.b = call(…)` and `call(…)`. */
function callOf(unit: Unit): Node | undefined {
  if (unit.filled !== undefined) return undefined
  const isCall = unit.node.type === 'ExpressionStatement' && unit.targets === undefined
  const node = isCall ? unwrap(unit.node.expression) : assignedValue(unit)
  return node !== undefined && /^(Call|New)Expression$/.test(node.type) ? node : undefined
}

function sameCallee(old: Node, young: Node): boolean {
  return old.type === young.type && old.optional === young.optional && sameShape(old.callee, young.callee)
}

/** Whether what a call is given differs in functions alone, as far as it does, and in what it is not given any more. */
function givenParts(old: Node | undefined, young: Node, found: GivenParts): boolean {
  if (old === undefined) return false
  const [was, is] = [unwrap(old), unwrap(young)]
  if (was.type !== 'ObjectExpression' || is.type !== 'ObjectExpression') {
    found.matched.push([was, is])
    return sameShape(was, is)
  }
  const left = new Map((was.properties as Node[]).map((one) => [partName(one), one]))
  const isPlain = [...was.properties, ...is.properties].every((one: Node) => partName(one) !== undefined)
  if (!isPlain || left.size !== was.properties.length) return false
  for (const property of is.properties as Node[]) {
    const name = partName(property)
    const match = left.get(name)
    left.delete(name)
    if (match === undefined) {
      if (!isFunction(property.value) || property.kind !== 'init') return false
      found.added.push(property)
    } else if (isFunction(match.value) && isFunction(property.value)) {
      found.matched.push([match, property])
    } else if (!givenParts(match.value, property.value, found)) return false
  }
  found.removed.push(...left.values())
  return found.removed.every((one) => isOwnMember(propertyName(one)!, was))
}

/** What functions of a literal ask their `this` for: it is no option for the one that gets the literal. */
function isOwnMember(name: string, literal: Node): boolean {
  let found = false
  walk(literal, ({ type, object, property, computed }) => {
    found ||=
      type === 'MemberExpression' && !computed && object.type === 'ThisExpression' && property.name === name
  })
  return found
}

/** Accessors of one name are two. */
function partName(property: Node): string | undefined {
  const name = property.type === 'Property' ? propertyName(property) : undefined
  return name && `${property.kind} ${name}`
}

/** `const a = (function () { … })()` that leaves nothing but the value behind: no function that lives on. */
function isMadeInside(unit: Unit, [fn, ...others]: FunctionNode[], { file }: Once): boolean {
  const value = unit.kind === 'variable' ? assignedValue(unit) : undefined
  if (fn === undefined || others.length > 0 || value?.type !== 'CallExpression' || fn.this) return false
  const isCalled = unwrap(value.callee) === fn.node && value.arguments.length === 0
  const isOutside = (use: Use): boolean => {
    const binding = file.bindingOf(use)
    return binding === undefined || !belongsTo(binding.scope, fn)
  }
  const isWritten = file
    .usesIn(fn.node)
    .some((use) => (use.assigned || changesObject(use, file)) && isOutside(use))
  const isOwn = ({ callee }: Node): boolean => {
    const root = callee.type === 'MemberExpression' ? unwrap(callee.object) : undefined
    const binding = root?.type === 'Identifier' ? file.bindingFor(root) : undefined
    return binding !== undefined && belongsTo(binding.scope, fn)
  }
  let isPlain = true
  walk(fn.node, (node) => {
    if (/^(Class|Await|Yield|Tagged|Import)/.test(node.type)) isPlain = false
    if (/^(Call|New)Expression$/.test(node.type))
      isPlain &&= isRepeatable(node) || isLoading(node) || isOwn(node)
  })
  return isCalled && !isWritten && isPlain && file.functionsIn(fn).length === 0
}

/** `module.require('util')`, `process.binding('util')` */
function isLoading({ callee, arguments: args }: Node): boolean {
  const name: string | undefined = callee.type === 'MemberExpression' ? callee.property.name : undefined
  return /^(require|binding|getBuiltinModule)$/.test(name ?? '') && (args as Node[]).every(isRepeatable)
}

/** Whether a unit of the old version is what another one of the new version was. */
function isLike(old: Unit, young: Unit): boolean {
  if (old.key === young.key) return young.key !== ''
  // `var exports = module.exports = function …` and `module.exports = function …`, `exports.f = …` and `module.exports.f = …`
  const before = exportNames(old)
  return (
    exportNames(young).some((name) => before.includes(name)) &&
    functionOf(old) !== undefined &&
    functionOf(young) !== undefined
  )
}

/** The names by which a unit exports what it assigns; that of the whole is empty. */
function exportNames(unit: Unit): string[] {
  return assignedPaths(unit)
    .filter((path) => /^(module\.)?exports\.|^module\.exports$/.test(path))
    .map((path) => path.replace(/^(module\.)?exports\.?/, ''))
}

/** The import of the running version that gives the same by another name, which nothing else has now. */
function importedAs(unit: Unit, old: Once, young: Once): Unit | undefined {
  if (unit.kind !== 'import' || unit.names.length !== 1) return undefined
  const [name] = unit.names
  const is = importShape(unit)
  const isSame = (one: Unit): boolean =>
    one.kind === 'import' && importShape(one) === is && one.helper?.name === unit.helper?.name
  const same = old.units.filter(isSame)
  const isFree = ({ names }: Unit): boolean =>
    young.units.every((one) => !one.names.includes(names[0]!) || isSame(one))
  if (same.some(({ names }) => names[0] === name)) return undefined
  return same.find((one) => one.names.length === 1 && isFree(one))
}

/** Trees are compared with the names that the running version has for imports. */
function renameIn({ file, scope }: Once, name: string, running: string): void {
  for (const use of file.uses)
    if (use.node.name === name && file.bindingOf(use)?.scope === scope) use.node.runningName = running
}

/** The function or class that an identifier means, among units that only one version has. */
function named(value: Node | undefined, units: Unit[], { scope }: Once): Unit | undefined {
  if (value?.type !== 'Identifier') return undefined
  const isMade = (one: Unit): boolean =>
    /^(function|class)$/.test(one.kind) ||
    (one.kind === 'variable' &&
      scope.names.get(value.name)?.assigned === false &&
      (functionOf(one) ?? classOf(one)) !== undefined)
  return units.find((one) => one.names[0] === value.name && isMade(one))
}

function isPublicStatic({ type, static: isStatic, computed, key }: Node): boolean {
  return type === 'PropertyDefinition' && isStatic && !computed && key.type !== 'PrivateIdentifier'
}

export function constructorOf({ body }: Node): Node | undefined {
  return (body.body as Node[]).find((one) => one.kind === 'constructor')?.value
}

/** Where in a constructor fields get their values; undefined where the superclass's is called in no plain way. */
export function initialisesAt(fn: FunctionNode): number | undefined {
  const { body } = fn.node
  if (fn.kind === 'constructor') return body.start + 1
  return (body.body as Node[]).find(
    ({ type, expression }) => type === 'ExpressionStatement' && expression.callee?.type === 'Super',
  )?.end
}

/** Own part: parameters, body and what kind of function it is. */
function ownShape(fn: FunctionNode, file: SourceFile): string {
  const isOfLiteral = fn.kind === 'method' && file.parent(fn.node)?.type === 'Property'
  return `${isOfLiteral ? 'function' : fn.kind}${shape({ ...fn.node, id: null } as Node)}`
}

/** What a function is in the one around it: its name or, without one, what it is handed to and where. */
function roleOf(fn: FunctionNode, file: SourceFile): string {
  const name = (fn.paths[0] ?? '').split('/').at(-1)!
  if (name !== '<anonymous>') return name
  let { node } = fn
  let parent = file.parent(node)
  while (parent?.type === 'ParenthesizedExpression') {
    node = parent
    parent = file.parent(node)
  }
  if (parent?.type !== 'CallExpression' && parent?.type !== 'NewExpression') return `in ${parent?.type}`
  if (parent.callee === node) return 'called'
  const callee = unwrap(parent.callee)
  const to = callee.type === 'MemberExpression' && !callee.computed ? callee.property.name : callee.name
  return `${to} ${(parent.arguments as Node[]).indexOf(node)}`
}

function sameHead(a: FunctionNode, b: FunctionNode): boolean {
  const head = (fn: FunctionNode): string => fn.node.params.map(shape).join()
  return head(a) === head(b)
}

function unitShape(unit: Unit): string {
  if (unit.filled !== undefined) return shape(unit.filled.body)
  return unit.kind === 'import' ? importShape(unit) : shape(unit.node)
}

/** What an import gives. */
export function importShape({ source, imported, helper }: Unit): string {
  return `${source?.replace(/^node:/, '')} ${imported} ${helper === undefined ? '' : 'through a helper'}`
}

/** The function that a unit declares or assigns, if that is all that it does. */
export function functionOf(unit: Unit): Node | undefined {
  const node = unit.kind === 'function' ? unit.node : assignedValue(unit)
  return node !== undefined && isFunction(node) ? node : undefined
}

export function classOf(unit: Unit): Node | undefined {
  const node = unit.kind === 'class' ? unit.node : assignedValue(unit)
  return node?.type === 'ClassExpression' || node?.type === 'ClassDeclaration' ? node : undefined
}

/** The literal that a unit assigns, or whose members it gives to an object. */
export function objectOf(unit: Unit): Node | undefined {
  const call = unit.key.startsWith('call Object.assign ') ? unwrap(unit.node.expression) : undefined
  const node = call === undefined ? assignedValue(unit) : call.arguments.length === 2 && call.arguments[1]
  if (!node) return undefined
  return node.type === 'ObjectExpression' ? node : undefined
}

/** What a unit assigns in the end: the last value of `a = b.c = value`. */
export function assignedValue(unit: Unit): Node | undefined {
  let node: Node | undefined = unit.kind === 'variable' ? (unit.node.init ?? undefined) : unit.value
  if (node === undefined) return undefined
  node = unwrap(node)
  while (node.type === 'AssignmentExpression' && node.operator === '=') node = unwrap(node.right)
  return node
}

export function propertyName({ key, computed }: Node): string | undefined {
  if (computed) return undefined
  return key.type === 'Identifier' ? key.name : String(key.value)
}

function elementKey(element: Node): string {
  if (element.type === 'StaticBlock') return `block ${shape(element)}`
  const kind = element.type === 'MethodDefinition' ? element.kind.replace('constructor', 'c') : 'field'
  const key = element.key.type === 'PrivateIdentifier' ? `#${element.key.name}` : shape(element.key)
  return `${kind} ${element.static ? 'static ' : ''}${element.computed ? '[' : ''}${propertyName(element) ?? ''}${key}`
}
