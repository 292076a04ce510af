import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { conditionsOf, type MadeOf, madeOf } from '../read/made-of.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { type Gift, Gifts } from './gifts.ts'
import { makesClosures, makesObjects } from './made-by-then.ts'
import { usesOtherValue } from './made-otherwise.ts'
import type { OtherCalls } from './other-calls.ts'
import { newRefusals } from './refusals.ts'

const WHY: Record<Gift['kind'], string> = {
  entry: 'something else is put there now: what the running version has put there stays as it is',
  field: 'it is given something else now: what it has been given before the patch stays as it is',
  member: 'the function makes something else for it now: what it has made before the patch stays as it is',
  option: 'it is made with something else now: what the function has made before the patch stays as it is',
}
const REFUSED =
  'it refuses something now: what it has made or registered before the patch was not asked for it'
const ADVICE = 'nothing, if that is right; else change it in a pre-patch callback'

/**
 * What functions give to something that lives on, where they give something else now: entries of lists and tables, fields
 * that a method sets, options of what they return. What was given before the patch stays.
 */
export function* givenOtherwise(
  plan: Plan,
  calls: OtherCalls,
  findings: readonly Finding[],
): Generator<Finding> {
  const known = new Set(findings.map(({ file, what }) => placeOf(file, what)))
  for (const file of plan.files.values()) {
    const fns = [...file.pair.functions.keys()].filter((fn) => doesOther(fn, file, calls))
    if (fns.length === 0) continue
    const [before, after] = (['old', 'new'] as const).map((side) => new Gifts(file, side, plan))
    const told = new Set<string>()
    for (const fn of fns) {
      const gifts = after!.of(fn)
      for (const { kind, into, member, value } of otherGifts(gifts, before!, fn, file, calls)) {
        const what = member === '' ? into : `${into}: ${member}`
        if (told.has(what) || known.has(placeOf(file.path, into))) continue
        told.add(what)
        yield note(file, value, what, WHY[kind])
      }
      const [refusal] = refusalsOf(fn, gifts, file, plan)
      if (refusal !== undefined) yield note(file, refusal, fn.paths[0]!, REFUSED)
    }
  }
}

/** What a function that makes or registers something refuses now. */
function refusalsOf(fn: FunctionNode, gifts: readonly Gift[], file: FilePlan, plan: Plan): Node[] {
  const source = file.pair.new
  if (!file.pair.changed.has(fn)) return []
  const registers = gifts.some(({ kind }) => kind === 'entry')
  const isForGood =
    registers ||
    gifts.some(({ kind }) => kind === 'option') ||
    makesClosures(fn, source) ||
    (makesObjects(fn, source) && !plan.shortLived.has(fn, source))
  return isForGood ? newRefusals(fn, registers, file, plan) : []
}

function note({ path, pair }: FilePlan, at: Node, what: string, why: string): Finding {
  return { severity: 'note', file: path, line: pair.new.lineOf(at.start), what, why, advice: ADVICE }
}

function doesOther(fn: FunctionNode, file: FilePlan, calls: OtherCalls): boolean {
  if (file.onces.some(({ pair }) => pair.new.fn === fn)) return false
  return file.pair.changed.has(fn) || calls.isIn(fn.node, fn, file) || usesOtherValue(fn.node, file)
}

/** A field or variable that something is told of already. */
function placeOf(file: string, what: string): string {
  return `${file} ${what.split('.').at(-1)}`
}

function otherGifts(
  gifts: readonly Gift[],
  before: Gifts,
  fn: FunctionNode,
  file: FilePlan,
  calls: OtherCalls,
): Gift[] {
  if (gifts.length === 0) return []
  const { new: source, old, functions } = file.pair
  const was = functions.get(fn)!
  const given = before.of(was)
  const isMaker = makesObjects(fn, source)
  return gifts.filter((gift) => {
    // What constructors give in other words is told as what fields begin with, and what they give some objects as that.
    const isField = isMaker && gift.kind === 'field'
    const isAlike = (one: Gift): boolean => !isField || shape(one.value) === shape(gift.value)
    const alike = given.filter((one) => one.to === gift.to && isAlike(one))
    if (alike.length === 0) return false
    const textOf = ({ value, at }: Gift, by: FunctionNode, file: SourceFile): string =>
      [madeOf(value, by, file).text, ...(isField ? [] : conditionsOf(at, by, file))].join(' if ')
    const text = textOf(gift, fn, source)
    const isSame = alike.some((one) => textOf(one, was, old) === text)
    const isOther = isOfOther(madeOf(gift.value, fn, source), fn, file, calls)
    // Other words are told of members as something that is done to what the function makes.
    return gift.kind === 'member' ? isSame && isOther : !isSame || isOther
  })
}

/** Whether the same words make something else now. */
function isOfOther({ nodes }: MadeOf, fn: FunctionNode, file: FilePlan, calls: OtherCalls): boolean {
  return nodes.some((node) => calls.isIn(node, fn, file) || usesOtherValue(node, file))
}
