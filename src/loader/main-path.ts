/**
 * Which program this is. PM2 starts a container of its own in the program's place and puts the program's path where the
 * container was once that runs; asked before, and so that children do not take it for theirs, its environment tells.
 */
const pm2 = pm2Program()

/** The main script as the process was given it; undefined where there is none. */
export function mainPath(): string | undefined {
  return pm2?.pm_exec_path ?? process.argv[1]
}

/** The name that a process manager has given the program. */
export const managedName = pm2?.name

interface Pm2Environment {
  name?: string
  pm_exec_path?: string
}

function pm2Program(): Pm2Environment | undefined {
  if (!/[\\/]pm2[\\/]lib[\\/]ProcessContainer\w*\.js$/.test(process.argv[1] ?? '')) return undefined
  try {
    // In cluster mode all of it is one variable.
    return JSON.parse(process.env.pm2_env ?? 'null') ?? process.env
  } catch {
    return process.env
  }
}
