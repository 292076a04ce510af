import { Command, CommanderError } from 'commander'
import { ownVersion } from '../agent/identity.ts'
import { UmbraError } from '../livepatch/errors.ts'
import { buildCommand } from './commands/build.ts'
import { infoCommand } from './commands/info.ts'
import { installCommand, uninstallCommand } from './commands/install.ts'
import { keygenCommand } from './commands/keygen.ts'
import { listCommand } from './commands/list.ts'
import { loadCommand } from './commands/load.ts'
import { logCommand } from './commands/log.ts'
import { prepareCommand } from './commands/prepare.ts'
import { psCommand } from './commands/ps.ts'
import { runCommand } from './commands/run.ts'
import { shadowCommand } from './commands/shadow.ts'
import { signCommand } from './commands/sign.ts'
import { sitesCommand } from './commands/sites.ts'
import { statusCommand } from './commands/status.ts'
import { disableCommand, enableCommand, forceCommand, unloadCommand } from './commands/switch.ts'
import { verifyCommand } from './commands/verify.ts'
import { fail } from './output.ts'

/** The command line. Exit status: 0 done, 1 refused or failed, 2 usage. */
export async function main(argv: string[]): Promise<void> {
  // What follows 'run' is the program's.
  const json = argv.includes('--json') && argv[2] !== 'run'
  try {
    await commandLine(json).parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(error, json)
    // --help and --version end here too, with nothing wrong.
    if (error.exitCode === 0) return
    if (json) fail(new UmbraError('USAGE', error.message.replace(/^error: /, '')), true, 2)
    process.exitCode = 2
  }
}

function commandLine(json: boolean): Command {
  const program = new Command('umbra')
    .description('Live patches and shadow variables for running Node.js programs')
    .version(ownVersion())
    .enablePositionalOptions()
    .showHelpAfterError("('umbra --help' shows how it is used)")
    .addHelpText(
      'after',
      '\nA process is named by its pid, or by its name where that is unambiguous (umbra ps).',
    )
  const commands = [
    runCommand(),
    prepareCommand(),
    psCommand(),
    loadCommand(),
    enableCommand(),
    disableCommand(),
    unloadCommand(),
    forceCommand(),
    listCommand(),
    infoCommand(),
    sitesCommand(),
    logCommand(),
    shadowCommand(),
    buildCommand(),
    installCommand(),
    uninstallCommand(),
    statusCommand(),
    keygenCommand(),
    signCommand(),
    verifyCommand(),
  ]
  for (const command of commands) program.addCommand(command)
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    if (json) command.configureOutput({ writeErr: () => {} })
  }
  return program
}
