import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Command } from 'commander'
import { formatPatchFile, PATCH_FILE } from '../../agent/patch-file.ts'
import { readPrivateKey, sign } from '../../agent/signature.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { print, printJson, withProgress } from '../output.ts'

interface Options {
  key: string
  output?: string
  json?: boolean
}

export function signCommand(): Command {
  return new Command('sign')
    .description('bundle a patch and sign it: the result is loaded as it is')
    .argument('<patch>', 'a patch module')
    .requiredOption('--key <file>', 'a private key that umbra keygen made')
    .option('-o, --output <file>', `the signed patch (default: the patch's name with ${PATCH_FILE})`)
    .option('--json', 'print one JSON document')
    .action(async (file: string, { key, output, json = false }: Options) => {
      const privateKey = readPrivateKey(readKey(key), key)
      const source = await withProgress('bundling the patch', json, async () => {
        const { bundlePatch } = await import('../bundle.ts')
        return bundlePatch(file)
      })
      const signature = sign(source, privateKey)
      const written = output ?? `${basename(file).replace(/\.patch\.json$|\.[^.]+$/, '')}${PATCH_FILE}`
      writeFileSync(written, formatPatchFile({ ...source, signature }))
      const [name] = signature.split(':')
      if (json) return printJson({ file: written, key: name })
      print(`${written}: signed with key ${name}`)
    })
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UmbraError('KEY_INVALID', `the key cannot be read: ${(error as Error).message}`)
  }
}
