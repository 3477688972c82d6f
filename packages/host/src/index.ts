export * from './errors.js';
export { type MainOptions, main } from './main.js';
