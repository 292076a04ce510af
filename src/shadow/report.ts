/** How the store reports what must not be silent. In Node.js, node.ts puts better ways in. */
export const report = {
  warn(code: string, message: string): void {
    console.warn(`${code}: ${message}`)
  },
  /** The name of an object's class, or undefined where finding it could run the program's code. */
  classOf(_: object): string | undefined {
    return undefined
  },
}
