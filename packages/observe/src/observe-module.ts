export { metricsModule } from './metrics/metrics-module.js';
export { waitTimesModule } from './outside/wait-times-module.js';
export { recordingModule } from './recording/recording-module.js';
