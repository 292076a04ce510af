import Ajv from 'ajv'
import JTD from 'ajv/dist/jtd.js'
import standalone from 'ajv/dist/standalone/index.js'

const ajv = new Ajv({ allErrors: true, code: { source: true } })
const schema = {
  $id: 'person',
  type: 'object',
  properties: {
    foo: { type: 'integer' },
    bar: { type: 'string', pattern: '^a+$' },
    tree: { $ref: '#/$defs/node' },
  },
  $defs: {
    node: { type: 'object', properties: { left: { $ref: '#/$defs/node' } }, additionalProperties: false },
  },
  required: ['foo'],
  additionalProperties: false,
}
const validate = ajv.compile(schema)
for (const data of [
  { foo: 1, bar: 'aa' },
  { bar: 'b', x: 1 },
  { foo: 1, tree: { left: { left: { y: 1 } } } },
]) {
  console.log(validate(data), ajv.errorsText(validate.errors))
}
ajv.addKeyword({ keyword: 'even', type: 'number', validate: (even, n) => (n % 2 === 0) === even })
console.log(ajv.validate({ even: true }, 3), ajv.validate({ anyOf: [{ type: 'null' }, { even: false }] }, 3))
console.log((standalone.default ?? standalone)(ajv, validate).length)
const jtd = new (JTD.default ?? JTD)()
const type = {
  properties: { n: { type: 'int8' } },
  optionalProperties: { list: { elements: { enum: ['a', 'b'] } } },
}
console.log(
  jtd.compileSerializer(type)({ n: 5, list: ['a'] }),
  JSON.stringify(jtd.compileParser(type)('{"n":7}')),
)
try {
  ajv.compile({ type: 'nothing' })
} catch (error) {
  console.log(error.message)
}
