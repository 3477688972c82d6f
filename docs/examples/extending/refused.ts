import { busyWaitModule, createLoop, IncompatiblePluginsError } from 'escapement';
import { fileReadModule } from './file-read.js';

try {
  createLoop(busyWaitModule, fileReadModule);
} catch (error) {
  if (!(error instanceof IncompatiblePluginsError)) throw error;
  console.log(error.message);
}
