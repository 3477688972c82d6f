import { createLoop, setTimeoutModule, sleepModule, sleep } from 'escapement';
import { dumpOnSignal } from '@escapement/observe';
dumpOnSignal();
createLoop(setTimeoutModule, sleepModule).run(function* patient() { yield* sleep(50); console.log('up'); yield* sleep(60000); });
