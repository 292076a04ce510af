import { type Node, unwrap } from '../../instrument/parse.ts'
import {
  type Export,
  exportsOf,
  importOf,
  isSameOrigin,
  type Origin,
  type ReExport,
  reExportsOf,
} from '../read/exports.ts'
import { returnedBy } from '../read/expressions.ts'
import { resolveFrom } from '../read/folder.ts'
import { isSameImport } from '../read/imports.ts'
import { sameShape } from '../read/shape.ts'
import { namesIn, SourceFile } from '../read/source-file.ts'
import { onceOf } from '../read/units.ts'
import { changedExportAmong } from './changed-values.ts'
import type { FilePlan } from './file-plan.ts'
import { otherGivenMembers } from './given-to-exports.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'
import { isAnotherFunction } from './succeeded.ts'

/** Exports that have other values in the new version, and what follows from file to file. */
export class ChangedExports {
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
  }

  find(file: FilePlan): void {
    const { old, new: young } = file.exports
    for (const [name, one] of young) {
      const kind = this.#exportChange(file, old.get(name), one)
      if (kind !== undefined) this.#changeExport(file, name, kind)
    }
    this.#reExported(file)
  }

  /** What a file hands on changes with the file that makes it. */
  #reExported(file: FilePlan): void {
    const isOld = (name: string): boolean => this.#wasExported(file, name)
    for (const one of file.reExports.new) {
      const { name, source, imported } = one
      if (isFromElsewhere(file, one, this.#plan)) this.#changeExport(file, name, 'changed')
      const path = this.#plan.resolve(file.path, source)
      if (path === undefined) continue
      const added = this.#plan.added.get(path)
      if (added !== undefined && name === '*')
        for (const one of exportsOf(onceOf(added, undefined)).keys())
          if (!/^(default|module\.exports)$/.test(one) && !file.exports.new.has(one))
            this.#changeExport(file, one, isOld(one) ? 'changed' : 'added')
      const changed = this.#plan.files.get(path)?.changedExports
      const names = [...(changed ?? [])].filter(([one]) => !/^(default|module\.exports)$/.test(one))
      if (name === '*') {
        for (const [one, kind] of names) if (!file.exports.new.has(one)) this.#changeExport(file, one, kind)
      } else if (imported === '*' ? names.length > 0 : changed?.has(imported))
        this.#changeExport(file, name, isOld(name) ? 'changed' : 'added')
      else if (!isOld(name)) this.#changeExport(file, name, 'added')
    }
  }

  /** Whether a file of the running version exports a name. */
  #wasExported({ path, exports, reExports }: FilePlan, name: string, seen = new Set<string>()): boolean {
    if (exports.old.has(name) || reExports.old.some((one) => one.name === name)) return true
    seen.add(path)
    return reExports.old.some((one) => {
      if (one.name !== '*' || !one.source.startsWith('.')) return false
      const from = resolveFrom(path, one.source, (candidate) => this.#plan.running.has(candidate))
      const other = from === undefined ? undefined : this.#plan.files.get(from)
      if (other !== undefined) return !seen.has(other.path) && this.#wasExported(other, name, seen)
      // One that is the same in both versions, or gone: where the name stands in it, it may be exported.
      return from === undefined || namesIn(this.#plan.running.get(from)!.text).has(name)
    })
  }

  #changeExport(file: FilePlan, name: string, kind: 'changed' | 'added'): void {
    if (file.changedExports.has(name)) return
    file.changedExports.set(name, kind)
    this.#plan.grew = true
  }

  #exportChange(file: FilePlan, was: Export | undefined, is: Export): 'changed' | 'added' | undefined {
    if (is.value !== undefined && file.inPlace.literals.has(unwrap(is.value))) return undefined
    if (was === undefined) return 'added'
    const { module } = file
    // Tried out: it is the running one.
    if (is.name === 'module.exports' && file.data !== undefined) return undefined
    if (file.puts(is.name)) return 'changed'
    const from = importOf(is, module.pair.new)
    if (from !== undefined && isSameOrigin(importOf(was, module.pair.old), from))
      return this.#isOriginChanged(file, from) ? 'changed' : undefined
    if (isAnotherFunction(was, is, file)) return 'changed'
    if (is.local !== undefined)
      return module.changed.has(is.local) || isOtherLocal(file, was, is.local) ? 'changed' : undefined
    if (is.value === undefined || was.value === undefined) return undefined
    const import_ = module.pair.old.units.find((one) => one.kind === 'import' && one.names[0] === was.local)
    if (import_ !== undefined && isSameImport(import_, is.value)) return undefined
    const fn = file.pair.new.functionOf.get(unwrap(is.value))
    if (fn !== undefined) return file.pair.functions.has(fn) ? undefined : 'changed'
    // Its getter is replaced, and makes a value whenever somebody asks for one.
    const isCall = is.value.type === 'CallExpression' && isGetterOfBoth(file, is.value)
    if (isCall && !this.#plan.isImported(file.path, is.name)) return undefined
    if (is.value.type === 'ClassExpression' && was.value.type === is.value.type) return undefined
    // The running one may have a name for it first.
    const isPaired = module.pair.pairs.some(
      (one) => one.old === was.unit && one.new === is.unit && !one.changed,
    )
    if (!isPaired && !sameShape(is.value, was.value)) return 'changed'
    const required = this.#plan.values
      .requires(module, is.value)
      .some((call) => this.#plan.values.readsChanged(file, call))
    const own = file.pair.new.usesIn(is.value).filter(({ node }) => node.name === 'exports')
    const atStart = own.filter((use) => this.#plan.callTimes.hasRun(file, file.pair.new.functionAt(use)))
    const isOther = this.#plan.isOfChanged(file, is.value) || changedExportAmong(atStart, file) !== undefined
    return required || isOther ? 'changed' : undefined
  }

  #isOriginChanged(file: FilePlan, { source, steps: [step] }: Origin): boolean {
    const path = this.#plan.resolve(file.path, source)
    if (path === undefined) return false
    const changed = this.#plan.files.get(path)?.changedExports
    if (changed === undefined || changed.has('module.exports')) return true
    return step !== undefined && changed.get(step) === 'changed'
  }

  imports(once: OncePlan): void {
    for (const unit of once.pair.new.units) {
      if (unit.kind !== 'import' || unit.source === undefined) continue
      const path = this.#plan.resolve(once.file.path, unit.source)
      if (path === undefined) continue
      const [local] = unit.names
      if (local === undefined) continue
      const origin = this.#plan.origin(path, unit.imported!)
      const other = this.#plan.files.get(origin.path)
      if (other === undefined) {
        if (this.#plan.added.has(origin.path))
          this.#plan.bring(once, local, `from '${origin.path}', a new file`)
        continue
      }
      this.#importOf(once, local, origin.name, other)
    }
  }

  #importOf(once: OncePlan, local: string, imported: string, other: FilePlan): void {
    const why = `from '${other.path}', where it changed`
    const given = otherGivenMembers(other, this.#plan)
    const isWhole = imported === '=' || imported === '*'
    if (!isWhole) {
      // Exports may be defined in ways that no text tells, as by a loop: by the names that the module has.
      const isUntold = !other.exports.new.has(imported) && other.module.changed.has(imported)
      const isOther = other.changedExports.get(imported) === 'changed' || given.includes(imported)
      if (isOther || isUntold || other.changedExports.has('module.exports'))
        this.#plan.bring(once, local, why)
      return
    }
    if (other.changedExports.has('module.exports')) return this.#plan.bring(once, local, why)
    if (other.changedExports.size + given.length > 0) this.#plan.bring(once, local, why, true)
    const changed = [...other.changedExports].filter(([, kind]) => kind === 'changed').map(([name]) => name)
    for (const name of [...changed, ...given]) {
      const members = once.members.get(local) ?? new Set()
      if (!members.has(name)) this.#plan.grew = true
      members.add(name)
      once.members.set(local, members)
    }
  }
}

/** Whether a name was handed on from another file, or from another name there: `export { a } from './b'`. */
export function isFromElsewhere(file: FilePlan, is: ReExport, plan: Plan): boolean {
  const was = file.reExports.old.find(({ name, imported }) => name === is.name && imported !== '*')
  if (was === undefined || is.imported === '*') return false
  const [before, after] = [was, is].map((one) => originOf(file.path, one, plan))
  return before!.path !== after!.path || before!.name !== after!.name
}

/** Where a name that is handed on is made, also by way of files that are the same in both versions. */
function originOf(
  from: string,
  { source, imported }: ReExport,
  plan: Plan,
  seen = new Set<string>(),
): { path: string; name: string } {
  const path = resolveFrom(from, source, (one) => plan.running.has(one) || plan.added.has(one))
  if (path === undefined) return { path: source, name: imported }
  const origin = plan.origin(path, imported)
  const isSame = !plan.files.has(origin.path) && !plan.added.has(origin.path)
  const file = isSame && !seen.has(origin.path) ? plan.running.get(origin.path) : undefined
  if (file === undefined) return origin
  seen.add(origin.path)
  const next = reExportsIn(origin.path, file).find(({ name }) => name === origin.name)
  return next === undefined || next.imported === '*' ? origin : originOf(origin.path, next, plan, seen)
}

/** What was found, by the file: many names lead to one, and its tree is large. */
const reExported = new WeakMap<object, readonly ReExport[]>()

/** What a file hands on from others. */
function reExportsIn(path: string, file: { text: string; type: SourceFile['type'] }): readonly ReExport[] {
  const known = reExported.get(file)
  if (known !== undefined) return known
  const made = SourceFile.readable(path, file.text, file.type)
  const once = made && onceOf(made, undefined)
  const found = once === undefined ? [] : reExportsOf(once, exportsOf(once))
  reExported.set(file, found)
  return found
}

/** Whether an export was another name of the module before, which both versions have: `exports.a = b` for `exports.a = a`. */
function isOtherLocal({ module }: FilePlan, was: Export, local: string): boolean {
  const { old, pairs, renamed } = module.pair
  const running = renamed.get(local) ?? local
  if (was.local === undefined || was.local === running || !old.scope.names.has(running)) return false
  const own = pairs.find((one) => one.new.names.includes(local))
  return own !== undefined && !own.old.names.includes(was.local)
}

/** Whether an expression is what a getter returns that both versions have. */
function isGetterOfBoth({ pair }: FilePlan, value: Node): boolean {
  const getter = pair.new.functionAround(value)
  return getter !== undefined && pair.functions.has(getter) && returnedBy(getter.node) === value
}
