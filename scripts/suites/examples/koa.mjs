import Koa from 'koa'

const app = new Koa()
app.silent = true
const trace = []
app.use(async (ctx, next) => {
  trace.push('in')
  await next()
  trace.push('out')
  ctx.set('x-trace', trace.join())
})
app.use(async (ctx) => {
  if (ctx.path === '/fail') ctx.throw(400, 'bad', { expose: true })
  if (ctx.path === '/json') ctx.body = { query: ctx.query, accepts: ctx.accepts('html', 'json') }
  if (ctx.path === '/cookie') {
    ctx.cookies.set('name', 'tobi')
    ctx.body = ctx.cookies.get('view') ?? 'none'
  }
})
const server = app.listen(0, '127.0.0.1')
await new Promise((done) => server.once('listening', done))
for (const path of ['/json?a=1&a=2', '/cookie', '/fail', '/none']) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, {
    headers: { accept: 'application/json', cookie: 'view=3' },
  })
  const { headers } = response
  console.log(path, response.status, headers.get('x-trace'), headers.get('set-cookie'), await response.text())
}
console.log(JSON.stringify(app))
server.close()
server.closeAllConnections()
