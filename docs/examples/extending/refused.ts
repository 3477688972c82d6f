import { promiseModule } from '@escapement/promises/module';
import { busyWaitModule, createLoop, IncompatiblePluginsError } from 'escapement';

try {
  createLoop(busyWaitModule, promiseModule);
} catch (error) {
  if (!(error instanceof IncompatiblePluginsError)) throw error;
  console.log(error.message);
}
