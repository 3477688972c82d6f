// A whole program for the tests of `main`: `child.js <strategy> <what>`.

import { main } from '@escapement/host';
import {
  atomicsWaitModule,
  busyWaitModule,
  type CoreEvent,
  type Coroutine,
  createLoop,
  EventHandler,
  handlerModule,
  LoopEvent,
  messageChannelModule,
  pause,
  setTimeoutModule,
  shield,
  sleep,
  sleepModule,
  spawn,
  type TimeEvent,
  type Yieldable,
} from 'escapement';

class Never extends LoopEvent<void> {
  readonly kind = 'never';
}

class NeverHandler extends EventHandler<Never> {
  override readonly handles = Never;
  override arm(): void {}
  override disarm(): void {}
  override close(): void {
    if (what === 'unclosable') throw new Error('stuck');
  }
}

const [, , strategy = '', what = ''] = process.argv;
const neverModule = handlerModule(() => new NeverHandler());
const LOOPS = {
  'busy-wait': () => createLoop(busyWaitModule, sleepModule, neverModule),
  'atomics-wait': () => createLoop(atomicsWaitModule, sleepModule, neverModule),
  epoll: async () => {
    const { epollModule, ioModule } = await import('@escapement/io');
    return createLoop(epollModule, ioModule, sleepModule, neverModule);
  },
  'set-timeout': () => createLoop(setTimeoutModule, sleepModule, neverModule),
  'message-channel': () => createLoop(messageChannelModule, sleepModule, neverModule),
};

type Events = CoreEvent | TimeEvent | Never;

function* cleaned(body: Yieldable<unknown, Events>, cleanup = 20): Coroutine<void, Events> {
  try {
    console.log('ready');
    yield* body;
  } finally {
    console.log('cleaning');
    yield* shield(sleep(cleanup));
    console.log('cleaned');
  }
}

function failWith(message: string): never {
  throw new Error(message);
}

function* busily(): Coroutine<void, Events> {
  for (;;) yield* pause();
}

const PROGRAMS: Record<string, () => Coroutine<unknown, Events>> = {
  sleeps: () => cleaned(sleep(60_000)),
  pauses: () => cleaned(busily()),
  'cleans for ever': () => cleaned(busily(), 60_000),
  *returns() {
    yield* sleep(1);
    process.exitCode = 7;
  },
  *'has a daemon'() {
    yield* spawn(busily, { daemon: true });
    yield* sleep(5);
    console.log('done');
  },
  *'leaves a timer'() {
    setInterval(() => {}, 1000);
    yield* cleaned(sleep(60_000));
  },
  *fails() {
    yield* sleep(1);
    throw new Error('the first line\nand the second', { cause: new RangeError('the cause') });
  },
  *'fails in a clean-up'() {
    try {
      yield* cleaned(sleep(60_000));
    } finally {
      failWith('in the clean-up');
    }
  },
  *'fails twice'() {
    for (const name of ['one', 'two']) {
      yield* spawn(function* failing() {
        try {
          yield* sleep(5);
        } finally {
          failWith(name);
        }
      });
    }
    yield* sleep(5);
  },
  *'prints much'() {
    yield* sleep(1);
    throw new Error('x'.repeat(1_000_000));
  },
  *'throws a proxy'() {
    yield* sleep(1);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    throw proxy;
  },
  *waits() {
    yield* new Never();
  },
  *unclosable() {
    yield* sleep(1);
  },
  *swallows() {
    try {
      yield* cleaned(sleep(60_000));
    } catch {
      console.log('swallowed');
    }
  },
};

await main(await LOOPS[strategy as keyof typeof LOOPS](), PROGRAMS[what]!);
console.log(`listeners left: ${process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')}`);
