/**
 * Marks a variable as its identifier's. To detach all without visiting any, an identifier declares its token dead
 * and takes a new one: whatever carries the old token is gone at once.
 */
export interface Token {
  /** The identifier; undefined for what the store attaches for itself. */
  readonly owner: object | undefined
  dead: boolean
}

/** One shadow variable. The parent leads to the list of its variables, the token says whose it is. */
export interface Node {
  token: Token
  data: unknown
  next: Node | undefined
}

/** What a search answers when there is no such variable: `undefined` is data like any other. */
export const ABSENT: unique symbol = Symbol('absent')

/** In a stamp that holds no variable. */
export const FREE: Token = { owner: undefined, dead: false }

export function find(node: Node | undefined, token: Token): Node | undefined {
  while (node !== undefined && node.token !== token) node = node.next
  return node
}

/** Unlinks the dead nodes and the variable of `token`; the order changes. Only what it returns is a list now. */
export function without(head: Node | undefined, token?: Token): Node | undefined {
  let kept: Node | undefined
  for (let node = head; node !== undefined; ) {
    const next: Node | undefined = node.next
    if (node.token !== token && !node.token.dead) {
      node.next = kept
      kept = node
    }
    node = next
  }
  return kept
}
