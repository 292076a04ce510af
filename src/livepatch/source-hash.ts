import { createHash } from 'node:crypto'

/** The hash by which a patch knows the text that it was built against. */
export function hashSource(text: string): string {
  return `sha256-${createHash('sha256')
    .update(text.replace(/^\uFEFF/, ''))
    .digest('base64')}`
}
