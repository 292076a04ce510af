import chalk, { Chalk } from 'chalk'

const on = new Chalk({ level: 3 })
console.log(JSON.stringify(on.blue.bgRed.bold('Hello') + on.hex('#DEADED').underline('world', 1)))
console.log(
  JSON.stringify(on.green(`a ${on.red('b')} c\nd`)),
  JSON.stringify(on.rgb(15, 100, 204).inverse('x')),
)
console.log(
  JSON.stringify(new Chalk({ level: 1 }).hex('#ff8800')('approximated')),
  chalk.red('off'),
  typeof chalk,
  chalk.red.name,
)
console.log(JSON.stringify(on.visible('v') + on.reset.dim.strikethrough('')), on.level)
try {
  new Chalk({ level: 9 })
} catch (error) {
  console.log(error.message)
}
