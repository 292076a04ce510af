import color from 'picocolors'

/** Colours of one stream: on a terminal that can show them, unless NO_COLOR says that nobody wants them. */
function colorsOf(stream: NodeJS.WriteStream): ReturnType<typeof color.createColors> {
  return color.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb')
}

export const out = colorsOf(process.stdout)
export const err = colorsOf(process.stderr)
