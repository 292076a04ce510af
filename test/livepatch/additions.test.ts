// A patch that adds names to scopes of its target: constants, functions and variables that all its replacements share,
// once for each instance of the scope; modules that it brings along; and the refusal of any other text.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hashSource } from '#dist/livepatch/source-hash.js'
import { Program } from '../support/program.ts'

const LIB = `
const start = 10
function helper(n) { return n + start }
exports.add = function add(n) { return helper(n) }
exports.count = function count() { return helper(0) }
exports.make = function make(step) {
  let total = 0
  function bump() { total += step; return total }
  return { bump, twice: () => bump() + bump() }
}`

describe('names that a patch adds to a scope', () => {
  let app: Program
  before(async () => {
    app = await Program.start({
      'main.js': `const lib = require('./lib.js')
        const a = lib.make(1), b = lib.make(100)`,
      'lib.js': LIB,
    })
  })
  after(() => app.stop())

  it('are made once, see the scope that they stand in, and are shared by all replacements', async () => {
    await app.load(`
      import { definePatch, scope } from 'umbra'
      export default definePatch({ name: 'p', targets: [{ module: './lib.js',
        source: ${JSON.stringify(hashSource(LIB))},
        scopes: {
          module(require) {
            const { limit } = require('./added.js')
            let calls = 0
            function clamp(n) { calls++; return Math.min(limit, scope.helper(n)) }
            return { clamp, start: 1000, get calls() { return calls }, set calls(value) { calls = value } }
          },
          make() { const seen = []; return { seen } },
        },
        functions: {
          add(n) { return scope.clamp(n) },
          count() { scope.calls += 100; return [scope.calls, scope.start] },
          'make/bump'() { scope.seen.push(scope.step); return scope.seen.length },
        } }],
        files: { '${app.path('added.js')}'(require, exports) { exports.limit = 15 } },
      })`)
    assert.deepEqual(await app.run('[lib.add(1), lib.add(100), lib.count()]'), [11, 15, [102, 1000]])
    assert.deepEqual(await app.run('[a.bump(), a.bump(), b.bump(), a.twice()]'), [1, 2, 1, 7])
    await app.disable('p')
    assert.deepEqual(await app.run('[lib.add(100), lib.count()]'), [110, 10])
  })

  it('are refused where the text is another than the one that the patch was built against', async () => {
    const { code, message } = await app.refuse(`
      import { definePatch } from 'umbra'
      export default definePatch({ name: 'q', targets: [{ module: './lib.js', source: 'sha256-AAAA',
        functions: { add() { return 0 } } }] })`)
    assert.equal(code, 'TARGET_SOURCE')
    assert.match(message, /lib\.js.*instead of sha256-AAAA/)
  })
})
