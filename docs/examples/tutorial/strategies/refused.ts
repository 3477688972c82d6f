import { promiseModule } from '@escapement/promises/module';
import { atomicsWaitModule, createLoop } from 'escapement';

try {
  createLoop(atomicsWaitModule, promiseModule);
} catch (error) {
  console.log(`${error}`);
}
