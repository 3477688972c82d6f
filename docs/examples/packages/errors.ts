import { Cancelled, EventLoop, ensure, pause, scope, shield, spawn } from '@escapement/core';
import { BusyWaitStrategy, PerformanceClock } from '@escapement/strategies';

/** Goes on after an error, and ends when it is cancelled. */
function* worker() {
  for (let job = 1; ; job++) {
    try {
      yield* pause();
      if (job === 2) throw new Error('no paper');
      console.log(`job ${job} is done`);
    } catch (error) {
      if (error instanceof Cancelled) throw error; // before anything else
      console.log(`job ${job}: ${(error as Error).message}`);
    }
  }
}

/** A resource of the current task: open, and closed however the task ends. */
function* file(name: string) {
  const opened = yield* shield(function* open() {
    yield* pause(); // a real one waits for the system here
    return name;
  });
  yield* ensure(function* close() {
    yield* pause();
    console.log(`closed ${opened}`);
  });
  return opened;
}

const loop = new EventLoop({ strategy: new BusyWaitStrategy(new PerformanceClock()) });
loop.runSync(function* main() {
  const working = yield* spawn(worker());
  const reading = yield* spawn(function* reader() {
    console.log(`opened ${yield* file('letters.txt')}`);
    yield* pause(); // Cancelled comes here: not between the opening and the ensure
  });
  yield* pause();
  reading.cancel();
  for (let turn = 0; turn < 3; turn++) yield* pause();
  working.cancel();

  try {
    yield* scope(function* () {
      for (const name of ['left', 'right']) {
        yield* spawn(function* () {
          yield* pause();
          throw new Error(`${name} failed`);
        });
      }
    });
  } catch (error) {
    const errors = error instanceof AggregateError ? error.errors : [error];
    console.log(errors.map(({ message }) => message).join(', '));
  }
});
