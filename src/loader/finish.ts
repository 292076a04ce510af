/** The last step before prepared code runs in this thread: its file is registered, its cell declared. */
import { fileURLToPath } from 'node:url'
import { renameCell } from './cell-name.ts'
import { isOwn, leftOut } from './options.ts'
import { loadsInstrumenter, type Prepared, prepare } from './prepare.ts'
import { registry } from './registry.ts'
import { mapComment } from './source-map.ts'
import { expectWorkers, mayStartWorkers } from './workers.ts'

/** The code to run. Throws what a listener of the registry throws. */
export function finish({ code, map, file }: Prepared & { code: string }): string {
  const cell = registry.add(file)
  const renamed = cell === file.cell ? code : renameCell(code, file.cell, cell)
  return map === undefined ? renamed : renamed + mapComment(map)
}

/** What is to run in place of an ES module's text, if it is to be prepared. Throws only what a listener throws. */
export function moduleCode(url: string, content: string | Buffer): string | undefined {
  const filename = fileURLToPath(url)
  if (isOwn(filename) || loadsInstrumenter()) return undefined
  const reason = leftOut(filename)
  const prepared =
    reason === undefined ? prepare({ content, url, filename, type: 'module' }) : { refused: reason }
  if (prepared.code !== undefined ? prepared.workers : mayStartWorkers(content)) expectWorkers()
  if (prepared.code !== undefined) return finish(prepared)
  registry.addUntouched(url, prepared.refused)
  return undefined
}
