import {
  buildSchema,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  graphql,
  introspectionFromSchema,
  parse,
  printSchema,
  print as show,
  validate,
  visit,
} from 'graphql'

const print = (value) => console.log(JSON.stringify(value))
const schema = buildSchema(`
  "a thing" interface Node { id: ID! }
  enum Kind { A B }
  input Where { kind: Kind = A, ids: [ID!]! }
  type User implements Node { id: ID!, name(upper: Boolean = false): String, friends: [User!] }
  union Any = User
  type Query { users(where: Where!): [User!]!, fail: Int!, any: Any }
`)
const user = (id) => ({
  __typename: 'User',
  id,
  name: ({ upper }) => (upper ? 'ANN' : 'ann'),
  friends: () => [user(id + 1)],
})
const rootValue = {
  users: ({ where }) => where.ids.map((id) => user(Number(id))),
  fail: () => {
    throw new Error('failed')
  },
  any: () => user(9),
}
const source = `query Q($ids: [ID!]!, $deep: Boolean!) { users(where: { ids: $ids }) { ...F friends @include(if: $deep) { id } } any { ... on User { id } } }
fragment F on User { id name(upper: true) alias: name __typename }`
print(await graphql({ schema, source, rootValue, variableValues: { ids: [1, 2], deep: true } }))
print(await graphql({ schema, source: '{ fail }', rootValue }))
print(validate(schema, parse('{ nothing users { id } }')).map(({ message }) => message))
console.log(
  show(
    visit(parse(source), { Field: { leave: (node) => (node.name.value === 'friends' ? null : undefined) } }),
  ),
)
console.log(printSchema(schema))
print(
  introspectionFromSchema(
    new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Q', fields: { a: { type: GraphQLString, resolve: () => 1 } } }),
    }),
  ),
)
try {
  parse('{ a(b: ) }')
} catch (error) {
  print(error)
}
