import { define } from '../define.ts'
import type { LoadedFile } from '../loader/registry.ts'
import { asWritten } from './as-written.ts'
import type { Context, Slot } from './context.ts'
import type { ResolvedFunction } from './paths.ts'
import type { Bound } from './replacement.ts'
import type { Side } from './tasks.ts'

/** A replacement at its place. */
export interface Placement {
  file: LoadedFile
  fn: ResolvedFunction
  bound: Bound
}

/** What a transition switches: replacements that come, and replacements that go. */
export interface Change {
  on?: Placement[]
  off?: Placement[]
}

/**
 * The enabled replacements of one function, oldest first: the kernel's `klp_ops->func_stack`. The newest one stands in
 * the file's table; each one's `original` leads to the one below it, the lowest one's to the function as written.
 */
class FunctionStack {
  readonly fn: ResolvedFunction
  readonly #file: LoadedFile
  entries: readonly Bound[] = []

  constructor(file: LoadedFile, fn: ResolvedFunction) {
    this.#file = file
    this.fn = fn
  }

  /** Where `original` leads in each replacement of a stack that looks like `entries`. */
  links(entries: readonly Bound[]): Map<Bound, Slot> {
    const links = new Map<Bound, Slot>()
    entries.forEach((bound, i) => {
      if (bound.usesOriginal) links.set(bound, entries[i - 1]?.slot ?? asWritten(this.#file, this.fn.index))
    })
    return links
  }
}

/** All functions of a file that are replaced, and the table that stands for them in the file's cell. */
class FileStacks {
  readonly #file: LoadedFile
  readonly #stacks = new Map<number, FunctionStack>()
  #table: Slot[] = []
  /** The file has not run to its end. */
  isComing = false
  /** Whether calls ask, as long as a transition runs. */
  #asks = false

  constructor(file: LoadedFile) {
    this.#file = file
  }

  stackOf(fn: ResolvedFunction): FunctionStack {
    const known = this.#stacks.get(fn.index)
    if (known !== undefined) return known
    const made = new FunctionStack(this.#file, fn)
    this.#stacks.set(fn.index, made)
    return made
  }

  /** What each call of the function finds is asked for. */
  ask(index: number, slot: () => Slot | undefined): void {
    this.#asks = true
    defineSlot(this.#table, index, slot)
    this.#file.setTable(this.#table)
  }

  hasCome(): void {
    this.isComing = false
    if (!this.#asks) this.settle()
  }

  /** What calls find: the newest, of those that can be called already. */
  topOf({ fn }: FunctionStack, entries: readonly Bound[]): Slot | undefined {
    if (!this.#waits(entries)) return entries.at(-1)?.slot
    if (this.#file.type !== 'module')
      return entries.findLast(({ additions }) => additions === undefined || additions.isReadyEarly)?.slot
    return entries.reduce<Slot | undefined>((below, bound) => this.#early(bound, below, fn), undefined)
  }

  /** No name of an ES module is looked at before it is there: a call tells whether all are. */
  #early({ slot, additions }: Bound, below: Slot | undefined, fn: ResolvedFunction): Slot {
    if (additions === undefined) return slot
    const prepare = (context: Context): boolean => {
      try {
        additions.prepare(context)
      } catch {
        return false
      }
      if (!this.#asks) this.settle()
      return true
    }
    const written = (): Slot => below ?? asWritten(this.#file, fn.index)
    return function (this: unknown, context, ...args) {
      return (prepare(context) ? slot : written()).call(this, context, ...args)
    }
  }

  #waits(entries: readonly Bound[]): boolean {
    return this.isComing && entries.some(({ additions }) => additions !== undefined && !additions.isMade)
  }

  /** Counts a function in: it may have been forgotten since its change was planned. */
  keep(stack: FunctionStack): void {
    this.#stacks.set(stack.fn.index, stack)
  }

  /**
   * What calls find is the newest of each stack. The table is made anew, at its full length: one that has had getters,
   * or that grew by a leap, stays slow for ever. Functions that nothing replaces are forgotten, with the last the table.
   */
  settle(): void {
    this.#asks = false
    const table: Slot[] = new Array(Math.max(-1, ...this.#stacks.keys()) + 1)
    for (const [index, stack] of this.#stacks) {
      const newest = stack.entries.at(-1)
      if (newest === undefined) this.#stacks.delete(index)
      else if (this.#waits(stack.entries)) defineSlot(table, index, () => this.topOf(stack, stack.entries))
      else table[index] = newest.slot
    }
    this.#table = table
    this.#file.setTable(this.#stacks.size === 0 ? undefined : table)
  }
}

function defineSlot(table: Slot[], index: number, get: () => Slot | undefined): void {
  define(table, index, { configurable: true, enumerable: true, get })
}

const files = new WeakMap<LoadedFile, FileStacks>()

function stacksOf(file: LoadedFile): FileStacks {
  const known = files.get(file)
  if (known !== undefined) return known
  const made = new FileStacks(file)
  files.set(file, made)
  return made
}

/** Files that have not run to their end. */
const coming = new Set<LoadedFile>()

/** A file is about to run its first line: replacements that are made of its names wait until it has run to its end. */
export function fileComes(file: LoadedFile): void {
  stacksOf(file).isComing = true
  coming.add(file)
}

/** Files have run to their end: those of this name, or one. */
export function filesHaveCome(which: string | LoadedFile): void {
  for (const file of coming) {
    if (file !== which && file.filename !== which) continue
    coming.delete(file)
    stacksOf(file).hasCome()
  }
}

/** A stack before and after a change. */
interface Step {
  stacks: FileStacks
  stack: FunctionStack
  before: readonly Bound[]
  after: readonly Bound[]
}

/**
 * A change worked out in full, so that carrying it out, in either direction, is nothing but stores: each of its methods
 * is one synchronous step, and no code of the program runs between its first store and its last.
 */
export class Switch {
  readonly #steps: Step[]

  constructor(change: Change) {
    this.#steps = planSteps(change)
  }

  /** All functions are those of one side. */
  settle(side: Side): void {
    for (const { stacks, stack, ...entries } of this.#steps) {
      stack.entries = entries[side]
      for (const [bound, slot] of stack.links(stack.entries)) bound.next.slot = slot
      stacks.keep(stack)
    }
    for (const stacks of new Set(this.#steps.map((step) => step.stacks))) stacks.settle()
  }

  /** Every call asks which side it is on: functions in the table, and `original` from one replacement to the next. */
  split(sideOfCall: () => Side): void {
    for (const { stacks, stack, before, after } of this.#steps) {
      const links = { before: stack.links(before), after: stack.links(after) }
      for (const bound of new Set([...before, ...after])) {
        const [old, young] = [links.before.get(bound), links.after.get(bound)]
        if (old !== young) bound.next.slot = chooser(sideOfCall, old, young)
      }
      stacks.ask(stack.fn.index, () => stacks.topOf(stack, sideOfCall() === 'before' ? before : after))
    }
  }
}

function chooser(sideOfCall: () => Side, before: Slot | undefined, after: Slot | undefined): Slot {
  return function (this: unknown, context, ...args) {
    const slot = sideOfCall() === 'before' ? (before ?? after) : (after ?? before)
    return slot!.call(this, context, ...args)
  }
}

function planSteps({ on = [], off = [] }: Change): Step[] {
  const steps = new Map<FunctionStack, Step>()
  const stepFor = ({ file, fn }: Placement): Step => {
    const stacks = stacksOf(file)
    const stack = stacks.stackOf(fn)
    const known = steps.get(stack)
    if (known !== undefined) return known
    const made = { stacks, stack, before: stack.entries, after: stack.entries }
    steps.set(stack, made)
    return made
  }
  for (const placement of off) {
    const step = stepFor(placement)
    step.after = step.after.filter((bound) => bound !== placement.bound)
  }
  for (const placement of on) {
    const step = stepFor(placement)
    // One that is in already stays where it is: a file may have come, and been patched, while its patch was enabled.
    if (!step.after.includes(placement.bound)) step.after = [...step.after, placement.bound]
  }
  return [...steps.values()]
}
