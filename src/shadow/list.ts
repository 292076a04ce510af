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
export const ABSENT: unique symbol = Symbol()

/** In a stamp that holds no variable. */
export const FREE: Token = { owner: undefined, dead: false }

export function find(list: Node | undefined, token: Token): Node | undefined {
  while (list && list.token !== token) list = list.next
  return list
}

/** Unlinks the dead nodes and the variable of `token`; the others keep their order. */
export function without(list: Node | undefined, token?: Token): Node | undefined {
  const goes = (node: Node) => node.token === token || node.token.dead
  while (list && goes(list)) list = list.next
  for (let node = list; node?.next; ) {
    if (goes(node.next)) node.next = node.next.next
    else node = node.next
  }
  return list
}
