export { waitTimesModule } from './outside/wait-times-module.js';
