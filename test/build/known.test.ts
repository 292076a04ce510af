// Conditions that are known before anything runs, and values that a function makes where it stands.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, Versions, withBuild } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('conditions that are known beforehand', () => {
  const modules = (head: string, files: Record<string, string> = {}): Record<string, string> => ({
    'index.js': head,
    'browser.js': `exports.f = () => 'browser'`,
    'node.js': `exports.f = () => 1`,
    ...files,
  })

  it('make no difference where they come to the same', async () => {
    const branches = `module.exports = require('./browser'); else module.exports = require('./node')`
    await checkBothWays(
      modules(`if (typeof process !== 'undefined' && process.type === 'renderer') ${branches}`),
      modules(
        `if (typeof (process) === 'undefined' || !(typeof Symbol == 'function') || process.type === 'renderer') ${branches}`,
        { 'node.js': `exports.f = () => 2` },
      ),
      '',
      'lib.f()',
      [1, 2],
    )
  })

  it('are known where a type is compared with what is no text, and where a function asks for the module', async () => {
    const text = (test: string, other: string, body: string): Record<string, string> =>
      index(`if (typeof module !== ${test}) { module.exports = f }${other}\nfunction f(x) { ${body} }`)
    const old = text('undefined', '', 'return [x]')
    const other = ` else if (typeof window !== 'undefined') { window.f = f }`
    const young = text(
      `'undefined'`,
      other,
      `if (typeof module === 'undefined') return x; return [x, typeof module]`,
    )
    await checkBothWays(old, young, '', 'lib(1)', [[1], [1, 'object']])
  })

  it('leave out what is never run, functions included', async () => {
    const text = (dead: string, value: number): Record<string, string> =>
      index(`if (typeof console === 'undefined') { ${dead} }
        exports.f = function f() {
          const list = typeof process === 'object' ? [1, 2] : [${dead || 0}]
          return list.map((x) => x * ${value})
        }
        exports.g = function g() {
          if (typeof globalThis === 'undefined') [1].map(() => 'never').forEach(() => { ${dead} })
          return [1].map(() => 'g')
        }`)
    await checkBothWays(
      text(``, 10),
      text(`globalThis.console = (() => ({}))()`, 20),
      '',
      '[lib.f(), lib.g()]',
      [
        [[10, 20], ['g']],
        [[20, 40], ['g']],
      ],
    )
  })

  it('ask for what every Node.js has, by a constant too', async () => {
    const text = (test: string, fallback: string, value: number): Record<string, string> =>
      index(`const hasRequest = typeof globalThis.Request === 'function'
        const make = (() => {
          if (${test}) return (n) => n * ${value}
          ${fallback}
          return () => 0
        })()
        exports.make = make; exports.hasRequest = () => hasRequest`)
    const fallback = `if (typeof Uint8Array.prototype.slice !== 'function') { return (n) => Array.from(n) }`
    await checkBothWays(
      text('true', '', 2),
      text('true && hasRequest', fallback, 3),
      'const { make } = lib',
      '[make(2), lib.hasRequest()]',
      [
        [4, true],
        [6, true],
      ],
    )
    // A newer function, a variable of that name, and one that changes are not known.
    for (const [head, test] of [
      ['', `typeof Set.prototype.union !== 'function'`],
      ['', `typeof Set.prototype.union === 'function'`],
      ['', `'union' in Set.prototype`],
      [
        'const Uint8Array = {}; Uint8Array.prototype = {};',
        `typeof Uint8Array.prototype.slice !== 'function'`,
      ],
      ['let flag = typeof Array.isArray !== "function"; flag = !flag;', 'flag'],
    ]) {
      const made = (more: string): Record<string, string> => index(`${head} ${more}; exports.f = () => 1`)
      await withBuild(made(''), made(`if (${test}) process.on('x', () => 1)`), async ({ findings }) => {
        assert.match(findings.map(({ why }) => why).join(), /new code that runs at start-up/)
      })
    }
  })

  it('ask whether there is what every Node.js and every module has, by a function too', async () => {
    const text = (head: string, value: number): Record<string, string> =>
      index(`var hasSymbols = function () { return typeof Symbol === 'function' }
        function isFile() { return typeof module === 'object' && typeof require !== 'undefined' }
        ${head}
        exports.f = function f() { return ${value} }`)
    const never = `if (!Array.prototype.includes) Array.prototype.includes = function () { return ${0} }
        if (!hasSymbols()) { globalThis.Symbol = {} } else if (!isFile()) globalThis.lib = exports
        if (typeof exports === 'undefined') process.on('x', () => 1)
        if (!process.versions.v8 || typeof Symbol.iterator !== 'symbol') process.on('x', () => 1)
        if (Buffer && module) { hasSymbols.also = 1 }`
    await checkBothWays(text(`hasSymbols.also = 1`, 1), text(never, 2), '', '[lib.f(), [1].includes(1)]', [
      [1, true],
      [2, true],
    ])
  })

  it('tell what differs under them by itself', async () => {
    const text = (limit: number): Record<string, string> =>
      index(`if (typeof exports !== 'undefined') {
          exports.f = function f(x) { return x < ${limit} }
          exports.limit = process.env.NOT_SET || '${limit}'
        }`)
    await checkBothWays(text(1), text(2), '', '[lib.f(1), lib.limit]', [
      [false, '1'],
      [true, '2'],
    ])
  })

  it('know what a module exports to be there until it is given another value', async () => {
    const text = (value: number, other: string): Record<string, string> =>
      index(`(function () {
          var own = {}
          if (typeof exports !== 'undefined') {
            if (typeof module !== 'undefined' && module.exports) exports = module.exports = own
            exports.own = own
          } else ${other}
          own.f = function f() { return ${value} }
          if (!module.exports) process.once('x', own.f)
        })()`)
    await checkBothWays(
      text(1, `this.own = own`),
      text(2, `window.own = own`),
      '',
      '[lib.f(), lib.own.f()]',
      [
        [1, 1],
        [2, 2],
      ],
    )
    const late = (more: string): Record<string, string> =>
      index(`module.exports = 0; exports = null; ${more}`)
    for (const test of [`!module.exports`, `typeof exports !== 'function'`])
      await withBuild(late(''), late(`if (${test}) process.on('x', () => 1)`), async (made) => {
        assert.match(problemsOf(made).join(), /process\.on.*start-up/)
      })
  })

  it('are not known of what a file gives another value, or may be called to do more', async () => {
    for (const [head, test] of [
      ['exports = module.exports = () => 1', `typeof exports === 'function'`],
      ['const isSo = (x = true) => typeof Symbol === "object" || x', 'isSo()'],
      ['let isSo = () => typeof Symbol === "object"; isSo = () => true', 'isSo()'],
    ]) {
      const made = (more: string): Record<string, string> => index(`${head};\n${more}; module.exports.f = 1`)
      await withBuild(made(''), made(`if (${test}) process.on('x', () => 1)`), async ({ findings }) => {
        assert.match(findings.map(({ what }) => what).join(), /^if \(|,if \(/)
      })
    }
  })

  it('are not known of a variable of that name, or of a name that a program may lack', async () => {
    for (const [old, young] of [
      [
        `const process = globalThis.other; if (typeof process === 'object') exports.on = 1`,
        `const process = globalThis.other; if (typeof process === 'object') exports.on = 2`,
      ],
      [
        `if (typeof window === 'undefined') process.on('x', () => 1)`,
        `if (typeof window !== 'undefined') process.on('x', () => 1)`,
      ],
      [
        `if (typeof process === 'object') process.on('x', () => 1)`,
        `if (typeof process !== 'object') process.on('x', () => 1)`,
      ],
    ] as const) {
      const versions = new Versions(index(old), index(young))
      try {
        assert.notDeepEqual(problemsOf(await versions.build()), [])
      } finally {
        versions.remove()
      }
    }
  })
})

describe('a value that a function makes where it stands', () => {
  const text = (body: string, more = ''): Record<string, string> =>
    index(`const base = 10; let made = 0; const limit = (function () { ${body} })()
      const twice = limit * 2; exports.over = function over(n) { return n > twice }; exports.made = () => made; ${more}`)

  it('is made anew when it comes about in another way', async () => {
    await checkBothWays(
      text(`try { return base } catch {}`),
      text(`const most = base * 2; try { if (most > 15) return most; return base } catch {}`),
      '',
      '[20, 21, 40, 41].map((n) => lib.over(n))',
      [
        [false, true, true, true],
        [false, false, false, true],
      ],
    )
  })

  it('is told where the function does more', async () => {
    await withBuild(text(`return base`), text(`process.once('x', base); return 11`), async (made) => {
      assert.match(problemsOf(made).join(), /index\.js:1: process\.once.*: new code that runs at start-up/)
    })
    await withBuild(text(`return base`), text(`made++; return base + 1`), async (made) => {
      assert.match(problemsOf(made).join(), /index\.js:1: made\+\+;: new code that runs at start-up/)
    })
  })
})
