import type { LoadedFile } from '../loader/registry.ts'
import type { Slot } from './context.ts'
import { UmbraError } from './errors.ts'

export function asWritten(_file: LoadedFile, _index: number): Slot {
  throw new UmbraError('ORIGINAL_UNREACHABLE', 'not yet')
}
