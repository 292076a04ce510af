import { type Node, unwrap } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'

/**
 * Calls by which programs describe what data looks like: `z.object({ a: z.string().max(5).optional() })`. Such libraries make a
 * new object of each and leave all others as they are; they are known by their words, which they share.
 */
const KINDS =
  /^(any|array|bigint|boolean|custom|date|discriminatedUnion|enum|instanceof|int|intersection|lazy|literal|looseObject|map|nativeEnum|never|null|number|object|preprocess|promise|record|set|strictObject|string|symbol|tuple|undefined|union|unknown|void)$/
const DERIVES =
  /^(and|array|base64|brand|catch|catchall|check|cuid|cuid2|datetime|deepPartial|default|describe|email|endsWith|extend|finite|gt|gte|includes|int|ip|jwt|keyof|length|lt|lte|max|merge|min|multipleOf|nanoid|negative|nonempty|nonnegative|nonpositive|nullable|nullish|omit|optional|or|partial|pass[tT]hrough|pick|pipe|positive|readonly|refine|regex|required|safe|startsWith|strict|strip|superRefine|toLowerCase|toUpperCase|transform|trim|ulid|unwrap|url|uuid)$/

/** Whether a call makes a schema of another, and changes neither. */
export function derivesSchema({ type, callee }: Node): boolean {
  return (
    type === 'CallExpression' &&
    callee.type === 'MemberExpression' &&
    !callee.computed &&
    DERIVES.test(callee.property.name)
  )
}

/** Whether a call makes a schema, as far as words tell; what it is given is not looked at. */
export function buildsSchema(call: Node): boolean {
  const { callee } = call
  if (call.type !== 'CallExpression' || callee.type !== 'MemberExpression' || callee.computed) return false
  const object = unwrap(callee.object)
  const isKind = memberPath(object) !== undefined && KINDS.test(callee.property.name)
  return isKind || (derivesSchema(call) && isSchema(object))
}

/** `z.string()`, `UserSchema`, `schemas.User`: those that have names begin with a capital letter or say it. */
function isSchema(node: Node): boolean {
  const path = memberPath(node)?.path
  return path === undefined ? buildsSchema(node) : /(^|\.)[A-Z][\w$]*$|[sS]chema$/.test(path)
}
