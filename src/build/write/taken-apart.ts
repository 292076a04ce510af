import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { NotPassed } from '../plan/not-passed.ts'
import { declaratorsOf, namedDeclaratorsOf } from '../read/declarators.ts'
import { propertyName } from '../read/expressions.ts'
import { sameShape } from '../read/shape.ts'
import { functionOf } from '../read/unit-values.ts'
import { unitsNamed } from '../read/units.ts'
import { propertyKey } from './edits.ts'
import { Part } from './part.ts'

/**
 * `const settings = normalise(options)`, of which the running version has taken the members apart (`const { limit, strict } =
 * normalise(options)`): an object of what closures have of the same call. What the helper gives besides is that of a call
 * which was not passed it.
 */
export class TakenApart extends Part {
  find(declaration: Node | undefined, owner: FunctionNode, old: FunctionNode): string | undefined {
    const call: Node | undefined = declaration?.init ? unwrap(declaration.init) : undefined
    if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier') return undefined
    const pattern = declaratorsOf(old).find(
      ({ id, init }) => id.type === 'ObjectPattern' && init && sameShape(unwrap(init), call),
    )?.id
    const held = pattern && this.#held(pattern, old)
    const helper = this.#helper(call.callee.name)
    const given = helper && givenBy(helper.fn)
    if (held === undefined || given === undefined) return undefined
    const members = [...given].map(([key, value]) => {
      const text = held.get(key) ?? this.#besides(key, value, helper!, owner, old)
      return text && `${propertyKey(key)}: ${text}`
    })
    return members.includes(undefined) ? undefined : `{ ${members.join(', ')} }`
  }

  /** Where the running version has the members that a pattern takes; undefined where one is out of reach. */
  #held(pattern: Node, old: FunctionNode): Map<string, string> | undefined {
    const held = new Map<string, string>()
    for (const property of pattern.properties as Node[]) {
      const key = property.type === 'Property' ? propertyName(property) : undefined
      const binding =
        property.value?.type === 'Identifier' ? old.body.names.get(property.value.name) : undefined
      if (key === undefined || binding === undefined || binding.assigned) return undefined
      if (!this.file.names.bindings.has(binding)) return undefined
      held.set(key, `${this.writer.scopeName}.${binding.name}`)
    }
    return held
  }

  /** The function of the package that a name of the module stands for. */
  #helper(name: string): { fn: FunctionNode; file: FilePlan } | undefined {
    const { module } = this.file
    const unit = module.unitOf(name)
    if (unit?.kind !== 'import') return inFile(this.file, name)
    const from = unit.source === undefined ? undefined : this.plan.resolve(this.file.path, unit.source)
    const origin = from === undefined ? undefined : this.plan.origin(from, unit.imported!)
    const file = origin && this.plan.files.get(origin.path)
    const one = file?.exports.new.get(origin!.name)
    if (one?.local !== undefined) return inFile(file!, one.local)
    return one?.value ? withFunction(file!, one.value) : undefined
  }

  /** A member that the running version has not taken: in a variable of its own, made in the same words, or not passed. */
  #besides(
    key: string,
    value: Node,
    { fn, file }: { fn: FunctionNode; file: FilePlan },
    owner: FunctionNode,
    old: FunctionNode,
  ): string | undefined {
    const made =
      value.type === 'Identifier'
        ? namedDeclaratorsOf(fn).find(({ id }) => id.name === value.name)
        : undefined
    const own = namedDeclaratorsOf(old).find(({ id, init }) => {
      const binding = old.body.names.get(id.name)
      return (
        init &&
        made?.init &&
        sameShape(init, made.init) &&
        binding?.assigned === false &&
        this.file.names.bindings.has(binding)
      )
    })
    if (own !== undefined) return `${this.writer.scopeName}.${own.id.name}`
    if (this.plan.knewMember(key, this.file)) return undefined
    const notPassed = new NotPassed(this.plan, file, {
      fn,
      old: file.pair.functions.get(fn),
      helpers: new Map(),
      isHeld: () => false,
    })
    const text = notPassed.print(notPassed.reduce(made?.init ?? value))
    if (!LITERAL.test(text)) return undefined
    for (const name of notPassed.names) this.writer.unpassed.note(name, owner.node, owner)
    return text
  }
}

const LITERAL = /^\(*(-?\d[\w.]*|'[^'\\\n]*'|"[^"\\\n]*"|true|false|null|undefined)\)*$/

function inFile(file: FilePlan, name: string): { fn: FunctionNode; file: FilePlan } | undefined {
  const [unit] = unitsNamed(file.module.pair.new.units, name)
  const node = unit && functionOf(unit)
  return node && withFunction(file, node)
}

function withFunction(file: FilePlan, node: Node): { fn: FunctionNode; file: FilePlan } | undefined {
  const fn = file.pair.new.functionOf.get(node)
  return fn && { fn, file }
}

/** The members of the literal that a function ends with. */
function givenBy({ node }: FunctionNode): Map<string, Node> | undefined {
  const last: Node | undefined = node.body.type === 'BlockStatement' ? node.body.body.at(-1) : undefined
  const literal = last?.type === 'ReturnStatement' && last.argument ? unwrap(last.argument) : undefined
  if (literal?.type !== 'ObjectExpression') return undefined
  const given = new Map<string, Node>()
  for (const one of literal.properties as Node[]) {
    const key = one.type === 'Property' && !one.computed ? propertyName(one) : undefined
    if (key === undefined) return undefined
    given.set(key, one.value)
  }
  return given
}
