// What is new in one file reaches the functions of others as it does when the new version is loaded: through barrels,
// the helpers of compilers and the tables of bundlers.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkBothWays, problemsOf, Versions, withBuild, withPatch } from './versions.ts'

type Files = Record<string, string>

const TYPESCRIPT = `"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
var __importStar = (this && this.__importStar) || function (mod) { if (mod && mod.__esModule) return mod; var result = {};
  if (mod != null) for (var k in mod) if (k !== "default" && Object.prototype.hasOwnProperty.call(mod, k)) result[k] = mod[k];
  result["default"] = mod; return result; };
var __exportStar = function (m, exports) { for (var p in m) if (p !== "default") exports[p] = m[p]; };
Object.defineProperty(exports, "__esModule", { value: true });
`
const one = 'function one(x) { return [x] }'
const two = 'function two(x) { return [x, x] }'
const plain: [Files, Files] = [
  { 'a.js': `exports.one = ${one}` },
  { 'a.js': `exports.one = ${one}\nexports.two = ${two}` },
]
const typescript: [Files, Files] = [
  { 'a.js': `${TYPESCRIPT}exports.one = one;\n${one}` },
  { 'a.js': `${TYPESCRIPT}exports.one = one;\nexports.two = two;\n${one}\n${two}` },
]
const esm: [Files, Files] = [{ 'a.mjs': `export ${one}` }, { 'a.mjs': `export ${one}\nexport ${two}` }]
const getter = (name: string): string =>
  `Object.defineProperty(exports, "${name}", { enumerable: true, get: function () { return a_1.${name}; } });`

/** `lib.f(1)` is [1] with the old version and [1, 1] with the new one. */
const cases: Record<string, [Files, Files]> = {
  'a whole module of a compiler': [
    {
      'index.js': `${TYPESCRIPT}const a_1 = __importStar(require("./a"));\nexports.f = f;\nfunction f(x) { return a_1.one(x) }`,
      ...typescript[0],
    },
    {
      'index.js': `${TYPESCRIPT}const a_1 = __importStar(require("./a"));\nexports.f = f;\nfunction f(x) { return a_1.two(x) }`,
      ...typescript[1],
    },
  ],
  'a whole module that no compiler wrote': [
    {
      'index.js': `${TYPESCRIPT}const a_1 = __importStar(require("./a"));\nexports.f = f;\nfunction f(x) { return a_1.one(x) }`,
      ...plain[0],
    },
    {
      'index.js': `${TYPESCRIPT}const a_1 = __importStar(require("./a"));\nexports.f = f;\nfunction f(x) { return a_1.two(x) }`,
      ...plain[1],
    },
  ],
  'a default that has another value': [
    {
      'index.js': `${TYPESCRIPT}const a_1 = __importDefault(require("./a"));\nexports.f = f;\nfunction f(x) { return a_1.default[x] }`,
      'a.js': `${TYPESCRIPT}exports.default = { 1: [1] };`,
    },
    {
      'index.js': `${TYPESCRIPT}const a_1 = __importDefault(require("./a"));\nexports.f = f;\nfunction f(x) { return a_1.default[x] }`,
      'a.js': `${TYPESCRIPT}exports.default = { 1: [1, 1] };`,
    },
  ],
  'a barrel of getters': [
    {
      'index.js': `const all = require("./all");\nexports.f = (x) => all.one(x)`,
      'all.js': `var a_1 = require("./a");\n${getter('one')}`,
      ...plain[0],
    },
    {
      'index.js': `const all = require("./all");\nexports.f = (x) => all.two(x)`,
      'all.js': `var a_1 = require("./a");\n${getter('one')}\n${getter('two')}`,
      ...plain[1],
    },
  ],
  'a barrel that copies': [
    {
      'index.js': `const all = require("./all");\nexports.f = (x) => all.one(x)`,
      'all.js': `${TYPESCRIPT}__exportStar(require("./a"), exports);`,
      ...plain[0],
    },
    {
      'index.js': `const all = require("./all");\nexports.f = (x) => all.two(x)`,
      'all.js': `${TYPESCRIPT}__exportStar(require("./a"), exports);`,
      ...plain[1],
    },
  ],
  'a barrel of an ES module': [
    {
      'index.mjs': `import { one } from './all.mjs'\nexport function f(x) { return one(x) }`,
      'all.mjs': `export { one } from './a.mjs'`,
      ...esm[0],
    },
    {
      'index.mjs': `import { two } from './all.mjs'\nexport function f(x) { return two(x) }`,
      'all.mjs': `export { one, two } from './a.mjs'`,
      ...esm[1],
    },
  ],
  ...Object.fromEntries(
    Object.entries({
      'by name': { 'new.mjs': `import { two } from './a.mjs'\nexport const g = (x) => two(x)` },
      'as a namespace': { 'new.mjs': `import * as a from './a.mjs'\nexport const g = (x) => a.two(x)` },
      'by another new file': {
        'new.mjs': `import { h } from './newer.mjs'\nexport const g = (x) => h(x)`,
        'newer.mjs': `import { two } from './a.mjs'\nexport const h = (x) => two(x)`,
      },
      'to hand it on': { 'new.mjs': `export { two as g } from './a.mjs'` },
      'by a barrel': {
        'all.mjs': `export * from './a.mjs'`,
        'new.mjs': `import { two } from './all.mjs'\nexport const g = (x) => two(x)`,
      },
    }).map(([how, files]): [string, [Files, Files]] => [
      `an export that a new file takes ${how}`,
      [
        {
          'index.mjs': `import { one } from './a.mjs'\nexport function f(x) { return one(x) }`,
          ...('all.mjs' in files && { 'all.mjs': files['all.mjs'] }),
          ...esm[0],
        },
        {
          'index.mjs': `import { g } from './new.mjs'\nexport function f(x) { return g(x) }`,
          ...files,
          ...esm[1],
        },
      ],
    ]),
  ),
  'an export that a new file takes, in CommonJS': [
    { 'index.js': `const a = require('./a')\nexports.f = (x) => a.one(x)`, ...plain[0] },
    {
      'index.js': `const { g } = require('./new')\nexports.f = (x) => g(x)`,
      'new.js': `const { two } = require('./a')\nexports.g = (x) => two(x)`,
      ...plain[1],
    },
  ],
  'a barrel with a new file, as a namespace': [
    {
      'index.mjs': `import * as all from './all.mjs'\nexport function f(x) { return all.one(x) }`,
      'all.mjs': `export * from './a.mjs'`,
      ...esm[0],
    },
    {
      'index.mjs': `import * as all from './all.mjs'\nexport function f(x) { return all.two(x) }`,
      'all.mjs': `export * from './a.mjs'\nexport * from './b.mjs'`,
      ...esm[0],
      'b.mjs': `export ${two}`,
    },
  ],
  'a barrel with a new file, by name': [
    {
      'index.mjs': `import { one } from './all.mjs'\nexport function f(x) { return one(x) }`,
      'all.mjs': `export * from './a.mjs'`,
      ...esm[0],
    },
    {
      'index.mjs': `import { two } from './all.mjs'\nexport function f(x) { return two(x) }`,
      'all.mjs': `export * from './a.mjs'\nexport * from './b.mjs'`,
      ...esm[0],
      'b.mjs': `export ${two}`,
    },
  ],
}

describe('what is new in another file', () => {
  for (const [name, [old, young]] of Object.entries(cases)) {
    it(name, async () => {
      await withPatch(old, young, '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.deepEqual(await program.run('lib.f(1)'), [1])
        await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.f(1)'), [1, 1])
        await program.disable(made.name)
        assert.deepEqual(await program.run('lib.f(1)'), [1])
      })
    })
  }
})

const bundle = (used: string, added = ''): string => `module.exports = (function () {
  function r(e, n, t) { function o(i) { if (!n[i]) { var p = n[i] = { exports: {} };
    e[i][0].call(p.exports, function (r) { return o(e[i][1][r]) }, p, p.exports) } return n[i].exports } return o(t) } return r })()({
1: [function (require, module, exports) {
var utils = require('./utils')
exports.f = function (x) { return utils.${used}(x) }
}, { './utils': 2 }], 2: [function (require, module, exports) {
exports.one = ${one}
${added}
}, {}] }, {}, 1)`

const refused: Record<string, { old: Files; new: Files; says: RegExp }> = {
  'a new member of a module in a bundle': {
    old: { 'index.js': bundle('one') },
    new: { 'index.js': bundle('two', `exports.two = ${two}`) },
    says: /^index\.js:9: exports\.two.*start-up/,
  },
  'an entry that is another file': {
    old: { 'index.js': `exports.f = (x) => [x]`, 'dist/main.js': `exports.f = (x) => [x]` },
    new: {
      'package.json': `{ "name": "lib", "version": "1.0.1", "main": "dist/main.js" }`,
      'dist/main.js': `exports.f = (x) => [x, x]`,
    },
    says: /^index\.js:1: entry '\.': .*dist\/main\.js/,
  },
  'a function that only start-up code of another file calls': {
    old: {
      'index.js': `const a = require('./a')()\nexports.f = (x) => [x, a]`,
      'a.js': `module.exports = () => 1`,
    },
    new: {
      'index.js': `const a = require('./a')()\nexports.f = (x) => [x, a]`,
      'a.js': `module.exports = () => 2`,
    },
    says: /^a\.js:1: .*only start-up code calls it/,
  },
  'a definition that was handed over': {
    old: {
      'index.js': `const all = {}; const register = (n, f) => { all[n] = f() }\nregister('a', require('./a'))\nexports.f = () => all.a.v`,
      'a.js': `module.exports = function a() { return { v: 1 } }`,
    },
    new: {
      'index.js': `const all = {}; const register = (n, f) => { all[n] = f() }\nregister('a', require('./a'))\nexports.f = () => all.a.v`,
      'a.js': `module.exports = function a() { return { v: 2 } }`,
    },
    says: /^a\.js:1: .*only start-up code calls it/,
  },
}

describe('what the running program cannot get is a problem', () => {
  for (const [name, { old, new: young, says }] of Object.entries(refused)) {
    it(name, async () => {
      const versions = new Versions(old, young)
      try {
        const problems = problemsOf(await versions.build())
        assert.equal(problems.length, 1, problems.join('\n'))
        assert.match(problems[0]!, says)
      } finally {
        versions.remove()
      }
    })
  }
})

describe('a file that code names as it runs', () => {
  const data = (value: number): Files => ({ 'data.json': JSON.stringify({ value }), 'data.txt': `${value}` })
  const ways: Record<string, string> = {
    'a require of what is made of parts, at the start': `const all = require('./' + process.argv[1].length.toString().replace(/.+/, 'data') + '.json'); exports.f = () => all.value`,
    'a path of its folder': `const fs = require('fs'); const { join } = require('path'); exports.f = (x) => fs.readFileSync(join(__dirname, x + '.txt'), 'utf8')`,
    'a path by steps': `const fs = require('fs'); const path = require('path'); const root = path.join(__dirname, 'x'); exports.f = (x) => fs.readFileSync(path.resolve(root, '..', x), 'utf8')`,
    'a require beside a path': `const fs = require('fs'); exports.a = require('./data.json'); exports.f = () => fs.readFileSync(__dirname + '/data.json')`,
  }
  for (const [way, text] of Object.entries(ways))
    it(`and that is another one is a problem: ${way}`, () =>
      withBuild({ 'index.js': text, ...data(1) }, { 'index.js': text, ...data(2) }, async (made) => {
        assert.match(
          problemsOf(made).join(),
          /index\.js:1: data\.\w+: it may name this file, which is another one/,
        )
      }))

  it('and that is another one is a problem in an ES module', () => {
    const text = `import fs from 'node:fs'; export const f = () => fs.readFileSync(new URL('./data.json', import.meta.url))`
    return withBuild({ 'index.mjs': text, ...data(1) }, { 'index.mjs': text, ...data(2) }, async (made) => {
      assert.match(problemsOf(made).join(), /index\.mjs:1: data\.json: it may name this file/)
    })
  })

  it('and of which the lines end in another way is told, and nothing more', async () => {
    const text = `const fs = require('fs'); exports.f = (x) => fs.readFileSync(__dirname + '/' + x + '.txt', 'utf8')`
    const ends = (end: string, more = ''): Files => ({
      'index.js': text,
      'a.txt': ['a', 'b', more].join(end),
    })
    await withBuild(ends('\r\n'), ends('\n'), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(JSON.stringify(made.findings), /a\.txt.*its lines end in another way/)
    })
    await withBuild(ends('\r\n'), ends('\n', 'c'), async (made) => {
      assert.match(problemsOf(made).join(), /a\.txt: it may name this file/)
    })
  })

  it('and that says nothing but which release it is of is told', async () => {
    const text = (version: string, sha: string, limit: number): Files => ({
      'index.js': `const fs = require('fs'); exports.f = (x) => fs.readFileSync(__dirname + '/' + x + '.json', 'utf8')`,
      'build.json': `{ "comment": "made at 2026-01-0${version.at(-1)}T03:03:53Z", "commit": "${sha}", "lib": "${version}", "limit": ${limit} }`,
      'package.json': JSON.stringify({ name: 'lib', version, main: 'index.js' }),
    })
    const old = text('1.0.0', '283525d', 1)
    await withBuild(old, text('1.0.1', '1a2b3c4', 1), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(JSON.stringify(made.findings), /build\.json.*it says which release it is of/)
    })
    await withBuild(old, text('1.0.1', '1a2b3c4', 2), async (made) => {
      assert.match(problemsOf(made).join(), /build\.json: it may name this file/)
    })
  })

  it('and that is served from a folder is told, whatever it is, unless code may read it', async () => {
    const text = (n: number, more: string): Files => ({
      'index.js': `const path = require('path'), fs = require('fs'); ${more}; exports.f = (app, serveStatic) => app.use(serveStatic(path.join(__dirname, 'public')))`,
      'public/a.appcache': `# ${n}`,
      'public/app.js': `show(${n})`,
    })
    const start = `exports.start = () => path.join(__dirname, 'public').length`
    await withBuild(text(1, start), text(2, start), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      const told = made.findings.filter(({ why }) => /it may name this file/.test(why))
      assert.deepEqual(told.map(({ severity, what }) => `${severity} ${what}`).sort(), [
        'note public/a.appcache',
        'note public/app.js',
      ])
    })
    for (const read of [
      `exports.all = () => fs.readdirSync(path.join(__dirname, 'public'))`,
      `exports.cache = (name) => [path.join(__dirname, 'public', name), name || 'a.appcache']`,
    ])
      await withBuild(text(1, read), text(2, read), async (made) => {
        assert.match(problemsOf(made).join(), /a\.appcache: it may name this file/)
      })
  })

  it('and that is loaded where its folder is looked into is a module', async () => {
    const text = (n: number): Files => ({
      'index.js': `const fs = require('fs'), path = require('path')
        const all = {}
        exports.load = () => { for (const one of fs.readdirSync(path.join(__dirname, 'all'))) all[one] = require('./all/' + one + '/index.js') }
        exports.run = () => [all.a.run(), fs.readFileSync(__filename, 'utf8').length > 0, 'index.js']`,
      'all/a/index.js': `exports.run = () => ${n}`,
    })
    await checkBothWays(text(1), text(2), 'lib.load()', 'lib.run()[0]', [1, 2])
  })

  it('and that is another one is a problem as compilers write it', async () => {
    const text = `const path_1 = __importDefault(require('path')), fs_1 = __importDefault(require('fs'))
      function __importDefault(one) { return { default: one } }
      exports.f = () => fs_1.default.readFileSync(path_1.default.join(__dirname, 'data.json'))`
    await withBuild({ 'index.js': text, ...data(1) }, { 'index.js': text, ...data(2) }, async (made) => {
      assert.match(problemsOf(made).join(), /data\.json: it may name this file/)
    })
  })

  it('and that is new is a problem, too, where modules are loaded or folders looked into', async () => {
    const text = `const fs = require('fs'); exports.f = (x) => fs.existsSync(__dirname + '/plugins/' + x + '.js') && require('./plugins/' + x); exports.all = () => fs.readdirSync(__dirname + '/views')`
    const old = { 'index.js': text, 'plugins/a.js': '', 'views/a.html': '' }
    const young = { ...old, 'plugins/b.js': '', 'views/b.html': '' }
    await withBuild(old, young, async (made) => {
      const [view, plugin, ...others] = problemsOf(made)
      assert.match(view!, /views\/b\.html: .*only the new version has/)
      assert.match(plugin!, /plugins\/b\.js: .*only the new version has/)
      assert.deepEqual(others, [])
    })
  })

  it('and that tools read as a rule is a problem where code loads or reads it', async () => {
    const hidden = (value: number, text: string): Files => ({
      'index.js': text,
      '.rc': `${value}`,
      '.other': `${value}`,
    })
    for (const text of [
      `const fs = require('fs'); exports.f = () => fs.readFileSync(__dirname + '/.rc')`,
      `require.extensions['.rc'] = (module, path) => {}; exports.f = () => require('./.rc')`,
    ])
      await withBuild(hidden(1, text), hidden(2, text), async (made) => {
        const [found, ...others] = problemsOf(made)
        assert.match(found!, /index\.js:1: \.rc: it may name this file/)
        assert.deepEqual(others, [])
      })
  })

  it('and that is code which is read as text is a problem, though it is a module by its name', async () => {
    const text = `const fs = require('fs'), vm = require('vm'); exports.run = () => vm.runInThisContext(String(fs.readFileSync(\`\${__dirname}/inside.js\`)))`
    const [old, young] = [1, 2].map((n) => ({
      'index.js': text,
      'inside.js': `(function () { return ${n} })()`,
    }))
    await withBuild(old!, young!, async (made) => {
      assert.match(
        problemsOf(made).join(),
        /index\.js:1: inside\.js: it may name this file, which is another one/,
      )
    })
  })

  it('and that is read as text and loaded as well is a problem', async () => {
    for (const name of [`require('path').join(__dirname, 'inside.js')`, `require.resolve('./inside')`]) {
      const text = `const fs = require('fs'), run = require('./inside'); exports.run = () => [run(), fs.readFileSync(${name})]`
      const [old, young] = [1, 2].map((n) => ({
        'index.js': text,
        'inside.js': `module.exports = () => ${n}`,
      }))
      await withBuild(old!, young!, async (made) => {
        assert.match(problemsOf(made).join(), /inside\.js: it may name this file, which is another one/)
      })
    }
  })

  it('and that a thread begins with is one of the files that programs load', async () => {
    const text = (n: number): Files => ({
      'index.js': `const { Worker } = require('worker_threads'); exports.run = () => new Worker(require('path').join(__dirname, 'thread.js')); exports.n = () => ${n}`,
      'thread.js': `require('worker_threads').parentPort.postMessage(${n})`,
    })
    await withBuild(text(1), text(2), async (made) => {
      assert.match(problemsOf(made).join(), /^thread\.js:1: .*code that runs at start-up/)
    })
  })

  it('and that runs in a process of its own is told', async () => {
    const text = (n: number): Files => ({
      'index.js': `const { fork } = require('child_process'); exports.run = () => fork(require.resolve('./child'))`,
      'child.js': `const answer = () => ${n}; process.on('message', () => process.send(answer()))`,
    })
    await withBuild(text(1), text(2), async (made) => {
      const notes = made.findings.map(({ what, why }) => `${what}: ${why}`).join()
      assert.match(notes, /child\.js: it runs in a process of its own, which does not have the patch/)
    })
  })

  it('and that runs so is a problem where what starts it changed as well', async () => {
    const text = (start: string, n: number): Files => ({
      'index.js': `module.exports = require('./lib/main')`,
      'lib/main.js': `const { join } = require('path'); exports.n = () => ${n}; exports.run = (exec) => { const script = join(__dirname, '../scripts/ask'); return exec(process.execPath + ' ' + script + '${start}') }`,
      'scripts/ask.js': `process.stdout.write(JSON.stringify(${n}))`,
    })
    await withBuild(text('', 1), text(' --json', 2), async (made) => {
      const [found, ...others] = problemsOf(made)
      assert.match(
        found!,
        /lib\/main\.js:1: scripts\/ask\.js: it runs in a process of its own, .*what starts it/,
      )
      assert.deepEqual(others, [])
    })
    await withBuild(text('', 1), text('', 2), async (made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(JSON.stringify(made.findings), /scripts\/ask\.js.*it runs in a process of its own/)
    })
  })

  it('and that is the package.json comes along where a field that code takes differs', async () => {
    const text = (version: string, limit: number, tool = 1): Files => ({
      'package.json': JSON.stringify({
        name: 'lib',
        version,
        main: 'index.js',
        config: { limit, tool },
        keywords: ['a'],
      }),
      'index.js': `const { name } = require('./package'), own = require('./package.json')
        exports.get = () => [own.config.limit, own.name.concat('!'), name, own.keywords.join()]`,
    })
    const run = async (young: Files, expected: unknown, isEmpty: boolean): Promise<void> =>
      withPatch(text('1.0.0', 1), young, '', async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        assert.equal(made.empty, isEmpty)
        if (!isEmpty) await program.load(made.code, 'patch.mjs')
        assert.deepEqual(await program.run('lib.get()'), expected)
      })
    const [words, none] = ['"keywords":["a"]', '"keywords":["b","c"]']
    const others = text('1.0.1', 1)
    await run(text('1.0.1', 2), [2, 'lib!', 'lib', 'a'], false)
    await run(
      { ...others, 'package.json': others['package.json']!.replace(words, none) },
      [1, 'lib!', 'lib', 'b,c'],
      false,
    )
    await run(text('1.0.1', 1, 2), [1, 'lib!', 'lib', 'a'], true)
  })

  it('and that `require` gets by the name of the package is a problem if it is another one', async () => {
    const text = (version: string, entry: string): Files => ({
      'package.json': JSON.stringify({
        name: 'lib',
        version,
        exports: { '.': { require: entry, default: './a.js' } },
      }),
      'a.js': `exports.f = () => 1`,
      'b.js': `exports.f = () => 2`,
    })
    await withBuild(text('1.0.0', './a.js'), text('1.0.1', './b.js'), async (made) => {
      assert.match(problemsOf(made).join(), /a\.js:1: entry '\.': in the new version it is/)
    })
  })

  it('is none where no name can mean it', async () => {
    const text = (n: number): string =>
      `const fs = require('fs'); exports.f = (x) => require('./other/' + x); exports.g = (x) => [fs.readFileSync(x, 'utf8'), require(x), ${n}]; exports.root = require('path').join(__dirname, '.')`
    const [old, young] = [1, 2].map((n) => ({ 'index.js': text(n), ...data(n) }))
    await withBuild(old!, young!, async (made) => {
      assert.deepEqual(problemsOf(made), [])
      const notes = made.findings.filter(({ what }) => what === 'the file').map(({ file }) => file)
      assert.deepEqual(notes, ['data.json', 'data.txt'])
    })
  })

  it('is none where a bundler requires what makes the name, or the folder is only looked at', async () => {
    const [old, young] = [1, 2].map((n) => ({
      'index.js': `exports.read = require('./lib/read')`,
      'lib/read.js': `const __require = require, isBundled = !__dirname || __dirname === '/'; module.exports = () => __require('fs').readFileSync(__require('path').join(__dirname, 'it.wasm'))`,
      'lib/meta.json': `${n}`,
    }))
    await withBuild(old!, young!, async (made) => {
      assert.deepEqual(problemsOf(made), [])
    })
  })
})

describe('a module that a function loads as it runs', () => {
  const plugins = (index: string, young: boolean): Files => ({
    'index.js': index,
    'plugins/one.js': `const fill = require('./fill'); exports.run = (x) => fill(x, ${young ? 3 : 2})`,
    'plugins/fill.js': `module.exports = (x, n) => x.padEnd(n, '.')`,
    'plugins/data.json': JSON.stringify({ run: young ? 'b' : 'a' }),
    ...(young && {
      'plugins/two.js': `const { pad } = require('./extra'), own = {}; exports.run = (x) => pad(x) + (own[x] = Object.keys(own).length)`,
      'plugins/extra.js': `const fill = require('./fill'); exports.pad = (x) => fill(x, 5)`,
    }),
  })
  const loads: Record<string, string> = {
    'by parts': `function load(name) { try { return require('./plugins/' + name) } catch { return undefined } }; exports.load = load`,
    'by a template': `exports.load = (name) => { try { return require(\`./plugins/\${name}\`) } catch { return undefined } }`,
    'by its whole path': `const { join } = require('path'); const folder = join(__dirname, 'plugins')
      exports.load = (name) => { try { const file = join(folder, name); return require(file) } catch { return undefined } }`,
    'in a closure that lives on': `const make = (folder) => (name) => { try { return require('./plugins/' + name) } catch { return undefined } }; exports.load = make('x')`,
  }
  for (const [how, text] of Object.entries(loads))
    it(`comes along where the new version has it: ${how}`, () =>
      checkBothWays(
        plugins(text, false),
        plugins(text, true),
        `const first = lib.load('one')`,
        `[first.run('x'), lib.load('one') === first, lib.load('data').run, lib.load('two')?.run('y'), lib.load('two.js') === lib.load('two')]`,
        [
          ['x.', true, 'a', null, true],
          ['x..', true, 'b', 'y....0', true],
        ],
      ))

  it('is the new one where it exports something else, by a name that is written or made', () => {
    const text = `exports.of = (name) => require('./' + name).LIMIT; exports.limit = function () { const { LIMIT } = require('./other'); return LIMIT }; exports.again = () => require('./other.js').LIMIT`
    const files = (limit: string): Files => ({
      'index.js': text,
      'other.js': `exports.LIMIT = [${limit}].join('')`,
    })
    return checkBothWays(
      files('1'),
      files('2'),
      `lib.limit()`,
      `[lib.of('other'), lib.limit(), lib.again()]`,
      [
        ['1', '1', '1'],
        ['2', '2', '2'],
      ],
    )
  })

  it('is a problem where start-up code alone has loaded it', async () => {
    const text = `const found = {}; function load(name) { found[name] = require('./plugins/' + name) }; exports.start = () => Object.keys(found); load('one')`
    const young = plugins(`${text}; load('two')`, true)
    await withBuild(plugins(text, false), young, async (made) => {
      assert.match(problemsOf(made).join(), /plugins\/two\.js: it may name this file/)
    })
  })
})

describe('a folder with a name of what is not the package', () => {
  it('is the package where modules or entries lead to it', () => {
    const files = (n: number): Files => ({
      'package.json': JSON.stringify({ name: 'lib', version: `1.0.${n}`, main: './examples/main' }),
      'examples/main.js': `exports.f = require('./docs/f').f`,
      'examples/docs/f.js': `const { max } = require('./limits'); exports.f = (x) => [x, ${n}, max]`,
      'examples/docs/limits.json': JSON.stringify({ max: n }),
      'test/other.js': `throw new Error('${n}')`,
    })
    return checkBothWays(files(1), files(2), '', `lib.f('a')`, [
      ['a', 1, 1],
      ['a', 2, 2],
    ])
  })
})

describe('what leads from the place of a module', () => {
  const ways: Record<string, [text: string, says: RegExp]> = {
    'of a new file': [`require.resolve('./a.js')`, /it looks for '\.\/a\.js'/],
    'of a new package': [`require.resolve('other')`, /it looks for 'other'/],
  }
  for (const [way, [text, says]] of Object.entries(ways))
    it(`is a problem where it may be missing: require.resolve ${way}`, () => {
      const old = { 'index.js': 'exports.f = () => 1' }
      const young = { 'index.js': `exports.f = () => ${text}`, 'a.js': '' }
      return withBuild(old, young, async (made) => {
        assert.match(problemsOf(made).join(), says)
      })
    })

  it('leads where it does in the running file: require.resolve', () => {
    const text = (value: string): Files => ({
      'index.js': `const b = require('./b.js'); exports.f = () => ${value}`,
      'b.js': '',
    })
    const use = text(`require.resolve('./b.js').slice(-8) + typeof require.main`)
    return checkBothWays(text('1'), use, '', 'String(lib.f()).replaceAll("\\\\", "/")', [
      '1',
      'lib/b.jsobject',
    ])
  })

  it('is none for modules of Node', () =>
    withBuild(
      { 'index.mjs': 'export const f = async () => 1' },
      { 'index.mjs': `export const f = async () => (await import('node:path')).sep` },
      async (made) => assert.deepEqual(problemsOf(made), []),
    ))
})

describe('a new file that is an ES module for bundlers, in a package of CommonJS', () => {
  it('leaves a patch that loads', async () => {
    const text = (get: string, head = ''): Files => ({
      'index.js': `exports.f = () => ${get}`,
      'esm/index.js': `${head}export const f = () => ${get}`,
    })
    const young: Files = {
      ...text('added()', `import { added } from './added.js'\n`),
      'esm/added.js': `import { join } from 'node:path'\nexport function added() { return join('a', 'b') }`,
    }
    young['index.js'] = `const { added } = require('./added.js'); exports.f = () => added()`
    await withPatch(
      text('1'),
      { ...young, 'added.js': `exports.added = () => 2` },
      '',
      async (program, made) => {
        assert.deepEqual(problemsOf(made), [])
        await program.load(made.code, 'patch.mjs')
        assert.equal(await program.run('lib.f()'), 2)
      },
    )
  })
})

describe('a text of the package that code reads by its name', () => {
  const of = (text: string, read: string): Files => ({
    'index.js': read,
    'lib/text.txt': text,
    'lib/code.js': text,
  })
  const reads: Record<string, string> = {
    'when it is called': `const fs = require('fs'), path = require('path')
      exports.f = () => fs.readFileSync(path.join(__dirname, 'lib', 'text.txt'), 'utf8').trim()`,
    'at its start': `const { readFileSync } = require('node:fs'); const { join } = require('path')
      const text = readFileSync(join(__dirname, 'lib/text.txt'), { encoding: 'utf-8' }); exports.f = () => text`,
    'as compilers write it': `const path_1 = __importDefault(require('path')), fs_1 = __importDefault(require('fs'))
      function __importDefault(one) { return one && one.__esModule ? one : { default: one } }
      exports.f = () => fs_1.default.readFileSync(path_1.default.join(__dirname, 'lib/text.txt'), 'utf8')`,
    'as code, at its start': `const fs = require('fs'); const vm = require('vm')
      const compile = (name, text) => new vm.Script(text, { filename: name })
      const script = compile(\`${'$'}{__dirname}/lib/code.js\`, \`(() => ${'$'}{fs.readFileSync(\`${'$'}{__dirname}/lib/code.js\`, 'utf8')})\`)
      exports.f = () => String(script.runInThisContext()())`,
  }
  for (const [when, read] of Object.entries(reads))
    it(`is the new one: ${when}`, () =>
      checkBothWays(of('1', read), of('2', read), '', 'lib.f()', ['1', '2']))

  it('is told, since what was made of it stays', () =>
    withBuild(of('1', reads['at its start']!), of('2', reads['at its start']!), async (made) => {
      const told = made.findings.filter(({ what }) => what === 'lib/text.txt')
      assert.match(told.map(({ severity, why }) => `${severity} ${why}`).join(), /^note code reads it/)
    }))

  const others: Record<string, string> = {
    'which one depends': `exports.f = (name) => require('fs').readFileSync(__dirname + '/lib/' + name, 'utf8')`,
    'it is read as bytes': `exports.f = () => require('fs').readFileSync(__dirname + '/lib/text.txt')`,
    'somebody else reads it': `exports.f = (read) => read(__dirname + '/lib/text.txt', 'utf8')`,
  }
  for (const [why, read] of Object.entries(others))
    it(`is a problem where ${why}`, () =>
      withBuild(of('1', read), of('2', read), async (made) => {
        assert.match(problemsOf(made).join(), /lib\/text\.txt: it may name this file/)
      }))
})
