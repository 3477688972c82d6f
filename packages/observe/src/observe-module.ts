export { metricsModule } from './metrics/metrics-module.js';
export { recordingModule } from './recording/recording-module.js';
