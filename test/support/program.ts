import assert from 'node:assert/strict'
import {
  type ChildProcess,
  type ChildProcessByStdio,
  fork,
  type SpawnOptionsWithStdioTuple,
  spawn,
} from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Request } from '#dist/agent/protocol.js'
import type { ProcessRow } from '#dist/agent/requests.js'
import { bundlePatch } from '#dist/cli/bundle.js'
import { Client } from '#dist/cli/client.js'
import type { OperationReport } from '#dist/livepatch/core.js'
import { writeFiles } from './files.ts'
import { until } from './until.ts'

const dist = new URL('../../../dist/', import.meta.url)
const cli = fileURLToPath(new URL('cli/main.js', dist))
const register = new URL('loader/register.js', dist).href

/** What a run of the command line left behind. */
export interface Run {
  status: number | null
  stdout: string
  stderr: string
}

export interface Start {
  /** Further environment of the program and of the command line. */
  env?: Record<string, string | undefined>
  /** Flags of Node before the script. */
  flags?: string[]
  /** false: start it without umbra. */
  prepared?: boolean
  /** A folder of packages that the program can use. */
  modules?: string
}

/**
 * Appended to every main script: runs what a test sends, in the scope of the script, and reports what comes out. It is
 * ready when its event loop has run for as long as a prepared process waits until it opens its socket (agent/server.ts).
 */
const DRIVER = `${driver()}
setTimeout(() => process.send('ready'), 20)
`

/** @param name of one that is in a process with others */
export function driver(name?: string): string {
  return `
;process.on('message', async ({ id, to, code }) => {
  if (to !== ${JSON.stringify(name)}) return
  try {
    process.send({ id, to, value: await eval('(async () => ' + code + ')()') })
  } catch (error) {
    process.send({ id, to, error: String(error?.stack ?? error) })
  }
})
`
}

/**
 * A program of a test, in a folder and a process of its own, with a folder of its own for control sockets. Everything
 * goes away with `stop`.
 */
export class Program {
  readonly folder: string
  readonly process: ChildProcess
  readonly env: NodeJS.ProcessEnv
  readonly #name: string | undefined
  output = ''
  #lastId = 0

  /** @param name of one that is in a process with others */
  protected constructor(folder: string, child: ChildProcess, env: NodeJS.ProcessEnv, name?: string) {
    this.folder = folder
    this.process = child
    this.env = env
    this.#name = name
    child.stdout?.on('data', this.#hear)
    child.stderr?.on('data', this.#hear)
  }

  readonly #hear = (chunk: unknown): void => {
    this.output += chunk
  }

  /** Listens no more to a process that goes on. */
  protected leave(): void {
    this.process.stdout?.off('data', this.#hear)
    this.process.stderr?.off('data', this.#hear)
  }

  get pid(): number {
    return this.process.pid!
  }

  /** Writes the files and runs the first of them, `main.js` or `main.mjs`. */
  static async start(
    files: Record<string, string>,
    { env = {}, flags = [], prepared = true, modules }: Start = {},
  ): Promise<Program> {
    const folder = mkdtempSync(join(tmpdir(), 'umbra-test-'))
    const main = Object.keys(files)[0]!
    writeFiles(folder, { ...files, [main]: files[main] + DRIVER })
    if (modules !== undefined) symlinkSync(modules, join(folder, 'node_modules'))
    const environment = {
      ...process.env,
      UMBRA_DIR: join(folder, 'run'),
      UMBRA_CACHE: join(folder, 'cache'),
      UMBRA_INSTALL_DIR: join(folder, 'installed'),
      ...env,
    }
    const execArgv = [...(prepared ? ['--import', register] : []), ...flags]
    const child = fork(join(folder, main), {
      env: environment,
      execArgv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const program = new Program(folder, child, environment)
    await program.#ready()
    return program
  }

  async #ready(): Promise<void> {
    const ended = once(this.process, 'exit').then(() => {
      throw new Error(`the program ended before it was ready:\n${this.output}`)
    })
    await Promise.race([once(this.process, 'message'), ended])
    // From here on the end of the program is each test's own business.
    ended.catch(() => {})
  }

  /** Evaluates an expression in the scope of the main script and returns its value. */
  async run<T = unknown>(code: string): Promise<T> {
    const id = ++this.#lastId
    return await new Promise<T>((resolve, reject) => {
      const ended = (): void => reject(new Error(`the program ended:\n${this.output}`))
      const heard = (message: { id: number; to?: string; value: T; error?: string }): void => {
        if (message.id !== id || message.to !== this.#name) return
        this.process.off('message', heard).off('exit', ended)
        if (message.error === undefined) resolve(message.value)
        else reject(new Error(message.error))
      }
      this.process.on('message', heard).once('exit', ended)
      this.process.send({ id, to: this.#name, code })
    })
  }

  /** An expression that blocks its thread until the test lets go of it, and what to wait for and to do from here. */
  blockage(): { expression: string; begun: () => Promise<void>; release: () => void } {
    const file = this.path(`blockage-${++this.#lastId}`)
    const fs = "process.getBuiltinModule('node:fs')"
    return {
      expression: `(() => { ${fs}.writeFileSync('${file}.on', ''); while (!${fs}.existsSync('${file}.off')); })()`,
      begun: () => until(async () => existsSync(`${file}.on`)),
      release: () => writeFileSync(`${file}.off`, ''),
    }
  }

  /** Blocks the program's event loop; returns what ends it. */
  async block(): Promise<() => void> {
    const { expression, begun, release } = this.blockage()
    await this.run(`void setTimeout(() => ${expression}, 10)`)
    await begun()
    return release
  }

  /** Writes further files into the program's folder. */
  write(files: Record<string, string>): void {
    writeFiles(this.folder, files)
  }

  path(file: string): string {
    return join(this.folder, file)
  }

  /** Runs the command line against this program's socket folder. */
  umbra(...args: string[]): Promise<Run> {
    return umbra(args, this.env)
  }

  /** Runs a command that must succeed and returns what it printed. */
  async succeed(...args: string[]): Promise<string> {
    const run = await this.umbra(...args)
    if (run.status === 0) return run.stdout
    throw new Error(
      `umbra ${args.join(' ')} ended with ${run.status}:\n${run.stdout}${run.stderr}\n${this.output}`,
    )
  }

  /** Asks the process something over its socket, as the command line does. */
  ask<T>(request: Request): Promise<T> {
    return Client.ask<T>(this.card, request)
  }

  /** Prepares and commits a change over the socket, as the command line does. */
  change(request: Request): Promise<OperationReport> {
    return Client.change(this.card, request)
  }

  /** An error that the end of the program has caused says how it ended, and what it printed. */
  async #explain(error: unknown): Promise<never> {
    if ((error as { code?: string }).code !== 'PROCESS_GONE') throw error
    if (this.process.exitCode === null && this.process.signalCode === null)
      await Promise.race([once(this.process, 'exit'), delay(5000)])
    const { exitCode, signalCode } = this.process
    throw new Error(`the program ended (${signalCode ?? exitCode}):\n${this.output}`, { cause: error })
  }

  get card(): { pid: number; name: string; node: string; socket: string } {
    return { pid: this.pid, name: 'main', node: '', socket: join(this.env.UMBRA_DIR!, `${this.pid}.sock`) }
  }

  /** Loads a patch from its source; rejects with the reason when it is refused. */
  async load(source: string, file = 'patch.ts', more: { wait?: boolean } = {}): Promise<OperationReport> {
    this.write({ [file]: source })
    return this.change({ op: 'load', ...(await bundlePatch(this.path(file))), ...more })
  }

  /** Loads, disables and unloads a patch again and again, all over one connection. */
  async cycle(source: string, times: number, file = 'patch.ts'): Promise<OperationReport[]> {
    this.write({ [file]: source })
    const patch = await bundlePatch(this.path(file))
    const client = await Client.open(this.card)
    const reports: OperationReport[] = []
    const change = async (request: Request): Promise<void> => {
      await client.prepare(request).catch((error) => this.#explain(error))
      reports.push(await client.commit().catch((error) => this.#explain(error)))
    }
    for (let i = 0; i < times; i++) {
      await change({ op: 'load', ...patch })
      const name = reports.at(-1)!.patch
      await change({ op: 'disable', patch: name })
      await change({ op: 'unload', patch: name })
    }
    client.close()
    return reports
  }

  /** Loads a patch that must be refused and returns the reason. */
  async refuse(source: string): Promise<{ code: string; message: string }> {
    const report = await this.load(source, 'refused.ts').catch(
      (error: { code: string; message: string }) => error,
    )
    if ('message' in report) return report
    throw new Error(`expected a refusal, but the patch was loaded: ${JSON.stringify(report)}`)
  }

  disable = (patch: string): Promise<OperationReport> => this.change({ op: 'disable', patch })
  enable = (patch: string): Promise<OperationReport> => this.change({ op: 'enable', patch })
  unload = (patch: string): Promise<OperationReport> => this.change({ op: 'unload', patch })

  /** The rows of `umbra list`. */
  list(): Promise<ProcessRow[]> {
    return this.ask<ProcessRow[]>({ op: 'list' })
  }

  /** The `livepatch:` lines of the patch log. */
  async log(): Promise<string[]> {
    const entries = await this.ask<{ line: string }[]>({ op: 'log' })
    return entries.map((entry) => entry.line).filter((line) => line.startsWith('livepatch:'))
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exit = once(this.process, 'exit')
      this.process.kill('SIGKILL')
      await exit
    }
    this.clear()
  }

  /** Removes its folder. */
  protected clear(): void {
    try {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    } catch {
      // Children of the program are still writing; the folder is a temporary one, and no test is about it.
    }
  }
}

/** Runs the command line. */
export function umbra(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> {
  return startUmbra(args, env).ended
}

/** The command line in an environment that need not be there yet, as a test uses it that knows how a command ends. */
export class CommandLine {
  readonly #env: () => NodeJS.ProcessEnv

  constructor(env: () => NodeJS.ProcessEnv) {
    this.#env = env
  }

  run(...args: string[]): Promise<Run> {
    return umbra(args, this.#env())
  }

  /** What it prints. */
  async succeed(...args: string[]): Promise<string> {
    const run = await this.run(...args)
    assert.equal(run.status, 0, `${args.join(' ')}: ${run.stdout}${run.stderr}`)
    return run.stdout
  }

  /** What it says is wrong. */
  async error(...args: string[]): Promise<{ code: string; message: string }> {
    const run = await this.run(...args, '--json')
    assert.equal(run.status, 1, run.stdout)
    return JSON.parse(run.stdout).error
  }
}

/** Runs a prepared program to its end; `flags` of Node come before umbra. */
export function runNode(args: string[], env: NodeJS.ProcessEnv, flags: string[] = []): Promise<Run> {
  return collect(spawn(process.execPath, [...flags, '--import', register, ...args], piped(env))).ended
}

function piped(env: NodeJS.ProcessEnv): SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'pipe'> {
  return { env, stdio: ['ignore', 'pipe', 'pipe'] }
}

/** Starts the command line; what it has printed so far can be seen before it ends. */
export function startUmbra(
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): { printed: Pick<Run, 'stdout' | 'stderr'>; ended: Promise<Run> } {
  return collect(spawn(process.execPath, [cli, ...args], piped(env)))
}

function collect(child: ChildProcessByStdio<null, Readable, Readable>): {
  printed: Pick<Run, 'stdout' | 'stderr'>
  ended: Promise<Run>
} {
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      printed[name] += text
    })
  }
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...printed }))
  return { printed, ended }
}
