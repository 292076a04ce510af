import assert from 'node:assert/strict'
import { test } from 'node:test'
import { programs } from './programs.ts'
import { outcomes } from './support.ts'

for (const { name, source, type = 'commonjs', missing = 0 } of programs) {
  test(`${name}: the same plain, prepared, and with every function replaced by its original`, async () => {
    const result = await outcomes({ source, type })
    assert.ok(result.plain.length > 0)
    assert.deepEqual(result.prepared, result.plain)
    // A replaced async function settles one turn of the microtask queue later: the order among them may change.
    assert.deepEqual([...result.replaced].sort(), [...result.plain].sort())
    assert.ok(result.missing.length <= missing, result.missing.join('\n'))
  })
}
