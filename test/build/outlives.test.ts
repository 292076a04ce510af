// Which closures go on being called after the call that made them: those that lack a variable which only that call could
// have had are a problem, and calls under way end in the running version.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, Versions } from './versions.ts'

const HEAD = `const cache = new Map(), list = [], table = {}; let handler; const wrap = (f) => f, once = require('./once.js')
  class Thing { constructor(f) { this.f = f } run() { return this.f() } }
  exports.run = (key) => handler() || list[0]() || table.run() || cache.get(key)();`

const KEPT = [
  'return F',
  'return Promise.resolve(F)',
  'return new Promise((done) => { done(F) })',
  'handler = F',
  'handler ??= F',
  '[handler] = [F]',
  '({ handler } = { handler: F })',
  'handler = wrap(F)',
  'cache.set(o, F)',
  'list.push(F)',
  'list[o.i] = F',
  'table.run = F',
  'o.run = F',
  'Reflect.set(o, "run", F)',
  'Object.assign(o, { run: F })',
  'return Object.assign({}, o, { run: F })',
  'return Object.freeze({ run: F })',
  'Object.defineProperty(o, "x", { get: F })',
  'Object.defineProperties(o, { x: { get: F } })',
  'return new Proxy(o, { get: F })',
  'return new Map([["a", F]])',
  'return Object.fromEntries([["a", F]])',
  'return [].concat(F)',
  'return (0, F)',
  'return new Thing(F)',
  'table.thing = new Thing(F)',
  'return once(F)',
  'return require("node:util").promisify(F)',
  'return class { run() { BODY } }',
  'const f = F; return () => f()',
  'setInterval(F, 10)',
  'const timer = setInterval(F, 10); return () => clearInterval(timer)',
  'const tick = () => { BODY; setTimeout(tick, 10) }; tick()',
  'process.on("exit", F)',
  'o.use(F)',
  'o.get("/users", F)',
  'o.setErrorHandler(F)',
  'o.setUp = async function (app) { app.setErrorHandler(F) }',
  'return (function* () { yield F })()',
]

const UNDER_WAY = [
  'o.forEach(F)',
  'return o.then(F)',
  'setTimeout(F, 10)',
  'queueMicrotask(F)',
  'return cache.get(F)',
  'return new Promise(F)',
  'o.each(Object.assign({}, o, { callback: F }))',
  'const l = {}; Object.assign(l, { run: F }); l.run()',
  'const l = {}; Object.defineProperty(l, "x", { get: F }); return l.x + 1',
  'const { run } = new Thing(F); return run()',
  'return (async (all) => { all.add(F); await o.end })(new Set())',
  'return new Promise((resolve) => { setInterval(F, 10); o.on("end", resolve) })',
]

describe('a closure that lacks what only the call that made it had', () => {
  for (const [what, texts] of [
    ['goes on being called: a problem', KEPT],
    ['is under way with that call', UNDER_WAY],
  ] as const)
    for (const text of texts)
      it(`${what}: ${text}`, async () => {
        const of = (begins: string, body: string): Record<string, string> => ({
          'index.js': `${HEAD} exports.make = function (o) { ${begins} ${text.replace('F', '() => { BODY }').replace('BODY', body)} }`,
          'once.js': `module.exports = (f) => { let it; return () => (it ??= f()) }`,
        })
        const versions = new Versions(of('', 'return o.a'), of('const v = o.take();', 'return o.a + v'))
        try {
          const problems = problemsOf(await versions.build()).join()
          if (texts === KEPT)
            assert.match(problems, /functions made by the running version are kept .* 'v' is a new variable/)
          else assert.equal(problems, '')
        } finally {
          versions.remove()
        }
      })
})
