export * as shadow from './shadow/index.ts'
export { type ShadowId, shadowId } from './shadow/index.ts'
