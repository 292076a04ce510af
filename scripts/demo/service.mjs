// The sample service as a process of its own, seen through what it prints.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const register = new URL('../../dist/loader/register.js', import.meta.url).href
const main = fileURLToPath(new URL('../../samples/livepatch-shadow-mod/main.js', import.meta.url))

export class Service {
  /** Every line so far. */
  lines = []
  /** Leaked bytes at each report, oldest first. */
  leaked = []
  dummies = 0
  #waiting = new Set()

  constructor(period) {
    this.child = spawn(process.execPath, ['--import', register, main], {
      env: { ...process.env, PERIOD: String(period) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#heard(line))
    this.child.on('exit', () => this.#check())
  }

  get pid() {
    return this.child.pid
  }

  get alive() {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  #heard(line) {
    this.lines.push(line)
    const report = /^pool: (\d+) dummies, \d+ buffers in use, (\d+) bytes leaked$/.exec(line)
    if (report !== null) {
      this.dummies = Number(report[1])
      this.leaked.push(Number(report[2]))
    }
    this.#check()
  }

  #check() {
    for (const check of [...this.#waiting]) check()
  }

  /** How many lines since `from` match. */
  count(pattern, from = 0) {
    return this.lines.slice(from).filter((line) => pattern.test(line)).length
  }

  /** Waits until the condition holds; false when it does not within the time, or when the service ends. */
  until(condition, milliseconds = 10_000) {
    return new Promise((resolve) => {
      const done = (held) => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        resolve(held)
      }
      const check = () => {
        if (condition()) done(true)
        else if (!this.alive) done(false)
      }
      const timer = setTimeout(() => done(false), milliseconds)
      this.#waiting.add(check)
      check()
    })
  }

  stop() {
    this.child.kill()
  }
}
