// A file beside the package's main entry to which a part of the change cannot be applied: others get the patch, and a
// process that has loaded the file refuses it.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf, withPatch } from './versions.ts'

const files = (value: number, start: string): Record<string, string> => ({
  'index.js': `const { value } = require('./value'); exports.get = () => value()`,
  'value.js': `exports.value = () => ${value}`,
  'side.js': `${start}; exports.value = require('./value').value; exports.own = () => ${value}`,
})
const [old, young] = [files(1, ''), files(2, `process.on('exit', () => {})`)]

describe('a file beside the main entry that cannot be patched', () => {
  it('keeps nobody from being patched who has not loaded it, and is not loaded afterwards', async () => {
    await withPatch(old, young, '', async (program, made) => {
      assert.deepEqual(problemsOf(made), [])
      assert.match(JSON.stringify(made.findings), /a process that has loaded it refuses the patch/)
      await program.load(made.code, 'patch.mjs')
      assert.equal(await program.run('lib.get()'), 2)
      const late = `(() => { try { return require('lib/side').own() } catch (error) { return error.message } })()`
      assert.match((await program.run(late)) as string, /the patch has nothing for .*side\.js, .*start-up/)
      await program.disable(made.name)
      assert.equal(await program.run('lib.get()'), 1)
      assert.equal(await program.run(late), 1)
    })
  })

  it('makes a process that has loaded it refuse the patch', async () => {
    await withPatch(old, young, `const side = require('lib/side')`, async (program, made) => {
      await assert.rejects(
        program.load(made.code, 'patch.mjs'),
        /the patch has nothing for .*side\.js, .*start-up/,
      )
      assert.deepEqual(await program.run('[lib.get(), side.own()]'), [1, 1])
    })
  })

  it('is a problem where nothing else is patched', async () => {
    const only = { ...young, 'value.js': old['value.js']! }
    await withPatch(
      { ...old, 'index.js': `require('./side')` },
      { ...only, 'index.js': `require('./side')` },
      '',
      async (_, made) => {
        assert.match(problemsOf(made).join(), /side\.js/)
      },
    )
  })
})
