// Patches that are kept across restarts, and patches that are trusted: at start as well as over the socket.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { writeFiles } from '../support/files.ts'
import { CommandLine } from '../support/program.ts'

const register = new URL('../../../dist/loader/register.js', import.meta.url).href

const patch = (name: string, module: string, body: string): string => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: '${name}', targets: [{ module: '${module}', functions: { f() { ${body} } } }] })`

/** Says what its functions return, early and late, then does as it is told by its first argument. */
const MAIN = `
  const { f } = require('./lib.js')
  console.log('early ' + f())
  console.log('late ' + require('./late.js').f())
  const { Worker } = require('node:worker_threads')
  const worker = new Worker("require('node:worker_threads').parentPort.postMessage(require(" + JSON.stringify(require.resolve('./lib.js')) + ").f())", { eval: true })
  worker.on('message', (f) => {
    console.log('thread ' + f)
    if (process.argv[2] === 'crash') throw new Error('on purpose')
    if (process.argv[2] === 'handle') process.on('SIGTERM', () => { console.log('stopping'); process.exit(3) })
    if (['stay', 'handle', 'block'].includes(process.argv[2])) setInterval(() => {}, 1e6)
    const block = () => {
      console.log('blocked')
      for (const until = performance.now() + 3000; performance.now() < until; );
    }
    if (process.argv[2] === 'block') setTimeout(() => setImmediate(block), 9000 - performance.now())
    console.log('up')
  })`

describe('patches for every start', () => {
  let folder: string
  let env: NodeJS.ProcessEnv
  const path = (name: string): string => join(folder, name)
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'umbra-test-installed-'))
    env = {
      ...process.env,
      UMBRA_DIR: path('run'),
      UMBRA_CACHE: path('cache'),
      UMBRA_INSTALL_DIR: path('installed'),
    }
    const lib = `exports.f = function f() { return 'old' }`
    const files = {
      'worker.js': MAIN,
      'lib.js': lib,
      'late.js': lib,
      'fix.ts': patch('fix', './lib.js', "return 'new'"),
      'late.ts': patch('late', './late.js', "return 'new'"),
      'refused.ts': patch('refused', './lib.js', "return 'no'").replace(' f()', ' missing()'),
    }
    writeFiles(folder, files)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const cli = new CommandLine(() => env)

  /** Starts the program and waits until it is up, or has ended. */
  const start = async (
    what: string,
    more: NodeJS.ProcessEnv = {},
    script = 'worker.js',
  ): Promise<{ child: ChildProcess; output: () => string }> => {
    const child = spawn(process.execPath, ['--import', register, path(script), what], {
      env: { ...env, ...more },
    })
    let [stdout, stderr] = ['', '']
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const up = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        stdout += chunk
        if (stdout.includes('up\n')) resolve()
      })
    })
    await Promise.race([up, once(child, 'close')])
    if (!['stay', 'handle', 'block'].includes(what) && child.exitCode === null && child.signalCode === null)
      await once(child, 'close')
    return { child, output: () => stderr + stdout }
  }
  const run = async (what = 'end', more: NodeJS.ProcessEnv = {}, script?: string): Promise<string> =>
    (await start(what, more, script)).output()

  const OLD = 'early old\nlate old\nthread old\nup\n'
  const NEW = 'early new\nlate new\nthread new\nup\n'

  it('are applied before the first line, to what is imported later, and in threads', async () => {
    assert.equal(await run(), OLD)
    await cli.succeed('install', path('fix.ts'), '--for', path('worker.js'))
    await cli.succeed('install', path('late.ts'), '--for', path('worker.js'))
    assert.equal(await run(), NEW)
    symlinkSync(path('worker.js'), path('linked.js'))
    assert.equal(await run('end', {}, 'linked.js'), NEW)
    assert.equal(await run('end', {}, 'worker'), NEW)
  })

  it('are applied to a package that umbra uses, too, in the version that the program has', async () => {
    writeFiles(folder, {
      'node_modules/semver/package.json': '{ "name": "semver", "version": "1.0.0" }',
      'node_modules/semver/functions/satisfies.js': `exports.f = function f() { return 'old' }`,
      'versions.js': `console.log(require('semver/functions/satisfies.js').f())`,
      'versions.ts': patch('versions', 'semver@1.0.0/functions/satisfies.js', "return 'new'"),
    })
    await cli.succeed('install', path('versions.ts'), '--for', path('versions.js'))
    assert.equal(await run('end', {}, 'versions.js'), 'new\n')
    await cli.succeed('uninstall', 'versions', '--for', path('versions.js'))
  })

  it('are skipped by UMBRA_SKIP_INSTALLED=1, which is said', async () => {
    const output = await run('end', { UMBRA_SKIP_INSTALLED: '1' })
    assert.match(output, /'fix', 'late' are not applied/)
    assert.ok(output.endsWith(OLD))
  })

  it('are shown against those that run', async () => {
    const { child } = await start('stay')
    const pid = String(child.pid)
    await cli.succeed('disable', pid, 'late')
    const rows = JSON.parse(await cli.succeed('status', '--json'))
    const program = path('worker.js')
    assert.deepEqual(rows, [
      {
        program,
        patch: 'fix',
        installed: true,
        skippedNext: false,
        processes: [{ pid: child.pid, state: 'enabled' }],
      },
      {
        program,
        patch: 'late',
        installed: true,
        skippedNext: false,
        processes: [{ pid: child.pid, state: 'disabled' }],
      },
    ])
    assert.match(await cli.succeed('status'), /fix +yes +\d+ enabled/)
    child.kill('SIGKILL')
    await once(child, 'close')
  })

  const skippedNext = async (): Promise<boolean> =>
    JSON.parse(await cli.succeed('status', '--json'))[0].skippedNext
  const assertSkipped = (output: string): void => {
    assert.match(output, /'fix', 'late' are skipped: a start that had applied installed patches died/)
  }

  it('are skipped after a start that died within 10 s, which is said, until they are installed anew', async () => {
    // The test before this one killed a start.
    for (let i = 0; i < 2; i++) {
      assert.ok(await skippedNext())
      const output = await run()
      assertSkipped(output)
      assert.ok(output.endsWith(OLD), output)
    }
    await cli.succeed('install', path('fix.ts'), '--for', path('worker.js'))
    assert.ok(!(await skippedNext()))
    assert.equal(await run(), NEW)
  })

  it('are not to blame where a start without them dies as soon', async () => {
    assert.match(await run('crash'), /on purpose.*early new/s)
    const without = await run('crash')
    assertSkipped(without)
    assert.match(without, /on purpose.*early old/s)
    assert.equal(await run(), NEW)
  })

  it('outlive a start that is stopped in good order', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const { child } = await start('stay')
      child.kill(signal)
      await once(child, 'close')
      assert.equal(child.signalCode, signal)
      assert.equal(await run(), NEW)
    }
    const { child, output } = await start('handle')
    child.kill('SIGTERM')
    await once(child, 'close')
    assert.equal(child.exitCode, 3)
    assert.match(output(), /stopping/)
    assert.equal(await run(), NEW)
  })

  it('do not swallow a signal that comes while the program works past the end of their probation', async () => {
    const { child, output } = await start('block')
    while (!output().includes('blocked')) await once(child.stdout!, 'data')
    child.kill('SIGTERM')
    await once(child, 'close')
    assert.equal(child.signalCode, 'SIGTERM')
    assert.equal(await run(), NEW)
  })

  it('are applied where nothing can be noted about a start', async () => {
    const [folder] = readdirSync(path('installed'))
    const program = join(path('installed'), folder!)
    // A folder in the place of a mark: not even root can write there.
    mkdirSync(join(program, 'suspected', 'in the way'), { recursive: true })
    const output = await run()
    assert.match(output, /cannot be noted/)
    assert.ok(output.endsWith(NEW), output)
    rmSync(join(program, 'suspected'), { recursive: true })
  })

  it('that are refused keep no program from starting', async () => {
    await cli.succeed('install', path('refused.ts'), '--for', path('worker.js'))
    const output = await run()
    assert.match(output, /'.\/lib.js' has no function 'missing'/)
    // The import of the target was refused, so the program died of it.
    assert.ok(await skippedNext())
    await cli.succeed('uninstall', 'refused', '--for', path('worker.js'))
    assert.equal(await run(), NEW)
  })

  it('end with uninstall', async () => {
    const wrong = await cli.error('uninstall', 'other', '--for', path('worker.js'))
    assert.match(wrong.message, /installed: fix, late/)
    await cli.succeed('uninstall', 'fix', '--for', path('worker.js'))
    assert.equal(await run(), 'early old\nlate new\nthread old\nup\n')
    await cli.succeed('uninstall', 'late', '--for', path('worker.js'))
    assert.equal(await run(), OLD)
    assert.deepEqual(JSON.parse(await cli.succeed('status', '--json')), [])
    assert.equal(
      (await cli.error('install', path('fix.ts'), '--for', path('nowhere.js'))).code,
      'PROGRAM_NOT_FOUND',
    )
  })

  it('are refused by a process with trusted keys unless signed with one, at start and over the socket', async () => {
    const [mine, other] = [path('mine'), path('other')]
    for (const key of [mine, other]) await cli.succeed('keygen', '-o', key)
    assert.equal((await cli.error('keygen', '-o', mine)).code, 'KEY_EXISTS')
    assert.equal(statSync(`${mine}.pem`).mode & 0o777, 0o600)
    const signed = path('fix.patch.json')
    const foreign = path('foreign.patch.json')
    await cli.succeed('sign', path('fix.ts'), '--key', `${mine}.pem`, '-o', signed)
    await cli.succeed('sign', path('fix.ts'), '--key', `${other}.pem`, '-o', foreign)
    const tampered = path('tampered.patch.json')
    writeFileSync(tampered, readFileSync(signed, 'utf8').replace('new', 'NEW'))
    const folderOfKeys = path('keys')
    mkdirSync(folderOfKeys)
    writeFileSync(join(folderOfKeys, 'a.pem'), readFileSync(`${mine}.pub.pem`))
    // Where the pair was made in this very folder.
    writeFileSync(join(folderOfKeys, 'mine.pem'), readFileSync(`${mine}.pem`))
    assert.match(await cli.succeed('verify', signed, '--keys', folderOfKeys), /unchanged/)

    const trust = { UMBRA_TRUSTED_KEYS: folderOfKeys }
    const wrong: [file: string, code: string][] = [
      [path('fix.ts'), 'PATCH_UNSIGNED'],
      [foreign, 'PATCH_UNTRUSTED'],
      [tampered, 'PATCH_TAMPERED'],
    ]
    const { child, output } = await start('stay', trust)
    const pid = String(child.pid)
    for (const [file, code] of wrong) {
      assert.equal((await cli.error('verify', file, '--keys', folderOfKeys)).code, code)
      assert.equal((await cli.error('load', pid, file)).code, code)
    }
    assert.deepEqual(JSON.parse(await cli.succeed('list', pid, '--json')), [])
    // Keys are those from before the first line.
    writeFileSync(join(folderOfKeys, 'b.pem'), readFileSync(`${other}.pub.pem`))
    assert.equal((await cli.error('load', pid, foreign)).code, 'PATCH_UNTRUSTED')
    rmSync(join(folderOfKeys, 'b.pem'))
    assert.match((await cli.error('shadow', pid, '--object', 'process.cwd()')).message, /no path/)
    await cli.succeed('load', pid, signed)
    assert.equal(JSON.parse(await cli.succeed('list', pid, '--json'))[0].name, 'fix')
    child.kill('SIGKILL')
    await once(child, 'close')
    assert.equal(output(), OLD)

    for (const [file, code] of wrong) {
      await cli.succeed('install', file, '--for', path('worker.js'))
      const refused = await run('end', trust)
      assert.ok(refused.endsWith(OLD), refused)
      assert.match(
        refused,
        { PATCH_UNSIGNED: /is not signed/, PATCH_UNTRUSTED: /not trusted/, PATCH_TAMPERED: /was changed/ }[
          code
        ]!,
      )
    }
    await cli.succeed('install', signed, '--for', path('worker.js'))
    assert.equal(await run('end', trust), 'early new\nlate old\nthread new\nup\n')
    const unreadable = await run('end', { UMBRA_TRUSTED_KEYS: path('nowhere') })
    assert.match(unreadable, /takes no patches/)
    assert.ok(unreadable.endsWith(OLD))
    const empty = await run('end', { UMBRA_TRUSTED_KEYS: '' })
    assert.match(empty, /UMBRA_TRUSTED_KEYS is set to nothing/)
    assert.ok(empty.endsWith(OLD), empty)
    await cli.succeed('uninstall', 'fix', '--for', path('worker.js'))
  })
})
