/** How the store reports what must not be silent. In Node.js, node.ts puts a better way in. */
export const report = {
  warn: (code: string, message: string, _parent?: object): void => console.warn(`${code}: ${message}`),
}
