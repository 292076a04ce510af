import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { SourceFile } from './source-file.ts'
import type { Once, Unit } from './units.ts'

/** A unit that both versions have. */
export interface UnitPair {
  old: Unit
  new: Unit
  /** Its own part, the functions inside left out, differs. */
  changed: boolean
}

export interface OncePair {
  old: Once
  new: Once
  pairs: UnitPair[]
  added: Unit[]
  removed: Unit[]
  /** Names of the new version that the old one calls differently. */
  renamed: Map<string, string>
}

/** A part of a class: a static field that is new or has another value, or something that the new version has not. */
export interface ClassPart {
  class: Node
  element: Node
}

/** A method that a class of the new version has and the old one has not. */
export interface AddedMember {
  className: string
  class: Node
  element: Node
  old: Unit
}

/** A function or value in a literal that a call is given, and the unit of the new version that makes the call. */
export interface GivenPart {
  property: Node
  unit: Unit
}

export interface FilePair {
  old: SourceFile
  new: SourceFile
  /** Functions of the new version and what they were in the old one. */
  functions: Map<FunctionNode, FunctionNode>
  /** Those of them whose own part differs. */
  changed: Set<FunctionNode>
  onces: OncePair[]
  addedMembers: AddedMember[]
  statics: (ClassPart & { old?: Node })[]
  /** Elements of the old version that the new one's class has not. */
  removedMembers: ClassPart[]
  /** Class fields that are new or begin with another value: the constructor of the new version gives them to its objects. */
  initialised: Map<FunctionNode, { element: Node; isNew: boolean }[]>
  /** Properties of literals that calls are given, which one version alone has: `const C = extend({ … })`. */
  given: { added: GivenPart[]; removed: GivenPart[] }
  /** Parts of classes that cannot be applied: the node of the new version and why. */
  classes: { node: Node; why: string }[]
}
