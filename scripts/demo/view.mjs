// How the demo looks: a graph that moves on a terminal, plain lines elsewhere.
import picocolors from 'picocolors'

const BARS = '▁▂▃▄▅▆▇█'
const WIDTH = 48
const live = process.stdout.isTTY === true
const color = picocolors.createColors(live && !process.env.NO_COLOR)

/** The last values as bars between zero and the highest of all. */
export function graph(values, highest = Math.max(...values, 1)) {
  return values
    .slice(-WIDTH)
    .map((value) => BARS[Math.min(Math.floor((value / highest) * BARS.length), BARS.length - 1)])
    .join('')
}

/** All values in the width of one graph. */
export function wholeGraph(values) {
  return graph(Array.from({ length: WIDTH }, (_, i) => values[Math.floor((i * values.length) / WIDTH)] ?? 0))
}

export function kilobytes(bytes) {
  return `${Math.round(bytes / 1024)} kB`
}

/**
 * A line that follows the service until `stop`; on a terminal it is drawn again and again.
 * @param before what had leaked when the step began
 */
export function follow(service, before) {
  const from = service.leaked.length
  const line = () => {
    const values = service.leaked
    const now = values.at(-1) ?? 0
    return `  leaked  ${color.yellow(graph(values).padStart(WIDTH))}  ${kilobytes(now).padStart(7)}   ${service.dummies} dummies in flight`
  }
  const draw = () => process.stdout.write(`\r${line()}\u001b[K`)
  const timer = live ? setInterval(draw, 100) : undefined
  return {
    stop() {
      clearInterval(timer)
      if (live) process.stdout.write(`\r${line()}\u001b[K\n`)
      else {
        // Reports from before the step's last command say how it was until then; there may be none since.
        const [first, last] = [service.leaked[from] ?? before, service.leaked.at(-1) ?? 0]
        process.stdout.write(
          `  leaked ${kilobytes(first)} -> ${kilobytes(last)}, ${service.dummies} dummies in flight\n`,
        )
      }
    },
  }
}

export function title(text) {
  process.stdout.write(`\n${color.bold(text)}\n`)
}

export function command(text) {
  process.stdout.write(`  ${color.dim('$')} ${color.cyan(text)}\n`)
}

export function say(text) {
  process.stdout.write(`  ${text}\n`)
}

export function verdict(held, text) {
  process.stdout.write(`  ${held ? color.green('✓') : color.red('✗')} ${text}\n`)
}
