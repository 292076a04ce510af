// What the new version writes in another way, which means the same: it is written as in the running version first.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

const index = (text: string): Files => ({ 'index.js': text })
const module = (text: string): Files => ({ 'index.mjs': text })

describe('a global variable that is imported now', () => {
  const f = (n: number): string => `function f() { return [${n}, process.argv0, Buffer.from('a').length] }`
  const plain = `const argv = process.argv.length; exports.argv = argv; exports.isBuffer = Buffer.isBuffer; exports.f = f;`

  const imports: Record<string, string> = {
    'by its module': `const process = require('process');`,
    'as a member': `const Buffer = require('node:buffer').Buffer, x = 1;`,
    'by a pattern': `const { Buffer } = require('buffer');`,
    'among others': `const { kMaxLength, Buffer, constants } = require('buffer'); f.max = kMaxLength; f.c = constants;`,
    'at the end of others': `const { kMaxLength, Buffer } = require('buffer'); f.max = kMaxLength;`,
  }
  for (const [how, text] of Object.entries(imports))
    it(`is the same ${how}`, async () => {
      await withPatch(index(plain + f(1)), index(text + plain + f(2)), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.doesNotMatch(made.deeds.map(({ what }) => what).join(), /Buffer|process|argv/)
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run('lib.f()[0]'), 2)
      })
    })

  it('is the same where it is asked for in passing', async () => {
    const young = `exports.isBuffer = require('buffer').Buffer.isBuffer; exports.f = () => 2`
    const old = `exports.isBuffer = Buffer.isBuffer; exports.f = () => 1`
    await checkBothWays(index(old), index(young), '', 'lib.f()', [1, 2])
  })

  it('is the same in an ES module', async () => {
    const old = `export const argv = process.argv.length; ${f(1)} export { f }`
    const young = `import process from 'node:process'\nimport { Buffer } from 'buffer'\n${old.replace('[1', '[2')}`
    await withBuild(module(old), module(young), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.deepEqual(
        made.deeds.map(({ what }) => what),
        ['function f replaced'],
      )
    })
  })

  it('is another one where the running version has a variable of its name, or it is of another module', async () => {
    for (const [old, young] of [
      [`const Buffer = require('./other').Buffer;`, `const Buffer = require('buffer').Buffer;`],
      ['', `const Buffer = require('./other').Buffer;`],
    ]) {
      const text = (own: string): Files => ({
        ...index(`${own} exports.isBuffer = Buffer.isBuffer`),
        'other.js': `exports.Buffer = { isBuffer() {} }`,
      })
      await withBuild(text(old!), text(young!), async (made) => {
        assert.match(made.deeds.map(({ what }) => what).join(), /isBuffer put on the running module/)
      })
    }
  })
})

describe('members that are given to what a module exports, where it does so', () => {
  it('are put on the running function', async () => {
    const old = 'const f = (x) => x; f.a = 1; module.exports = f'
    const young = `const seen = new Set()
      const f = (x) => { seen.add(x); return x + 1 }
      const count = () => seen.size
      module.exports = Object.assign(f, { a: 1, count })`
    await withPatch(index(old), index(young), 'const was = lib', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.doesNotMatch(made.findings.map(({ why }) => why).join(), /start-up code has called it/)
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib(1), lib.count(), lib.a, lib === was]'), [2, 1, 1, true])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[lib(1), "count" in lib]'), [1, false])
    })
  })

  it('get other values where what they are made of has another one, in the same words', async () => {
    const files = (limit: number): Files => ({
      'index.js': `const f = require('./f'); const data = require('./data.json'), kind = 'x'
        module.exports = Object.assign(f, { data, kind })`,
      'f.js': `const data = require('./data'); module.exports = () => data.limit`,
      'data.json': JSON.stringify({ limit }),
    })
    await withPatch(files(1), files(2), 'const { data } = lib', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(made.findings.map(({ why }) => why).join(), /where the program has taken one already/)
      assert.deepEqual(await program.run('[lib(), lib.data.limit, lib.kind]'), [1, 1, 'x'])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('[lib(), lib.data.limit, lib.kind, data.limit]'), [2, 2, 'x', 1])
      await program.disable(made.name)
      assert.deepEqual(await program.run('[lib(), lib.data === data, Object.keys(lib).join()]'), [
        1,
        true,
        'data,kind',
      ])
    })
  })
})

describe('what start-up code asks for with care now', () => {
  const text = (value: string, test: string, n: number): Files =>
    index(`const tty = require('tty'); const has = ${value}
      const format = (x) => (${test} ? () => x : () => x + 1)
      const made = {}; made.a = format(1); module.exports = made; module.exports.n = () => ${n}`)
  const old = 'tty.WriteStream.prototype.hasColors()'

  it('is what it was, as the running version has found all of it there', async () => {
    for (const young of [
      'tty?.WriteStream?.prototype?.hasColors?.()',
      'tty.WriteStream?.prototype["hasColors"]?.() ?? false',
    ])
      await withPatch(text(old, '!has', 1), text(young, '!has', 2), '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.doesNotMatch(made.deeds.map(({ what }) => what).join(), /has|format/)
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run('lib.n()'), 2)
      })
  })

  it('is another value where it may be another one', async () => {
    for (const [young, test] of [
      ['tty?.WriteStream?.prototype?.getColorDepth?.()', '!has'],
      ['tty?.WriteStream?.prototype?.hasColors?.() ?? false', 'has === undefined'],
    ])
      await withBuild(text(old, test!, 1), text(young!, test!, 2), async (made) => {
        assert.match(JSON.stringify([made.deeds, made.findings]), /'has'|has\b/)
      })
  })
})

describe('modules that a bundler has labelled by where packages stood', () => {
  const bundle = (version: string, add: string, more: string): Files =>
    index(`var __commonJS = (cb, mod) => function __require() {
        return mod || (0, cb[Object.getOwnPropertyNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports
      }
      var require_ms = __commonJS({ "../node_modules/.pnpm/ms@${version}_x@1.0.0/node_modules/ms/index.js"(exports, module) {
        var count = 0
        module.exports = (x) => [++count, x${add}]
      } })
      var import_ms = require_ms()
      exports.f = (x) => [...import_ms(x), ${more}]`)

  it('are the same where only versions of packages differ', async () => {
    const [old, young] = [bundle('2.1.2', '', '0'), bundle('2.1.3', ' + 1', '1')]
    await withPatch(old, young, 'lib.f(1)', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run('lib.f(1)'), [2, 2, 1])
      await program.disable(made.name)
      assert.deepEqual(await program.run('lib.f(1)'), [3, 1, 0])
    })
  })
})
