import { type Node, unwrap } from '../../instrument/parse.ts'
import { keyOf } from '../plan/made-on-this.ts'
import type { Plan } from '../plan/plan.ts'
import { isUndefined } from '../read/arguments.ts'
import { memberKey, memberPath } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

/** What is written of a field, of whatever objects have it. */
interface Field {
  /** The names of what makes its values; OTHERWISE for one that is not made by `new`. */
  makers: Set<string>
  /** What its values are asked for. */
  asked: Set<string>
  at: Node
  source: SourceFile
}

const OTHERWISE = ''

/**
 * `this.decoder = new TextDecoder()`, which was `new StringDecoder()`, where code asks it for `decode` now: what objects
 * made before the patch have there is of the other kind, and nobody has asked it for that.
 */
export function* otherMakers(plan: Plan): Generator<Finding> {
  const files = [...plan.files.values()]
  const before = fieldsOf(files.map(({ pair }) => pair.old))
  const after = fieldsOf([...files.map(({ pair }) => pair.new), ...plan.added.values()])
  for (const [key, { makers, asked, at, source }] of after) {
    const was = before.get(key)
    if (was === undefined || was.makers.size === 0 || makers.size === 0) continue
    // What is in it is made into the other kind.
    if (plan.fields.isConverted(key)) continue
    if (makers.has(OTHERWISE) || [...makers].some((maker) => was.makers.has(maker))) continue
    const more = [...asked].filter((name) => !was.asked.has(name))
    if (more.length === 0) continue
    const why = `${list(makers)} makes it, and code asks it for ${list(more)}: objects made before the patch have something else in it`
    const place = { file: source.path, line: source.lineOf(at.start) }
    yield { severity: 'problem', ...place, what: key, why, advice: RESTART }
  }
}

function list(names: Iterable<string>): string {
  return [...names].map((name) => `'${name}'`).join(', ')
}

function fieldsOf(sources: readonly SourceFile[]): Map<string, Field> {
  const fields = new Map<string, Field>()
  const of = (key: string, at: Node, source: SourceFile): Field => {
    const known = fields.get(key) ?? { makers: new Set(), asked: new Set(), at, source }
    fields.set(key, known)
    return known
  }
  for (const source of sources)
    source.nodes.forEach((node) => {
      const [key, value] = givenBy(node)
      const maker = value && makerOf(value)
      if (key !== undefined && maker !== undefined) {
        const field = of(key, node, source)
        field.makers.add(maker)
        field.at = node
        field.source = source
      }
      const [from, name] = askedBy(node)
      if (from !== undefined && name !== undefined && !(name in Object.prototype))
        of(from, node, source).asked.add(name)
    })
  return fields
}

/** `this.x = value`, `x = value` of a class. */
function givenBy(node: Node): [key?: string | undefined, value?: Node] {
  const { type, left, right, value } = node
  if (type === 'AssignmentExpression' && left.type === 'MemberExpression') return [memberKey(left), right]
  return type === 'PropertyDefinition' && !node.static && value ? [keyOf(node), value] : []
}

/** `….x.name` */
function askedBy(node: Node): [key?: string | undefined, name?: string | undefined] {
  const object = node.type === 'MemberExpression' ? unwrap(node.object) : undefined
  return object?.type === 'MemberExpression' ? [memberKey(object), memberKey(node)] : []
}

/** What makes a value; undefined for one that cannot be asked for anything. */
function makerOf(node: Node): string | undefined {
  const value = unwrap(node)
  if (value.type === 'AssignmentExpression') return makerOf(value.right)
  if (value.type === 'Literal' || isUndefined(value)) return undefined
  const path = value.type === 'NewExpression' ? memberPath(value.callee)?.path : undefined
  return path?.split('.').at(-1) ?? OTHERWISE
}
