import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UmbraError } from '../livepatch/errors.ts'

/** The text of a file of keys. */
export interface KeyFile {
  path: string
  pem: string
}

/**
 * The keys that a process was told to trust, as text: UMBRA_TRUSTED_KEYS names a file, or a folder of .pem files. They
 * are read once, before the program's first line; what they mean is found out when the first patch comes. Undefined
 * where there is no such setting.
 *
 * @throws UmbraError TRUSTED_KEYS
 */
export function readTrusted(env: NodeJS.ProcessEnv = process.env): KeyFile[] | undefined {
  const path = env.UMBRA_TRUSTED_KEYS
  if (path === '')
    throw new UmbraError(
      'TRUSTED_KEYS',
      'UMBRA_TRUSTED_KEYS is set to nothing: unset it, or name a file or a folder',
    )
  return path === undefined ? undefined : readKeyFiles(path)
}

/** @throws UmbraError TRUSTED_KEYS */
export function readKeyFiles(path: string): KeyFile[] {
  try {
    const files = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => name.endsWith('.pem'))
          .map((name) => join(path, name))
      : [path]
    const read = files.map((file) => ({ path: file, pem: readFileSync(file, 'utf8') }))
    // `umbra keygen` may have been run in the folder: a private key beside the public one is nobody's to trust.
    return read.filter(
      ({ path: file, pem }) => file === path || !/-----BEGIN (?:\w+ )*PRIVATE KEY-----/.test(pem),
    )
  } catch (error) {
    throw new UmbraError('TRUSTED_KEYS', `the trusted keys cannot be read: ${(error as Error).message}`)
  }
}
