import MagicString from 'magic-string'
import type { Node } from '../../instrument/parse.ts'
import type { Binding, Scope } from '../../instrument/scopes.ts'
import { walk } from '../../livepatch/ast.ts'
import type { Slot } from './forms.ts'
import { Identifiers } from './identifiers.ts'
import { SameBindings } from './same-bindings.ts'
import { sameLocals } from './same-locals.ts'
import { declaredBy } from './side.ts'
import { namesIn, SourceFile } from './source-file.ts'

/**
 * The new version of a file with the names that the running one has for what is the same; itself where these are its own. Lines
 * stay where they are.
 */
export function inRunningNames(old: SourceFile, young: SourceFile, versions: readonly string[]): SourceFile {
  const [before, now] = [new Identifiers(old), new Identifiers(young)]
  const same = new SameBindings(old, young, before, now)
  const names = new Names(old, young, before, now)
  for (const [binding, was] of same.was) names.give(binding, was.name, 2)
  for (const piece of same.pieces)
    for (const [binding, was] of sameLocals(piece, same)) names.give(binding, was.name, 1)
  if (same.isReshuffled) names.tellApart(same)
  if (!names.settle()) return young
  const named = SourceFile.read(young.path, names.text(), young.type, versions)
  const told = [...same.was].filter(([{ name }]) => !same.weak.has(name))
  named.ownNames = new Map(told.map(([{ name }, was]) => [was.name, name]))
  return named
}

/** The names that variables of a file get. */
class Names {
  readonly #file: SourceFile
  readonly #identifiers: Identifiers
  readonly #before: Identifiers
  readonly #given = new Map<Binding, { name: string; rank: number }>()
  /** Variables that modules which import this one know by their names. */
  readonly #fixed = new Set<Binding>()
  readonly #texts: readonly string[]
  #taken: Set<string> | undefined

  constructor(old: SourceFile, young: SourceFile, before: Identifiers, now: Identifiers) {
    this.#file = young
    this.#identifiers = now
    this.#before = before
    this.#texts = [old.text, young.text]
    for (const { type, declaration } of young.program.body as Node[])
      if (type === 'ExportNamedDeclaration')
        for (const node of declaredBy(declaration)) this.#fixed.add(now.all.get(node)!)
    for (const binding of now.fixed) this.#fixed.add(binding)
  }

  give(binding: Binding, name: string, rank: number): void {
    if (!this.#fixed.has(binding)) this.#given.set(binding, { name, rank })
  }

  /** Where names mean nothing, a new variable must not be taken for another one of its name. */
  tellApart(same: SameBindings): void {
    const { names } = this.#before
    const known = same.pieces.flatMap((piece) => (piece.counterpart === undefined ? [] : piece.form.slots))
    const isSeen = ({ binding }: Slot): boolean => same.isShared(binding) || binding.captured
    const bindings = [
      ...same.pieces.flatMap(({ declares }) => declares),
      ...known.filter(isSeen).map((one) => one.binding),
    ]
    for (const binding of new Set(bindings)) {
      const isOpen = !this.#given.has(binding) && !this.#fixed.has(binding)
      if (isOpen && same.weak.has(binding.name) && names.has(binding.name)) this.#makeUp(binding)
    }
  }

  /** Sees to it that each use means the same variable as before; false where that cannot be. */
  settle(): boolean {
    for (let round = 0; round < 20; round++) {
      const clashes = this.#clashes()
      if (clashes.length === 0) return [...this.#given].some(([{ name }, given]) => name !== given.name)
      for (const [a, b] of clashes) {
        if (this.#nameOf(a) !== this.#nameOf(b)) continue
        const loser = this.#rank(a) < this.#rank(b) ? a : b
        if (typeof loser === 'string' || this.#fixed.has(loser)) return false
        this.#makeUp(loser)
      }
    }
    return false
  }

  text(): string {
    const text = new MagicString(this.#file.text)
    const whole = wholeNames(this.#file.program)
    const done = new Set<number>()
    for (const [node, binding] of this.#identifiers.all) {
      const name = this.#nameOf(binding)
      if (name === node.name || done.has(node.start)) continue
      done.add(node.start)
      text.update(node.start, node.start + node.name.length, whole.get(node.start)?.(name) ?? name)
    }
    return text.toString()
  }

  #makeUp(binding: Binding): void {
    const stem = binding.name.replace(/\$\d+$/, '')
    this.#taken ??= new Set(this.#texts.flatMap((text) => [...namesIn(text)]))
    let number = 1
    while (this.#taken.has(`${stem}$${number}`)) number++
    const name = `${stem}$${number}`
    this.#taken.add(name)
    this.#given.set(binding, { name, rank: 3 })
  }

  #nameOf(binding: Binding | string): string {
    return typeof binding === 'string' ? binding : (this.#given.get(binding)?.name ?? binding.name)
  }

  /** Who keeps a name: globals and what others know, then what exists once, then what is the same in a function. */
  #rank(binding: Binding | string): number {
    if (typeof binding === 'string' || this.#fixed.has(binding)) return 4
    return this.#given.get(binding)?.rank ?? 0
  }

  /** Variables that would have one name in one scope, or hide another one from a use of it. */
  #clashes(): [Binding | string, Binding | string][] {
    const targets = new Set<string>()
    for (const [{ name }, given] of this.#given) if (given.name !== name) targets.add(given.name)
    const scopes = new Map<Scope, Map<string, Binding>>()
    const clashes: [Binding | string, Binding | string][] = []
    const namesOf = (scope: Scope): Map<string, Binding> => {
      const known = scopes.get(scope)
      if (known !== undefined) return known
      const names = new Map<string, Binding>()
      for (const binding of scope.names.values()) {
        const one = this.#identifiers.one(binding)
        const other = names.get(this.#nameOf(one))
        if (other !== undefined && other !== one) clashes.push([other, one])
        names.set(this.#nameOf(one), one)
      }
      scopes.set(scope, names)
      return names
    }
    for (const binding of this.#identifiers.all.values())
      if (targets.has(this.#nameOf(binding))) namesOf(binding.scope)
    for (const use of [...this.#file.uses, ...this.#file.declared]) {
      const found = this.#file.bindingOf(use)
      const binding = found === undefined ? use.node.name : this.#identifiers.one(found)
      const name = this.#nameOf(binding)
      if (!targets.has(name)) continue
      for (let at: Scope | undefined = use.scope; at !== undefined; at = at.parent) {
        const nearest = namesOf(at).get(name)
        if (nearest === undefined) continue
        if (nearest !== binding) clashes.push([binding, nearest])
        break
      }
    }
    return clashes
  }
}

/** Where one identifier says a name twice: how it is written when the variable is called otherwise. */
function wholeNames(program: Node): Map<number, (name: string) => string> {
  const found = new Map<number, (name: string) => string>()
  walk(program, (node) => {
    if (node.type === 'Property' && node.shorthand)
      found.set(node.key.start, (name) => `${node.key.name}: ${name}`)
    if (node.type === 'ExportSpecifier' && node.local.start === node.exported.start)
      found.set(node.local.start, (name) => `${name} as ${node.exported.name}`)
    if (node.type === 'ImportSpecifier' && node.local.start === node.imported.start)
      found.set(node.local.start, (name) => `${node.imported.name} as ${name}`)
  })
  return found
}
