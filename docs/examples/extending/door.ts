import {
  BusyWaitStrategy,
  EventLoop,
  PerformanceClock,
  pause,
  SelfServedEvent,
  spawn,
  type Waiter,
  WaitQueue,
} from 'escapement';

/** Opened by one coroutine, and waited for by others. */
class Door {
  readonly waiting = new WaitQueue<Waiter<unknown>>();
  isOpen = false;

  opened() {
    return new Opened(this);
  }

  open() {
    this.isOpen = true;
    for (const waiter of this.waiting.takeAll()) waiter.resolve(undefined);
  }
}

class Opened extends SelfServedEvent<void> {
  override readonly kind = 'opened';

  constructor(readonly door: Door) {
    super();
  }

  override attempt() {
    return this.door.isOpen ? { done: true as const, value: undefined } : undefined;
  }

  override arm(waiter: Waiter<unknown>) {
    this.door.waiting.add(waiter);
  }

  override disarm() {
    this.door.waiting.abandoned();
  }
}

const loop = new EventLoop({ strategy: new BusyWaitStrategy(new PerformanceClock()) }); // no handler
loop.runSync(function* () {
  const door = new Door();
  yield* spawn(function* () {
    yield* door.opened();
    console.log('in');
  });
  yield* pause();
  console.log('open');
  door.open();
});
