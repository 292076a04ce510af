import { fromHere } from '../modules.mjs'; const early = fromHere(); export const later = () => early
