import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { isNeededOfKept } from '../plan/field-needs.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { grownIn, membersByKnownNames } from '../plan/literal-fields.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { prototypeOf } from '../plan/prototype-of.ts'
import { shape } from '../read/shape.ts'
import { belongsTo, type SourceFile } from '../read/source-file.ts'
import { usesOfThis } from '../read/this.ts'
import type { Finding } from './findings.ts'
import { NOTHING, RESTART } from './report.ts'

const WITHOUT = 'a new method: what the function has made before the patch is without it'
const LACKED =
  'a new member: objects that the function has made before the patch are without it, and functions ask for it now'
const NEEDED = `${WITHOUT}, and its other methods call it`

const CALLED = `${WITHOUT}, and functions call it now`

/** What is new in classes and objects which a function makes: those that it has made are without it. */
export function* madeBefore(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values())
    for (const fn of file.pair.changed) {
      if (file.onces.some((once) => once.pair.new.fn === fn)) continue
      yield* newMethods(fn, file, plan)
      yield* partsOfClasses(fn, file)
      yield* newMembers(fn, file, plan)
    }
}

/** A member by a name that other objects of the running version have: which ones lack it is not told. */
function* newMembers(fn: FunctionNode, file: FilePlan, plan: Plan): Generator<Finding> {
  for (const { key, node } of membersByKnownNames(plan, file, fn, file.pair.functions.get(fn)!))
    if (isAskedNow(key, fn, plan)) {
      const isNeeded = !isAskedBefore(key, plan) && isNeededOfKept(node, file, plan)
      yield finding(file, isNeeded, file.pair.new.lineOf(node.start), `${fn.paths[0]}: ${key}`, LACKED)
    }
}

/** Whether a function asks for a member that its running version does not ask for. */
function isAskedNow(key: string, maker: FunctionNode, plan: Plan): boolean {
  return [...plan.files.values()].some(({ pair }) =>
    [...pair.changed].some((fn) => {
      if (fn === maker || pair.new.functionsIn(maker).includes(fn)) return false
      return asksFor(key, fn.node) && !asksFor(key, pair.functions.get(fn)!.node)
    }),
  )
}

/** Whether the running version asks anything for a member of this name: which objects are meant is not told then. */
function isAskedBefore(key: string, plan: Plan): boolean {
  return [...plan.files.values()].some((file) => plan.knewMember(key, file))
}

function* newMethods(fn: FunctionNode, file: FilePlan, plan: Plan): Generator<Finding> {
  const { functions, new: source } = file.pair
  const grown = grownIn(file, fn, functions.get(fn)!)
  for (const [owner, methods] of methodsMadeIn(fn, file)) {
    const known = methods.filter((one) => functions.has(one) && isKept(owner, one, file))
    const isField = ({ node }: FunctionNode): boolean =>
      plan.fields.all.some((one) => one.node === source.parent(node) && typeof one.initialiser !== 'string')
    const added = methods.filter((one) => !functions.has(one) && one.kind !== 'constructor' && !isField(one))
    // What else is in a literal may be no functions.
    if (known.length === 0 && !grown.has(owner)) continue
    for (const method of added) {
      const path = method.paths[0]!
      const name = lastName(path)
      const isStatic = source.parent(method.node)?.static === true
      const isCalledBeside = known.some(
        ({ node }) =>
          isBeside(node, method.node, source) &&
          (usesOfThis(node).has(name) || (isStatic && asksFor(name, node))),
      )
      const why = isCalledBeside ? NEEDED : isAskedNow(name, fn, plan) ? CALLED : WITHOUT
      yield finding(file, why !== WITHOUT, source.lineOf(method.start), path, why)
    }
  }
}

/** Whether what a function makes lives on, as one of its methods does, or is what another object works by. */
function isKept(owner: unknown, method: FunctionNode, { pair: { new: source } }: FilePlan): boolean {
  const isObject = typeof owner === 'object' && (owner as Node).type === 'ObjectExpression'
  const isGiven = isObject && source.parent(owner as Node)?.type === 'NewExpression'
  return isGiven || outlives(method, source)
}

/** Whether two methods are of one object. */
function isBeside(one: Node, other: Node, source: SourceFile): boolean {
  const [a, b] = [one, other].map((node) => source.parent(node)!)
  return a!.type !== 'Property' || b!.type !== 'Property' || source.parent(a!) === source.parent(b!)
}

/** The functions in one, by the class, prototype, outermost literal or variable whose methods they are. */
function methodsMadeIn(fn: FunctionNode, { pair }: FilePlan): Map<unknown, FunctionNode[]> {
  const source = pair.new
  const owners = new Map<unknown, FunctionNode[]>()
  for (const one of source.functionsIn(fn)) {
    const parent = source.parent(one.node)
    const isMember = parent?.type === 'Property' || parent?.type === 'MethodDefinition'
    const owner = isMember
      ? wholeOf(source.parent(parent)!, source)
      : (prototypeOf(one, source) ?? variableOf(one, fn, source))
    if (owner !== undefined) owners.set(owner, [...(owners.get(owner) ?? []), one])
  }
  return owners
}

/** `self` of `self.m = function …`, if the function has it for a variable. */
function variableOf({ node }: FunctionNode, maker: FunctionNode, source: SourceFile): Binding | undefined {
  const given = source.wrapped(node)
  const parent = source.parent(given)
  const object =
    parent?.right === given && parent.left.type === 'MemberExpression' ? parent.left.object : undefined
  const binding = object?.type === 'Identifier' ? source.bindingFor(object) : undefined
  return binding && belongsTo(binding.scope, maker) ? binding : undefined
}

/** The literal around a literal that is a member of it. */
function wholeOf(node: Node, source: SourceFile): Node {
  const member = node.type === 'ObjectExpression' ? source.parent(node) : undefined
  return member?.type === 'Property' && member.value === node ? wholeOf(source.parent(member)!, source) : node
}

/** A superclass, and what is static: methods that live on have the class that the function made before in sight. */
function* partsOfClasses(fn: FunctionNode, file: FilePlan): Generator<Finding> {
  const source = file.pair.new
  for (const { is, was, methods } of classesIn(fn, file)) {
    const name: string = is.id?.name ?? 'class'
    const told = (isNeeded: boolean, at: Node, what: string, why: string): Finding =>
      finding(
        file,
        isNeeded,
        source.lineOf(at.start),
        what,
        `${why}: classes that the function has made stay as they are`,
      )
    if (superOf(is) !== superOf(was)) yield told(true, is, name, 'its superclass is another one')
    const before = new Set((was.body.body as Node[]).map(shape))
    for (const element of is.body.body as Node[]) {
      if (element.type === 'StaticBlock' && !before.has(shape(element)))
        yield told(true, element, name, 'a static block is new or changed')
      if (element.type !== 'PropertyDefinition' || !element.static || before.has(shape(element))) continue
      const key: string | undefined = element.computed ? undefined : element.key.name
      const isNeeded = key === undefined || methods.some(({ node }) => asksFor(key, node))
      yield told(isNeeded, element, source.slice(element.key), 'a static field is new or changed')
    }
  }
}

interface ClassInFunction {
  is: Node
  was: Node
  methods: FunctionNode[]
}

/** The classes that a function makes in both versions and that live on, with their methods. */
function classesIn(fn: FunctionNode, { pair }: FilePlan): ClassInFunction[] {
  const found = new Map<Node, ClassInFunction>()
  for (const method of pair.new.functionsIn(fn)) {
    const [is, was] = [method.class?.node, pair.functions.get(method)?.class?.node]
    if (is === undefined || was === undefined) continue
    const known = found.get(is) ?? { is, was, methods: [] }
    known.methods.push(method)
    found.set(is, known)
  }
  return [...found.values()].filter(({ methods }) => methods.some((one) => outlives(one, pair.new)))
}

function superOf({ superClass }: Node): string {
  return superClass ? shape(superClass) : ''
}

function asksFor(key: string, node: Node): boolean {
  return containsNode(
    node,
    ({ type, property, computed }) => type === 'MemberExpression' && !computed && property.name === key,
  )
}

function lastName(path: string): string {
  return path.split(/[/.]/).at(-1)!
}

function finding({ path }: FilePlan, isNeeded: boolean, line: number, what: string, why: string): Finding {
  const [severity, advice] = isNeeded ? (['problem', RESTART] as const) : (['note', NOTHING] as const)
  return { severity, file: path, line, what, why, advice }
}
