import { dumpOnSignal } from '@escapement/observe';
import { createLoop, setTimeoutModule, sleep, sleepModule } from 'escapement';

dumpOnSignal(); // from here on, SIGQUIT prints the tasks, and does not end the process

await createLoop(setTimeoutModule, sleepModule).run(function* main() {
  yield* sleep(50);
});
