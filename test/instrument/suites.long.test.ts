// Other people's tests: those that ship in packages, and documented examples of others, prepared and plain.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scale } from '../support/scale.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** One of each style: a shipped suite, an ES module, a UMD bundle, compiled TypeScript, a generated parser, a server. */
const handful = ['qs', 'yaml', 'esprima', 'rxjs', 'handlebars', 'express']

it('suites of popular packages pass prepared as they pass plain', () => {
  const names = scale === 'full' ? [] : handful
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/suites.mjs', ...names], {
    cwd: root,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout + stderr)
  const [, packages, checks] = /: (\d+) packages, (\d+) checks, /.exec(stdout) ?? []
  assert.ok(Number(packages) >= (names.length || 80) && Number(checks) > Number(packages), stdout)
})
