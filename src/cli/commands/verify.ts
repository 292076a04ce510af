import { Command } from 'commander'
import { verify } from '../../agent/signature.ts'
import { readKeyFiles, readTrusted } from '../../agent/trust.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { fail, print, printJson } from '../output.ts'

interface Options {
  keys?: string
  from?: string
  to?: string
  loaded?: boolean
  json?: boolean
}

/** Of tests that say nothing, as `timeout`, `env` and `docker run` have it: no status of the tests themselves. */
const NO_ANSWER = 125

export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'check the signature of a patch, or run the tests of the new version against the old one with the patch',
    )
    .argument('<patch>', 'a signed patch, or one that was built')
    .argument('[command...]', 'after --: the command that runs the tests')
    .option('--from <version>', 'the version that the patch is for: name@version, or a folder')
    .option('--to <version>', 'the version whose tests are run: name@version, or a folder')
    .option('--loaded', 'apply the patch once the tests have loaded the package, not before')
    .option('--keys <path>', 'trusted keys, a file or a folder (default: UMBRA_TRUSTED_KEYS)')
    .option('--json', 'print one JSON document')
    .action(async (file: string, command: string[], { keys, from, to, loaded, json }: Options) => {
      if (from !== undefined || to !== undefined || loaded || command.length > 0) {
        if (from === undefined || to === undefined || command.length === 0) {
          throw new UmbraError(
            'USAGE',
            "to run tests, say 'umbra verify <patch> --from … --to … -- <command>'",
          )
        }
        try {
          return await verifyWithTests(file, from, to, command, {
            ...(loaded && { loaded }),
            ...(json && { json }),
          })
        } catch (error) {
          return fail(error, json === true, NO_ANSWER)
        }
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

/** Passes where the tests pass and have met the patch: otherwise they say nothing about it. */
async function verifyWithTests(
  file: string,
  from: string,
  to: string,
  command: string[],
  { loaded = false, json = false }: Options,
): Promise<void> {
  const { verifyByTests } = await import('../../build/verify.ts')
  const run = await verifyByTests(file, from, to, command, { output: json ? 'stderr' : 'stdout', loaded })
  if (run.status === 0 && run.patched === 0) {
    throw new UmbraError(
      'VERIFY_UNMET',
      `'${command.join(' ')}' passed without loading any file that ${file} changes: it says nothing about the patch. ` +
        'Run tests that load the package from its own files',
    )
  }
  process.exitCode = run.status
  if (json) return printJson({ file, from, to, command, ...run })
  const how = run.status === 0 ? 'pass' : `do not pass (exit status ${run.status})`
  print(`the tests of ${to} ${how} on ${from} with ${file}, which ${counted(run.patched)} loaded`)
  for (const target of run.unmet) print(`  not loaded, and so not tested: ${target}`)
}

function counted(threads: number): string {
  return threads === 0 ? 'no thread has' : threads === 1 ? 'one thread has' : `${threads} threads have`
}
