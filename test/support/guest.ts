import { mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { pathToFileURL } from 'node:url'
import { writeFiles } from './files.ts'
import { driver, Program } from './program.ts'

/** Runs programs that come in, one after the other. */
const HOST = `
process.setMaxListeners(0)
process.on('message', async ({ enter }) => {
  if (enter === undefined) return
  const { fileURLToPath } = require('node:url')
  try {
    await (enter.endsWith('.mjs') ? import(enter) : require(fileURLToPath(enter)))
    process.send({ entered: enter })
  } catch (error) {
    process.send({ entered: enter, error: String(error?.stack ?? error) })
  }
})
`

let host: Program | undefined
let guests = 0

after(() => host?.stop())

/**
 * A program of a test that shares its process with those of the tests before: to start one of its own is most of what a test
 * of a patch takes. Its packages have versions that no other one has, so that no patch is for another's.
 */
export class Guest extends Program {
  static async enter(files: Record<string, string>, modules: string): Promise<Program> {
    const ended = host && (host.process.exitCode ?? host.process.signalCode)
    if (host === undefined || ended !== null) host = await Program.start({ 'main.js': HOST })
    const folder = mkdtempSync(join(tmpdir(), 'umbra-test-'))
    const name = `guest ${++guests}`
    const main = Object.keys(files)[0]!
    writeFiles(folder, { ...files, [main]: files[main] + driver(name) })
    symlinkSync(modules, join(folder, 'node_modules'))
    const guest = new Guest(folder, host.process, host.env, name)
    await guest.#enter(pathToFileURL(join(folder, main)).href)
    return guest
  }

  async #enter(enter: string): Promise<void> {
    const error = await new Promise<string | undefined>((resolve) => {
      const ended = (): void => resolve(`the program ended:\n${this.output}`)
      const heard = (message: { entered?: string; error?: string }): void => {
        // What one before still says is nothing to this one.
        if (message.entered !== enter) return
        this.process.off('message', heard).off('exit', ended)
        resolve(message.error)
      }
      this.process.on('message', heard).once('exit', ended)
      this.process.send({ enter })
    })
    if (error !== undefined) throw new Error(error)
  }

  /** Takes its patches away; a process that cannot do without them ends, and the next program gets another one. */
  override async stop(): Promise<void> {
    this.leave()
    try {
      for (const { name, enabled } of (await this.list()).reverse()) {
        if (enabled) await this.disable(name)
        await this.unload(name)
      }
    } catch {
      await host?.stop()
      host = undefined
    }
    this.clear()
  }
}
