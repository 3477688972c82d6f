export { type BackgroundLastOptions, BackgroundLastPolicy } from './background-last-policy.js';
