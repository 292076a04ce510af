import type { Walker } from './analyse.ts'
import { declareStatements } from './declarations.ts'
import type { Node } from './parse.ts'
import type { ClassNode, Frame, PrivateName } from './scopes.ts'

export function walkClass(walker: Walker, node: Node): void {
  const outer = walker.scope
  // The heritage sees the name of the class, but not its private names.
  const named = walker.open('class')
  named.strict = true
  if (node.id !== null) named.declare(node.id.name, 'class')
  named.isOfDeclaration = node.type === 'ClassDeclaration'
  walker.ancestors.push(node)
  const index = walker.functions.length
  if (node.superClass !== null) walker.visit(node.superClass, node)
  const scope = walker.open('class')
  scope.privates = privateNames(node)
  const record: ClassNode = { node, index, scope, outer, instanceElements: false, constructorSeen: false }
  walker.classes.push(record)
  walker.ancestors.push(node.body)
  for (const element of node.body.body) walkElement(walker, element, record)
  walker.ancestors.pop()
  walker.ancestors.pop()
  walker.close()
  walker.close()
}

function walkElement(walker: Walker, element: Node, record: ClassNode): void {
  walker.ancestors.push(element)
  if (element.computed) walker.visit(element.key, element)
  switch (element.type) {
    case 'MethodDefinition':
      if (element.kind === 'constructor') record.constructorSeen = true
      if (!element.static && element.key.type === 'PrivateIdentifier') record.instanceElements = true
      walker.visit(element.value, element)
      break
    case 'StaticBlock':
      walkInitialiser(walker, () => {
        declareStatements(walker.scope, element.body)
        for (const statement of element.body) walker.visit(statement, element)
      })
      break
    default:
      if (!element.static) record.instanceElements = true
      if (element.value !== null) walkInitialiser(walker, () => walker.visit(element.value, element))
  }
  walker.ancestors.pop()
}

/** Field initialisers and static blocks run like methods: `this` is theirs, and they capture what they mention. */
function walkInitialiser(walker: Walker, walk: () => void): void {
  const before = walker.frame
  const frame: Frame = {
    arrow: false,
    parent: undefined,
    this: false,
    arguments: false,
    newTarget: false,
    superGet: false,
    superSet: false,
    superCall: false,
    eval: false,
  }
  walker.frame = frame
  walker.open('initialiser', frame)
  walk()
  walker.close()
  walker.frame = before
}

function privateNames(node: Node): Map<string, PrivateName> | undefined {
  let privates: Map<string, PrivateName> | undefined
  for (const element of node.body.body) {
    if (element.key?.type !== 'PrivateIdentifier') continue
    privates ??= new Map()
    const name: string = element.key.name
    const entry = privates.get(name) ?? { name, get: false, set: false }
    if (element.type === 'MethodDefinition') {
      if (element.kind !== 'set') entry.get = true
      if (element.kind === 'set') entry.set = true
    } else entry.get = entry.set = true
    privates.set(name, entry)
  }
  return privates
}
