/** Names that every Node.js process has, and what `typeof` says of them. */
export const GLOBALS = new Map(
  Object.entries({
    object: 'process global globalThis console Math JSON Reflect',
    function: 'Buffer Symbol Promise Proxy BigInt Map Set WeakMap WeakSet ArrayBuffer Uint8Array',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)),
)

/** The same of what every CommonJS module is given. */
export const OF_COMMONJS = new Map([
  ['exports', 'object'],
  ['module', 'object'],
  ['require', 'function'],
])

/** The same of members that every Node.js process has, beside functions. */
export const MEMBERS = new Map(
  Object.entries({
    object: 'process.argv process.env process.release process.versions',
    string: 'process.arch process.platform process.version process.versions.node process.versions.v8',
    symbol:
      'Symbol.asyncIterator Symbol.hasInstance Symbol.iterator Symbol.species Symbol.toPrimitive Symbol.toStringTag',
  }).flatMap(([type, paths]) => paths.split(' ').map((path) => [path, type] as const)),
)

/** Functions that the language, or every Node.js that umbra runs on, has: those that packages ask for. */
export const FUNCTIONS = new Set(
  Object.entries({
    Array: 'from isArray of',
    'Array.prototype':
      'at every fill filter find findIndex flat flatMap forEach includes indexOf keys map reduce slice some values',
    'String.prototype':
      'at codePointAt endsWith includes matchAll normalize padEnd padStart repeat replaceAll startsWith trim',
    Object:
      'assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is keys setPrototypeOf values',
    'Object.prototype': 'hasOwnProperty isPrototypeOf propertyIsEnumerable toString',
    'Function.prototype': 'apply bind call',
    'Uint8Array.prototype': 'fill set slice subarray',
    Uint8Array: 'from of',
    Number: 'isFinite isInteger isNaN isSafeInteger',
    Math: 'cbrt clz32 fround hypot imul log10 log2 max min sign trunc',
    Date: 'now',
    JSON: 'parse stringify',
    Promise: 'all allSettled any race reject resolve',
    'Promise.prototype': 'catch finally then',
    Reflect: 'apply construct defineProperty get getOwnPropertyDescriptor getPrototypeOf has ownKeys set',
    Buffer: 'alloc allocUnsafe byteLength concat from isBuffer isEncoding',
    process: 'cwd emitWarning hrtime nextTick on',
    globalThis:
      'AbortController Blob Buffer DOMException Event EventTarget FormData Headers MessageChannel Promise Proxy ReadableStream Request Response Symbol TextDecoder TextEncoder URL URLSearchParams WritableStream atob btoa clearTimeout fetch queueMicrotask setImmediate setTimeout structuredClone',
  }).flatMap(([owner, names]) => names.split(' ').map((name) => `${owner}.${name}`)),
)

/** What the language has got since the oldest Node.js that umbra runs on (20.19): a program may have it or not. */
export const NEWER: readonly (readonly [owner: string, names: readonly string[]])[] = Object.entries({
  globalThis: 'AsyncDisposableStack DisposableStack Float16Array Iterator SuppressedError Temporal',
  Array: 'fromAsync',
  'ArrayBuffer.prototype': 'detached transfer transferToFixedLength',
  'DataView.prototype': 'getFloat16 setFloat16',
  'Date.prototype': 'toTemporalInstant',
  Error: 'isError',
  '%IteratorPrototype%': 'drop every filter find flatMap forEach map reduce some take toArray',
  JSON: 'isRawJSON rawJSON',
  Map: 'groupBy',
  'Map.prototype': 'getOrInsert getOrInsertComputed',
  Math: 'f16round sumPrecise',
  Object: 'groupBy',
  Promise: 'try withResolvers',
  RegExp: 'escape',
  'Set.prototype': 'difference intersection isDisjointFrom isSubsetOf isSupersetOf symmetricDifference union',
  Uint8Array: 'fromBase64 fromHex',
  'Uint8Array.prototype': 'setFromBase64 setFromHex toBase64 toHex',
  'WeakMap.prototype': 'getOrInsert getOrInsertComputed',
}).map(([owner, names]) => [owner, names.split(' ')])
