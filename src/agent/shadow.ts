import type { Registry } from '../loader/registry.ts'

export function describeShadow(_object: string | undefined, _registry: Registry): object {
  return { identifiers: [] }
}
