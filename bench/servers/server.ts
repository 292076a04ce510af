import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { Client } from '#dist/cli/client.js'

const register = new URL('../../../dist/loader/register.js', import.meta.url).href
const required = (name: string): string =>
  `require(${JSON.stringify(fileURLToPath(import.meta.resolve(name)))})`

/** Servers by what they do; `answer()` is what a patch changes. */
export const servers = {
  plain: "require('node:http').createServer((req, res) => res.end(answer()))",
  '20 awaits':
    "require('node:http').createServer(async (req, res) => { for (let i = 0; i < 20; i++) await i; res.end(answer()) })",
  express: `${required('express')}().get('/', (req, res) => res.send(answer()))`,
  fastify: `${required('fastify')}().get('/', async () => answer())`,
}

export type Kind = keyof typeof servers

/** A server in a process of its own. */
export class Server {
  readonly #folder: string
  readonly #child: ChildProcess
  url = ''

  private constructor(folder: string, child: ChildProcess) {
    this.#folder = folder
    this.#child = child
  }

  static async start(
    kind: Kind,
    { prepared, env = {} }: { prepared: boolean; env?: NodeJS.ProcessEnv },
  ): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'umbra-bench-'))
    writeFileSync(join(folder, 'lib.js'), "exports.text = function text() { return 'old' }")
    writeFileSync(
      join(folder, 'main.js'),
      `const { text } = require('./lib.js'); const answer = () => text()
      const server = ${servers[kind]}
      const listening = () => process.send((server.server ?? bound ?? server).address().port)
      let bound
      if (server.server) server.listen({ port: 0, host: '127.0.0.1' }).then(listening)
      else bound = server.listen(0, '127.0.0.1', () => setImmediate(listening))`,
    )
    const child = fork(join(folder, 'main.js'), {
      execArgv: prepared ? ['--import', register] : [],
      env: { ...process.env, UMBRA_DIR: join(folder, 'run'), UMBRA_CACHE: join(folder, 'cache'), ...env },
    })
    const server = new Server(folder, child)
    const [port] = (await once(child, 'message')) as [number]
    server.url = `http://127.0.0.1:${port}`
    return server
  }

  /** Requests per second at saturation. */
  async saturate(seconds: number): Promise<number> {
    const result = await autocannon({ url: this.url, connections: 20, duration: seconds })
    return result.requests.average
  }

  /** The 99th percentile of the latency in milliseconds at a fixed rate, while `meanwhile` runs. */
  async p99(rate: number, seconds: number, meanwhile: () => Promise<void>): Promise<number> {
    const load = autocannon({ url: this.url, connections: 20, duration: seconds, overallRate: rate })
    await meanwhile()
    return (await load).latency.p99
  }

  control(): Promise<Client> {
    const { pid } = this.#child
    return Client.open({ pid: pid!, name: '', node: '', socket: join(this.#folder, 'run', `${pid}.sock`) })
  }

  stop(): void {
    this.#child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
