import type { Binding, Scope } from '../../instrument/scopes.ts'
import { Tokens, VARIABLE } from './forms.ts'
import type { Identifiers } from './identifiers.ts'
import { importShape } from './imports.ts'
import { mostAlike } from './likeness.ts'
import { hasSameName, isExporting, isState, isTelling, type Piece, sortOf } from './piece.ts'
import { commonRuns, type Run } from './runs.ts'
import { Side } from './side.ts'
import type { SourceFile } from './source-file.ts'
import { type Once, onceOf } from './units.ts'
import { Votes } from './votes.ts'
import { WeakNames } from './weak-names.ts'

/** Pieces that may be the same. */
interface Group {
  old: Set<Piece>
  new: Set<Piece>
}

/** How many tokens on either side of a variable must be the same for it to be the same, in units that differ. */
const AROUND = 5

/**
 * Which variables of two versions of a file are the same, where a bundler, a minifier or a person has chosen other names.
 *
 * Names that tell something, exports and imports are where it begins, and units that are found once in both versions but
 * for names. What stands in the same place of two such units is the same variable. That makes more units the same; and of
 * two that differ, it says what stands in the parts that they have in common. Where several remain, none is chosen.
 */
export class SameBindings {
  /** What each variable of the new version was. */
  readonly was = new Map<Binding, Binding>()
  readonly #is = new Map<Binding, Binding>()
  /** The units of the new version. */
  readonly pieces: Piece[] = []
  readonly weak: WeakNames
  readonly #old: Side
  readonly #new: Side
  readonly #tokens = new Tokens()
  readonly #groups = new Map<string, Group>()
  readonly #numbers = new Map<Binding, number>()
  readonly #votes = new Votes<Binding>()
  /** Scopes that belong together. */
  readonly #scopes = new Map<Scope, Scope>()
  #touched = new Set<Group>()
  #differing: [Piece, Piece][] = []

  constructor(old: SourceFile, young: SourceFile, before: Identifiers, now: Identifiers) {
    this.#old = new Side(old, before)
    this.#new = new Side(young, now)
    this.weak = new WeakNames([...before.names, ...now.names])
    this.#level(onceOf(old, undefined), onceOf(young, undefined))
  }

  /** Whether programs choose the names anew: those that tell nothing mean nothing then. */
  get isReshuffled(): boolean {
    return [...this.was].some(
      ([now, was]) =>
        this.isShared(now) && now.name !== was.name && this.weak.has(now.name) && this.weak.has(was.name),
    )
  }

  /** Whether a variable exists once in each loaded copy of the file. */
  isShared({ scope }: Binding): boolean {
    return this.#new.scopes.has(scope) || this.#old.scopes.has(scope)
  }

  /** Matches what two scopes have that exist once, and then those inside of them. */
  #level(old: Once, young: Once): void {
    const before = this.pieces.length
    this.#open(old, young)
    this.#anchor(old, young)
    this.#settle()
    this.#byName(old.scope, young.scope)
    this.#settle()
    for (const { form, counterpart } of this.pieces.slice(before)) {
      const olds = counterpart?.form.onces ?? []
      if (olds.length !== form.onces.length) continue
      for (const [i, node] of form.onces.entries())
        this.#level(this.#old.onceOf(olds[i]!), this.#new.onceOf(node))
    }
  }

  #open(old: Once, young: Once): void {
    this.#join(old.scope, young.scope)
    const [before, now] = [old.fn?.parameters, young.fn?.parameters]
    if (before !== undefined && now !== undefined) {
      this.#join(before, now)
      this.#byName(before, now)
      const names = [...before.names.values()]
      if (names.length === now.names.size)
        for (const [i, binding] of [...now.names.values()].entries()) this.#match(names[i]!, binding)
    }
    for (const unit of old.units) this.#group(this.#old.piece(unit, old.scope, this.#tokens), 'old')
    for (const unit of young.units) {
      const piece = this.#new.piece(unit, young.scope, this.#tokens)
      this.pieces.push(piece)
      this.#group(piece, 'new')
    }
  }

  #join(old: Scope, young: Scope): void {
    this.#scopes.set(young, old)
    this.#old.scopes.add(old)
    this.#new.scopes.add(young)
  }

  #group(piece: Piece, side: 'old' | 'new'): void {
    piece.level = this.#scopes.size
    piece.hash = `${piece.level} ${piece.hash}`
    const group = this.#groups.get(piece.hash) ?? { old: new Set(), new: new Set() }
    group[side].add(piece)
    this.#groups.set(piece.hash, group)
    this.#touched.add(group)
  }

  /** Names that tell something, and what is exported. */
  #anchor(old: Once, young: Once): void {
    for (const [name, now] of young.scope.names) {
      const was = old.scope.names.get(name)
      if (was !== undefined && !this.weak.has(name)) this.#match(was, now)
    }
    const exported = this.#old.exported(old)
    for (const [name, now] of this.#new.exported(young)) {
      const was = exported.get(name)
      if (was !== undefined && !this.weak.has(name)) this.#match(was, now)
    }
    const exporting = this.#old.exporting(old)
    for (const [key, piece] of this.#new.exporting(young)) {
      const was = exporting.get(key)
      // Bundlers choose names for what only their own chunks import.
      const isChosen = piece.unit.kind === 'export' && this.weak.has(key.replace('export ', ''))
      if (was !== undefined && !isChosen) this.#pair(was, piece)
    }
  }

  #settle(): void {
    while (
      this.#takeSingle() ||
      this.#takeVoted() ||
      this.#compareDiffering() ||
      this.#takeBoldly() ||
      this.#takeAlike() ||
      this.#takeLike()
    );
  }

  /** Units that are found once. */
  #takeSingle(): boolean {
    const touched = this.#touched
    this.#touched = new Set()
    let isAny = false
    for (const group of touched)
      for (const [old, young] of this.#candidates(group)) isAny = this.#takeIf(old, young, false) || isAny
    return isAny || this.#touched.size > 0
  }

  /** The same of small ones that use nothing unknown. */
  #takeBoldly(): boolean {
    let isAny = false
    for (const group of this.#groups.values())
      for (const [old, young] of this.#candidates(group)) isAny = this.#takeIf(old, young, true) || isAny
    return isAny
  }

  *#candidates(group: Group): Generator<[Piece, Piece]> {
    if (group.old.size === 0 || group.new.size === 0) return
    for (const { olds, news } of this.#kinds(group))
      if (olds.length === 1 && news.length === 1) yield [olds[0]!, news[0]!]
    for (const old of group.old) {
      const now = old.declares[0] && this.#votes.favourite(old.declares[0])
      const young = now && this.#new.pieceOf.get(now)
      if (young !== undefined && group.new.has(young)) yield [old, young]
    }
  }

  /** The pieces of a group by the variables that they use, as far as these are known. */
  #kinds(group: Group): Iterable<{ olds: Piece[]; news: Piece[] }> {
    const kinds = new Map<string, { olds: Piece[]; news: Piece[] }>()
    const kindOf = (piece: Piece): { olds: Piece[]; news: Piece[] } => {
      const key = this.#shared(piece)
        .map((binding) => this.#numbers.get(binding) ?? '?')
        .join()
      const known = kinds.get(key) ?? { olds: [], news: [] }
      kinds.set(key, known)
      return known
    }
    for (const piece of group.old) kindOf(piece).olds.push(piece)
    for (const piece of group.new) kindOf(piece).news.push(piece)
    return kinds.values()
  }

  #takeIf(old: Piece, young: Piece, isBold: boolean): boolean {
    if (old.counterpart !== undefined || young.counterpart !== undefined || !this.#isSame(old, young))
      return false
    if (!old.declares.every((was, i) => this.#votes.agree(was, young.declares[i]!))) return false
    const uses = this.#shared(old).filter((one) => !old.declares.includes(one))
    const isKnown = uses.some((one) => this.#is.has(one))
    const isVoted = old.declares.some((one) => this.#votes.favourite(one) !== undefined)
    const isCertain = isVoted || isTelling(old)
    if (!isCertain && (isState(old) || !(isBold ? uses.every((one) => this.#is.has(one)) : isKnown)))
      return false
    this.#pair(old, young)
    return true
  }

  /** Variables that stand where others stood, in what is the same. */
  #takeVoted(): boolean {
    let isAny = false
    for (const was of this.#votes.open) {
      const now = this.#votes.favourite(was)
      if (now === undefined) continue
      const isTold = !this.weak.has(was.name) && !this.weak.has(now.name)
      const [old, young] = [this.#old.pieceOf.get(was), this.#new.pieceOf.get(now)]
      // By another name that tells something it is something else, unless it is the same.
      if (old?.hash !== young?.hash && (isTold || sortOf(old) !== sortOf(young))) continue
      isAny = this.#match(was, now) || isAny
    }
    return isAny
  }

  /** What units that differ have in common says which variables are the same. */
  #compareDiffering(): boolean {
    const differing = this.#differing
    this.#differing = []
    for (const [old, young] of differing)
      eachCommon(this.runs(old, young), old, young, (was, now) => {
        if (this.#old.scopes.has(was.scope) && this.#new.scopes.has(now.scope)) this.#vote(was, now)
      })
    return differing.length > 0
  }

  /** Units that nothing tells apart, and between which there is no difference: those of the same name, or in their order. */
  #takeAlike(): boolean {
    let isAny = false
    for (const group of this.#groups.values()) {
      if (group.old.size === 0 || group.new.size === 0) continue
      for (const { olds, news } of this.#kinds(group)) {
        const isKnown = (one: Piece): boolean =>
          this.#shared(one).every((used) => one.declares.includes(used) || this.#numbers.has(used))
        if (olds.length === 0 || news.length === 0 || !isKnown(olds[0]!)) continue
        for (const isFit of [hasSameName, (one: Piece) => !isState(one)])
          for (const old of olds) {
            const young = news.find((one) => one.counterpart === undefined && isFit(old, one))
            if (old.counterpart !== undefined || young === undefined || !this.#isSame(old, young)) continue
            this.#pair(old, young)
            isAny = true
          }
      }
    }
    return isAny
  }

  /** Units that differ, and that have much more in common than with any other one. */
  #takeLike(): boolean {
    const tokensOf = (pieces: Iterable<Piece>): Map<Piece, number[]> =>
      new Map([...pieces].flatMap((one) => (this.#isOpen(one) ? [[one, one.form.tokens]] : [])))
    let isAny = false
    for (const [old, young] of mostAlike(tokensOf(this.#old.pieces.values()), tokensOf(this.pieces))) {
      if (old.unit.kind !== young.unit.kind || old.level !== young.level) continue
      this.#pair(old, young)
      isAny = true
      this.#matchDeclared(old, young)
    }
    return isAny
  }

  /** Whether nothing but what it consists of says which one it was. */
  #isOpen({ counterpart, unit, declares }: Piece): boolean {
    return (
      counterpart === undefined && !isExporting(unit) && declares.every(({ name }) => this.weak.has(name))
    )
  }

  /** What is left under the same name, where names are not chosen anew. */
  #byName(old: Scope, young: Scope): void {
    const { isReshuffled } = this
    for (const [name, now] of young.names) {
      const was = old.names.get(name)
      if (was !== undefined && !(isReshuffled && this.weak.has(name))) this.#match(was, now)
    }
  }

  #match(was: Binding, now: Binding): boolean {
    if (this.#is.has(was) || this.was.has(now) || !this.#mayBe(was, now)) return false
    this.was.set(now, was)
    this.#is.set(was, now)
    const number = this.#numbers.size
    this.#numbers.set(was, number)
    this.#numbers.set(now, number)
    this.#votes.settle(was, now)
    for (const piece of [...(this.#old.users.get(was) ?? []), ...(this.#new.users.get(now) ?? [])])
      this.#touch(piece)
    const [old, young] = [this.#old.pieceOf.get(was), this.#new.pieceOf.get(now)]
    if (old !== undefined && young !== undefined) this.#pair(old, young)
    return true
  }

  #mayBe(was: Binding, now: Binding): boolean {
    if (this.#scopes.get(now.scope) !== was.scope) return false
    const [before, after] = [this.#old.pieceOf.get(was)?.unit, this.#new.pieceOf.get(now)?.unit]
    const isImport = before?.kind === 'import'
    if (isImport !== (after?.kind === 'import')) return false
    if (isImport) return importShape(before) === importShape(after!)
    return !/parameter|wrapper/.test(was.kind + now.kind) || was.kind === now.kind
  }

  #pair(old: Piece, young: Piece): void {
    if (old.counterpart !== undefined || young.counterpart !== undefined) return
    old.counterpart = young
    young.counterpart = old
    young.isSame = old.hash === young.hash && this.#isSame(old, young)
    this.#groups.get(old.hash)!.old.delete(old)
    this.#groups.get(young.hash)!.new.delete(young)
    this.#touch(old)
    this.#touch(young)
    if (!young.isSame) {
      this.#differing.push([old, young])
      return
    }
    this.#matchDeclared(old, young)
    old.form.slots.forEach(({ binding }, i) => {
      const now = young.form.slots[i]!.binding
      if (this.#old.scopes.has(binding.scope)) this.#vote(binding, now)
    })
  }

  #matchDeclared(old: Piece, young: Piece): void {
    for (const [i, was] of old.declares.entries()) {
      const now = young.declares[i]
      if (now !== undefined) this.#match(was, now)
    }
  }

  #vote(was: Binding, now: Binding): void {
    if (this.#is.has(was) || this.was.has(now)) return
    this.#votes.add(was, now)
    for (const piece of [this.#old.pieceOf.get(was), this.#new.pieceOf.get(now)])
      if (piece) this.#touch(piece)
  }

  #touch({ hash }: Piece): void {
    this.#touched.add(this.#groups.get(hash)!)
  }

  /** Whether two pieces of one form are the same, as far as what they use is known. */
  #isSame(old: Piece, young: Piece): boolean {
    return old.form.slots.every(({ binding: was }, i) => {
      const now = young.form.slots[i]!.binding
      if (!this.#old.scopes.has(was.scope)) return true
      return (this.#is.get(was) ?? now) === now && (this.was.get(now) ?? was) === was
    })
  }

  /** The variables that a piece uses and that exist once. */
  #shared({ form }: Piece): Binding[] {
    return form.slots.map(({ binding }) => binding).filter((one) => this.isShared(one))
  }

  runs(old: Piece, young: Piece): Run[] {
    return commonRuns(this.#numbered(old), this.#numbered(young))
  }

  /** The tokens of a form, with variables that are known. */
  #numbered({ form }: Piece): number[] {
    const tokens = [...form.tokens]
    for (const { at, binding } of form.slots)
      if (at >= 0) tokens[at] = this.isShared(binding) ? -2 - (this.#numbers.get(binding) ?? -1) : VARIABLE
    return tokens
  }
}

/** Calls back for each place that two units have in common where a variable stands. */
export function eachCommon(
  runs: readonly Run[],
  old: Piece,
  young: Piece,
  visit: (was: Binding, now: Binding) => void,
): void {
  const [before, now] = [old.form.slots, young.form.slots]
  let [was, is] = [0, 0]
  for (const run of runs) {
    const isFirst = run.a === 0 && run.b === 0
    const isLast =
      run.a + run.length === old.form.tokens.length && run.b + run.length === young.form.tokens.length
    const from = run.b + (isFirst ? 0 : AROUND)
    const to = run.b + run.length - (isLast ? 0 : AROUND)
    // Both are in the order of their places, and what stands in common places is the same kind of thing.
    while (is < now.length && now[is]!.at < from) is++
    for (; is < now.length && now[is]!.at < to; is++) {
      while (before[was]!.at < now[is]!.at - run.b + run.a) was++
      visit(before[was]!.binding, now[is]!.binding)
    }
  }
}
