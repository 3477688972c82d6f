import {
  busyWaitModule,
  type Coroutine,
  createLoop,
  group,
  LoopEvent,
  type SleepFor,
  type Started,
  sleep,
  sleepModule,
  sleepUntil,
  started,
  type TaskGroup,
  type TimeEvent,
  timeout,
} from 'escapement';

// The compiler is the test: an `@ts-expect-error` that finds no error is one itself.

class Readable extends LoopEvent<number> {
  readonly kind = 'readable';
}

function* listen(): Coroutine<void, Readable | Started> {
  yield* new Readable();
  yield* started();
}

const loop = createLoop(busyWaitModule, sleepModule);

describe('the types of a group', () => {
  it('let its tasks yield what it was declared with, and no other event', () => {
    loop.runSync(() =>
      group(function* (tasks: TaskGroup<SleepFor>) {
        tasks.spawn(sleep(1));
        const wider = (_: TaskGroup<never>) => {};
        wider(tasks);
        // @ts-expect-error: not declared
        const never = () => tasks.spawn(new Readable());
        void never;
      }),
    );
    loop.runSync(() =>
      group(function* (tasks) {
        tasks.spawn(function* () {});
        // @ts-expect-error: without a declaration, only core's events
        const never = () => tasks.spawn(sleep(1));
        void never;
      }),
    );
    const never = () => {
      // @ts-expect-error: no module handles Readable
      loop.runSync(() => group(function* (_tasks: TaskGroup<Readable>) {}));
    };
    void never;
  });

  it('let the tasks of a group of time events sleep, as the documents say', () => {
    loop.runSync(() =>
      group(function* (tasks: TaskGroup<TimeEvent>) {
        tasks.spawn(sleep(1));
        tasks.spawn(sleepUntil(1));
        tasks.spawn(timeout(5, sleep(1)));
        const task = tasks.spawn(function* () {
          tasks.spawn(sleep(1));
          yield* sleep(1);
          return 5;
        });
        const value: number = yield* task.join();
        // @ts-expect-error: a number
        const text: string = yield* task.join();
        void [value, text];
      }),
    );
  });

  it('pass on the events of a program that is started', () => {
    const never = () => {
      // @ts-expect-error: no module handles Readable
      loop.runSync(() => group((tasks: TaskGroup) => tasks.start(listen)));
      loop.runSync(() =>
        group(function* (tasks: TaskGroup<SleepFor>) {
          // @ts-expect-error: nor in a task of the group
          tasks.spawn(tasks.start(listen));
        }),
      );
    };
    void never;
  });

  it('tell what start evaluates to, and refuse a program that never says that it is ready', () => {
    loop.runSync(() =>
      group(function* (tasks: TaskGroup) {
        const port: number = yield* tasks.start(function* () {
          yield* started(80);
        });
        // @ts-expect-error: a number
        const text: string = yield* tasks.start(function* () {
          yield* started(80);
        });
        // @ts-expect-error: it never says that it is ready
        const never = () => tasks.start(sleep(1));
        void [port, text, never];
      }),
    );
  });
});
