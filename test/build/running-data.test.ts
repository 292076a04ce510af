// What start-up code has made of data is changed where it is: both versions' start-up code is run apart, and what comes of it compared.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays as check, problemsOf, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

describe('rules that start-up code adds by functions of the module', () => {
  const text = (rules: string, irregular: string): Files => ({
    'index.js': `
      const rules = []
      const irregular = {}
      function plural(word) {
        if (word in irregular) return irregular[word]
        for (let i = rules.length - 1; i >= 0; i--)
          if (rules[i][0].test(word)) return word.replace(rules[i][0], rules[i][1])
        return word
      }
      plural.add = (rule, text) => { rules.push([rule, text]) }
      plural.addIrregular = function () { irregular[arguments[0]] = arguments[1] }
      plural.rules = () => rules.length;
      [${rules}].forEach((rule) => plural.add(rule[0], rule[1]));
      [${irregular}].forEach((pair) => { plural.addIrregular(pair[0], pair[1]) })
      if (typeof define === 'function' && define.amd) define(() => plural)
      module.exports = plural`,
  })

  it('are changed, with those that the program has added', async () => {
    await check(
      text(`[/$/, 's'], [/fish$/, 'fishes']`, `['man', 'mans'], ['gone', 'gones']`),
      text(`[/$/, 's'], [/s$/, 'ses'], [/fish$/, 'fish']`, `['man', 'men'], ['foot', 'feet']`),
      `lib.add(/ox$/, 'oxen'); lib.addIrregular('own', 'owned')`,
      `['cat', 'bus', 'fish', 'ox', 'man', 'gone', 'foot', 'own'].map((word) => lib(word)).concat(lib.rules())`,
      [
        ['cats', 'buss', 'fishes', 'oxen', 'mans', 'gones', 'foots', 'owned', 3],
        ['cats', 'buses', 'fish', 'oxen', 'men', 'gones', 'feet', 'owned', 4],
      ],
    )
  })

  it('leave what the program has set itself', async () => {
    await check(
      text('', `['man', 'mans'], ['foot', 'foots']`),
      text('', `['man', 'men'], ['foot', 'feet']`),
      `lib.addIrregular('man', 'people')`,
      `[lib('man'), lib('foot')]`,
      [
        ['people', 'foots'],
        ['people', 'feet'],
      ],
    )
  })

  it('go on being added while the patch is there, and stay', async () => {
    const [old, young] = [text(`[/$/, 's']`, ''), text(`[/$/, 'z'], [/x$/, 'xes']`, '')]
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      await program.load(made.code, 'patch.mjs')
      assert.deepEqual(await program.run(`(lib.add(/own$/, 'owned'), ['a', 'x', 'own'].map(lib))`), [
        'az',
        'xes',
        'owned',
      ])
      await program.disable(made.name)
      assert.deepEqual(await program.run(`['a', 'x', 'own'].map(lib)`), ['as', 'xs', 'owned'])
    })
  })
})

describe('a table that start-up code makes of others', () => {
  const grammar = (clike: string, more: string): Files => ({
    'index.js': `
      const languages = {
        extend(id, own) { return { ...languages[id], ...own } },
        before(id, key, added) {
          const grammar = languages[id]
          const made = {}
          for (const one of Object.keys(grammar)) {
            if (one === key) Object.assign(made, added)
            made[one] = grammar[one]
          }
          return (languages[id] = made)
        },
      }
      exports.languages = languages
      exports.tokens = (id, text) => Object.keys(languages[id]).filter((key) => languages[id][key]?.test?.(text))
      languages.clike = { ${clike} }
      languages.js = languages.extend('clike', { regex: /\\/.*\\// })
      ${more}`,
  })

  it('gets its new members where they belong', async () => {
    await check(
      grammar(`comment: /#.*/, word: /\\w+/`, ''),
      grammar(
        `comment: /#.*/, string: /'.*'/, word: /[a-z]+/`,
        `languages.before('js', 'word', { number: /\\d/ })`,
      ),
      'const held = lib.languages.js',
      `[lib.tokens('clike', "'a1'"), lib.tokens('js', "'a1'"), Object.keys(held).join(), held === lib.languages.js]`,
      [
        [['word'], ['word'], 'comment,word,regex', true],
        [['string', 'word'], ['string', 'number', 'word'], 'comment,string,number,word,regex', true],
      ],
    )
  })
})

describe('what start-up code no longer adds', () => {
  const text = (more: string): Files => ({
    'index.js': `
      const words = { b: { test: /b/, inside: {} }, a: { test: /a/, inside: {} } }
      const nest = (inner, outer, key) => { words[outer].inside[key] = { test: /x/, inside: { rest: words[inner] } } }
      exports.words = words
      exports.depth = (one) => Object.values(one.inside).map(({ inside }) => 1 + (inside.rest === one ? 0 : exports.depth(inside.rest))).join()
      nest('a', 'a', 'self')
      ${more}`,
  })
  const [old, young] = [text(`nest('b', 'a', 'gone'); nest('a', 'b', 'back')`), text('')]
  const use = `[Object.keys(lib.words.a.inside).join(), Object.keys(lib.words.b.inside).join(), lib.words.b.test.test('b')]`

  it('goes where it leads back to what stays', async () => {
    await check(old, young, `lib.words.b.test = /./`, use, [
      ['self,gone', 'back', true],
      ['self', '', true],
    ])
  })

  it('stays where the program has put something else into it', async () => {
    await check(old, young, `lib.words.a.inside.gone.inside.rest = { test: /own/, inside: {} }`, use, [
      ['self,gone', 'back', true],
      ['self,gone', '', true],
    ])
  })
})

describe('data of another file', () => {
  it('is changed together with what start-up code has made of it elsewhere', async () => {
    const files = (list: string): Files => ({
      'index.js': `const { table } = require('./table'); const names = { all: Object.keys(table) }; exports.names = () => names.all; exports.get = (key) => table[key]`,
      'table.js': `const table = {}; exports.table = table; const set = (key, value) => { table[key] = value }; exports.set = set; ${list}`,
    })
    await check(
      files(`set('a', 1)`),
      files(`set('a', 2); set('b', [3])`),
      '',
      `[lib.names(), lib.get('a'), lib.get('b') ?? 0]`,
      [
        [['a'], 1, 0],
        [['a', 'b'], 2, [3]],
      ],
    )
    await withBuild(
      {
        ...files(`set('a', 1)`),
        'index.js': `const { table } = require('./table'); exports.text = () => text; const text = Date.now() && Object.keys(table).join()`,
      },
      {
        ...files(`set('b', 1)`),
        'index.js': `const { table } = require('./table'); exports.text = () => text; const text = Date.now() && Object.keys(table).join()`,
      },
      async (made) => assert.notDeepEqual(problemsOf(made), []),
    )
  })
})

describe('members that start-up code hides', () => {
  const files = (codes: string, copied: string): Files => ({
    'failure.js': `function Failure(code) { this.code = code }
      var descriptors = {};
      [${codes}].forEach(function (code) { descriptors[code] = { value: code } })
      Object.defineProperties(Failure, descriptors)
      module.exports = Failure`,
    'index.js': `var Failure = require('./failure')
      var copy = Date.now() > 0 ? ${copied} : undefined
      exports.Failure = Failure
      exports.copy = () => copy`,
  })

  it('are put there hidden, whatever others have taken over', async () => {
    await check(
      files(`'A'`, 'Object.assign({}, Failure)'),
      files(`'A', 'B'`, 'Object.assign({}, Failure)'),
      '',
      '[lib.Failure.B, Object.getOwnPropertyNames(lib.Failure).at(-1), Object.keys(lib.Failure), lib.copy().B]',
      [
        [null, 'A', [], null],
        ['B', 'B', [], null],
      ],
    )
  })

  it('are a problem where others have looked for hidden ones', async () => {
    const copied = 'Object.getOwnPropertyNames(Failure).length'
    await withBuild(files(`'A'`, copied), files(`'A', 'B'`, copied), async (made) =>
      assert.notDeepEqual(problemsOf(made), []),
    )
  })
})

describe('a value that start-up code makes and exports', () => {
  const files = (other: string): Files => ({
    'index.js': `var TAG = require('./tags').TAG; exports.isTag = (text) => TAG.test(text); exports.tags = () => require('./tags')`,
    'tags.js': `function replace(regex) {
        regex = regex.source
        return function self(name, value) {
          if (!name) return new RegExp(regex)
          regex = regex.replace(name, value.source)
          return self
        }
      }
      var open = replace(/<name>/)('name', /[a-z]+/)()
      var TAG = replace(/^(?:open|other)$/)('open', open)('other', /${other}/)()
      module.exports.TAG = TAG`,
    'show.js': `#!/usr/bin/env node
      var lib = require('./index'); console.log(new Date(), lib.isTag('<a>'))`,
  })

  it('reaches files of the package that have taken it, and is no matter of a script of its own', async () => {
    await check(
      files('<!--a*-->'),
      files('<!--b*-->'),
      '',
      `[lib.isTag('<a>'), lib.isTag('<!--b-->'), lib.tags().TAG.test('<!--b-->')]`,
      [
        [true, false, false],
        [true, true, true],
      ],
    )
  })
})

describe('start-up code that comes to the same', () => {
  it('needs nothing', async () => {
    const text = (keys: string): Files => ({
      'index.js': `
        function Walker(value) { this.value = value }
        Walker.prototype.sum = function () { let sum = 0; for (const key of keysOf(this.value)) sum += this.value[key]; return sum }
        function keysOf(value) { return ${keys} }
        function walk(value) { return new Walker(value) }
        keysOf(Walker.prototype).forEach((key) => { walk[key] = (value) => new Walker(value)[key]() })
        module.exports = walk`,
    })
    await check(
      text('Object.keys(value)'),
      text('Reflect.ownKeys(value)'),
      'const { sum } = lib',
      '[sum({ a: 1, [Symbol.for("x")]: 2 }), lib.sum({ b: 3 })]',
      [
        [1, 3],
        [3, 3],
      ],
    )
  })
})

describe('a bundle whose own start-up code exports what it has', () => {
  const bundle = (rules: string): Files => ({
    'index.js': `
      (function (root, factory) {
        if (typeof exports === 'object' && typeof module === 'object') module.exports = factory()
        else root.lib = factory()
      })(this, function () {
        return (function () {
          var all = {}
          ;(function (to, from) {
            for (var key in from) Object.defineProperty(to, key, { enumerable: true, get: from[key] })
          })(all, { default: function () { return made } })
          var rules = { s: {} }
          function add(kind, end, text) { rules[kind][end] = text }
          ${rules}
          var plural = function plural(word) { return word + (rules.s[word.at(-1)] ?? 's') }
          var made = { inside: { plural: plural, add: add } }
          all = all.default
          return all
        })()
      })`,
  })
  const [old, young] = [`add('s', 'x', 's')`, `add('s', 'x', 'es'); add('s', 'h', 'es')`]

  it('is changed by way of a function that this has shown to be there', async () => {
    await check(
      bundle(old),
      bundle(young),
      `lib.inside.add('s', 'o', 'oes')`,
      `['ox', 'fish', 'do', 'cat'].map(lib.inside.plural)`,
      [
        ['oxs', 'fishs', 'dooes', 'cats'],
        ['oxes', 'fishes', 'dooes', 'cats'],
      ],
    )
  })

  it('is left where the program has put something else there', async () => {
    const setup = 'const { plural } = lib.inside; lib.inside = { plural: () => 1, add: () => 2 }'
    await withPatch(bundle(old), bundle(young), setup, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const { message } = await program.refuse(made.code)
      assert.match(message, /is not what the module exports any more/)
      assert.equal(await program.run(`plural('ox')`), 'oxs')
    })
  })
})

describe('start-up code', () => {
  const refused = async (old: string, young: string): Promise<void> => {
    await withBuild({ 'index.js': old }, { 'index.js': young }, async (made) => {
      assert.notDeepEqual(problemsOf(made), [], young)
    })
  }
  const text = (statement: string): string =>
    `const table = []; exports.add = (one) => table.push(one); exports.all = () => table; ${statement}`

  it('is a problem where it needs more than the language', async () => {
    for (const value of [
      'Math.random()',
      'Date.now()',
      'new Date().getFullYear()',
      `require('os').cpus().length`,
    ])
      await refused(text(`exports.add(1 + ${value})`), text(`exports.add(2 + ${value})`))
  })

  it('is a problem where what it makes depends on the process', async () => {
    for (const value of ['process.platform', 'process.version', 'process.env.MODE'])
      await refused(text(`exports.add([1, ${value}])`), text(`exports.add([2, ${value}])`))
  })

  it('is a problem where what it makes depends on what other code has made global', async () => {
    for (const value of ['globalThis.mode', 'typeof mode'])
      await refused(text(`exports.add([1, ${value}])`), text(`exports.add([2, ${value}])`))
  })

  it('is a problem where it changes objects of the language', async () => {
    await refused(
      text(`String.prototype.own = 1; exports.add(1)`),
      text(`String.prototype.own = 2; exports.add(1)`),
    )
  })

  it('is a problem where closures that it has made see something else', async () => {
    const made = (n: number): string => `const is = (n) => (one) => one === n; const table = {};
      function add(name, fn) { table[name] = fn } add('a', is(${n})); exports.ask = (name, one) => table[name](one); exports.add = add`
    await refused(made(1), made(2))
  })
})

describe('data that start-up code puts on what another module exports', () => {
  const umd = (names: string[], text: string): string => `;(function (root, factory, undef) {
      if (typeof exports === 'object') module.exports = exports = factory(${names.map((one) => `require('./${one}')`).join(', ')})
      else factory(root.All)
    }(this, function (All) { (function () { var C = All, algo = C.algo; ${text} }()); return All }))`
  const core = umd([], '').replace(
    'function (All) {',
    'function () { var All = { algo: {}, made: 0, extend(o) { All.made++; return Object.assign(Object.create(this), o) } };',
  )
  const files = (hasher: string, times: number, more: Files = {}): Files => ({
    'index.js': `module.exports = require('./core'); require('./one'); require('./kdf')`,
    'core.js': core,
    'one.js': umd(['core'], `algo.One = C.extend({ name: 'one' })`),
    'two.js': umd(['core'], `algo.Two = C.extend({ name: 'two' })`),
    'kdf.js': umd(
      ['core', hasher.toLowerCase()],
      `var H = algo.${hasher}; var Kdf = algo.Kdf = C.extend({ cfg: C.extend({ hasher: H, times: ${times} }), run: function () { return this.cfg.hasher.name + this.cfg.times } }); C.kdf = function () { return Object.create(Kdf).run() }`,
    ),
    ...more,
  })
  const use = `[lib.kdf(), lib.algo.Kdf.run(), lib.algo.One.name, kdf.run()]`
  const setup = `const kdf = Object.create(lib.algo.Kdf)`

  it('is changed there, with what has to be loaded for it', () =>
    check(files('One', 1), files('Two', 250), setup, use, [
      ['one1', 'one1', 'one', 'one1'],
      ['two250', 'two250', 'one', 'two250'],
    ]))

  it('stays where the program has set something else', () =>
    check(files('One', 1), files('Two', 250), `${setup}; lib.algo.Kdf.cfg.times = 7`, use, [
      ['one7', 'one7', 'one', 'one7'],
      ['two7', 'two7', 'one', 'two7'],
    ]))

  it('is not missed where nothing asks for it: a module that is loaded in addition', () =>
    check(
      { ...files('One', 1), 'index.js': umd(['core', 'one', 'kdf'], '') },
      {
        ...files('One', 1, { 'three.js': umd(['core'], `algo.Three = C.extend({ name: 'three' })`) }),
        'index.js': umd(['core', 'one', 'three', 'kdf'], ''),
        'one.js': umd(['core'], `algo.One = C.extend({ name: 'one!' })`),
      },
      '',
      `[lib.kdf(), typeof lib.algo.Three]`,
      [
        ['one1', 'undefined'],
        ['one!1', 'undefined'],
      ],
    ))

  it('is a problem where that needs a new module', () =>
    withBuild(
      files('One', 1),
      files('Three', 250, { 'three.js': umd(['core'], `algo.Three = C.extend({ name: 'three' })`) }),
      async (made) => {
        assert.match(problemsOf(made).join(), /^kdf\.js/)
      },
    ))
})

describe('data of a prototype that is exported by its objects alone', () => {
  const parser = (rule: string): string => `
    const parser = (function () {
      var parser = { parse(text) { return this.lexer.lex(text) } }
      var lexer = (function () {
        var lexer = { lex(text) { return this.rules.map((rule) => rule.exec(text)?.[0]) } }
        lexer.rules = [/^a/, ${rule}]
        return lexer
      })()
      parser.lexer = lexer
      function Parser() { this.yy = {} }
      Parser.prototype = parser
      parser.Parser = Parser
      return new Parser()
    })()
    exports.default = parser
    module.exports = exports.default`
  const files = (rule: string, more = ''): Files => ({
    'index.js': `
      const parser = require('./parser')
      function Fault(message) { this.message = message }
      Fault.prototype = new Error()
      const lib = { parser, Fault, VERSION: 1 }
      lib.parse = (text) => parser.parse(text)
      lib.lib = lib
      function load(module) { module.exports = parser.parse('a') }
      if (require.extensions) require.extensions['.own'] = load
      ${more}
      module.exports = lib`,
    'parser.js': parser(rule),
  })
  const use = `[own.parse('abb'), lib.parse('abb'), lib.parser.lexer.rules.length, new lib.Fault('x') instanceof Error]`

  it('is changed where it is, once', async () => {
    const own = 'const own = new lib.parser.Parser()'
    const [old, young] = [files('/b+/'), files('/b+?/')]
    await check(old, young, own, use, [
      [['a', 'bb'], ['a', 'bb'], 2, true],
      [['a', 'b'], ['a', 'b'], 2, true],
    ])
    await withPatch(
      old,
      young,
      own,
      async (program, made) => {
        const loaded = await program.load(made.code, 'patch.mjs')
        assert.doesNotMatch(JSON.stringify(loaded), /stays as it is/)
      },
      { alone: true },
    )
  })

  it('is a problem where start-up code asks who else loads files', async () => {
    const more = `if (require.extensions['.mjs']) lib.rules = parser.lexer.rules.map(String)`
    await withBuild(files('/b+/', more), files('/b+?/', more), async (made) => {
      assert.notDeepEqual(problemsOf(made), [])
    })
  })
})

describe('what another package gives, compared with something', () => {
  it('is a problem, as there is nothing to compare apart', async () => {
    const text = (sep: string): Files => ({
      'index.js': `const path = require('path'); const rules = []; const add = (rule) => rules.push(rule);
        exports.count = () => rules.length; exports.add = add; [1, 2].forEach((one) => add(one)); if (path.sep === '${sep}') { add('posix') }`,
    })
    await withBuild(text('x'), text('/'), async (made) => {
      assert.match(problemsOf(made).join(), /index\.js/)
    })
  })
})

describe('a function that changed and that start-up code alone has called', () => {
  const text = (result: string, by: number): Files => ({
    'index.js': `const path = require('path')
      function supports() { const made = {}; try { return ${result} } catch { return false } }
      const isSupported = Object.defineProperty && supports()
      exports.f = (x) => (isSupported ? path.basename(x) : x) + ${by}`,
  })

  it('makes no difference where it gives the same', () =>
    check(
      text(`Object.defineProperty(made, 'x', { value: 1, enumerable: false }).x === 1`, 1),
      text(`Object.defineProperty(made, 'x', { enumerable: false, value: 2 }).x === 2`, 2),
      '',
      `lib.f('a/b')`,
      ['b1', 'b2'],
    ))

  it('is a problem where what it gave cannot be told', () =>
    withBuild(text(`path.sep === '/'`, 1), text('Boolean', 2), async (made) => {
      assert.match(problemsOf(made).join(), /only start-up code calls it/)
    }))

  it('is a problem where what it gives cannot be told', () =>
    withBuild(text(`path.sep === '/'`, 1), text(`path.delimiter === ':'`, 2), async (made) => {
      assert.match(problemsOf(made).join(), /only start-up code calls it/)
    }))
})

describe('a set that start-up code gives other elements', () => {
  const text = (elements: string, more: string): string =>
    `class J { static has(x) { return [...J.ops].includes(x) } }
     Object.assign(J, { ops: new Set([${elements}]), levels: { a: 1${more} } })
     const held = J.ops
     exports.J = J
     exports.isHeld = (x) => held.has(x)`
  const old = { 'index.js': text("'a', 'b'", '') }
  const young = { 'index.js': text("'c', 'a'", ', c: 2') }

  it('gets them where it is, beside those that the program has added', async () => {
    await withPatch(old, young, `const { J } = lib; J.ops.add('own')`, async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      const use = `[[...J.ops], lib.isHeld('c'), J.has('b'), J.has('own'), J.levels]`
      for (let round = 0; round < 2; round++) {
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run(use), [['c', 'a', 'own'], true, false, true, { a: 1, c: 2 }])
        await program.disable(made.name)
        assert.deepEqual(await program.run(use), [['a', 'b', 'own'], false, true, true, { a: 1 }])
        await program.unload(made.name)
      }
    })
  })

  it('is a problem where these are objects, which nothing tells', async () => {
    const other = { 'index.js': text("{ a: 1 }, 'a'", ', c: 2') }
    await withPatch(old, other, '', async (_, made) => {
      assert.match(problemsOf(made).join(), /Object\.assign\(J, \{/)
    })
  })
})
