import express from 'express'

const app = express()
const router = express.Router()
app.use(express.json())
app.use((req, res, next) => {
  res.set('x-seen', req.path)
  next()
})
app.get('/hello/:name', (req, res) => res.send(`hello ${req.params.name} ${req.query.q ?? ''}`))
app.post('/echo', (req, res) => res.status(201).json(req.body))
router.param('id', (req, _res, next, id) => {
  req.user = { id: Number(id) }
  next()
})
router
  .route('/users/:id')
  .get((req, res) => res.json(req.user))
  .delete((_req, res) => res.sendStatus(204))
app.use('/api', router)
app.get('/fail', async () => {
  throw new Error('broken')
})
app.use((error, _req, res, _next) => res.status(500).send(`caught ${error.message}`))

const server = app.listen(0, '127.0.0.1')
await new Promise((done) => server.once('listening', done))
const base = `http://127.0.0.1:${server.address().port}`
const ask = async (path, options) => {
  const response = await fetch(base + path, options)
  console.log(
    path,
    response.status,
    response.headers.get('x-seen'),
    response.headers.get('content-type'),
    await response.text(),
  )
}
const json = { 'content-type': 'application/json' }
await ask('/hello/you?q=1')
await ask('/echo', { method: 'POST', headers: json, body: '{"a":[1,2]}' })
await ask('/echo', { method: 'POST', headers: json, body: '{no json' })
await ask('/api/users/42')
await ask('/api/users/42', { method: 'DELETE' })
await ask('/fail')
await ask('/none')
server.close()
server.closeAllConnections()
