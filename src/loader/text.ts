const decoder = new TextDecoder()

/** The text of a module's source, as Node decodes it. */
export function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : decoder.decode(source)
}
