export { pressed } from './pressed.js';
