import type { LoadedFile } from '../loader/registry.ts'
import { asWritten } from './as-written.ts'
import type { Slot } from './context.ts'
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
  readonly #table: Slot[] = []

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

  /** Fills in one table cell: what a call of the function finds there from now on. */
  fill(index: number, slot: PropertyDescriptor): void {
    Object.defineProperty(this.#table, index, { configurable: true, enumerable: true, ...slot })
    this.#file.setTable(this.#table)
  }

  /** Forgets functions that nothing replaces any more, and with the last of them the table. */
  tidy(): void {
    for (const [index, stack] of this.#stacks) {
      if (stack.entries.length > 0) continue
      this.#stacks.delete(index)
      delete this.#table[index]
    }
    if (this.#stacks.size === 0) this.#file.setTable(undefined)
  }
}

const files = new WeakMap<LoadedFile, FileStacks>()

function stacksOf(file: LoadedFile): FileStacks {
  const known = files.get(file)
  if (known !== undefined) return known
  const made = new FileStacks(file)
  files.set(file, made)
  return made
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
      stacks.fill(stack.fn.index, { value: stack.entries.at(-1)?.slot, writable: true })
    }
    for (const { stacks } of this.#steps) stacks.tidy()
  }

  /** Every call asks which side it is on: functions in the table, and `original` from one replacement to the next. */
  split(sideOfCall: () => Side): void {
    for (const { stacks, stack, before, after } of this.#steps) {
      const tops = { before: before.at(-1)?.slot, after: after.at(-1)?.slot }
      const links = { before: stack.links(before), after: stack.links(after) }
      for (const bound of new Set([...before, ...after])) {
        const [old, young] = [links.before.get(bound), links.after.get(bound)]
        if (old !== young) bound.next.slot = chooser(sideOfCall, old, young)
      }
      stacks.fill(stack.fn.index, { get: () => tops[sideOfCall()] })
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
