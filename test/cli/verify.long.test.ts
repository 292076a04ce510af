// The new version's tests against the old version with the patch.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { writeFiles } from '../support/files.ts'

const umbra = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

const lib = (fix: string) =>
  `const { one } = require('./one.js')\nexports.add = (a) => ${fix}\nglobalThis.whenLoaded?.(exports)\n`
const module = (fix: string) => `const one = 1\nexport function add(a) { return ${fix} }\n`
const open = (version: string): string =>
  `{ "name": "adder", "version": "${version}", "main": "lib/index.js", "exports": { ".": "./lib/index.js", "./*": "./*" } }`
const entries =
  '"main": "lib/index.js", "exports": { "import": "./lib/module.mjs", "default": "./lib/index.js" }'
const versions = {
  old: {
    'package.json': `{ "name": "adder", "version": "1.0.0", ${entries}, "dependencies": { "buffer": "1" } }`,
    'lib/index.js': lib('a - one'),
    'lib/module.mjs': module('a - one'),
    'lib/one.js': 'exports.one = 1\n',
    'lib/gone/away.js': 'exports.away = true\n',
  },
  older: {
    'package.json': '{ "name": "adder", "version": "0.9.0", "main": "lib/index.js" }',
    'lib/index.js': lib('a'),
    'lib/one.js': 'exports.one = 1\n',
  },
  other: { 'package.json': '{ "name": "other", "version": "1.0.0" }', 'index.js': '' },
  new: {
    'package.json': `{ "name": "adder", "version": "1.0.1", ${entries} }`,
    'lib/index.js': lib('a + one'),
    'lib/module.mjs': module('a + one'),
    'lib/one.js': 'exports.one = 1\n',
    'test/index.js': `
      const assert = require('node:assert')
      assert.strictEqual(require('../package.json').version, '1.0.0')
      require('../lib/gone/away.js')
      console.log('tests run')
      assert.strictEqual(require('..').add(1), 2)`,
    'test/worse.js': `if (require('..').add(1) === 2) process.exit(7)`,
    'test-helpers/add.js': `module.exports = (a) => require('..').add(a)`,
    'test/helped.js': `require('node:assert').strictEqual(require('../test-helpers/add.js')(1), 2)`,
    'node_modules/buffer/package.json': '{ "name": "buffer", "version": "1.0.0" }',
    'node_modules/.bin/run-tests': `#!/usr/bin/env node\nrequire('../../test/helped.js')`,
    'test/elsewhere.js': `console.log('tests run')`,
    'test/early.js': `
      let early
      globalThis.whenLoaded = ({ add }) => { early = add(1) }
      if (require('..').add(1) !== 2) process.exit(7)
      process.exit(early === 2 ? 0 : 8)`,
    'test/changing.js': `
      require('node:fs').appendFileSync(require.resolve('..'), '// another text')
      require('..')`,
    'test/imports.mjs': `
      import { add } from '../lib/module.mjs'
      if (add(1) !== 0) process.exit(7)
      await new Promise((next) => setTimeout(next, 20))
      process.exit(add(1) === 2 ? 0 : 8)`,
  },
}

describe('umbra verify with tests', () => {
  let folder: string
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [umbra, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', UMBRA_CACHE: join(folder, '.cache') },
    })
  const verify = (...command: string[]) => verifyWith([], ...command)
  const verifyWith = (options: string[], ...command: string[]) =>
    run('verify', 'fix.patch.mjs', '--from', 'old', '--to', 'new', '--json', ...options, '--', ...command)

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'umbra-test-verify-'))
    for (const [version, files] of Object.entries(versions)) writeFiles(join(folder, version), files)
    chmodSync(join(folder, 'new/node_modules/.bin/run-tests'), 0o755)
    const built = run('build', '--from', 'old', '--to', 'new', '-o', 'fix.patch.mjs')
    assert.equal(built.status, 0, built.stderr)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('passes where they pass, and says what they have loaded', () => {
    const { status, stdout, stderr } = verify('node', 'test/index.js')
    assert.equal(status, 0, stderr)
    const { patched, unmet } = JSON.parse(stdout)
    assert.deepEqual({ patched, unmet }, { patched: 1, unmet: ['./lib/module.mjs'] })
    assert.match(stderr, /tests run/)
  })

  it('leaves what tests have beside the package', () => {
    const { status, stderr } = verify('node', 'test/helped.js')
    assert.equal(status, 0, stderr)
  })

  it('leaves it where package.json tells no entries', () => {
    const helped = { ...versions.new, 'package.json': open('1.0.1') }
    writeFiles(join(folder, 'open'), { ...helped, 'lib/newer.js': '' })
    writeFiles(join(folder, 'open-old'), { ...versions.old, 'package.json': open('1.0.0') })
    const tested = (...command: string[]): number | null =>
      run('verify', 'fix.patch.mjs', '--from', 'open-old', '--to', 'open', '--', ...command).status
    assert.equal(tested('node', 'test/helped.js'), 0)
    assert.equal(tested('node', '-e', "process.exit(fs.existsSync('lib/newer.js') ? 7 : 8)"), 8)
  })

  it('has their exit status where they fail', () => {
    const { status, stdout } = verify('node', 'test/worse.js')
    assert.equal(status, 7)
    assert.equal(JSON.parse(stdout).status, 7)
  })

  it('applies it once the package has been loaded, if asked to', () => {
    assert.equal(verify('node', 'test/early.js').status, 0)
    assert.equal(verifyWith(['--loaded'], 'node', 'test/early.js').status, 8)
  })

  it('does so with ES modules', () => {
    assert.equal(verify('node', 'test/imports.mjs').status, 7)
    const { status, stdout } = verifyWith(['--loaded'], 'node', 'test/imports.mjs')
    assert.equal(status, 0)
    assert.deepEqual(JSON.parse(stdout).unmet, ['./lib/index.js'])
  })

  it('tells a process that refuses the patch from tests that fail', () => {
    for (const options of [[], ['--loaded']]) {
      const { status, stdout } = verifyWith(options, 'node', 'test/changing.js')
      assert.equal(status, 125)
      const { code, message } = JSON.parse(stdout).error
      assert.equal(code, 'VERIFY_REFUSED')
      assert.match(message, /a process of the tests refused the patch/)
    }
  })

  it('fails where they have loaded nothing that the patch changes', () => {
    const { status, stdout } = verify('node', 'test/elsewhere.js')
    assert.equal(status, 125)
    assert.equal(JSON.parse(stdout).error.code, 'VERIFY_UNMET')
  })

  it('runs a command that is installed beside the tests', () => {
    const { status, stderr } = verify('run-tests')
    assert.equal(status, 0, stderr)
  })

  it('says what is not of the version that the patch is for', () => {
    const patch = readFileSync(join(folder, 'fix.patch.mjs'), 'utf8')
    writeFileSync(join(folder, 'named.patch.mjs'), patch.replaceAll("'./lib/", "'adder@1.0.0/lib/"))
    const wrong = (from: string, to: string, file = 'fix.patch.mjs'): string => {
      const { stdout } = run(
        'verify',
        file,
        '--from',
        from,
        '--to',
        to,
        '--json',
        '--',
        'node',
        'test/index.js',
      )
      return JSON.parse(stdout).error.message
    }
    assert.equal(
      wrong('older', 'new', 'named.patch.mjs'),
      'the patch is for adder@1.0.0, and --from is adder@0.9.0',
    )
    assert.equal(wrong('other', 'new'), '--from is other@1.0.0, and --to is adder@1.0.1')
    assert.equal(wrong('old', './nowhere'), "there is no folder './nowhere'")
  })

  it('says which command cannot be run', () => {
    const { status, stdout } = verify('no-such-command')
    assert.equal(status, 125)
    assert.equal(JSON.parse(stdout).error.code, 'VERIFY_COMMAND')
  })
})
