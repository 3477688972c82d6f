import { Queue, Semaphore } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import {
  Cancelled,
  createLoop,
  group,
  moveOnAfter,
  now,
  scope,
  shield,
  sleep,
  sleepModule,
  spawn,
  started,
  type TaskGroup,
  type TimeEvent,
  TimeoutError,
  timeout,
} from 'escapement';

// #region nursery
function* brew(tea: string, ms: number) {
  try {
    yield* sleep(ms);
    if (tea === 'mint') throw new Error('no mint');
    console.log(`${tea} is ready`);
  } catch (error) {
    if (error instanceof Cancelled) console.log(`${tea} is thrown away`);
    throw error;
  }
}

function* nursery() {
  try {
    yield* scope(function* () {
      yield* spawn(brew('green', 1000));
      yield* spawn(brew('mint', 2000));
      yield* spawn(brew('black', 3000));
    });
  } catch {
    console.log('the kitchen closes');
  }
}
// #endregion nursery

// #region handshake
function* serve() {
  yield* sleep(1000);
  yield* started(8080);
  yield* sleep(Infinity);
}

function* openShop(tasks: TaskGroup<TimeEvent>) {
  tasks.spawn(sleep(Infinity));
  return yield* tasks.start(serve);
}

function* handshake() {
  yield* group(function* (tasks: TaskGroup<TimeEvent>) {
    const port = yield* openShop(tasks);
    console.log(`listens on ${port}`);
    tasks.cancel();
  });
}
// #endregion handshake

// #region limits
function* limits() {
  const done = yield* moveOnAfter(1000, function* () {
    yield* sleep(5000);
    return true;
  });
  if (!done) console.log('moved on');

  try {
    yield* timeout(1000, sleep(5000));
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('too slow');
  }

  yield* timeout(1000, function* (limit) {
    limit.deadline += 10_000;
    yield* sleep(5000);
  });
  console.log('in time');
}
// #endregion limits

// #region shield
function* save() {
  yield* sleep(1000);
  console.log('saved');
}

function* shielded() {
  yield* moveOnAfter(1000, function* () {
    try {
      yield* sleep(Infinity);
    } finally {
      yield* shield(moveOnAfter(2000, save));
    }
  });
}
// #endregion shield

// #region channel
function* produce(name: string, ms: number, queue: Queue<string>) {
  for (let n = 0; n < 2; n++) {
    yield* sleep(ms);
    yield* queue.put(`${name}${n}`);
  }
}

function* channel() {
  const queue = new Queue<string>({ capacity: 1 });
  yield* spawn(function* () {
    yield* scope(function* () {
      yield* spawn(produce('a', 2000, queue));
      yield* spawn(produce('b', 3000, queue));
    });
    queue.close(); // both producers are done
  });
  yield* queue.forEach(function* (item) {
    console.log(item);
  });
  console.log('all senders are done');
}
// #endregion channel

// #region clones
class Sender<T> {
  #isOpen = true;
  constructor(
    readonly queue: Queue<T>,
    readonly senders = { open: 1 },
  ) {}
  clone() {
    this.senders.open++;
    return new Sender(this.queue, this.senders);
  }
  close() {
    if (this.#isOpen && --this.senders.open === 0) this.queue.close();
    this.#isOpen = false;
  }
}

function* ask(guest: string, ms: number, sender: Sender<string>) {
  try {
    yield* sleep(ms);
    yield* sender.queue.put(guest);
  } finally {
    sender.close();
  }
}

function* clones() {
  const sender = new Sender(new Queue<string>({ capacity: 1 }));
  yield* spawn(ask('Ann', 1000, sender.clone()));
  yield* spawn(ask('Bob', 2000, sender));
  yield* sender.queue.forEach(function* (guest) {
    console.log(`${guest} has asked`);
  });
}
// #endregion clones

// #region limiter
function* rinse(cup: number, sinks: Semaphore, from: number) {
  yield* sinks.with(sleep(1000));
  console.log(`cup ${cup} at ${((yield* now()) - from) / 1000} s`);
}

function* limiter() {
  const from = yield* now();
  const sinks = new Semaphore(1);
  yield* scope(function* () {
    for (let cup = 0; cup < 2; cup++) {
      yield* spawn(rinse(cup, sinks, from));
      yield* sleep(100);
    }
  });
}
// #endregion limiter

// #region test
function* main() {
  for (const part of [nursery, handshake, limits, shielded, channel, clones, limiter]) yield* part();
}

createLoop(virtualTimeModule, sleepModule, syncModule).runSync(main);
// #endregion test
