// `arguments` of replacements: where they are but parameters, and where it does not show that they are an object of their own.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, withPatch } from './versions.ts'

const index = (text: string): Record<string, string> => ({ 'index.js': text })

describe('parameters with defaults, as compilers write them', () => {
  it('are those that the running function hands on', async () => {
    const text = (b: string, n: number): Record<string, string> =>
      index(`exports.f = function (a, b) { ${b}return [a, b, ${n}] }`)
    await checkBothWays(
      text('b = b === undefined ? 7 : b; ', 1),
      text('var b = arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 8; ', 2),
      '',
      '[lib.f(1), lib.f(1, 2), lib.f(1, undefined), lib.f()].join(";")',
      ['1,7,1;1,2,1;1,7,1;,7,1', '1,8,2;1,2,2;1,8,2;,8,2'],
    )
  })

  for (const expression of [
    'arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 7',
    'arguments.length <= 1 || arguments[1] === undefined ? 7 : arguments[1]',
  ])
    it(`begin as they do where nobody passes them: ${expression}`, async () => {
      const old = index(
        'exports.f = function (a) { return a }; exports.g = function () { return exports.f(1) }',
      )
      const young = index(
        `exports.f = function (a) { var b = ${expression}; return [a, b] }; exports.g = function () { return exports.f(1) }`,
      )
      await withPatch(old, young, '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        const told = made.findings.filter(({ why }) => /passes beyond its own parameters/.test(why))
        assert.deepEqual(
          told.map(({ severity }) => severity),
          ['note'],
        )
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('[lib.f(3), lib.g()]'), [
          [3, 7],
          [1, 7],
        ])
      })
    })

  it('are told where a compiler exports each function as the default of its file', async () => {
    const helper = 'function _interopRequireDefault(o) { return o && o.__esModule ? o : { default: o } }'
    const file = (body: string): string => `exports.__esModule = true; exports.default = f; ${body}`
    const files = (f: string): Record<string, string> => ({
      'index.js': `${helper} var _a = _interopRequireDefault(require('./a')); var _b = _interopRequireDefault(require('./b'));
        exports.a = function (x) { return (0, _a.default)(x) }; exports.b = function (x) { return (0, _b.default)(x, 2) }`,
      'a.js': file(f),
      'b.js': file('function f(x, y) { return [x, y] }'),
    })
    await checkBothWays(
      files('function f(x) { return [x, 1] }'),
      files(
        'function f(x) { var y = arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 5; return [x, y] }',
      ),
      '',
      '[lib.a(0), lib.b(0)].join(";")',
      ['0,1;0,2', '0,5;0,2'],
    )
  })

  const refused: Record<string, string> = {
    'where the package passes more than the running function hands on':
      'exports.f = function (a) { var b = arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : 7; return b }; exports.g = function () { return exports.f(1, 2) }',
    'where something else is asked of them':
      'exports.f = function (a) { var b = arguments.length > 1 && arguments[1] !== undefined ? arguments[2] : 7; return b }',
    'where how many there are decides':
      'exports.f = function (a) { var b = arguments.length > 1 ? arguments[1] : 7; return b }',
    'where another one is asked for':
      'exports.f = function (a) { var b = arguments.length > 0 && arguments[1] !== undefined ? arguments[1] : 7; return b }',
  }
  for (const [where, text] of Object.entries(refused))
    it(`are a problem ${where}`, async () => {
      await withPatch(index('exports.f = function (a) { return a }'), index(text), '', async (_, made) => {
        assert.match(problemsOf(made).join(), /it uses 'arguments'/)
      })
    })
})

describe("'arguments' that are one with parameters", () => {
  const text = (body: string): Record<string, string> => index(`exports.f = function (a, b) { ${body} }`)
  const old = text('void arguments; return 0')

  const allowed: Record<string, string> = {
    'in a loop in front':
      'var n = 0; for (var i = 0; i < arguments.length; i++) if (arguments[i] !== undefined) n++; a = 9; return [n, a]',
    'as a list in front': 'var all = [].slice.call(arguments); a = 9; return [all[0], a]',
  }
  for (const [how, body] of Object.entries(allowed))
    it(`are read before the parameters are assigned: ${how}`, async () => {
      await checkBothWays(old, text(body), '', 'lib.f(1)', [0, [1, 9]])
    })

  const refused: Record<string, string> = {
    'behind an assignment': 'a = 9; return arguments[0]',
    'in a loop that assigns': 'for (var i = 0; i < 2; i++) { if (i && arguments[0] === 9) return 1; a = 9 }',
    'by another name': 'var all = arguments; a = 9; return all[0]',
    'with an assignment in a function': 'function set() { a = 9 } set(); return [arguments[0], set]',
    'as what is assigned': 'void arguments.length; [arguments[0]] = [3]; a += 1; return a',
  }
  for (const [how, body] of Object.entries(refused))
    it(`are a problem: ${how}`, async () => {
      await withPatch(old, text(body), '', async (_, made) => {
        assert.match(problemsOf(made).join(), /'arguments'/)
      })
    })
})
