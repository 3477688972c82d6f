import { coroutine, createLoop, debugModule, setTimeoutModule, sleep, sleepModule } from 'escapement';
import { warningsToTheConsole } from './warnings.js';

// #region kitchen
const makeTea = coroutine(function* makeTea() {
  yield* sleep(30);
  console.log('ready');
});

function* kitchen() {
  makeTea(); // no yield*
}
// #endregion kitchen

const loop = createLoop(setTimeoutModule, sleepModule, debugModule(), warningsToTheConsole);
await loop.run(kitchen);
