/** A name like this one that does not occur in a text. */
export function unusedName(name: string, text: string): string {
  return text.includes(name) ? unusedName(`${name}_`, text) : name
}
