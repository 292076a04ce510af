/** Runs `fn` and returns what was meanwhile printed as errors and as warnings with a code. */
export async function heard(fn: () => void): Promise<{ errors: string[]; warnings: string[] }> {
  const errors: string[] = []
  const warnings: string[] = []
  const listener = (warning: Error & { code?: string }) => warnings.push(`${warning.code} ${warning.message}`)
  const { error } = console
  console.error = (line: string) => errors.push(line)
  process.on('warning', listener)
  try {
    fn()
    await new Promise(setImmediate)
  } finally {
    console.error = error
    process.off('warning', listener)
  }
  return { errors, warnings }
}
