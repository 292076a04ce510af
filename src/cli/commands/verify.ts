import { Command } from 'commander'
import { verify } from '../../agent/signature.ts'
import { readKeyFiles, readTrusted } from '../../agent/trust.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { print, printJson } from '../output.ts'

interface Options {
  keys?: string
  from?: string
  to?: string
  json?: boolean
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'check the signature of a patch, or run the tests of the new version against the old one with the patch',
    )
    .argument('<patch>', 'a signed patch, or one that was built')
    .argument('[command...]', 'after --: the command that runs the tests')
    .option('--from <version>', 'the version that the patch is for: name@version, or a folder')
    .option('--to <version>', 'the version whose tests are run: name@version, or a folder')
    .option('--keys <path>', 'trusted keys, a file or a folder (default: UMBRA_TRUSTED_KEYS)')
    .option('--json', 'print one JSON document')
    .action(async (file: string, command: string[], { keys, from, to, json }: Options) => {
      if (from !== undefined || to !== undefined || command.length > 0) {
        if (from === undefined || to === undefined || command.length === 0) {
          throw new UmbraError(
            'USAGE',
            "to run tests, say 'umbra verify <patch> --from … --to … -- <command>'",
          )
        }
        const { verifyByTests } = await import('../../build/verify.ts')
        process.exitCode = await verifyByTests(file, from, to, command)
        return
      }
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
