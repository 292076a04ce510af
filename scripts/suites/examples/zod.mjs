import { z } from 'zod'

const User = z.object({
  name: z.string().min(2),
  mail: z.email().optional(),
  age: z.coerce.number().int().default(7),
  tags: z.array(z.enum(['a', 'b'])).max(2),
  kind: z.discriminatedUnion('type', [
    z.object({ type: z.literal('x'), n: z.number() }),
    z.object({ type: z.literal('y'), s: z.string().transform((s) => s.length) }),
  ]),
})
const print = (value) => console.log(JSON.stringify(value))
print(User.parse({ name: 'Jo', tags: ['a'], kind: { type: 'y', s: 'four' } }))
print(
  User.safeParse({ name: 'J', mail: 'no', age: 'x', tags: ['a', 'c', 'b'], kind: { type: 'z' } }).error
    .issues,
)
print(
  z.toJSONSchema(
    z.object({ a: z.string().describe('an a'), b: z.tuple([z.number(), z.boolean()]).nullable() }),
  ),
)
print(User.pick({ name: true }).extend({ more: z.unknown() }).keyof().options)
print(
  await z
    .string()
    .refine(async (s) => s.length > 3, 'too short')
    .safeParseAsync('abc'),
)
print(
  z
    .string()
    .pipe(z.transform((s) => s.split(',')))
    .parse('a,b'),
)
const tree = z.object({
  value: z.number(),
  get next() {
    return tree.optional()
  },
})
print(tree.parse({ value: 1, next: { value: 2 } }))
try {
  z.number().parse('x')
} catch (error) {
  print([error.constructor.name, error.message])
}
