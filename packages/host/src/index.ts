export { AsyncContext } from './async-context.js';
export type { EnterContext } from './enter-context.js';
export * from './errors.js';
export { inContext, type Storage, withStore } from './in-context.js';
export { type MainOptions, main } from './main.js';
