import type { Node } from '../../instrument/parse.ts'
import type { Binding, Scope } from '../../instrument/scopes.ts'
import { boundIdentifiers } from '../../instrument/syntax.ts'
import { formOf, hashOf, type Tokens } from './forms.ts'
import type { Identifiers } from './identifiers.ts'
import { isExporting, type Piece } from './piece.ts'
import { runsOnce } from './runs-once.ts'
import type { SourceFile } from './source-file.ts'
import { type Once, onceOf, type Unit } from './units.ts'

/** One version of a file: its pieces, and by which of them variables are declared and used. */
export class Side {
  readonly #file: SourceFile
  readonly #identifiers: Identifiers
  readonly scopes = new Set<Scope>()
  readonly pieces = new Map<Unit, Piece>()
  readonly pieceOf = new Map<Binding, Piece>()
  readonly users = new Map<Binding, Set<Piece>>()

  constructor(file: SourceFile, identifiers: Identifiers) {
    this.#file = file
    this.#identifiers = identifiers
  }

  onceOf(node: Node): Once {
    return onceOf(this.#file, this.#file.functionOf.get(node))
  }

  piece(unit: Unit, scope: Scope, tokens: Tokens): Piece {
    const form = formOf(unit, this.#identifiers, (node) => this.#isApart(node, unit), tokens)
    const declares = unit.names.flatMap((name) => this.#identifiers.one(scope.find(name)!))
    if (unit.kind === 'import') form.slots.push(...declares.map((binding) => ({ at: -1, binding })))
    const hash = `${unit.kind} ${hashOf(form, ({ scope: own }) => !this.scopes.has(own))}`
    const piece: Piece = { unit, form, hash, declares, counterpart: undefined, isSame: false, level: 0 }
    this.pieces.set(unit, piece)
    for (const binding of declares) this.pieceOf.set(binding, piece)
    for (const { binding } of form.slots) {
      const users = this.users.get(binding)
      if (users !== undefined) users.add(piece)
      else if (this.scopes.has(binding.scope)) this.users.set(binding, new Set([piece]))
    }
    return piece
  }

  /** Whether a function holds much of the file, and is called where it stands. */
  #isApart(node: Node, unit: Unit): boolean {
    const isMuch = unit.kind === 'statement' || node.end - node.start > this.#file.text.length / 2
    return isMuch && runsOnce(this.#file.functionOf.get(node)!, this.#file)
  }

  /** What gives the module's exports, by what says which. */
  exporting({ units }: Once): Map<string, Piece> {
    const found = new Map<string, Piece | undefined>()
    for (const unit of units) {
      if (isExporting(unit)) found.set(unit.key, found.has(unit.key) ? undefined : this.pieces.get(unit))
    }
    return new Map([...found].flatMap(([key, piece]) => (piece === undefined ? [] : [[key, piece] as const])))
  }

  /** The variables that an ES module exports, by the names that others have for them. */
  exported({ fn }: Once): Map<string, Binding> {
    const found = new Map<string, Binding>()
    if (fn !== undefined) return found
    const { program } = this.#file
    const add = (name: string, node: Node): void => {
      const binding = this.#identifiers.all.get(node)
      if (binding !== undefined) found.set(name, binding)
    }
    for (const { type, specifiers, declaration } of program.body as Node[]) {
      if (type !== 'ExportNamedDeclaration') continue
      for (const { local, exported } of specifiers as Node[]) add(exported.name ?? exported.value, local)
      for (const node of declaredBy(declaration)) add(node.name, node)
    }
    return found
  }
}

/** The identifiers that a declaration declares. */
export function declaredBy(declaration: Node | null): Node[] {
  if (declaration === null) return []
  return declaration.declarations?.flatMap((one: Node) => boundIdentifiers(one.id)) ?? [declaration.id]
}
