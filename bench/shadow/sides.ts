/**
 * What is compared: umbra, what a user would write instead (a WeakMap), and the physical limit, a plain property,
 * which modifies the object. Every side gets parents of a class of its own and loops of its own text, so that none
 * shares hidden classes or type feedback with another.
 */
import { type ShadowId, type ShadowOptions, shadowId } from 'umbra/shadow'

export type Parent = Record<string | symbol, unknown>

export interface Side {
  get(parent: Parent): unknown
  attach(parent: Parent, data: unknown): unknown
  detach(parent: Parent): unknown
}

export type Kind = 'umbra' | 'WeakMap' | 'property'

export const major = Number(process.versions.node.split('.')[0])

let serial = 0

/** Compiles `body` as a function of `parents` and `times`, with `side`'s methods in reach as `get`, `attach`, … */
export function loop(side: object, body: string): (parents: Parent[], times: number) => number {
  const names = Object.keys(side)
  return new Function(...names, `return (parents, times) => { ${body} } // ${serial++}`)(
    ...Object.values(side),
  )
}

/** A loop that looks up every parent, `times` over, and counts what it finds. */
export const lookups = (side: Pick<Side, 'get'>) =>
  loop(
    { get: side.get },
    `let found = 0
     for (let t = 0; t < times; t++)
       for (let i = 0; i < parents.length; i++) if (get(parents[i]) !== undefined) found++
     return found`,
  )

/**
 * Data of several types. Where a plain property only ever held one type, V8 knows without looking that it is not
 * undefined, and the loop above would measure nothing.
 */
export const dataOf = (i: number): unknown => (i % 2 === 0 ? i : { i })

/** Makes parents of a fresh class with two fields. */
export function parentClass(shape = 0): (count: number) => Parent[] {
  return new Function(
    `class Parent { constructor(i) { ${shape === 0 ? '' : `this.s${shape} = i;`} this.a = i; this.b = i } }
     for (let i = 0; i < 100; i++) new Parent(i) // ${serial++}
     return (count) => Array.from({ length: count }, (_, i) => new Parent(i))`,
  )()
}

export function umbra(options: ShadowOptions = {}): ShadowId {
  return shadowId(`bench-${serial++}`, options)
}

export function weakMap(): Side {
  return new Function(
    `const map = new WeakMap() // ${serial++}
     return {
       get(parent) { return map.get(parent) },
       attach(parent, data) { map.set(parent, data); return data },
       detach(parent) { return map.delete(parent) },
     }`,
  )()
}

export function property(): Side {
  const name = `shadow${serial++}`
  return new Function(
    `return {
       get(parent) { return parent.${name} },
       attach(parent, data) { parent.${name} = data; return data },
       detach(parent) { parent.${name} = undefined; return true },
     }`,
  )()
}

export const kinds: Record<Kind, () => Side> = {
  umbra: () => umbra() as unknown as Side,
  WeakMap: weakMap,
  property,
}
