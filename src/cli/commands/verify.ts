import { Command } from 'commander'
import { verify } from '../../agent/signature.ts'
import { readKeyFiles, readTrusted } from '../../agent/trust.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { print, printJson } from '../output.ts'

interface Options {
  keys?: string
  json?: boolean
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('check the signature of a patch')
    .argument('<patch>', 'a signed patch')
    .option('--keys <path>', 'trusted keys, a file or a folder (default: UMBRA_TRUSTED_KEYS)')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { keys, json }: Options) => {
      const trusted = keys === undefined ? readTrusted() : readKeyFiles(keys)
      if (trusted === undefined) {
        throw new UmbraError('TRUSTED_KEYS', 'no trusted keys: say --keys <path>, or set UMBRA_TRUSTED_KEYS')
      }
      const { bundlePatch } = await import('../bundle.ts')
      const key = verify(await bundlePatch(file), trusted)
      if (json) return printJson({ file, key })
      print(`${file}: signed with trusted key ${key}, and unchanged`)
    })
}
