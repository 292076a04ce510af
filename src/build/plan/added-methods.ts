import { EventEmitter } from 'node:events'
import { Server, Socket } from 'node:net'
import { Duplex, Readable, Transform } from 'node:stream'
import type { Node } from '../../instrument/parse.ts'
import type { Binding } from '../../instrument/scopes.ts'
import { containsNode, walk } from '../../livepatch/ast.ts'
import { memberPath, propertyName } from '../read/expressions.ts'
import { membersNamed } from '../read/member-index.ts'
import type { SourceFile } from '../read/source-file.ts'
import { assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import { unusedName } from '../read/unused-name.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'

/** A method that this version adds. */
export interface AddedMethod {
  name: string
  once: OncePlan
  /** With the function as its `value`. */
  element: Node
  /** What has it and cannot be another object. */
  holder: string | undefined
  superClass: Node | undefined
  /** Nobody but this class can call it: it is private, or a symbol names it. */
  isOwn?: boolean
  /** It uses private members of the running class, itself or by what it calls. */
  seesPrivate?: boolean
}

/** Finds added methods that only functions of the same file call, always as methods. */
export function findHelpers(file: FilePlan, plan: Plan): void {
  for (const method of namedBySymbols(file)) {
    file.helpers.set(method.name, method)
    file.bySymbol.set(method.symbol, method)
  }
  for (const { uses, ...method } of privateMethods(file)) {
    file.helpers.set(method.name, method)
    for (const use of uses) file.byPrivate.set(use, method)
  }
  tellWhatSeesPrivate(file)
  const added = addedMethods(file)
  for (const method of added) {
    const { name } = method
    const isName = file.pair.new.uses.some((use) => use.node.name === name)
    if (isName || added.filter((one) => one.name === name).length > 1) continue
    if (mayBeInherited(method, plan)) continue
    if (!isSeenWhereCalled(method, file.pair.new)) continue
    const others = [...plan.files.values()].filter((one) => one !== file)
    if (others.some((one) => one.pair.new.members.has(name) || one.pair.old.members.has(name))) continue
    if ([...plan.added.values()].some((one) => one.members.has(name))) continue
    if (file.pair.old.members.has(name) || !file.pair.new.members.get(name)?.every((use) => use === 'called'))
      continue
    file.helpers.set(name, { ...method, seesPrivate: seesPrivate(method.element, file) })
  }
}

/** Whether every call stands where the scope of its class is in sight: a module in a bundle does not see those of another one. */
function isSeenWhereCalled({ name, once }: AddedMethod, source: SourceFile): boolean {
  const within = once.pair.new.fn?.node
  if (within === undefined) return true
  return membersNamed(name, source).every(({ start, end }) => within.start <= start && end <= within.end)
}

/** Methods that are named by a symbol which this version adds, and which is used to call them alone: `[KEY]() {}`, `this[KEY]()`. */
function namedBySymbols({ pair, onces }: FilePlan): (AddedMethod & { symbol: Binding })[] {
  const { new: source, addedMembers } = pair
  return addedMembers.flatMap(({ element, class: { superClass } }) => {
    const symbol = element.computed && element.key.type === 'Identifier' && source.bindingFor(element.key)
    const once = symbol && onces.find((one) => one.scope === symbol.scope)
    if (!once || element.kind !== 'method' || !isNewSymbol(symbol, once)) return []
    const isOnly = source.usesOf(symbol).every(({ node }) => {
      return node === element.key || source.parent(node)?.id === node || isCalledKey(node, source)
    })
    const name = unusedName(`${symbol.name}_method`, source.text)
    const method = { name, once, element, holder: undefined, superClass: superClass ?? undefined }
    return isOnly ? [{ ...method, symbol, isOwn: true }] : []
  })
}

/** Private methods that are only called: `#m() {}`, `this.#m()`; each with where its name stands. */
function privateMethods({ pair, onces }: FilePlan): (AddedMethod & { uses: Node[] })[] {
  const { new: source, addedMembers } = pair
  return addedMembers.flatMap(({ className, class: node, element }) => {
    const { key, kind } = element
    const once = onceWith(className, onces)
    if (key.type !== 'PrivateIdentifier' || kind !== 'method' || once === undefined) return []
    const uses = privateUses(key.name, node).filter((use) => use !== key)
    const name = unusedName(`${className}_${key.name}`, source.text)
    return uses.every((use) => isCalledProperty(use, source))
      ? [{ name, once, element, holder: undefined, superClass: undefined, isOwn: true, uses }]
      : []
  })
}

/** A method that calls another one sees what that does. */
function tellWhatSeesPrivate(file: FilePlan): void {
  const methods = new Set(file.byPrivate.values())
  for (let before = -1, found = 0; found !== before; ) {
    before = found
    for (const method of methods) method.seesPrivate ||= seesPrivate(method.element, file)
    found = [...methods].filter((method) => method.seesPrivate).length
  }
}

/** Whether an added method uses private members of the running class. */
function seesPrivate(element: Node, { byPrivate, pair }: FilePlan): boolean {
  const old = pair.addedMembers.find((one) => one.element === element)?.old
  const declared: (string | undefined)[] = (old && classOf(old))?.body.body.map(nameOfPrivate) ?? []
  return containsNode(
    element.value,
    (node) =>
      node.type === 'PrivateIdentifier' && (byPrivate.get(node)?.seesPrivate ?? declared.includes(node.name)),
  )
}

/** The scope that a class is declared in. */
function onceWith(className: string, onces: readonly OncePlan[]): OncePlan | undefined {
  return onces.find((one) => one.unitOf(className) !== undefined)
}

function nameOfPrivate({ key }: Node): string | undefined {
  return key?.type === 'PrivateIdentifier' ? key.name : undefined
}

function privateUses(name: string, root: Node): Node[] {
  const uses: Node[] = []
  walk(root, (node) => {
    if (node.type === 'PrivateIdentifier' && node.name === name) uses.push(node)
  })
  return uses
}

/** `const KEY = Symbol('key')`, which the running version has not. */
function isNewSymbol({ name, assigned }: Binding, { pair: { added }, file }: OncePlan): boolean {
  const unit = added.find(({ names }) => names.includes(name))
  const value = unit && assignedValue(unit)
  const isExported = [...file.exports.new.values()].some(({ local }) => local === name)
  return !assigned && !isExported && value?.type === 'CallExpression' && value.callee.name === 'Symbol'
}

/** `a[KEY](…)` */
function isCalledKey(node: Node, source: SourceFile): boolean {
  return source.parent(node)?.computed === true && isCalledProperty(node, source)
}

function isCalledProperty(node: Node, source: SourceFile): boolean {
  const member = source.parent(node)!
  const call = source.parent(member)
  const isProperty = member.type === 'MemberExpression' && member.property === node
  return isProperty && call?.type === 'CallExpression' && call.callee === member
}

/** Whether running objects may have another method of the name, which the new one takes the place of. */
function mayBeInherited({ name, superClass }: AddedMethod, plan: Plan): boolean {
  if (name in Object.prototype) return true
  if (superClass === undefined) return false
  return plan.knew(name) || BASES.some((base) => name in base)
}

/** What classes of packages inherit from. */
const BASES = [
  EventEmitter,
  Readable,
  Duplex,
  Transform,
  Server,
  Socket,
  Array,
  Map,
  Set,
  Promise,
  Error,
].map(({ prototype }) => prototype as object)

/** Methods of classes that this version adds, and functions that it assigns to members: `A.prototype.m = …`, `internals.f = …`. */
function addedMethods(file: FilePlan): AddedMethod[] {
  const ofClasses = file.pair.addedMembers.flatMap(({ className, class: { superClass }, element }) => {
    const name: string | undefined = element.computed ? undefined : element.key.name
    const once = onceWith(className, file.onces)
    if (name === undefined || once === undefined || element.kind !== 'method') return []
    if (element.key.type === 'PrivateIdentifier') return []
    const holder = element.static ? className : undefined
    return [{ name, once, element, holder, superClass: superClass ?? undefined }]
  })
  const assigned = file.onces.flatMap((once) =>
    once.pair.added.flatMap((unit) => {
      const [target, ...more] = unit.targets ?? []
      const node = functionOf(unit)
      if (target === undefined || more.length > 0 || node === undefined) return []
      const holder = once.unitOf(target.root)
      const steps = target.path.split('.').slice(1)
      if (holder === undefined || holder.kind === 'import' || !/^(prototype\.)?[\w$]+$/.test(steps.join('.')))
        return []
      const own = steps.length === 1 ? target.root : undefined
      const element = { ...unit.node, value: node } as Node
      return [{ name: steps.at(-1)!, once, element, holder: own, superClass: inherited(once, target.root) }]
    }),
  )
  const given = file.pair.given.added.flatMap(({ property, unit }) => {
    const once = file.onces.find((one) => one.pair.new.units.includes(unit))
    const name = propertyName(property)
    if (once === undefined || name === undefined) return []
    // What it becomes a member of, the function that gets it knows.
    return [{ name, once, element: property, holder: undefined, superClass: unit.node }]
  })
  return [...ofClasses, ...assigned, ...given]
}

/** What stands for the superclass of a constructor: `util.inherits(A, B)`, `A.prototype = …`. */
function inherited({ pair }: OncePlan, name: string): Node | undefined {
  const { file, scope } = pair.new
  return file.usesOf(scope.names.get(name)).find((use) => {
    const parent = file.parent(use.node)
    const callee = parent?.type === 'CallExpression' ? (memberPath(parent.callee)?.path ?? '') : ''
    if (/inherit|extend|setPrototypeOf/i.test(callee)) return parent!.arguments[0] === use.node
    const isPrototype = parent?.type === 'MemberExpression' && parent.property.name === 'prototype'
    return isPrototype && file.parent(parent)?.left === parent
  })?.node
}
