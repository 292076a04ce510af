// What scripts rely on: one JSON document and nothing else, exit statuses, errors without stack traces.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Program, type Run, umbra } from '../support/program.ts'

const patch = `import { definePatch } from 'umbra'
  export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: { f: () => 'new' } }] })`

/** Nobody wants to see where in umbra's code an error came up, nor colours in a file. */
function assertPlain({ stdout, stderr }: Run): void {
  const text = stdout + stderr
  assert.doesNotMatch(text, /^\s+at .*:\d+:\d+/m)
  assert.ok(!text.includes('\u001b'), JSON.stringify(text))
}

describe('the command line', () => {
  let app: Program
  let pid: string
  before(async () => {
    app = await Program.start({
      'main.js': `const { f } = require('./lib.js')`,
      'lib.js': `exports.f = function f() { return 'old' }`,
      'fix.ts': patch,
      'broken.ts': 'export default {{',
      'empty.ts': '',
    })
    pid = String(app.pid)
  })
  after(() => app.stop())

  const document = async (...args: string[]): Promise<unknown> => {
    const run = await app.umbra(...args, '--json')
    assertPlain(run)
    assert.equal(run.status, 0, run.stdout + run.stderr)
    assert.equal(run.stderr, '')
    return JSON.parse(run.stdout)
  }

  const row = (enabled: boolean): object[] => {
    const state = { enabled, transition: false }
    return [{ name: 'p', ...state, targets: ['./lib.js'], threads: [{ thread: 0, ...state }] }]
  }

  it('prints one JSON document a command, through the life of a patch', async () => {
    const [listed] = (await document('ps')) as [Record<string, unknown>]
    assert.deepEqual([listed.pid, listed.node, listed.patches], [app.pid, process.versions.node, []])
    assert.deepEqual(await document('list', pid), [])
    const report = (await document('load', pid, app.path('fix.ts'))) as Record<string, unknown>
    assert.deepEqual([report.patch, report.pid, report.notes], ['p', app.pid, []])
    assert.equal(typeof report.prepare, 'number')
    assert.equal(typeof report.switch, 'number')
    assert.deepEqual(await document('list', pid), row(true))
    const info = (await document('info', pid, 'p')) as { details: { functions: string[] }[] }
    assert.deepEqual(info.details[0]!.functions, ['f'])
    const { files } = (await document('sites', pid, 'lib.js')) as {
      files: { functions: { patched: boolean }[] }[]
    }
    assert.equal(files[0]!.functions[0]!.patched, true)
    assert.deepEqual(((await document('shadow', pid)) as { identifiers: unknown }).identifiers, [])
    const entries = (await document('log', pid)) as { time: number; thread: number; line: string }[]
    assert.equal(entries.at(-1)!.line, "livepatch: 'p': patching complete")
    assert.deepEqual(Object.keys(entries[0]!), ['time', 'thread', 'line'])
    await document('disable', pid, 'p')
    assert.deepEqual(await document('list', pid), row(false))
    await document('enable', pid, 'p')
    await document('disable', pid, 'p')
    await document('unload', pid, 'p')
    assert.deepEqual(await document('list', pid), [])
  })

  const refusals: [what: string, args: () => string[], status: number, code: string, says: RegExp][] = [
    ['no such process', () => ['list', '4194303'], 1, 'PROCESS_NOT_FOUND', /no process 4194303/],
    ['no process of that name', () => ['list', 'nobody'], 1, 'PROCESS_NOT_FOUND', /'nobody'.*umbra ps/],
    ['no such file', () => ['load', pid, 'nowhere.ts'], 1, 'PATCH_FILE', /nowhere\.ts/],
    ['a folder for a file', () => ['load', pid, app.folder], 1, 'PATCH_FILE', /no patch file/],
    [
      'a file that does not parse',
      () => ['load', pid, app.path('broken.ts')],
      1,
      'PATCH_SYNTAX',
      /broken\.ts:1/,
    ],
    [
      'a file that exports nothing',
      () => ['load', pid, app.path('empty.ts')],
      1,
      'PATCH_INVALID',
      /exports no patch/,
    ],
    ['no such patch', () => ['disable', pid, 'q'], 1, 'PATCH_NOT_FOUND', /none is loaded/],
    ['force without a transition', () => ['force', pid, 'q'], 1, 'PATCH_NOT_FOUND', /'q'/],
    ['no command', () => [], 2, 'USAGE', /./],
    ['an unknown command', () => ['lode'], 2, 'USAGE', /unknown command/],
    ['an unknown option', () => ['ps', '--jsno'], 2, 'USAGE', /unknown option/],
    ['a missing argument', () => ['load', pid], 2, 'USAGE', /missing required argument 'file'/],
    ['an argument too many', () => ['ps', 'what'], 2, 'USAGE', /too many arguments/],
  ]
  for (const [what, args, status, code, says] of refusals) {
    it(`ends with ${status} for ${what}`, async () => {
      const json = await app.umbra(...args(), '--json')
      assertPlain(json)
      assert.equal(json.status, status)
      const { error } = JSON.parse(json.stdout)
      assert.equal(error.code, code)
      assert.match(error.message, says)
      assert.deepEqual(Object.keys(error), ['code', 'message'])
      assert.equal(json.stderr, '')
      const text = await app.umbra(...args())
      assertPlain(text)
      assert.equal(text.status, status)
      assert.equal(text.stdout, '')
      assert.match(text.stderr, says)
    })
  }

  it('refuses to unload an enabled patch, and it stays', async () => {
    await document('load', pid, app.path('fix.ts'))
    const run = await app.umbra('unload', pid, 'p')
    assert.equal(run.status, 1)
    assert.match(run.stderr, /disable it first/)
    assert.equal(await app.run('f()'), 'new')
    await document('disable', pid, 'p')
    await document('unload', pid, 'p')
  })

  it('names a process that is not prepared, and says how to start it', async () => {
    const run = await app.umbra('list', String(process.pid))
    assert.equal(run.status, 1)
    assert.match(run.stderr, /not prepared.*--import umbra\/register/)
  })

  it('has help for every command', async () => {
    const all = await umbra(['--help'])
    assert.equal(all.status, 0)
    const commands = [...all.stdout.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'help')
    assert.ok(commands.length >= 12, commands.join())
    await Promise.all(
      commands.map(async (command) => {
        const help = await umbra([command, '--help'])
        assertPlain(help)
        assert.equal(help.status, 0, command)
        assert.match(help.stdout, /^Usage: umbra/)
      }),
    )
  })

  it('ends quietly when nobody reads on', async () => {
    const cli = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
    const child = spawn('sh', ['-c', `"${process.execPath}" "${cli}" log ${pid} --follow | head -n 1`], {
      env: app.env,
    })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.stderr.on('data', (chunk) => {
      text += chunk
    })
    let closed = false
    child.on('close', () => {
      closed = true
    })
    // It finds out with the first line for which there is no reader.
    while (!closed) {
      await document('load', pid, app.path('fix.ts'))
      await document('disable', pid, 'p')
      await document('unload', pid, 'p')
    }
    assert.match(text, /^\S+ livepatch: enabling patch 'p'\n$/)
  })

  it('follows the log as one JSON object a line', async () => {
    const cli = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
    const child = spawn(process.execPath, [cli, 'log', pid, '--follow', '--json'], { env: app.env })
    let text = ''
    const complete = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        text += chunk
        if (text.includes("'followed': patching complete")) resolve()
      })
    })
    await app.load(patch.replace("'p'", "'followed'"))
    await complete
    child.kill()
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(entries, await app.ask({ op: 'log' }))
    await app.disable('followed')
    await app.unload('followed')
  })
})
