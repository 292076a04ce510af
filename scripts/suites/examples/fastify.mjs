import Fastify from 'fastify'

const fastify = Fastify({ ajv: { customOptions: { allErrors: true } } })
fastify.decorate('answer', () => 42)
fastify.addHook('preHandler', async (request, reply) => {
  reply.header('x-url', request.url)
})
fastify.get('/', async () => ({ hello: 'world', answer: fastify.answer() }))
const body = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
}
const response = { 200: { type: 'object', properties: { name: { type: 'string' } } } }
fastify.post('/people', { schema: { body, response } }, async (request) => ({ ...request.body, secret: 1 }))
fastify.register(
  async (instance) => {
    instance.get('/:id(^\\d+$)', async (request) => request.params)
    instance.setErrorHandler((error, _request, reply) => reply.code(418).send(error.message))
    instance.get('/fail', async () => {
      throw new Error('broken')
    })
  },
  { prefix: '/items' },
)
const ask = async (method, url, payload) => {
  const answer = await fastify.inject({ method, url, payload })
  console.log(method, url, answer.statusCode, answer.headers['x-url'], answer.body)
}
await ask('GET', '/')
await ask('POST', '/people', { name: 'x', age: '3' })
await ask('POST', '/people', { age: -1 })
await ask('GET', '/items/17')
await ask('GET', '/items/fail')
await ask('GET', '/none')
console.log(fastify.printRoutes())
await fastify.close()
