import type MagicString from 'magic-string'
import type { Node } from '../instrument/parse.ts'
import { isFunction, walk } from './ast.ts'

const DIRECTIVE = '"use strict";'

/**
 * Which parts of a linked patch are strict code. All of it is, as in any module, unless a target says that it is sloppy or
 * the patch brings CommonJS modules along, which say themselves what they are: code within strict code cannot be sloppy,
 * so that then all others say it.
 */
export class Strictness {
  readonly #program: Node
  readonly #text: MagicString
  /** The targets that are sloppy, and `files`. */
  readonly #sloppy = new Set<Node>()

  constructor(program: Node, text: MagicString) {
    this.#program = program
    this.#text = text
    walk(program, (node, ancestors) => {
      const [call, patch] = ancestors.slice(-2)
      if (patch !== undefined && isFilesOf(node, patch, call)) this.#sloppy.add(node.value)
      if (isObject(node) && isSloppyTarget(node)) this.#sloppy.add(node)
    })
  }

  /** What the patch says in front. */
  get ofPatch(): string {
    return this.#sloppy.size === 0 ? DIRECTIVE : ''
  }

  /** What has to stand in front of a replacement, so that it is what it should be. */
  of(ancestors: readonly Node[]): string {
    return this.ofPatch !== '' || this.#isSloppy(ancestors) ? '' : DIRECTIVE
  }

  /** Functions that are no replacements: callbacks, and those that stand beside the patch. */
  writeRest(replacements: { has(fn: Node): boolean }): void {
    if (this.ofPatch !== '') return
    walk(this.#program, (node, ancestors) => {
      if (
        !isFunction(node) ||
        ancestors.some(isFunction) ||
        replacements.has(node) ||
        this.#isSloppy(ancestors)
      )
        return
      const isSimple = (node.params as Node[]).every(({ type }) => type === 'Identifier')
      if (isSimple && node.body.type === 'BlockStatement')
        this.#text.appendRight(node.body.start + 1, DIRECTIVE)
    })
  }

  #isSloppy(ancestors: readonly Node[]): boolean {
    return ancestors.some((one) => this.#sloppy.has(one))
  }
}

/** `{ module: …, sloppy: true, … }`. */
function isSloppyTarget({ properties }: Node): boolean {
  const named = (name: string): Node | undefined =>
    (properties as Node[]).find((one) => one.key?.name === name)?.value
  return named('module') !== undefined && named('sloppy')?.value === true
}

/** `files: { … }` of what is handed to a function, as a patch is to `definePatch`. */
function isFilesOf(node: Node, patch: Node, call: Node | undefined): boolean {
  const isFiles = node.type === 'Property' && node.key.name === 'files' && isObject(node.value)
  return isFiles && call?.type === 'CallExpression' && call.arguments.includes(patch)
}

function isObject({ type }: Node): boolean {
  return type === 'ObjectExpression'
}
