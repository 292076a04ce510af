import type { Node } from '../../instrument/parse.ts'
import { fieldKey } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { homeOf, usesOfThis } from '../read/this.ts'
import type { Finding } from '../report/findings.ts'
import type { Conversion } from './conversions.ts'
import { fieldsMadeIn, ownersIn } from './field-makers.ts'
import { isMethodsBusiness, isNeededOfKept, isRead } from './field-needs.ts'
import type { FilePlan } from './file-plan.ts'
import type { Initialiser } from './initialiser.ts'
import { type NamedKey, namedKey } from './named-key.ts'
import type { Plan } from './plan.ts'

/** A field that objects of the new version are made with, and those of the running one are not. */
export interface NewField {
  /** The property; with its `#` where it is private, and as `[x]` where a name stands for it. */
  key: string
  named: NamedKey | undefined
  /** What makes the objects: the name of a class or function. */
  owner: string
  file: FilePlan
  /** Where the new version gives the field its first value. */
  node: Node
  /** The class, where it is one. */
  body: Node | undefined
  /** Functions of the new version in which `this` is such an object, and those of them that make it. */
  homes: Set<Node>
  makers: Set<Node>
  /** Members of the objects that the running version makes. */
  like: string[]
  /** What the field begins with; a text says why nothing tells it. */
  initialiser: Initialiser | string
  /** Where objects have another kind of collection in it. */
  conversion?: Conversion | undefined
  /** Objects that are made by a literal are told by their members only. */
  isLiteral: boolean
  /** They get it where they have been made, and others ask them for it. */
  isFilled?: boolean
  /** The literal has others in it: options with their defaults. */
  isMerged?: boolean
  /** What it is called in the patch, and its shadow variable in the process. */
  name: string
  id: string
}

/** What is to be known of each field. */
export function fieldFindings(plan: Plan): Finding[] {
  const { untakenFindings, unread } = plan.fields
  const findings = [...newFieldFindings(plan), ...changedFieldFindings(plan), ...untakenFindings.values()]
  return [...findings, ...unread.map(unreadFinding)]
}

/** Nothing of the package would notice, but the program may. */
function unreadFinding({ file, node, owner, key, makers }: Found): Finding {
  const place = { file: file.path, line: file.pair.new.lineOf(node.start), what: `${owner}.${key}` }
  const others =
    makers.size > 0
      ? ''
      : ', and so are those made after it: the class has no constructor that could be replaced'
  const why = `a new field that nothing of the package reads: objects made before the patch are without it${others}`
  return { ...place, severity: 'note', why, advice: 'nothing, unless the program asks for it' }
}

/** Nothing tells what an object that exists should have instead: it may have been written since. */
function changedFieldFindings(plan: Plan): Finding[] {
  return [...plan.files.values()].flatMap((file) =>
    ownersIn(plan, file).flatMap((owner) =>
      owner.changed().map(({ key, node, isOtherKind }) => ({
        severity: isOtherKind ? ('problem' as const) : ('note' as const),
        file: file.path,
        line: file.pair.new.lineOf(node.start),
        what: `${owner.name}.${key}`,
        why: `begins with ${isOtherKind ? 'another kind of object' : 'another value'}, and objects made before the patch keep what they have in it`,
        advice: isOtherKind
          ? 'change them in a pre-patch callback'
          : 'where that matters, change them in a pre-patch callback',
      })),
    ),
  )
}

function newFieldFindings(plan: Plan): Finding[] {
  const { all, used, isLeft } = plan.fields
  return all.flatMap((field) => {
    const { file, node, owner, key, initialiser, isLiteral } = field
    const place = { file: file.path, line: file.pair.new.lineOf(node.start), what: `${owner}.${key}` }
    const finding = (severity: Finding['severity'], why: string, advice: string): Finding[] => {
      return [
        {
          ...place,
          severity,
          why: `a new field, which objects made before the patch are without${why}`,
          advice,
        },
      ]
    }
    if (isLeft) return finding('note', '', GIVE)
    if (typeof initialiser === 'string') {
      if (isLiteral && !field.isFilled)
        return finding(isNeededOfKept(node, file, plan) ? 'problem' : 'note', `: ${initialiser}`, GIVE)
      if (!isMethodsBusiness(plan, field)) return finding('problem', `: ${initialiser}`, GIVE)
      return finding(
        'note',
        `: ${initialiser}; methods that need it go on as in the running version for them`,
        GIVE,
      )
    }
    if (field.conversion !== undefined)
      return [{ ...place, severity: 'note', why: CONVERTED, advice: MEANWHILE }]
    if (!used.has(field)) return []
    const { notPassed } = initialiser
    const without =
      notPassed.length === 0
        ? ''
        : ` for which ${notPassed.map((one) => `'${one}'`).join(', ')} is not passed`
    const why = `; it is a shadow variable of theirs, which begins as in a new object${without}, and which JSON.stringify and the like do not show`
    return finding('note', why, 'nothing; --fields author leaves it to you')
  })
}

const CONVERTED =
  'begins with another kind of object: what objects made before the patch have in it is taken over when it is first used, into a shadow variable of theirs'
const MEANWHILE =
  'nothing, unless the program asks for the field itself, where it finds what was there then; so do all when the patch is disabled, and objects made meanwhile have the new kind'

const GIVE =
  'give it to the objects in a pre-patch callback, or read it in the patch through a shadow variable'

export type Found = Omit<NewField, 'name' | 'id'>

/** The new fields of a package's objects, by key. */
export class NewFields {
  readonly all: NewField[]
  /** Those that programs alone may ask for. */
  readonly unread: Found[]
  /** Those that the text of the patch names. */
  readonly used = new Set<NewField>()
  isLeft = false
  /** Patterns that take a field from an object that may be without it. */
  readonly untakenFindings = new Map<string, Finding>()
  readonly #byKey = new Map<string, NewField[]>()
  readonly #plan: Plan

  constructor(plan: Plan, label: string) {
    this.#plan = plan
    const texts = [...plan.files.values()].map(({ pair }) => pair.new.text)
    const names = new Set(plan.taken)
    const nameFor = ({ owner, key }: Found): string => {
      let name = `${owner}_${key}`.replace(/[^\w$]/g, '')
      while (names.has(name) || texts.some((text) => text.includes(name))) name += '_'
      names.add(name)
      return name
    }
    const made = [...plan.files.values()].flatMap((file) => fieldsMadeIn(plan, file))
    const isAsked = (field: Found): boolean => isPrivate(field) || isRead(plan, field)
    this.unread = made.filter((field) => !isAsked(field) && !isNothing(field) && !field.isLiteral)
    this.all = made
      .filter((field) => isAsked(field) && (isPrivate(field) || !isNothing(field)))
      .map((one) => ({ ...one, name: nameFor(one), id: `${label} ${one.file.path} ${one.owner}.${one.key}` }))
    for (const field of this.all) {
      // A private field is none of the running class, whatever it begins with.
      if (typeof field.initialiser === 'string' && !field.key.startsWith('#')) continue
      const others = this.#byKey.get(field.key)
      if (others === undefined) this.#byKey.set(field.key, [field])
      else others.push(field)
    }
  }

  /** None of them is seen to: that is the author's business. */
  leave(): void {
    this.isLeft = true
    this.#byKey.clear()
  }

  /** Fields that objects made before cannot be given, where `fn` needs them of its `this`. */
  neededBy(fn: Node, source: SourceFile): NewField[] {
    if (this.isLeft) return []
    const home = fn.type === 'ArrowFunctionExpression' ? homeOf(fn, source) : fn
    return this.all.filter(
      ({ initialiser, homes, makers, key }) =>
        typeof initialiser === 'string' && homes.has(home!) && !makers.has(fn) && usesOfThis(fn).has(key),
    )
  }

  untaken({ owner, key }: NewField, source: SourceFile, at: Node): void {
    const place = { file: source.path, line: source.lineOf(at.start), what: `${owner}.${key}` }
    this.untakenFindings.set(JSON.stringify(place), {
      ...place,
      severity: 'note',
      why: 'a pattern within another one asks for a new field of this name: of objects made before the patch it gets nothing',
      advice: GIVE,
    })
  }

  /** Whether objects of the running version have another kind of collection under a key. */
  isConverted(key: string | undefined): boolean {
    return key !== undefined && this.of(key).some(({ conversion }) => conversion !== undefined)
  }

  get hasConverted(): boolean {
    return this.all.some(({ conversion }) => conversion !== undefined)
  }

  /** Those that objects without them can be given. */
  of(key: string): readonly NewField[] {
    return this.#byKey.get(key) ?? []
  }

  /** Those that a member expression of a file may mean. */
  at(node: Node, source: SourceFile): readonly NewField[] {
    const key = fieldKey(node)
    const all = key === undefined ? [] : this.of(key)
    if (!key?.startsWith('[') || all.length === 0) return all
    return this.named(node.property, source)
  }

  /** Those that `[node]` of a file means. */
  named(node: Node, source: SourceFile): readonly NewField[] {
    const file = this.#plan.files.get(source.path)
    const named = file && namedKey(this.#plan, file, node)
    return named === undefined
      ? []
      : this.of(`[${source.slice(node)}]`).filter((one) => one.named?.id === named.id)
  }
}

/** A field that begins as undefined is what objects without it seem to have. */
function isNothing({ initialiser }: Found): boolean {
  return typeof initialiser !== 'string' && initialiser.isNothing
}

/** Whether it takes names of the module that makes the objects. */
export function isOfModule({ initialiser, named }: NewField): boolean {
  return named !== undefined || (typeof initialiser !== 'string' && initialiser.usesModule)
}

export function isPrivate({ key }: { key: string }): boolean {
  return key.startsWith('#')
}
