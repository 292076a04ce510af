// Which process is meant, and what cannot be reached: names, users, blocked event loops, clusters, killed clients.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lib } from '../agent/raw.ts'
import { Program, umbra } from '../support/program.ts'
import { until } from '../support/until.ts'

const register = import.meta.resolve('umbra/register')
const root = fileURLToPath(new URL('../../../', import.meta.url))

const source = (name: string, extra = ''): string => `
  import { definePatch } from 'umbra'
  ;(globalThis.evaluated ??= []).push('${name}')
  export default definePatch({ name: '${name}', targets: [{ module: './lib.js', functions: {
    f: () => '${name}', g: () => '${name}',
  }, ${extra} }] })`

describe('a process is found', () => {
  let one: Program
  let two: Program
  before(async () => {
    one = await Program.start(lib, { env: { UMBRA_NAME: 'website' } })
    two = await Program.start(lib, { env: { UMBRA_NAME: 'website', UMBRA_DIR: one.path('run') } })
  })
  after(async () => {
    await one.stop()
    await two.stop()
  })

  it('by its name where that is unambiguous, else the pids are told', async () => {
    const run = await one.umbra('list', 'website', '--json')
    assert.equal(run.status, 1)
    const { error } = JSON.parse(run.stdout)
    assert.equal(error.code, 'PROCESS_AMBIGUOUS')
    assert.match(error.message, new RegExp(`${one.pid}.*${two.pid}|${two.pid}.*${one.pid}`))
    const near = await one.umbra('list', 'webiste')
    assert.match(near.stderr, /did you mean 'website'/)
  })

  it('by its main script where no process has that name', async () => {
    await one.load(source('m'))
    const rows = JSON.parse(await one.succeed('list', one.path('main.js'), '--json'))
    assert.deepEqual(
      rows.map(({ name }: { name: string }) => name),
      ['m'],
    )
    await one.disable('m')
    await one.unload('m')
    for (const name of ['main.js', 'main']) {
      const run = await one.umbra('list', name, '--json')
      assert.equal(JSON.parse(run.stdout).error.code, 'PROCESS_AMBIGUOUS', 'both processes run such a script')
    }
    assert.match((await one.umbra('list', 'mian')).stderr, /no prepared process is called 'mian'/)
  })

  it('with all others of its name by --all; what one of them refuses none gets', async () => {
    one.write({ 'p.ts': source('p'), 'q.ts': source('q') })
    const reports = JSON.parse(await one.succeed('load', 'website', one.path('p.ts'), '--all', '--json'))
    assert.deepEqual(reports.map(({ pid }: { pid: number }) => pid).sort(), [one.pid, two.pid].sort())
    for (const app of [one, two]) assert.equal(await app.run('both()'), 'p')
    await two.load(source('q'))
    const refused = await one.umbra('load', 'website', one.path('q.ts'), '--all')
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, new RegExp(`process ${two.pid}: a patch named 'q'`))
    assert.equal(await one.run('both()'), 'p')
    assert.deepEqual(
      (await one.list()).map(({ name }) => name),
      ['p'],
    )
  })

  it('and disabled, enabled and unloaded in all that have it', async () => {
    const all = async (op: string): Promise<number[]> =>
      JSON.parse(await one.succeed(op, 'website', 'p', '--all', '--json')).map(
        ({ pid }: { pid: number }) => pid,
      )
    const pids = [one.pid, two.pid].sort()
    for (const [op, now] of [
      ['disable', 'old'],
      ['enable', 'p'],
    ] as const) {
      assert.deepEqual((await all(op)).sort(), pids)
      assert.equal(await one.run('both()'), now)
    }
    assert.deepEqual((await all('disable')).sort(), pids)
    const again = await one.umbra('disable', 'website', 'p', '--all')
    assert.equal(again.status, 1)
    await two.disable('q')
    assert.equal(await two.run('both()'), 'old')
    assert.deepEqual(
      await JSON.parse(await one.succeed('unload', 'website', 'q', '--all', '--json')).length,
      1,
    )
    const nowhere = await one.umbra('enable', 'website', 'q', '--all', '--json')
    assert.equal(JSON.parse(nowhere.stdout).error.code, 'PATCH_NOT_FOUND')
    await all('enable')
    await two.load(source('q'))
  })

  it('but its event loop is blocked: refused after a deadline, and cancelled when it wakes', async () => {
    two.write({ 'r.ts': source('r') })
    one.write({ 'r.ts': source('r') })
    const release = await two.block()
    one.env.UMBRA_DEADLINE = '1000'
    const [alone, all] = await Promise.all([
      one.umbra('load', String(two.pid), one.path('r.ts'), '--json'),
      one.umbra('load', 'website', one.path('r.ts'), '--all', '--json'),
    ])
    for (const run of [alone, all]) {
      assert.equal(run.status, 1)
      assert.equal(JSON.parse(run.stdout).error.code, 'PROCESS_BLOCKED', run.stdout)
    }
    const rows = JSON.parse(await one.succeed('ps', '--json'))
    assert.equal(rows.find(({ pid }: { pid: number }) => pid === two.pid).patches, null)
    release()
    await two.run('1')
    for (const app of [one, two]) {
      assert.ok(!(await app.list()).some(({ name }) => name === 'r'))
    }
    assert.ok(!(await two.run<string[]>('globalThis.evaluated')).includes('r'))
    assert.equal(await one.run('both()'), 'p')
    assert.equal(await two.run('both()'), 'q')
  })

  it('and a callback that fails in one of several takes the patch back from the others', async () => {
    const fails = `callbacks: { prePatch() { if (process.pid === ${two.pid}) throw new Error('not here') } }`
    one.write({ 's.ts': source('s', fails) })
    const run = await one.umbra('load', 'website', one.path('s.ts'), '--all')
    assert.equal(run.status, 1)
    assert.match(run.stderr, /not here/)
    for (const app of [one, two]) assert.ok(!(await app.list()).some(({ name }) => name === 's'))
    assert.equal(await one.run('both()'), 'p')
  })
})

describe('a process whose event loop has not turned yet', () => {
  it('is listed; a command that cannot wait is refused, and one that can is answered with the first turn', async () => {
    const helper = await Program.start(lib)
    helper.write({
      'early.js': `const { existsSync, writeFileSync } = require('node:fs')
        require('./lib.js')
        writeFileSync(__dirname + '/begun', '')
        while (!existsSync(__dirname + '/go'));
        setInterval(() => {}, 1e6)`,
      'p.ts': source('p'),
    })
    const early = spawn(process.execPath, ['--import', register, helper.path('early.js')], {
      env: helper.env,
      stdio: 'inherit',
    })
    try {
      await until(() => existsSync(helper.path('begun')))
      const pid = String(early.pid)
      const load = ['load', pid, helper.path('p.ts'), '--json']
      const impatient = await umbra(load, { ...helper.env, UMBRA_DEADLINE: '300' })
      assert.equal(JSON.parse(impatient.stdout).error.code, 'PROCESS_BLOCKED', impatient.stdout)
      const rows = JSON.parse(
        (await umbra(['ps', '--json'], { ...helper.env, UMBRA_DEADLINE: '300' })).stdout,
      )
      const { name, patches } = rows.find((row: { pid: number }) => row.pid === early.pid)
      assert.deepEqual([name, patches], ['early', null])
      const patient = umbra(load, { ...helper.env, UMBRA_DEADLINE: '60000' })
      helper.write({ go: '' })
      assert.equal((await patient).status, 0, (await patient).stdout)
      assert.equal(JSON.parse(await helper.succeed('list', pid, '--json')).length, 1)
    } finally {
      early.kill('SIGKILL')
      await helper.stop()
    }
  })
})

describe('a process with very many files', () => {
  it('is not taken for a blocked one while it lists their functions', async () => {
    // Each file takes long here, so that all of them take longer than a process may be silent.
    const app = await Program.start({
      'main.js': `
        require('./lib.js')
        const registry = globalThis[Symbol.for('umbra.registry')]
        const files = [...registry.files()]
        const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
        const slow = { sites: () => (wait(), files[0].sites()), table: () => undefined, url: 'file:///slow.js' }
        registry.files = () => Array.from({ length: 140 }, () => slow)`,
      'lib.js': lib['lib.js'],
    })
    const { files } = JSON.parse(
      (await app.umbra('sites', String(app.pid), '--json').finally(() => app.stop())).stdout,
    )
    assert.equal(files.length, 140)
  })
})

describe('node:cluster', () => {
  it('workers are prepared, unpatched, and patched together or not at all', async () => {
    const app = await Program.start(
      {
        'main.js': `
        const cluster = require('node:cluster')
        const { f, g } = require('./lib.js')
        if (cluster.isPrimary) { for (let i = 0; i < 2; i++) cluster.fork() }
        const both = () => f() + g()
        const ask = (what) => Promise.all(Object.values(cluster.workers).map((worker) => new Promise((resolve) => {
          worker.once('message', resolve)
          worker.send(what)
        })))
        if (cluster.isWorker) process.on('message', (what) => {
          if (what.startsWith('(')) eval(what)
          if (what === 'both') process.send(both())
        })
        process.send ??= () => {}
        if (cluster.isWorker) process.removeAllListeners('ready')`,
        'lib.js': lib['lib.js'],
        'p.ts': source('p'),
        'q.ts': source('q'),
      },
      { env: { UMBRA_NAME: 'cluster', UMBRA_DEADLINE: '1000' } },
    )
    try {
      type Row = { pid: number; name: string; patches: string[] | null }
      const ps = async (): Promise<Row[]> => JSON.parse(await app.succeed('ps', '--json'))
      await until(async () => (await ps()).length === 3)
      for (const row of await ps()) assert.deepEqual([row.name, row.patches], ['cluster', []])
      assert.equal(
        JSON.parse(await app.succeed('load', 'cluster', app.path('p.ts'), '--all', '--json')).length,
        3,
      )
      assert.deepEqual(await app.run('ask("both")'), ['pp', 'pp'])
      const { expression, begun, release } = app.blockage()
      await app.run(`cluster.workers[1].send(${JSON.stringify(expression)})`)
      await begun()
      const run = await app.umbra('load', 'cluster', app.path('q.ts'), '--all', '--json')
      assert.equal(JSON.parse(run.stdout).error.code, 'PROCESS_BLOCKED', run.stdout)
      release()
      await until(async () => (await ps()).every(({ patches }) => patches?.join() === 'p'))
      assert.deepEqual(await app.run('ask("both")'), ['pp', 'pp'])
      // One that is forked later is prepared too, and does not have what was loaded before.
      await app.run('cluster.fork() && 1')
      await until(async () => (await ps()).filter(({ patches }) => patches?.length === 0).length === 1)
    } finally {
      await app.stop()
    }
  })
})

describe('a process of another user', () => {
  it('is named as such', async () => {
    const app = await Program.start(lib)
    try {
      const run = process.getuid!() === 0 ? await asNobody(app) : await behindClosedFolder(app)
      assert.equal(run.status, 1)
      assert.match(run.stdout, /PROCESS_OF_OTHER_USER|PROCESS_NOT_PREPARED/)
      if (process.getuid!() === 0) assert.match(run.stdout, /belongs to another user \(uid 0\)/)
    } finally {
      await app.stop()
    }
  })

  /** Root can be somebody else, who needs a copy of umbra that he can read. */
  async function asNobody(app: Program) {
    const copy = mkdtempSync(join(tmpdir(), 'umbra-test-nobody-'))
    try {
      chmodSync(copy, 0o755)
      for (const part of ['dist', 'package.json'])
        cpSync(join(root, part), join(copy, part), { recursive: true })
      cpSync(join(root, 'node_modules'), join(copy, 'node_modules'), { recursive: true })
      const child = spawn(
        process.execPath,
        [join(copy, 'dist/cli/main.js'), 'list', String(app.pid), '--json'],
        {
          uid: 65_534,
          gid: 65_534,
          cwd: copy,
          env: { PATH: process.env.PATH },
        },
      )
      let stdout = ''
      child.stdout.on('data', (chunk) => {
        stdout += chunk
      })
      const [status] = await once(child, 'close')
      return { status, stdout }
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  }

  async function behindClosedFolder(app: Program) {
    chmodSync(app.path('run'), 0)
    const run = await app.umbra('list', String(app.pid), '--json')
    chmodSync(app.path('run'), 0o700)
    return run
  }
})

describe('a patch whose callback never settles', () => {
  it('is refused after a deadline; a second client waits and gets its turn', async () => {
    const app = await Program.start(lib)
    try {
      app.write({
        'never.ts': source('never', 'callbacks: { prePatch: () => new Promise(() => {}) }'),
        'p.ts': source('p'),
      })
      const never = app.umbra('load', String(app.pid), app.path('never.ts'))
      await until(async () => (await app.list()).length === 1)
      const [refused, patient] = await Promise.all([
        never,
        app.umbra('load', String(app.pid), app.path('p.ts')),
      ])
      assert.equal(refused.status, 1)
      assert.match(refused.stderr, /did not settle within 10 seconds/)
      assert.equal(patient.status, 0, patient.stderr)
      assert.match(patient.stderr, /loading …/)
      assert.deepEqual(
        (await app.list()).map(({ name }) => name),
        ['p'],
      )
    } finally {
      await app.stop()
    }
  })
})
