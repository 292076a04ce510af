/** Identifiers that umbra introduces begin with text that the file does not contain. */
export function freePrefix(source: string): string {
  let prefix = '$u'
  for (let n = 0; source.includes(prefix); n++) prefix = `$u${n}_`
  return prefix
}
