import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { UmbraError } from '../../livepatch/errors.ts'

interface Options {
  include?: string
  exclude?: string
  name?: string
}

export function runCommand(): Command {
  return new Command('run')
    .description("run a program prepared for patches: short for 'node --import umbra/register <script>'")
    .argument('<script>', 'the main script')
    .argument('[args...]', "the program's own arguments")
    .option(
      '--include <packages>',
      'prepare only these packages (comma-separated, * allowed) and the program itself',
    )
    .option('--exclude <packages>', 'leave these packages untouched')
    .option('--name <name>', "the process's name for other commands")
    .passThroughOptions()
    .action((script: string, args: string[], options: Options) => run(script, args, options))
}

async function run(script: string, args: string[], { include, exclude, name }: Options): Promise<void> {
  if (!existsSync(resolve(script))) throw new UmbraError('SCRIPT_NOT_FOUND', `there is no script ${script}`)
  const register = import.meta.resolve('#dist/loader/register.js')
  const child = spawn(process.execPath, ['--import', register, script, ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(include !== undefined && { UMBRA_INCLUDE: include }),
      ...(exclude !== undefined && { UMBRA_EXCLUDE: exclude }),
      ...(name !== undefined && { UMBRA_NAME: name }),
    },
  })
  const passOn = (signal: NodeJS.Signals): void => {
    // A terminal sends its own signals to the whole group: the program has them already.
    if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn)
  process.exitCode = await new Promise<number>((done) => {
    child.on('exit', (code, signal) => done(code ?? 128 + constants.signals[signal!]))
  })
}
