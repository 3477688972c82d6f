import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import {
  busyWaitModule,
  createLoop,
  LoopEvent,
  type Selected,
  type Sleep,
  select,
  sleep,
  sleepModule,
} from 'escapement';

// The compiler is the test: an `@ts-expect-error` that finds no error is one itself.

class Readable extends LoopEvent<number> {
  readonly kind = 'readable';
}

const loop = createLoop(busyWaitModule, sleepModule, syncModule);

/** True if `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Nothing = ReturnType<() => void>;
const isTrue = <T extends true>(_?: T): void => {};

describe('the types of select', () => {
  it('tell by the key which value it is', () => {
    const jobs = new Queue<string>();
    jobs.tryPut('a');
    loop.runSync(function* () {
      const first = yield* select({ job: jobs.get(), tick: sleep(1) });
      if (first.key === 'job') first.value.toUpperCase();
      // @ts-expect-error: it may be a tick
      first.value.toUpperCase();
      isTrue<Same<(typeof first)['key'], 'job' | 'tick'>>();
    });
  });

  it('of a list have the place as key', () => {
    isTrue<
      Same<
        Selected<readonly [Sleep, Readable]>,
        { readonly key: 0; readonly value: Nothing } | { readonly key: 1; readonly value: number }
      >
    >();
    isTrue<Same<Selected<readonly Readable[]>, { readonly key: number; readonly value: number }>>();
  });

  it('refuse what is no event, and a loop without a handler for a branch', () => {
    const never = () => {
      // @ts-expect-error: a coroutine needs a task
      select({ work: (function* () {})() });
      // @ts-expect-error: no module handles Readable
      loop.runSync(() => select({ job: new Queue<string>().get(), readable: new Readable() }));
      // @ts-expect-error: in a list, too
      loop.runSync(() => select([sleep(1), new Readable()]));
      loop.runSync(() => select([sleep(1), new Queue<string>().get()]));
    };
    void never;
  });
});
