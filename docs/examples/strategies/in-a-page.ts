import { createLoop, postTask, setTimeoutModule, sleep, sleepModule } from 'escapement';

/** What gives way to the page's input and drawing, where the browser can. */
const considerate = 'scheduler' in globalThis ? postTask({ priority: 'background' }) : setTimeoutModule;

await createLoop(considerate, sleepModule).run(function* () {
  for (let n = 1; n <= 3; n++) {
    console.log(`part ${n}`); // a part of some long work
    yield* sleep(1);
  }
});
