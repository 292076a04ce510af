import { type Accessors, sharesFrame } from './accessors.ts'
import { CONSTRUCT } from './cell.ts'
import { hasDuplicates } from './parameters.ts'
import type { FunctionNode } from './scopes.ts'
import { isSimple } from './syntax.ts'
import type { Extra } from './types.ts'

/** The text of a site: the test whether its function is patched, and the call of the replacement. */
export class SiteText {
  private readonly accessors: Accessors
  private readonly prefix: string
  /** Reads the file's table. */
  private readonly cell: string
  private readonly root: FunctionNode | undefined
  /** The helper that calls super() for a replacement. */
  private needsConstruct = false

  constructor(accessors: Accessors, cell: string, root: FunctionNode | undefined) {
    this.accessors = accessors
    this.prefix = accessors.prefix
    this.cell = cell
    this.root = root
  }

  statement(fn: FunctionNode, values: readonly string[]): string {
    const slot = `${this.prefix}u`
    const name = this.accessors.constructorName(fn)
    const taken =
      name === undefined
        ? `return ${awaits(fn)}${this.call(fn, slot, values, this.passesArguments(fn))};`
        : this.construct(fn, name, values)
    return `var ${slot}=${this.cell};if(${slot}!==void 0&&(${slot}=${slot}[${fn.index}])!==void 0)${taken}`
  }

  /** The site as an expression in the header: the call's value in an array (of a generator, as it is). */
  inHeader(fn: FunctionNode, values: readonly string[], all: boolean): string {
    const slot = `${this.cell}[${fn.index}]`
    const call = this.call(fn, slot, values, all)
    return `${this.cell}!==void 0&&${slot}!==void 0?${fn.generator ? call : `[${call}]`}:void 0`
  }

  /** The arguments object is mentioned only where the function mentions it itself, or has no other way. */
  passesArguments(fn: FunctionNode): boolean {
    return (!fn.arrow && fn.arguments) || (isSimple(fn.node.params) && hasDuplicates(fn))
  }

  private call(fn: FunctionNode, callee: string, values: readonly string[], all: boolean): string {
    const parts = [this.accessors.expression(fn), ...extras(fn).map((extra) => this.extraValue(extra, fn))]
    const given = all ? ['...arguments'] : values
    const list = [...parts, ...given].join()
    // Before super() has run there is no `this` to hand over.
    const bare = fn.kind === 'derived constructor' || (fn.arrow && (!fn.this || fn.superCall))
    if (!bare) return `${callee}.call(${this.thisValue(fn)},${list})`
    // A member call would pass the table as `this`.
    return callee.endsWith(']') ? `(0,${callee})(${list})` : `${callee}(${list})`
  }

  /**
   * A derived constructor of a class with a name. Its replacement's super() constructs the class once more with the
   * arguments laid ready, and then its site does nothing but the `super(...)` itself, fields and all.
   */
  private construct(fn: FunctionNode, name: string, values: readonly string[]): string {
    this.needsConstruct = true
    const { prefix } = this
    const accessor = this.accessors.expression(fn, false)
    const id = this.accessors.names.superCall.get(fn)
    const all = this.passesArguments(fn) ? ['...arguments'] : values
    const given = [...extras(fn).map((extra) => this.extraValue(extra, fn)), ...all].join()
    const call = `${prefix}d(${prefix}u,${name},new.target,${accessor},${id},[${given}])`
    return `{if(${prefix}b!==void 0){super(...${prefix}h());return}return ${call}}`
  }

  /** In a derived constructor compiled alone, `this` is a variable (original.ts). */
  private thisValue(fn: FunctionNode): string {
    const { root, prefix } = this
    const isVariable = root?.kind === 'derived constructor' && sharesFrame(fn, root)
    return isVariable ? `${prefix}j(${prefix}z)` : 'this'
  }

  private extraValue(extra: Extra, fn: FunctionNode): string {
    if (extra === 'self') return fn.node.id.name
    return this.root !== undefined && sharesFrame(fn, this.root) ? `${this.prefix}n` : 'new.target'
  }

  /** Nothing in them has a name that the file may have given to a variable of its own. */
  private constructHelpers(): string {
    const { prefix } = this
    const take = `function ${prefix}h(){const a=${prefix}b;${prefix}b=void 0;return a}`
    const run = `return ${CONSTRUCT}(f,C,n,c,k,a,v=>{${prefix}b=v})`
    return `var ${prefix}b;${take}function ${prefix}d(f,C,n,c,k,a){${run}}`
  }

  helpers(): string {
    return this.needsConstruct ? this.constructHelpers() : ''
  }
}

/** One turn of the microtask queue more than the call itself; a promise returned as it is takes three. */
export function awaits(fn: FunctionNode): string {
  return fn.async && !fn.generator ? 'await ' : ''
}

export function extras(fn: FunctionNode): Extra[] {
  const list: Extra[] = []
  if (fn.newTarget) list.push('new.target')
  if (fn.usesOwnName) list.push('self')
  return list
}
