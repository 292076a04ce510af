// `umbra/shadow` in Node.js; browsers get verbs.ts alone.
import './node.ts'

export * from './verbs.ts'
