import type { Node } from '../../instrument/parse.ts'
import { containsNode } from '../../livepatch/ast.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import { outsideName } from '../plan/outside-name.ts'
import { memberKey } from '../read/expressions.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { member } from './edits.ts'
import type { Early } from './members/values.ts'
import { Part } from './part.ts'

/** Writes what runs when the patch is put on the running module, before any function of that was called. */
export class EarlyNames extends Part implements Early {
  /**
   * The text of a stretch of the module that runs when the patch is put on the running module, before any function of
   * that was called. Undefined where it needs what cannot be reached then. `super` means something where it is to stand.
   */
  early(range: { start: number; end: number }, root: Node, hasSuper = false): string | undefined {
    if (this.file.exposed.entry === undefined || needsItsClass(root, hasSuper)) return undefined
    if (usesPrivate(root) && !this.#entersClass(root)) return undefined
    const outside = this.#outside(root)
    if (outside === undefined || this.#readsChangedExport(root)) return undefined
    try {
      const { edits, first } = this.writer.privateMethods.within(() =>
        this.writer.naming.rewrite(root, undefined, undefined, [...outside.keys()]),
      )
      for (const [name, text] of outside) this.writer.naming.replaceName(name, text, edits)
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

  /** What names mean that a function out of sight has; undefined where one can be reached by no other way. */
  #outside(root: Node): Map<Node, string> | undefined {
    const found = new Map<Node, string>()
    for (const use of this.source.usesIn(root)) {
      const binding = this.source.bindingOf(use)
      const once = binding && this.file.onceOf(binding.scope)
      if (once === undefined || this.file.exposed.isEntered(once.pair)) continue
      const text = use.assigned ? undefined : this.#nameOutside(use.node.name, once, root)
      if (text === undefined) return undefined
      found.set(use.node, text)
    }
    return found
  }

  /** A name of a function out of sight, as the code around that has it. */
  #nameOutside(name: string, once: OncePlan, at: Node): string | undefined {
    const found = outsideName(name, once, this.file.onces)
    if (found === undefined) return undefined
    const { exposed } = this.file
    const root = exposed.path(found.once.pair, found.name) ?? this.earlyName(found.name, found.once, at)
    return root && root + found.members
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
    if (!this.file.exposed.isEntered(once.pair)) return this.#nameOutside(name, once, at)
    const running = once.pair.renamed.get(name) ?? name
    const old = once.pair.old.scope.names.get(running)
    const isReached = old !== undefined && this.file.names.bindings.get(old)?.read !== undefined
    if (!isReached || once.isBrought(name)) return undefined
    this.file.needsEntry = true
    return this.writer.names.say(once, name, at, false, false)
  }

  exportGiven(name: string): string | undefined {
    if (this.file.givesExports === 'never') return undefined
    this.file.givesExports = true
    this.writer.blocks.export(name)
    return `${this.writer.names.running}${member(name)}`
  }
  cannot(at: Node, why: string): void {
    this.writer.fail(undefined, new Cannot(at, why, BY_HAND))
  }
}

/** What means something only in the class around it. */
function needsItsClass(root: Node, hasSuper: boolean): boolean {
  return containsNode(root, ({ type }, ancestors) => {
    if (type === 'MetaProperty') return true
    if (type !== 'Super' || hasSuper) return false
    return !ancestors.some((one) => one.type === 'ClassBody')
  })
}
/** Whether it uses private members of the class around it. */
function usesPrivate(root: Node): boolean {
  return containsNode(
    root,
    ({ type }, ancestors) =>
      type === 'PrivateIdentifier' && !ancestors.some((one) => one.type === 'ClassBody'),
  )
}
