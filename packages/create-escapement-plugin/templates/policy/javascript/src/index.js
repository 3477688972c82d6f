export { BackgroundLastPolicy } from './background-last-policy.js';
