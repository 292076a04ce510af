import type { Node } from '../instrument/parse.ts'

/** The keys of the object that a function returns at its end: the names that a block of `scopes` adds. */
export function returnedNames(fn: Node): string[] {
  const keys = returned(fn).map(({ key }) => key?.name ?? key?.value)
  return [...new Set(keys.filter((key) => typeof key === 'string'))]
}

/**
 * Accessors of those that are variables of the same name, to stand where the function begins: whoever reads one gets what it
 * holds by then, or the error of a variable that has no value yet.
 */
export function announcedNames(fn: Node): string {
  const accessors = returned(fn).flatMap((property) => {
    const name = variableOf(property)
    if (name === undefined) return []
    return property.kind === 'set'
      ? `set ${name}($umbraValue){${name}=$umbraValue}`
      : `get ${name}(){return ${name}}`
  })
  return accessors.join()
}

/** `a`, `get a() { return a }` and `set a(value) { a = value }`. */
function variableOf({ key, value, kind, shorthand }: Node): string | undefined {
  if (shorthand) return key.name
  const [only] = /^[gs]et$/.test(kind) ? (value.body.body as Node[]) : []
  const named: Node | undefined = kind === 'get' ? only?.argument : only?.expression?.left
  return named?.type === 'Identifier' && named.name === key.name ? key.name : undefined
}

function returned({ body }: Node): Node[] {
  const last = body.type === 'BlockStatement' ? (body.body.at(-1) as Node | undefined) : undefined
  if (last?.type !== 'ReturnStatement' || last.argument?.type !== 'ObjectExpression') return []
  return last.argument.properties
}
