export * from './shadow/index.ts'
