import type { Node } from '../../instrument/parse.ts'

/** A part of the new version that cannot be said in a patch. */
export class Cannot extends Error {
  readonly node: Node
  readonly advice: string
  constructor(node: Node, why: string, advice: string) {
    super(why)
    this.node = node
    this.advice = advice
  }
}

export const BY_HAND = 'replace the function by hand in the patch, or load the release at the next restart'
