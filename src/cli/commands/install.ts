import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Command } from 'commander'
import {
  fileFor,
  installedFiles,
  installedPrograms,
  installRoot,
  programFolder,
  programIn,
  SCRIPT,
  scriptPath,
} from '../../agent/install-folder.ts'
import { formatPatchFile } from '../../agent/patch-file.ts'
import { forgetStarts } from '../../agent/probation.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { findProcess } from '../find.ts'
import { print, printJson, withProgress } from '../output.ts'

interface Options {
  for: string
  json?: boolean
}

const FOR = 'the program: its main script, or a running process (pid or name) of it'

export function installCommand(): Command {
  return new Command('install')
    .description('apply a patch at every start of a program, before its first line')
    .argument('<patch>', 'a patch module')
    .requiredOption('--for <program>', FOR)
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: Options) => {
      const script = await programOf(options.for)
      const source = await withProgress('bundling the patch', options.json === true, async () => {
        const { bundlePatch } = await import('../bundle.ts')
        return bundlePatch(file)
      })
      const { patchName } = await import('../patch-name.ts')
      const name = patchName(source)
      const folder = programFolder(script, ownRoot())
      const path = put(folder, script, name, formatPatchFile(source))
      forgetStarts(folder)
      if (options.json) return printJson({ patch: name, program: script, file: path })
      print(`${name}: installed for ${script}; applied from its next start on`)
    })
}

export function uninstallCommand(): Command {
  return new Command('uninstall')
    .description('no longer apply a patch when a program starts')
    .argument('<patch>', "the patch's name")
    .requiredOption('--for <program>', FOR)
    .option('--json', 'print one JSON document')
    .action(async (name: string, options: Options) => {
      const { script, folder } = installedFor(options.for) ?? (await installedForProcess(options.for))
      const file = installedFiles(folder).find((one) => one.name === name)
      if (file === undefined) {
        const known =
          installedFiles(folder)
            .map((one) => one.name)
            .join(', ') || 'none'
        throw new UmbraError(
          'NOT_INSTALLED',
          `no patch '${name}' is installed for ${script} (installed: ${known})`,
        )
      }
      rmSync(file.path)
      if (installedFiles(folder).length > 0) forgetStarts(folder)
      else rmSync(folder, { recursive: true, force: true })
      if (options.json) return printJson({ patch: name, program: script })
      print(`${name}: no longer installed for ${script}; where it runs it goes on ('umbra disable')`)
    })
}

/** @throws UmbraError NO_INSTALL_FOLDER */
function ownRoot(): string {
  const root = installRoot()
  if (root !== undefined) return root
  throw new UmbraError(
    'NO_INSTALL_FOLDER',
    'this user has no home to keep patches in; set UMBRA_INSTALL_DIR to a folder',
  )
}

/** The program that has patches installed and this main script, whether that still exists or not. */
function installedFor(named: string): { script: string; folder: string } | undefined {
  const path = resolve(named)
  const scripts = [scriptPath(path), path]
  for (const folder of installedPrograms()) {
    const script = programIn(folder)
    if (script !== undefined && scripts.includes(script)) return { script, folder }
  }
  return undefined
}

async function installedForProcess(named: string): Promise<{ script: string; folder: string }> {
  const script = await programOf(named)
  return { script, folder: programFolder(script, ownRoot()) }
}

/** The main script's real path. @throws UmbraError PROGRAM_NOT_FOUND */
async function programOf(named: string): Promise<string> {
  const script = scriptPath(resolve(named))
  if (script !== undefined) return script
  const main = await findProcess(named).then(
    (card) => card.main,
    () => undefined,
  )
  const found = main === undefined ? undefined : scriptPath(main)
  if (found !== undefined) return found
  throw new UmbraError(
    'PROGRAM_NOT_FOUND',
    `'${named}' is neither a main script nor a running process that was started with one`,
  )
}

/** A patch that is installed again keeps its place; the new file is there whole or not at all. */
function put(folder: string, script: string, name: string, text: string): string {
  const installed = installedFiles(folder)
  const number = installed.find((one) => one.name === name)?.number ?? (installed.at(-1)?.number ?? 0) + 1
  const path = fileFor(folder, number, name)
  refuseTooLong(path, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  writeFileSync(join(folder, SCRIPT), script, { mode: 0o600 })
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return path
}

/** What file systems take, less the ending of a file that is not there yet. Bytes. */
const LONGEST_NAME = 255 - '.new'.length

function refuseTooLong(path: string, name: string): void {
  const over = Buffer.byteLength(basename(path)) - LONGEST_NAME
  if (over <= 0) return
  throw new UmbraError(
    'PATCH_NAME_TOO_LONG',
    `the name of patch '${name}' is ${over} bytes too long for a file's: give the patch a shorter one`,
  )
}
