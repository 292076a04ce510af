import type { Node } from '../../../instrument/parse.ts'

/** One property of an object that the running module's exports lead to. */
export interface Member {
  /** The object, as an expression of `exports`. */
  holder: string
  enumerable: boolean
  name: string
  node: Node
  /** As it stands in a literal; nothing where it is taken away. */
  text: string
  /** The same of the running version: where the program has set another value, that stays. */
  before?: string
  /** The keys of the object in their order, where this one does not come last. */
  order?: readonly string[] | undefined
  /** `text` is a list, the elements of which `holder` gets. */
  isList?: boolean
}
