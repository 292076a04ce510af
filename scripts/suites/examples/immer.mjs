import {
  applyPatches,
  createDraft,
  current,
  enableMapSet,
  enablePatches,
  finishDraft,
  original,
  produce,
  produceWithPatches,
} from 'immer'

enablePatches()
enableMapSet()
const print = (value) => console.log(JSON.stringify(value))
const base = [
  { title: 'a', done: true, in: { x: 1 } },
  { title: 'b', done: false },
]
const next = produce(base, (draft) => {
  draft[1].done = true
  draft.push({ title: 'c' })
  delete draft[0].done
})
print([base, next, base[0] === next[0], Object.isFrozen(next)])
const [state, patches, inverse] = produceWithPatches(base, (draft) => {
  draft[0].in.x = 2
})
print([patches, inverse, applyPatches(state, inverse)])
const draft = createDraft({ set: new Set([1]), map: new Map([['k', { n: 1 }]]) })
draft.set.add(2)
draft.map.get('k').n++
print([[...current(draft).set], [...original(draft).set]])
const finished = finishDraft(draft)
print([[...finished.set], [...finished.map]])
print(
  produce((d, by) => {
    d.n += by
  })({ n: 1 }, 5),
)
try {
  next[0].title = 'x'
} catch (error) {
  print(error.message)
}
