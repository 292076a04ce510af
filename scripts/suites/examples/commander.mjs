import { Argument, Command, InvalidArgumentError, Option } from 'commander'

const make = () => {
  const program = new Command('tool').version('1.2.3').exitOverride()
  program.configureOutput({
    writeOut: (text) => console.log('out', text),
    writeErr: (text) => console.log('err', text),
  })
  program.option('-d, --debug', 'more output').option(
    '-p, --port <number>',
    'port',
    (text) => {
      if (Number.isNaN(Number(text))) throw new InvalidArgumentError('Not a number.')
      return Number(text)
    },
    80,
  )
  program
    .addOption(new Option('-s, --size <size>').choices(['small', 'large']).env('TOOL_SIZE'))
    .option('--no-sauce')
  program
    .command('clone <source> [destinations...]')
    .description('copies')
    .alias('c')
    .action((source, rest, options, command) => {
      console.log(JSON.stringify([source, rest, options, command.optsWithGlobals()]))
    })
  program.addCommand(
    new Command('late')
      .addArgument(new Argument('<n>').argParser(Number.parseInt))
      .action(async (n) => console.log(typeof n)),
  )
  return program
}
for (const line of [
  '-d -p 81 clone a b c',
  '--port x clone a',
  '--help',
  'clone --help',
  'late 5',
  'cloen',
  '-s huge clone a',
  '--version',
  '--no-sauce c z',
  'clone',
]) {
  try {
    await make().parseAsync(line.split(' '), { from: 'user' })
  } catch (error) {
    console.log(error.code, error.exitCode)
  }
}
