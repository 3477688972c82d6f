export { recordingModule } from './recording/recording-module.js';
