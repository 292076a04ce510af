import { UmbraError } from '../livepatch/errors.ts'
import type { PatchSource } from '../livepatch/patch.ts'

/** Which form of linked patches a file holds: a process of another one could not run it. */
const FORMAT = 1

/** The ending of patches that are linked already: signed and installed ones. */
export const PATCH_FILE = '.patch.json'

/** A patch as it is sent to a process, as a file. */
export function formatPatchFile(source: PatchSource): string {
  const { filename, imports, code, signature } = source
  const file = { umbra: FORMAT, filename, imports, code, ...(signature !== undefined && { signature }) }
  return `${JSON.stringify(file, null, 1)}\n`
}

/** @throws UmbraError PATCH_FILE_FORMAT */
export function parsePatchFile(text: string, path: string): PatchSource {
  const fail = (why: string): never => {
    throw new UmbraError('PATCH_FILE_FORMAT', `${path} is no patch file: ${why}`)
  }
  let file: Partial<PatchSource> & { umbra?: unknown }
  try {
    file = (JSON.parse(text) ?? {}) as typeof file
  } catch (error) {
    return fail((error as Error).message)
  }
  const { umbra, filename, imports, code, signature } = file
  if (umbra !== FORMAT) fail(`'umbra' is ${JSON.stringify(umbra)}, and this version reads ${FORMAT}`)
  if (typeof filename !== 'string' || typeof code !== 'string')
    fail("'filename' and 'code' should be strings")
  if (!Array.isArray(imports) || imports.some((one) => typeof one !== 'string'))
    fail("'imports' should be a list of strings")
  if (signature !== undefined && typeof signature !== 'string') fail("'signature' should be a string")
  return {
    filename: filename as string,
    imports: imports as string[],
    code: code as string,
    ...(signature !== undefined && { signature }),
  }
}
