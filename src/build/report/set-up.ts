import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walkOwn } from '../../livepatch/ast.ts'
import { ownersIn } from '../plan/field-makers.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { isUnderWay } from '../plan/under-way.ts'
import { calledName, memberKey } from '../read/expressions.ts'
import { LISTENERS } from '../read/run-there.ts'
import { shape } from '../read/shape.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

const MADE = 'objects are made with this call now: those made before the patch have not had it'
const SET = 'it is set as objects are made now: what those made before were given is without it'
const PRIVATE = 'objects made before the patch are not in it, and methods look for them there'
const PROBLEM = { severity: 'problem', advice: RESTART } as const
const REGISTERED = 'it is registered now: what the function has set up before the patch is without it'

/** What the new version does to an object, or for a call, when it sets it up: what is there already has not had it. */
export function* setUp(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    const told = new Set<Node>()
    for (const fn of file.pair.changed) {
      if (file.onces.some(({ pair }) => pair.new.fn === fn)) continue
      const isOver = isUnderWay(fn, file.pair.new)
      for (const call of newlyRegistered(fn, file)) {
        // What serves a call that ends by a promise ends with it, but for parts of a server.
        if (isOver && !isPart(call)) continue
        told.add(call)
        yield note(file, call, REGISTERED)
      }
    }
    for (const deed of ownersIn(plan, file).flatMap((owner) => owner.calls())) {
      if (told.has(deed)) continue
      if (deed.type === 'AssignmentExpression') yield note(file, deed, SET)
      else if (fillsPrivate(deed, file)) yield { ...note(file, deed, PRIVATE), ...PROBLEM }
      else yield note(file, deed, MADE)
    }
  }
}

/** `instances.add(this)` of a weak collection that is new: how compilers write private members. */
function fillsPrivate(call: Node, { pair: { new: source }, onces }: FilePlan): boolean {
  const args: Node[] = call.arguments ?? []
  if (!args.some(({ type }) => type === 'ThisExpression')) return false
  return source.usesIn(call).some((use) => {
    const { name } = use.node
    const once = onces.find(({ scope }) => scope === source.bindingOf(use)?.scope)
    if (once === undefined || once.pair.old.scope.names.has(name)) return false
    return new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}\\s*=\\s*(/\\*.*?\\*/\\s*)?new Weak`).test(
      source.text,
    )
  })
}

function note({ path, pair: { new: source } }: FilePlan, call: Node, why: string): Finding {
  const [line, what] = [source.lineOf(call.start), source.slice(call).split('\n')[0]!.slice(0, 80)]
  const advice = 'nothing, if that is right; else do it in a pre-patch callback'
  return { severity: 'note', file: path, line, what, why, advice }
}

/** Listeners and timers of a function that its running version does not register. */
function newlyRegistered(fn: FunctionNode, { pair }: FilePlan): Node[] {
  const before = registrations(pair.functions.get(fn)!.node).map(keyOf)
  return registrations(fn.node).filter((call) => {
    const known = before.indexOf(keyOf(call))
    if (known >= 0) before.splice(known, 1)
    return known < 0
  })
}

/** What streams and sockets are set to once. */
const SETTINGS = /^set(Timeout|NoDelay|KeepAlive|Encoding|DefaultEncoding|MaxListeners)$/

/** What servers are made of: plugins, hooks and what requests have. */
const PARTS = /^(register|addHook|decorate(Request|Reply)?)$/

function isPart(node: Node): boolean {
  return node.type === 'CallExpression' && PARTS.test(calledName(node) ?? '')
}

/** Registrations of a function, but for those of functions inside. */
function registrations(root: Node): Node[] {
  const found: Node[] = []
  walkOwn(root, (node) => {
    if (isRegistration(node)) found.push(node)
  })
  return found
}

/** `x.on('a', f)`, `app.register(plugin)`, `setInterval(f, 10)`, `x.onerror = f`, `socket.setTimeout(10)`. */
export function isRegistration(node: Node): boolean {
  if (node.type !== 'CallExpression') return isHandler(node)
  const name = calledName(node) ?? ''
  const isSetting = node.callee.type === 'MemberExpression' && SETTINGS.test(name)
  return isSetting || isPart(node) || (node.arguments.length > 1 && LISTENERS.test(name))
}

function isHandler({ type, left, right }: Node): boolean {
  if (type !== 'AssignmentExpression' || left.type !== 'MemberExpression') return false
  const isFunctionLike = isFunction(right) || right.type === 'Identifier' || right.type === 'MemberExpression'
  return isFunctionLike && left.object.type !== 'ThisExpression' && /^on[a-z]/.test(memberKey(left) ?? '')
}

/** What it is registered for: by its name and first argument. */
function keyOf(node: Node): string {
  if (node.type === 'AssignmentExpression') return memberKey(node.left)!
  const event: Node | undefined = node.arguments[0]
  return `${calledName(node)} ${event === undefined || isFunction(event) ? '' : shape(event)}`
}
