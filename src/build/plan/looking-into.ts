import { isExportOnly } from '../read/exports.ts'
import { requiredModule } from '../read/imports.ts'
import type { Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/**
 * Files whose start-up code does more with what a file exports, or with what is made of that, than to hand it on. A script is a
 * program of its own, and has done what others do.
 */
export function lookingInto(plan: Plan, file: FilePlan): FilePlan[] {
  const others = [...plan.files.values()].filter((one) => one !== file)
  const importing = new Set([file.path])
  for (let size = 0; size !== importing.size; ) {
    size = importing.size
    for (const { path } of others) if (importsOneOf(plan, path, importing)) importing.add(path)
  }
  const hasOnlyHidden = isHidden(file)
  return others.filter(
    (one) =>
      importing.has(one.path) &&
      !isScript(one) &&
      isLookingInto(plan, one, importing) &&
      (!hasOnlyHidden || FINDS_HIDDEN.test(one.pair.new.text)),
  )
}

const FINDS_HIDDEN = /\b(getOwnProperty(Names|Descriptors)|ownKeys)\b/

/** Whether all that start-up code makes otherwise are new members that are not enumerable: nobody copies them with others. */
function isHidden({ data }: FilePlan): boolean {
  if (data === undefined || data.lists.length > 0) return false
  return data.objects.every(
    ({ members, order }) =>
      order === undefined && members.every(({ old, enumerable }) => old === undefined && !enumerable),
  )
}

/** `#!/usr/bin/env node`, in a file that gives others nothing. */
function isScript({ pair, exports }: FilePlan): boolean {
  return pair.new.text.startsWith('#!') && exports.new.size === 0
}

function sourcesOf(plan: Plan, path: string): (string | undefined)[] {
  const { module, pair } = plan.files.get(path)!
  const imported = module.pair.new.units.flatMap(({ source, node }) => source ?? node.source?.value ?? [])
  return [...imported, ...pair.new.requires.map((call) => requiredModule(call)!)].map((one) =>
    plan.resolve(path, one),
  )
}

function importsOneOf(plan: Plan, path: string, files: ReadonlySet<string>): boolean {
  return sourcesOf(plan, path).some((one) => one !== undefined && files.has(one))
}

function isLookingInto(
  plan: Plan,
  { path, module, pair, onces }: FilePlan,
  files: ReadonlySet<string>,
): boolean {
  const isOf = (source: string | undefined): boolean => {
    const from = source === undefined ? undefined : plan.resolve(path, source)
    return from !== undefined && files.has(from)
  }
  const { units } = module.pair.new
  const imports = units.filter(({ kind, source }) => kind === 'import' && isOf(source))
  const names = new Set(imports.flatMap((unit) => unit.names))
  const isHandedOn = (unit: Unit): boolean =>
    /^(im|ex)port$/.test(unit.kind) || isExportOnly(unit, module.pair.new)
  const isUsed = onces.some((once) =>
    once.pair.new.units.some(
      (unit) => !isHandedOn(unit) && once.effects.of(unit).uses.some(({ node }) => names.has(node.name)),
    ),
  )
  if (isUsed) return true
  return pair.new.requires.some((call) => {
    if (!isOf(requiredModule(call))) return false
    const [use] = pair.new.usesIn(call)
    const isImport = imports.some(
      ({ start, end, node }) => Math.min(start, node.start) <= call.start && call.end <= end,
    )
    const isWhole = units.some((unit) => isHandedOn(unit) && unit.start <= call.start && call.end <= unit.end)
    return !isImport && !isWhole && use !== undefined && pair.new.functionAt(use) === undefined
  })
}
