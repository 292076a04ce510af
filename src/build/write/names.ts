import { basename } from 'node:path'
import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunctionName, type OncePlan } from '../plan/once-plan.ts'
import { isObject } from '../plan/parameters.ts'
import { isAssigned } from '../read/expressions.ts'
import { PureCalls } from '../read/pure-calls.ts'
import { assignedPaths, assignedValue, classOf } from '../read/unit-values.ts'
import type { Once } from '../read/units.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { quote } from './edits.ts'
import { Part } from './part.ts'

/** How a name that a module, or a function that runs once, declares is said in the patch. */
export class Names extends Part {
  /** What the running module exports. */
  get running(): string {
    return `require(${quote(`./${basename(this.source.path)}`)})`
  }

  /** How a name of a once-scope is said, from outside of its block or in it. */
  say(once: OncePlan, name: string, at: Node, assigned: boolean, inBlock: boolean): string {
    if (once.isBrought(name)) {
      if (inBlock) {
        this.writer.blocks.demand(this.writer.blocks.block(once), name)
        return name
      }
      this.writer.blocks.demandOutside(once, name)
      return `${this.writer.scopeName}.${name}`
    }
    const running = once.pair.renamed.get(name) ?? name
    const old = once.pair.old.scope.names.get(running) ?? once.pair.old.scope.parent?.names.get(running)
    const operations = old && this.file.names.bindings.get(old)
    if (old !== undefined && operations !== undefined) {
      if (!assigned || operations.write !== undefined) return `${this.writer.scopeName}.${running}`
      if (old.kind === 'function' || old.kind === 'class' || old.kind === 'import')
        throw new Cannot(at, `it assigns '${name}', which is a constant in the running version`, BY_HAND)
      this.plan.bring(once, name, 'this version assigns it')
    } else if (name === 'require')
      this.plan.bring(once, name, 'no function of the running version uses it', true)
    else if (this.#isRunning(once, name, at, assigned)) {
      return this.throughExports(once, name, name === 'exports' ? 'exports' : undefined, inBlock)
    } else if (!assigned && this.#isPlace(once, name)) {
      const meta = this.writer.blocks.ofModule('meta', inBlock ? this.writer.blocks.block(once) : undefined)
      return `${meta}.${name.slice(2)}`
    } else if (once.unitOf(name) === undefined) {
      throw new Cannot(at, `'${name}' cannot be reached: no function of the running version uses it`, BY_HAND)
    } else if (this.#isItself(once, name)) {
      const path = assigned ? undefined : this.file.exposed.path(once.pair, running)
      if (path !== undefined) return this.throughExports(once, name, path, inBlock)
      const why = `'${name}' cannot be reached: no function of the running version uses it, and a copy would be another`
      if (isAskedFor(once.pair.new, name)) throw new Cannot(at, why, BY_HAND)
      this.plan.bring(once, name, 'no function of the running version uses it', true)
    } else {
      const literal = assigned ? undefined : literalOf(once, name)
      if (literal !== undefined) return this.source.slice(literal)
      const value = assignedValue(once.unitOf(name)!)
      const path = assigned ? undefined : this.file.exposed.path(once.pair, running)
      if (path !== undefined && !this.#isNew(once, name) && !PureCalls.of(this.source).isRepeatable(value))
        return this.throughExports(once, name, path, inBlock)
      this.plan.bring(once, name, 'no function of the running version uses it', true)
    }
    this.writer.blocks.demandOutside(once, name)
    return `${this.writer.scopeName}.${name}`
  }

  /** `__dirname` or `__filename` of the module. */
  #isPlace({ scope }: OncePlan, name: string): boolean {
    return /^__(dir|file)name$/.test(name) && scope.names.get(name)?.kind === 'wrapper'
  }

  #isNew({ pair }: OncePlan, name: string): boolean {
    return pair.added.some(({ names }) => names.includes(name))
  }

  /** A class, or a function that is more than something to call. */
  #isItself(once: OncePlan, name: string): boolean {
    const unit = once.unitOf(name)
    if (unit === undefined || once.pair.added.includes(unit)) return false
    return classOf(unit) !== undefined || (isFunctionName(once, name) && isObject(once.pair.new, name))
  }

  /** A name of the running module, by a path of its exports; without one `module`. */
  throughExports(once: OncePlan, name: string, path: string | undefined, inBlock: boolean): string {
    const text = path?.replace('exports', this.running) ?? `{ exports: ${this.running} }`
    if (inBlock) return `(${text})`
    this.writer.blocks.block(once).running.set(name, text)
    return `${this.writer.scopeName}.${name}`
  }

  /** `exports` or `module.exports`, where that is what the module exports in the end. */
  #isRunning(once: OncePlan, name: string, at: Node, assigned: boolean): boolean {
    if (assigned || once.scope.names.get(name)?.kind !== 'wrapper') return false
    const parent = this.source.parent(at)
    if (name === 'module') {
      const isExports = parent?.type === 'MemberExpression' && parent.property.name === 'exports'
      const isRead = isExports && parent.object === at && !isAssigned(parent, this.source.parent(parent))
      return isRead || (parent?.type === 'UnaryExpression' && parent.operator === 'typeof')
    }
    return (
      name === 'exports' &&
      once.pair.old.units.every((unit) => {
        const paths = assignedPaths(unit)
        return !paths.includes('module.exports') || paths.includes('exports')
      })
    )
  }
}

/** Whether members of a class or function are looked up, or objects are tested for it: more than being called. */
function isAskedFor({ file, scope }: Once, name: string): boolean {
  return file.usesOf(scope.names.get(name)).some((use) => {
    const parent = file.parent(use.node)
    if (parent?.type === 'BinaryExpression') return parent.operator === 'instanceof'
    if (parent?.type !== 'MemberExpression' || parent.object !== use.node || parent.computed) return false
    const isCall = /^(call|apply|bind|prototype)$/.test(parent.property.name)
    return !isCall && !isAssigned(parent, file.parent(parent))
  })
}
/** What a variable is for good, where more is done on the way: `var A = codes.A = ((texts[1] = 'a'), 1)`. */
function literalOf(once: OncePlan, name: string): Node | undefined {
  const unit = once.unitOf(name)
  const isMore = unit?.kind === 'variable' && unit.node.init?.type !== 'Literal'
  const isLasting = isMore && once.scope.names.get(name)?.assigned === false
  let value: Node | undefined = isLasting ? assignedValue(unit) : undefined
  while (value?.type === 'SequenceExpression') value = unwrap((value.expressions as Node[]).at(-1)!)
  return value?.type === 'Literal' && !value.regex ? value : undefined
}
