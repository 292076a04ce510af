import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as shadow from 'umbra/shadow'

test('the verbs, from the identifier and from the namespace', () => {
  const id = shadow.shadowId<number>('verbs')
  const parent = Object.freeze({})
  assert.equal(id.get(parent), undefined)
  assert.equal(shadow.attach(parent, id, 1), 1)
  assert.equal(shadow.get(parent, 'verbs'), 1)
  assert.equal(
    id.getOrAttach(parent, () => assert.fail('it exists')),
    1,
  )
  const dropped: unknown[] = []
  assert.equal(
    id.updateOrAttach(parent, 2, (obj, old) => dropped.push(obj, old)),
    2,
  )
  assert.deepEqual(dropped, [parent, 1])
  assert.equal(id.detach(parent), true)
  assert.equal(id.has(parent), false)
  assert.equal(id.detach(parent), false)
})
