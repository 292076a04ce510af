import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { SourceFile } from '../read/source-file.ts'
import { Blocks } from './blocks.ts'
import type { Cannot } from './cannot.ts'
import { EarlyNames } from './early-names.ts'
import { applyEdits, type Edit } from './edits.ts'
import { FieldAccess } from './field-access.ts'
import { FieldTexts } from './field-texts.ts'
import { GivenBack } from './given-back.ts'
import { HeldParts } from './held-parts.ts'
import { Locals } from './locals.ts'
import { MadeLocals } from './made-locals.ts'
import type { Chunk } from './mapped-text.ts'
import { MemberEdits } from './member-edits.ts'
import type { MembersText } from './members/members.ts'
import { Names } from './names.ts'
import { Naming } from './naming.ts'
import { PrivateMethods } from './private-methods.ts'
import { Replacements } from './replacements.ts'
import { RequireCalls } from './require-calls.ts'
import { ShownLocals } from './shown-locals.ts'
import { SuperMembers } from './super-members.ts'
import { TakenApart } from './taken-apart.ts'
import { ThisNames } from './this-names.ts'
import { Unpassed } from './unpassed.ts'

/** The text of one replacement or block, and where it comes from. */
export interface Piece {
  key: string
  text: string
  line: number
  why: string
}

export interface FileText {
  /** Some of it is sloppy code: what is not says so. */
  sloppy: boolean
  members: MembersText | undefined
  functions: (Piece & { fn: FunctionNode })[]
  /** `call`: the variable of a function by which the process tells its calls apart. */
  scopes: { path: string; chunks: Chunk[]; names: string[]; line: number; call?: string | undefined }[]
}

/** Writes the parts of one file of the new version as replacements and blocks. */
export class FileWriter {
  readonly plan: Plan
  readonly file: FilePlan
  readonly source: SourceFile
  readonly scopeName: string
  /** Says that a function, or start-up code, cannot be written. */
  readonly fail: (fn: FunctionNode | undefined, error: Cannot) => void
  /** Has another file's block export a name. */
  readonly demandExport: (path: string, name: string) => void
  /** Function expressions that call themselves by a name that nobody else sees. */
  readonly callsItself = new Set<FunctionNode>()
  /** Functions that are an expression and have got statements in front of it. */
  readonly begun = new Set<FunctionNode>()
  readonly names: Names
  readonly naming: Naming
  readonly early: EarlyNames
  readonly requires: RequireCalls
  readonly memberEdits: MemberEdits
  readonly superMembers: SuperMembers
  readonly privateMethods: PrivateMethods
  readonly fields: FieldTexts
  readonly fieldAccess: FieldAccess
  readonly givenBack: GivenBack
  readonly shownLocals: ShownLocals
  readonly thisNames: ThisNames
  readonly unpassed: Unpassed
  readonly locals: Locals
  readonly madeLocals: MadeLocals
  readonly heldParts: HeldParts
  readonly takenApart: TakenApart
  readonly replacements: Replacements
  readonly blocks: Blocks

  constructor(
    plan: Plan,
    file: FilePlan,
    fail: (fn: FunctionNode | undefined, error: Cannot) => void,
    demandExport: (path: string, name: string) => void,
  ) {
    this.plan = plan
    this.file = file
    this.source = file.pair.new
    this.scopeName = /\bscope\b/.test(this.source.text) ? '$scope' : 'scope'
    this.fail = fail
    this.demandExport = demandExport
    this.names = new Names(this)
    this.naming = new Naming(this)
    this.early = new EarlyNames(this)
    this.requires = new RequireCalls(this)
    this.memberEdits = new MemberEdits(this)
    this.superMembers = new SuperMembers(this)
    this.privateMethods = new PrivateMethods(this)
    this.fields = new FieldTexts(this)
    this.fieldAccess = new FieldAccess(this.source, plan.fields, (...args) => this.fields.field(...args))
    this.givenBack = new GivenBack(this)
    this.shownLocals = new ShownLocals(this)
    this.thisNames = new ThisNames(this)
    this.unpassed = new Unpassed(this)
    this.locals = new Locals(this)
    this.madeLocals = new MadeLocals(this)
    this.heldParts = new HeldParts(this)
    this.takenApart = new TakenApart(this)
    this.replacements = new Replacements(this)
    this.blocks = new Blocks(this)
  }

  uniquePath(old: FunctionNode): string {
    const { old: source } = this.file.pair
    const single = old.paths.find((path) => source.functionsAt(path).length === 1)
    if (single !== undefined) return single
    const [path] = old.paths
    const same = source.functionsAt(path!)
    return `${path}#${same.indexOf(old) + 1}`
  }

  /** Whether some of the file's code is sloppy. */
  get isSloppy(): boolean {
    return !this.source.analysis.module.strict
  }

  unitFunction(fn: FunctionNode): { once?: OncePlan; name?: string } {
    const { once, unit } = this.file.unitOf(fn) ?? {}
    const name = unit?.names[0]
    return once === undefined || name === undefined ? {} : { once, name }
  }

  parameters({ node }: FunctionNode, edits: Edit[]): string {
    const [first, last] = [node.params[0], node.params.at(-1)] as (Node | undefined)[]
    return first === undefined ? '' : this.apply({ start: first.start, end: last!.end }, edits)
  }

  body(fn: FunctionNode, edits: Edit[]): string {
    const { body } = fn.node
    const text = this.apply(body, edits)
    return body.type === 'BlockStatement' || this.begun.has(fn) ? text : `{ return ${text} }`
  }

  apply(range: { start: number; end: number }, edits: Edit[]): string {
    return applyEdits(this.source.text, range, edits)
  }
}
