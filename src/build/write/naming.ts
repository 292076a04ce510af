import { basename } from 'node:path'
import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode, Scope } from '../../instrument/scopes.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { isMadeInKind } from '../plan/made-in-kind.ts'
import { isFunctionName, type OncePlan } from '../plan/once-plan.ts'
import { isObject } from '../plan/parameters.ts'
import type { Export } from '../read/exports.ts'
import { isAssigned, memberKey } from '../read/expressions.ts'
import { packageNameOf, requiredModule } from '../read/imports.ts'
import { PureCalls } from '../read/pure-calls.ts'
import { belongsTo, ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import { assignedPaths, assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import type { Once } from '../read/units.ts'
import { unusedName } from '../read/unused-name.ts'
import type { Block } from './blocks.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { type Edit, member, quote, type Stretch } from './edits.ts'
import { Part } from './part.ts'

/** How names of the new version are said in the patch, and edits that make a stretch of it mean the same there. */
export class Naming extends Part {
  /** Edits that make a stretch of the new version mean the same in the patch; `without` parts of it for which something else stands. */
  rewrite(
    range: Stretch,
    fn: FunctionNode | undefined,
    block: Block | undefined,
    without: readonly Stretch[] = [],
  ): Edit[] {
    const edits: Edit[] = []
    const isWithout = ({ start, end }: Stretch): boolean =>
      without.some((one) => start >= one.start && end <= one.end && start < one.end && end > one.start)
    const around = block === undefined ? undefined : scopesAround(block.once.scope)
    for (const use of this.source.usesIn(range)) {
      const binding = this.source.bindingOf(use)
      // A call by it is one of a function of the patch.
      const isKey = binding !== undefined && this.file.bySymbol.has(binding)
      if (binding === undefined || isKey || isWithout(use.node)) continue
      if (fn !== undefined && belongsTo(binding.scope, fn)) {
        if (binding.scope.kind === 'name' && binding.scope.owner === fn) this.#ownName(use, fn, edits)
        continue
      }
      if (around !== undefined && !around.has(binding.scope)) continue
      const owner = ownerOf(binding.scope)
      if (
        fn === undefined &&
        owner !== undefined &&
        owner.node.start >= range.start &&
        owner.node.end <= range.end
      )
        continue
      const made = this.plan.functionTexts.of(this.file, use)
      if (made !== undefined) {
        edits.push({ start: made.node.start, end: made.node.end, text: quote(made.text) })
        continue
      }
      const text = this.free(use, binding, fn, block)
      // A name that is asked for by itself stands for a value, whatever it stands in.
      if (use.node === range) edits.push({ start: range.start, end: range.end, text })
      else if (text !== use.node.name) this.replaceName(use.node, text, edits)
    }
    this.writer.memberEdits.add(fn?.node ?? nodeOf(range), edits, block, without)
    return edits.filter((edit) => !isWithout(edit))
  }

  /** A named function expression that uses its own name means the running function, which is redirected. */
  #ownName(use: Use, fn: FunctionNode, edits: Edit[]): void {
    const { once, name } = this.writer.unitFunction(fn)
    if (once === undefined || name === undefined) {
      if (isCalled(use, this.source) && !use.assigned) {
        this.writer.callsItself.add(fn)
        return
      }
      const text = use.assigned ? undefined : this.#exported(fn)
      if (text !== undefined) return this.replaceName(use.node, text, edits)
      throw new Cannot(use.node, 'a function expression that hands itself on by its own name', BY_HAND)
    }
    this.replaceName(use.node, this.name(once, name, use.node, use.assigned, false), edits)
  }

  /** A function that the running module exports as it stands there: `exports.f = function f() {}`. */
  #exported(fn: FunctionNode): string | undefined {
    const { old, new: young } = this.file.exports
    const was = this.file.pair.functions.get(fn)?.node
    const isIt = ({ name, value }: Export): boolean =>
      value === fn.node && was !== undefined && old.get(name)?.value === was
    const found = [...young.values()].find(isIt)
    if (found === undefined) return undefined
    const name = unusedName(`${fn.node.id.name}_exported`, this.source.text)
    const path = found.name === 'module.exports' ? 'exports' : `exports${member(found.name)}`
    return this.#throughExports(this.file.module, name, path, false)
  }

  free(use: Use, found: Binding, fn: FunctionNode | undefined, block: Block | undefined): string {
    // A class has its own name in sight by a variable of its own.
    const declared = found.scope.isOfDeclaration ? found.scope.parent!.names.get(found.name) : undefined
    const binding = declared?.assigned === false ? declared : found
    const once = this.file.onceOf(binding.scope)
    const { name } = use.node
    if (once === undefined) {
      if (fn !== undefined && !use.assigned && this.writer.thisNames.isThis(use, binding, fn)) return 'this'
      const unset = this.writer.unpassed.unset(use, binding)
      if (unset !== undefined) return unset
      const given = use.assigned ? undefined : this.writer.givenBack.find(binding)
      if (given !== undefined)
        return this.#throughExports(
          given.once,
          unusedName(`${name}_exported`, this.source.text),
          given.path,
          false,
        )
      this.writer.locals.needed(use, binding, fn)
      return `${this.writer.scopeName}.${name}`
    }
    if (block?.once === once) {
      const isEager = this.source.functionAt(use) === once.pair.new.fn
      if (binding.kind === 'wrapper' && name === 'require') {
        this.#plainRequire(use)
        this.#demandRequired(use)
      }
      if (binding.kind === 'wrapper' && isEager && name === 'exports')
        return this.#isOwnExport(use.node, block) ? name : this.#running
      const whole = this.source.parent(use.node)
      if (binding.kind === 'wrapper' && isEager && name === 'module' && whole?.property?.name === 'exports')
        return this.#isOwnExport(whole, block) ? name : `({ exports: ${this.#running} })`
      if (binding.kind === 'wrapper' && (name === 'require' || (isEager && /^(exports|module)$/.test(name))))
        return name
      if (isEager && isFunctionName(once, name) && isCalled(use, this.source) && this.#isReplaced(once, name))
        this.plan.bring(once, name, 'used to make a value of this version', true)
      if (!once.isBrought(name) && block.exports.size > 0) {
        const way = this.#bringAlong(once, name, use)
        if (way !== undefined) return way
      }
      if (once.isBrought(name)) {
        this.writer.blocks.demand(block, name)
        return name
      }
    }
    const isForeignRequire = name === 'require' && binding.kind === 'wrapper'
    if (isForeignRequire && block === undefined) this.#lazyRequire(use, once)
    const text = this.name(once, name, use.node, use.assigned, block !== undefined && block.once === once)
    if (isForeignRequire && once.isBrought(name)) this.#plainRequire(use)
    return text
  }

  /**
   * Another file's block may need this one before any function of the running module was called, when nothing leads
   * to its names yet: what the block uses has to come along, or be found in what the running module exports.
   */
  #bringAlong(once: OncePlan, name: string, { node, assigned }: Use): string | undefined {
    const unit = once.unitOf(name)
    const isFunctionOnly = isFunctionName(once, name) && !isObject(once.pair.new, name)
    const isCopied = unit?.kind === 'import' || isFunctionOnly
    const isMadeAgain =
      unit?.kind === 'variable' &&
      classOf(unit) === undefined &&
      PureCalls.of(this.source).isRepeatable(assignedValue(unit))
    if (isCopied || isMadeAgain) {
      this.plan.bring(once, name, 'needed with what is new', true)
      return undefined
    }
    const path = this.file.exposed.path(once.pair, once.pair.renamed.get(name) ?? name)
    if (path !== undefined && !assigned) return path.replace('exports', this.#running)
    if (this.#mayEnter(once)) return undefined
    if (isMadeInKind(once, name)) {
      this.plan.bring(once, name, 'needed with what is new', true)
      return undefined
    }
    throw new Cannot(node, `'${name}' of the running module may be needed before it can be reached`, BY_HAND)
  }

  /** Whether the names of a scope can be reached before any function of the module was called. */
  #mayEnter(once: OncePlan): boolean {
    if (!this.file.exposed.isEntered(once.pair)) return false
    this.file.needsEntry = true
    return true
  }

  /**
   * The text of a stretch of the module that runs when the patch is put on the running module, before any function of
   * that was called. Undefined where it needs what cannot be reached then. `super` means something where it is to stand.
   */
  early(range: { start: number; end: number }, root: Node, hasSuper = false): string | undefined {
    if (this.file.exposed.entry === undefined || needsItsClass(root, hasSuper)) return undefined
    if (usesPrivate(root) && !this.#entersClass(root)) return undefined
    const isOutOfSight = this.source.usesIn(root).some((use) => {
      const binding = this.source.bindingOf(use)
      const once = binding && this.file.onceOf(binding.scope)
      return once !== undefined && !this.file.exposed.isEntered(once.pair)
    })
    if (isOutOfSight || this.#readsChangedExport(root)) return undefined
    try {
      const { edits, first } = this.writer.privateMethods.within(() =>
        this.rewrite(root, undefined, undefined),
      )
      if (first !== '' && root.body?.type !== 'BlockStatement') return undefined
      if (first !== '') edits.unshift({ start: root.body.start + 1, end: root.body.start + 1, text: first })
      const text = this.writer.apply(range, edits)
      this.file.needsEntry = true
      return text
    } catch (error) {
      if (error instanceof Cannot) return undefined
      throw error
    }
  }

  /** Whether private members of the running class can be reached early, of which a method that is new is to be one. */
  #entersClass(root: Node): boolean {
    let around: Node | undefined = root
    while (around !== undefined && !/^Class(Declaration|Expression)$/.test(around.type))
      around = this.source.parent(around)
    const [, old] = [...this.file.pair.functions].find(([young]) => young.class?.node === around) ?? []
    return old?.class !== undefined && this.file.exposed.enterClass(old.class.node)
  }

  /** Whether start-up code asks for an export of its own that has another value now: the running module has the old one yet. */
  #readsChangedExport(root: Node): boolean {
    return this.source.usesIn(root).some((use) => {
      if (this.source.functionAt(use) !== undefined || !/^(exports|module)$/.test(use.node.name)) return false
      const parent = this.source.parent(use.node)
      const member = use.node.name === 'module' ? parent && this.source.parent(parent) : parent
      return member?.type === 'MemberExpression' && this.file.changedExports.has(memberKey(member) ?? '')
    })
  }

  /** The same for a name of the module. */
  earlyName(name: string, once: OncePlan, at: Node): string | undefined {
    if (!this.file.exposed.isEntered(once.pair)) return undefined
    const running = once.pair.renamed.get(name) ?? name
    const old = once.pair.old.scope.names.get(running)
    const isReached = old !== undefined && this.file.names.bindings.get(old)?.read !== undefined
    if (!isReached || once.isBrought(name)) return undefined
    this.file.needsEntry = true
    return this.name(once, name, at, false, false)
  }

  exportGiven(name: string): string | undefined {
    if (this.file.givesExports === 'never') return undefined
    this.file.givesExports = true
    this.writer.blocks.export(name)
    return `${this.#running}${member(name)}`
  }

  /**
   * Whether `exports` of start-up code, which stands there for itself or for a member, is what the block gives it: for
   * anything that it does not give, it is what the running module exports.
   */
  #isOwnExport(exports: Node, block: Block): boolean {
    const parent = this.source.parent(exports)
    if (parent?.type !== 'MemberExpression' || parent.object !== exports) return true
    const above = this.source.parent(parent)
    const key = memberKey(parent)
    if (key === undefined || isAssigned(parent, above) || above?.type === 'UpdateExpression') return true
    if (!this.file.changedExports.has(key)) return false
    this.writer.blocks.export(key)
    block.readBack.add(key)
    return true
  }

  cannot(at: Node, why: string): void {
    this.writer.fail(undefined, new Cannot(at, why, BY_HAND))
  }

  /** What the running module exports. */
  get #running(): string {
    return `require(${quote(`./${basename(this.source.path)}`)})`
  }

  /** The patch's own `require` looks for files where the running module does. */
  #plainRequire({ node }: Use): void {
    const parent = this.source.parent(node)
    if (parent?.type !== 'MemberExpression' || parent.object !== node) return
    const specifier: unknown = this.source.parent(parent)?.arguments?.[0]?.value
    if (typeof specifier !== 'string') return
    const path = this.plan.resolve(this.source.path, specifier)
    const isThere = path === undefined ? this.plan.isRequired(specifier) : !this.plan.added.has(path)
    if (!isThere)
      throw new Cannot(node, `it looks for '${specifier}', which the running version may not have`, BY_HAND)
  }

  /** `require` in a block is the patch's own, which has what other files' blocks export. */
  #demandRequired(use: Use): void {
    const call = this.source.parent(use.node)
    const source = call && requiredModule(call)
    const path = source === undefined ? undefined : this.plan.resolve(this.source.path, source)
    const other = path === undefined ? undefined : this.plan.files.get(path)
    for (const name of other?.changedExports.keys() ?? []) this.writer.demandExport(path!, name)
  }

  /** `require` inside a function: of what the patch brings, it must be the patch's own. */
  #lazyRequire(use: Use, once: OncePlan): void {
    const call = this.source.parent(use.node)
    const source = call && requiredModule(call)
    if (source === undefined) return this.#madeRequire(call, once)
    const path = this.plan.resolve(this.source.path, source)
    if (packageNameOf(source) !== undefined && !this.plan.isRequired(source))
      this.plan.bring(once, 'require', 'a package that the running version does not ask for', true)
    if (path === undefined) return
    const other = this.plan.files.get(path)
    if (other === undefined) this.plan.bring(once, 'require', 'a new file', true)
    else if (other.changedExports.size > 0) {
      this.plan.bring(once, 'require', `'${path}' changed`, true)
      for (const name of other.changedExports.keys()) this.writer.demandExport(path, name)
    }
  }

  /** `require('./plugins/' + name)` */
  #madeRequire(call: Node | undefined, once: OncePlan): void {
    const meant = call === undefined ? [] : this.plan.loaded.meant(this.source, call)
    if (meant.length > 0) this.plan.bring(once, 'require', `it may mean '${meant[0]}'`, true)
    for (const path of meant)
      for (const name of this.plan.files.get(path)?.changedExports.keys() ?? [])
        this.writer.demandExport(path, name)
  }

  #isReplaced(once: OncePlan, name: string): boolean {
    const node = functionOf(once.unitOf(name)!)
    return node !== undefined && this.file.replaced.has(this.source.functionOf.get(node)!)
  }

  /** How a name of a once-scope is said, from outside of its block or in it. */
  name(once: OncePlan, name: string, at: Node, assigned: boolean, inBlock: boolean): string {
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
      return this.#throughExports(once, name, name === 'exports' ? 'exports' : undefined, inBlock)
    } else if (!assigned && this.#isPlace(once, name)) {
      const meta = this.writer.blocks.ofModule('meta', inBlock ? this.writer.blocks.block(once) : undefined)
      return `${meta}.${name.slice(2)}`
    } else if (once.unitOf(name) === undefined) {
      throw new Cannot(at, `'${name}' cannot be reached: no function of the running version uses it`, BY_HAND)
    } else if (this.#isItself(once, name)) {
      const path = assigned ? undefined : this.file.exposed.path(once.pair, running)
      if (path !== undefined) return this.#throughExports(once, name, path, inBlock)
      const why = `'${name}' cannot be reached: no function of the running version uses it, and a copy would be another`
      if (isAskedFor(once.pair.new, name)) throw new Cannot(at, why, BY_HAND)
      this.plan.bring(once, name, 'no function of the running version uses it', true)
    } else {
      const literal = assigned ? undefined : literalOf(once, name)
      if (literal !== undefined) return this.source.slice(literal)
      const value = assignedValue(once.unitOf(name)!)
      const path = assigned ? undefined : this.file.exposed.path(once.pair, running)
      if (path !== undefined && !this.#isNew(once, name) && !PureCalls.of(this.source).isRepeatable(value))
        return this.#throughExports(once, name, path, inBlock)
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
  #throughExports(once: OncePlan, name: string, path: string | undefined, inBlock: boolean): string {
    const text = path?.replace('exports', this.#running) ?? `{ exports: ${this.#running} }`
    if (inBlock) return `(${text})`
    this.writer.blocks.block(once).running.set(name, text)
    return `${this.writer.scopeName}.${name}`
  }

  /** `exports` or `module.exports`, where that is what the module exports in the end. */
  #isRunning(once: OncePlan, name: string, at: Node, assigned: boolean): boolean {
    if (assigned || once.scope.names.get(name)?.kind !== 'wrapper') return false
    const parent = this.source.parent(at)
    if (name === 'module')
      return (
        parent?.type === 'MemberExpression' &&
        parent.object === at &&
        parent.property.name === 'exports' &&
        !isAssigned(parent, this.source.parent(parent))
      )
    return (
      name === 'exports' &&
      once.pair.old.units.every((unit) => {
        const paths = assignedPaths(unit)
        return !paths.includes('module.exports') || paths.includes('exports')
      })
    )
  }

  replaceName(node: Node, text: string, edits: Edit[]): void {
    const parent = this.source.parent(node)
    const holder =
      parent?.type === 'AssignmentPattern' && parent.left === node ? this.source.parent(parent) : parent
    if (holder?.type === 'Property' && holder.shorthand && holder.key.start === node.start) {
      edits.push({ start: node.start, end: node.end, text: `${node.name}: ${text}` })
      return
    }
    edits.push({ start: node.start, end: node.end, text })
    // `new scope.a.B()`: what is constructed must not become the accessor.
    let top: Node = node
    let above = this.source.parent(top)
    while (above?.type === 'MemberExpression' && above.object === top) {
      top = above
      above = this.source.parent(top)
    }
    if (top !== node && above?.type === 'NewExpression' && above.callee === top) {
      edits.push({ start: top.start, end: top.start, text: '(' })
      edits.push({ start: top.end, end: top.end, text: ')' })
    }
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

/** What means something only in the class around it. */
function needsItsClass(root: Node, hasSuper: boolean): boolean {
  return containsNode(root, ({ type }, ancestors) => {
    if (type === 'MetaProperty') return true
    if (type !== 'Super' || hasSuper) return false
    return !ancestors.some((one) => one.type === 'ClassBody')
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

/** Whether it uses private members of the class around it. */
function usesPrivate(root: Node): boolean {
  return containsNode(
    root,
    ({ type }, ancestors) =>
      type === 'PrivateIdentifier' && !ancestors.some((one) => one.type === 'ClassBody'),
  )
}

function isCalled({ node }: Use, file: SourceFile): boolean {
  const parent = file.parent(node)
  const isMethod = parent?.type === 'MemberExpression' && parent.object === node && !parent.computed
  if (isMethod && /^(call|apply)$/.test(parent.property.name)) {
    const call = file.parent(parent)
    return call?.type === 'CallExpression' && call.callee === parent
  }
  return (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === node
}

function scopesAround(scope: Scope): Set<Scope> {
  const around = new Set<Scope>()
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) around.add(at)
  return around
}

function nodeOf(range: { start: number; end: number }): Node {
  return 'node' in range ? (range.node as Node) : (range as Node)
}
