import { Command, CommanderError } from 'commander'
import { ownVersion } from '../agent/identity.ts'
import { UmbraError } from '../livepatch/errors.ts'
import { fail } from './output.ts'

/** By their names, in the order of the help: each loads what it needs itself. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  run: async () => (await import('./commands/run.ts')).runCommand(),
  prepare: async () => (await import('./commands/prepare.ts')).prepareCommand(),
  ps: async () => (await import('./commands/ps.ts')).psCommand(),
  load: async () => (await import('./commands/load.ts')).loadCommand(),
  enable: async () => (await import('./commands/switch.ts')).enableCommand(),
  disable: async () => (await import('./commands/switch.ts')).disableCommand(),
  unload: async () => (await import('./commands/switch.ts')).unloadCommand(),
  force: async () => (await import('./commands/switch.ts')).forceCommand(),
  list: async () => (await import('./commands/list.ts')).listCommand(),
  info: async () => (await import('./commands/info.ts')).infoCommand(),
  sites: async () => (await import('./commands/sites.ts')).sitesCommand(),
  log: async () => (await import('./commands/log.ts')).logCommand(),
  shadow: async () => (await import('./commands/shadow.ts')).shadowCommand(),
  build: async () => (await import('./commands/build.ts')).buildCommand(),
  install: async () => (await import('./commands/install.ts')).installCommand(),
  uninstall: async () => (await import('./commands/install.ts')).uninstallCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  keygen: async () => (await import('./commands/keygen.ts')).keygenCommand(),
  sign: async () => (await import('./commands/sign.ts')).signCommand(),
  verify: async () => (await import('./commands/verify.ts')).verifyCommand(),
}

/** The command that is named, or all of them for what is said of all. */
async function commandsFor(named: string | undefined): Promise<Command[]> {
  const one = named !== undefined && Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined
  return Promise.all((one === undefined ? Object.values(COMMANDS) : [one]).map((load) => load()))
}

/** The command line. Exit status: 0 done, 1 refused or failed, 2 usage. */
export async function main(argv: string[]): Promise<void> {
  // What follows 'run' is the program's.
  const json = argv.includes('--json') && argv[2] !== 'run'
  try {
    const program = await commandLine(argv[2], json)
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(error, json)
    // --help and --version end here too, with nothing wrong.
    if (error.exitCode === 0) return
    if (json) fail(new UmbraError('USAGE', error.message.replace(/^error: /, '')), true, 2)
    process.exitCode = 2
  }
}

async function commandLine(named: string | undefined, json: boolean): Promise<Command> {
  const program = new Command('umbra')
    .description('Live patches and shadow variables for running Node.js programs')
    .version(ownVersion())
    .enablePositionalOptions()
    .showHelpAfterError("('umbra --help' shows how it is used)")
    .addHelpText(
      'after',
      '\nA process is named by its pid, or by its name where that is unambiguous (umbra ps).',
    )
  for (const command of await commandsFor(named)) program.addCommand(command)
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    if (json) command.configureOutput({ writeErr: () => {} })
  }
  return program
}
