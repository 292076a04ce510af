// What a patch cannot do is told with its place, and no patch is made of it silently.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { type Build, build } from '#dist/build/build.js'
import { readVersion } from '#dist/build/read/folder.js'
import { writeFiles } from '../support/files.ts'

const work = mkdtempSync(join(tmpdir(), 'umbra-report-'))
after(() => rmSync(work, { recursive: true }))
let count = 0

function compare(old: Record<string, string>, young: Record<string, string>): Build {
  const folder = join(work, String(++count))
  const sides = { '1.0.0': old, '1.0.1': young }
  for (const [version, files] of Object.entries(sides)) {
    const manifest = JSON.stringify({ name: 'lib', version, main: 'index.js' })
    writeFiles(join(folder, version), { 'package.json': manifest, ...files })
  }
  return build(readVersion(join(folder, '1.0.0')), readVersion(join(folder, '1.0.1')))
}

const problems = ({ findings }: Build): string[] =>
  findings.filter((one) => one.severity === 'problem').map((one) => `${one.file}:${one.line}: ${one.why}`)

describe('no change', () => {
  it('are comments, formatting, quotes, braces, let for const and the version', () => {
    const made = compare(
      { 'index.js': `let V = '1.0.0'\nexports.f = function f(a) { if (a) return "x"; return V }` },
      {
        'index.js': `const V = "1.0.1" // the version\nexports.f = function f(a) {\n  if (a) { return ('x') }\n  return V\n}`,
      },
    )
    assert.equal(made.empty, true)
    assert.deepEqual(
      made.findings.map(({ severity, line, what, why }) => [severity, line, what, why]),
      [['note', 1, '"1.0.1"', 'it says which release it is of, and that stays the running one']],
    )
  })

  it('is the version where it is in the patch, with the function that says it', () => {
    const text = (version: string, more: string): string =>
      `exports.f = function f(a) { return a${more} + '${version}' }`
    const made = compare({ 'index.js': text('1.0.0', '') }, { 'index.js': text('1.0.1', ' * 2') })
    assert.deepEqual(made.findings, [])
    assert.match(made.code, /return a \* 2 \+ '1\.0\.1'/)
  })

  it('are parentheses of a compiler around an import, and escaped slashes', () => {
    const text = (call: string, slash: string): Record<string, string> => ({
      'index.js': `const util_1 = require('util'); const own = { f: () => 1 }; const late = ${call}(setTimeout)
        exports.f = () => [late, /[${slash}x]/]`,
    })
    assert.equal(compare(text('(0, util_1.promisify)', '\\/'), text('util_1.promisify', '/')).empty, true)
    assert.equal(compare(text('(0, own.f)', '/'), text('own.f', '/')).empty, false)
  })

  it('is another spelling of the same', () => {
    const text = (code: string): Record<string, string> => ({
      'index.js': `const own = { a: 1 }; ${code}; exports.f = () => own`,
    })
    const same = [
      ["own['a'] = 2", 'own.a = 2'],
      ['own.a = void 0, own.b = !0, own.c = !1', 'own.a = undefined, own.b = true, own.c = false'],
      ['own.a = `text`', `own.a = 'text'`],
      [`own.stat = require('node:fs').stat`, `own.stat = require('fs').stat`],
      ['[1].forEach(function (x) { own[x] = x })', '[1].forEach((x) => { own[x] = x })'],
      ['own.list = [1].map(function (x) { return x + 1 })', 'own.list = [1].map((x) => x + 1)'],
      ['try { own.a = 2 } catch (e) { own.b = 1 }', 'try { own.a = 2 } catch { own.b = 1 }'],
      ['own.list = [1].map(function (x) { return class {} })', 'own.list = [1].map((x) => class {})'],
    ]
    for (const [a, b] of same) {
      const made = compare(text(a!), text(b!))
      assert.deepEqual([made.empty, made.findings], [true, []], a)
      assert.equal(compare(text(b!), text(a!)).empty, true, b)
    }
    const others = [
      ['own.a = void own.f()', 'own.a = undefined'],
      ['try { own.a = 2 } catch (e) { own.b = e }', 'try { own.a = 2 } catch { own.b = e }'],
      ['own.a = String.raw`\\x41`', 'own.a = String.raw`A`'],
      ['[1].forEach(function (x) { own[x] = this })', '[1].forEach((x) => { own[x] = this })'],
      ['[1].forEach(function () { own.a = arguments[0] })', '[1].forEach((x) => { own.a = arguments[0] })'],
    ]
    for (const [a, b] of others) {
      const { empty, findings } = compare(text(a!), text(b!))
      assert.ok(!empty || findings.length > 0, a)
    }
  })

  it('is what calls go through that only look like those of a compiler', () => {
    const text = (n: number): Record<string, string> => ({
      'index.js': `function one({ a }) { return a ? a.default : a }; const own = { f: () => ${n} }; const forEach = (list, f) => { for (const one of list) f(one) }
        forEach(Object.keys(own), function (key) { exports[key] = own[key] })
        Object.keys(own).forEach((key) => class {}); Object.keys(own).forEach((key) => { Object.defineProperty(exports, key) })`,
    })
    assert.equal(compare(text(1), text(1)).empty, true)
    assert.deepEqual(problems(compare(text(1), text(2))), [])
  })

  it('is a version that somebody forgot to count up, but not that of something else', () => {
    const text = (own: string, other: string): Record<string, string> => ({
      'index.js': `const version = { full: '${own}', major: 1, minor: 0, patch: 0, beta: false }
        exports.version = version; exports.VERSION = '${own}'; exports.protocol = { version: '${other}' }`,
    })
    const isEmpty = (own: string, other: string): boolean =>
      compare(text('1.0.0-rc.1', '1.0.0-rc.1'), text(own, other)).empty
    assert.equal(isEmpty('1.0.0-rc.2', '1.0.0-rc.1'), true)
    assert.equal(isEmpty('1.0.0-rc.1', '1.0.0-rc.2'), false)
    assert.equal(isEmpty('2.0.0', '1.0.0-rc.1'), false)
  })

  it('is one in two parts, and the day of the release beside it', () => {
    const text = (major: string, minor: string, day: string): Record<string, string> => ({
      'index.js': `exports.editor = { majorVersion: '${major}', minorVersion: '${minor}', releaseDate: '${day}' }`,
    })
    const isEmpty = (...[major, minor, day]: [string, string, string]): boolean =>
      compare(text('1', '0.0', '2026-04-29'), text(major, minor, day)).empty
    assert.equal(isEmpty('1', '0.1', '2026-05-19'), true)
    assert.equal(isEmpty('1', '0.1', 'soon'), false)
    assert.equal(isEmpty('1', '5.1', '2026-05-19'), false)
  })

  it('may have a code name beside it', () => {
    const text = (dot: number, key: string, name: string): Record<string, string> => ({
      'index.js': `exports.version = { full: '1.0.${dot}', major: 1, minor: 0, dot: ${dot}, ${key}: '${name}' }`,
    })
    const isEmpty = (key: string): boolean => compare(text(0, key, 'a'), text(1, key, 'b')).empty
    assert.equal(isEmpty('codeName'), true)
    assert.equal(isEmpty('channel'), false)
  })
})

describe('a problem with its place', () => {
  const cases: Record<string, [string, string, RegExp]> = {
    'start-up code with effects': [
      `exports.f = () => 1`,
      `exports.f = () => 1\nprocess.on('exit', () => {})`,
      /^index\.js:2: .*start-up/,
    ],
    'a superclass': [
      `class One {}\nclass Other {}\nexports.C = class C extends One { m() {} }`,
      `class One {}\nclass Other {}\nexports.C = class C extends Other { m() {} }`,
      /^index\.js:3: .*superclass/,
    ],
    'a class field that begins with another value, without a constructor to say so': [
      `exports.C = class C { a = 1;\n b = 1; m() { return this.b } }`,
      `exports.C = class C { a = 1;\n b = 2; m() { return this.b } }`,
      /^index\.js:2: .*field/,
    ],
    'a field that nothing tells for objects made before, and that others ask for': [
      `exports.C = class C { constructor(a) { this.a = a.b } m() { return 1 } }\nexports.f = (c) => 1`,
      `exports.C = class C { constructor(a) { this.a = a.b; this.n = a.length } m() { return 1 } }\nexports.f = (c) => c.n`,
      /^index\.js:1: .*depends on 'a'/,
    ],
    'state in a value that changes': [
      `const seen = {}\nexports.f = (k) => { seen[k] = 1; return seen }`,
      `const seen = Object.create({ x: 1 })\nexports.f = (k) => { seen[k] = 1; return seen }`,
      /'seen' has to be made anew/,
    ],
    'a function that became a generator': [
      `exports.f = function f() { return [1] }`,
      `exports.f = function* f() { yield 1 }`,
      /^index\.js:1: .*generator/,
    ],
    'a local without a value of its own that a kept closure cannot have': [
      `exports.f = function f(a) { return function g() { return 1 } }`,
      `exports.f = function f(a) { let t; t = a.time(); return function g() { return t } }`,
      /'t' is a new variable/,
    ],
    'a local that a kept closure cannot have': [
      `exports.f = function f(a) { return function g() { return 1 } }`,
      `exports.f = function f(a) { const t = a.time(); return function g() { return t } }`,
      /'t' is a new variable/,
    ],
  }
  for (const [name, [old, young, expected]] of Object.entries(cases)) {
    it(name, () => {
      const found = problems(compare({ 'index.js': old }, { 'index.js': young }))
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0]!, expected)
    })
  }

  it('names what is taken from a package of which the program has another version than the release asks for', () => {
    const of = (version: string, dep: string, text: string): Record<string, string> => ({
      'index.js': `${text}; exports.size = (x) => measure(x)`,
      'package.json': JSON.stringify({ name: 'lib', version, main: 'index.js', dependencies: { dep } }),
    })
    const [whole, member] = [`const measure = require('dep')`, `const measure = require('dep').measure`]
    const found = (range: string, text: string): string =>
      problems(compare(of('1.0.0', '^2.0.1', whole), of('1.0.1', range, text))).join()
    assert.match(found('^5.0.0', member), /^index\.js:1: it is taken from dep@\^5\.0\.0/)
    assert.equal(found('^2.1.0', member), '')
    assert.equal(found('^5.0.0', `${whole}; exports.more = () => 1`), '')
  })

  it('names what stands in the way of a member, and not the name that it lacks for that', () => {
    const old = `exports.f = (k) => { seen[k] = 1; return seen }; exports.make = function make(o) { return 1 }`
    const young = `exports.f = (k) => { seen[k] = 1; return seen }; function build(o) { return seen }; exports.build = build`
    const use = (name: string): string =>
      `const lib = require('./lib'); exports.${name}it = (k) => lib.${name}(k)`
    const found = problems(
      compare(
        { 'index.js': use('make'), 'lib.js': `const seen = {}\n${old}` },
        { 'index.js': use('build'), 'lib.js': `const seen = Object.create({ x: 1 })\n${young}` },
      ),
    ).join('\n')
    assert.match(found, /'seen' has to be made anew/)
    assert.doesNotMatch(found, /sees no name/)
  })

  it('names a constant that the package gets by importing its module as it runs', () => {
    const text = (value: number): Record<string, string> => ({
      'index.mjs': `export const get = async () => (await import('./late.mjs')).value`,
      'late.mjs': `export const value = ${value}`,
    })
    const found = problems(compare(text(1), text(2)))
    assert.match(found.join(), /^late\.mjs:1: .*imports the module as it runs goes on with the old one$/)
  })

  it('names compiled code whose state is made with other members now', () => {
    const text = (state: string, used: string): Record<string, string> => ({
      'index.js': `exports.make = () => { const state = ${state}; return Function('state', 'use', 'return () => use.call(state)')(state, use) }
        function use() { return this.${used} }`,
    })
    const found = problems(compare(text('{ a: 1 }', 'a'), text('{ a: 1, b: [2] }', 'b[0]')))
    assert.match(found.join(), /index\.js:1: what it compiled before the patch has other members/)
  })

  it('names compiled code that is made with other members now', () => {
    const text = (key: string): Record<string, string> => ({
      'index.js': `exports.make = (state) => { const made = Function('use', 'return function () { return use.call(this.made) }')(use); made.${key} = state; return made }
        function use() { return this.${key} }`,
    })
    const found = problems(compare(text('secret'), text('state')))
    assert.match(found.join(), /index\.js:1: what it compiled before the patch has other members/)
  })

  it('tells of compiled code whose text a function that changed has made', () => {
    const text = (made: string): Record<string, string> => ({
      'index.js': `function Compiler() {} Compiler.prototype.compile = function (ast) { return Function('x', 'return ' + this.text(ast)) }
        Compiler.prototype.text = function (ast) { return ${made} }; exports.compile = (ast) => new Compiler().compile(ast)`,
    })
    const made = compare(text('ast'), text(`'(' + ast + ')'`))
    assert.deepEqual(problems(made), [])
    const [found] = made.findings
    assert.equal(found?.what, 'Compiler.prototype.compile')
    assert.match(
      found.why,
      /what it compiled before the patch stays as it was, made by functions that changed/,
    )
  })

  it('does not name compiled code that is given what it was', () => {
    const text = (made: string): Record<string, string> => ({
      'index.js': `exports.make = (use, names) => { const code = ['return use.', 'call(0)']; ${made}
          const compiled = new Function('use', code.join('')); return compiled(use) }`,
    })
    const count = (more: string): string =>
      `const all = { count: 1${more} }; code.push(all.count > 1 ? '+1' : '')`
    assert.deepEqual(problems(compare(text(count('')), text(count(', used: true')))), [])
    const inFunction = text('const known = {}; names.forEach((one) => { known[one] = 1 })')
    const inLoop = text('const known = {}; for (const one of names) { known[one] = 1 }')
    assert.deepEqual(problems(compare(inFunction, inLoop)), [])
  })
})
