/**
 * V8 lets go of a hidden class in a full collection when no object has it any more. The objects of `process.nextTick`
 * are gone after each turn: a collection while a program idles takes their hidden classes, and the places in
 * `nextTick` that had met them meet new ones then, which makes calls into the engine of them for good. The heap of
 * prepared code is larger, so that first collection comes sooner. One such object that stays keeps the hidden classes.
 */
import { executionAsyncResource } from 'node:async_hooks'

const kept: object[] = []

/** To be called once a thread, at its start. */
export function keepTickShape(): void {
  process.nextTick(() => kept.push(executionAsyncResource()))
}
