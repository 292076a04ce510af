import { type ShadowId, shadowId } from '../shadow/index.ts'

export interface AddedFieldOptions {
  /** The property, or `#x` for a private field. */
  key: PropertyKey
  /** Members that tell objects of the kind from others, where that is not known. */
  like?: readonly string[]
  /** Whether what an object has there is of the newer version's kind, where the running one has another. */
  is?: (value: unknown) => boolean
  /** What the newer version puts there when it makes the object. */
  init(this: object): unknown
}

type Fields = Record<PropertyKey, unknown>

/**
 * A field that a newer version gives its objects when it makes them, for the objects that were made without it: theirs
 * is a shadow variable. An object that has the property itself keeps it where it is.
 *
 * Every access is to a property of what `of` returns, so that reading, writing, `++`, `delete`, `in` and destructuring
 * are what they are on the object.
 */
export class AddedField {
  readonly #key: PropertyKey
  readonly #like: readonly string[]
  readonly #isPrivate: boolean
  readonly #is: (value: unknown) => boolean
  readonly #id: ShadowId<Fields>
  readonly #make: (object: object) => Fields

  constructor(name: string, { key, like = [], is = () => true, init }: AddedFieldOptions) {
    this.#is = is
    this.#key = key
    this.#like = like
    this.#isPrivate = typeof key === 'string' && key.startsWith('#')
    this.#id = shadowId<Fields>(name)
    this.#make = (object) => ({ [key]: init.call(object) })
  }

  /** Where the field of an object of the kind is: the object, or what is attached to it. A primitive is returned. */
  of(object: object): Fields {
    if (!isObject(object) || this.#isOwn(object)) return object as Fields
    return this.#id.getOrAttach(object, this.#make)
  }

  /** The same for an object that may be of another kind: then it is the object itself. */
  maybe(object: object): Fields {
    return this.#isAlike(object) ? this.of(object) : (object as Fields)
  }

  /** The function in the field, to be called on the object; undefined where there is no object. */
  method(object: object): unknown {
    return bound(this.of(object)?.[this.#key], object)
  }

  maybeMethod(object: object): unknown {
    return bound(this.maybe(object)?.[this.#key], object)
  }

  /** Whether the newer version has made the object, or somebody has asked for its field already. */
  isGiven(object: object): boolean {
    return this.#isOwn(object) || this.#id.has(object)
  }

  /** `delete object.x`: from then on the object is without it, and is not given it again. */
  remove(object: object): boolean {
    if (!this.#isOwn(object)) return delete this.of(object)[this.#key]
    this.#id.updateOrAttach(object, {})
    return delete (object as Fields)[this.#key]
  }

  /** `#x in object`. */
  isIn(object: object): boolean {
    return this.#isAlike(object)
  }

  /** All of an object's properties and the field, for patterns; as its own ones, where a pattern takes the rest of them. */
  with(object: object, hasRest = false): object {
    const at = this.maybe(object)
    if (at === object) return object
    const field = Object.getOwnPropertyDescriptors(at)
    if (!hasRest) return Object.create(object, field)
    return Object.create(Object.getPrototypeOf(object), {
      ...Object.getOwnPropertyDescriptors(object),
      ...field,
    })
  }

  #isOwn(object: object): boolean {
    return !this.#isPrivate && this.#key in object && this.#is((object as Fields)[this.#key])
  }

  #isAlike(object: object): boolean {
    return isObject(object) && this.#like.length > 0 && this.#like.every((name) => name in object)
  }
}

function bound(value: unknown, object: object): unknown {
  return typeof value === 'function' ? value.bind(object) : value
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
