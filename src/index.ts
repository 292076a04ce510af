/**
 * `umbra`: what patches and programs import.
 */
export { AddedField, type AddedFieldOptions } from './livepatch/added-field.ts'
export { AddedParameters } from './livepatch/added-parameters.ts'
export {
  type Callback,
  type CallbackInfo,
  type Callbacks,
  type Consistency,
  definePatch,
  getPrevState,
  getState,
  original,
  type PatchDefinition,
  type PrivateMembers,
  type Replacement,
  type Scope,
  type State,
  scope,
  type Target,
} from './livepatch/api.ts'
export { runTask } from './livepatch/tasks.ts'
export * as shadow from './shadow/index.ts'
export { type ShadowId, shadowId } from './shadow/index.ts'
