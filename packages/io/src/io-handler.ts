import {
  type Duration,
  EventHandler,
  type Instant,
  type SleepStrategy,
  type Waiter,
  type Wakeup,
} from '@escapement/core';
import { onClose, PollEvents, PollList, PosixError } from '@escapement/posix';
import { injectable } from '@escapement/wiring';
import { Interest } from './interest.js';
import { interestIn } from './poll-selector.js';
import { Readiness } from './readiness.js';
import { RecheckQueue } from './recheck-queue.js';
import { checkSelector, Selector } from './selector.js';
import { SleepWatch } from './sleep-watch.js';
import { WatchedDescriptor } from './watched-descriptor.js';

/** The longest sleep while no thread watches the selector. */
const LONGEST_UNWATCHED: Duration = 1;
/** How often to check for descriptors that were closed, or replaced by others, without `close` of posix. */
const CHECK_INTERVAL: Duration = 1000;

/**
 * Waits for readiness. While tasks are busy it polls the selector once a turn, on the loop's own thread. While the loop sleeps, a
 * thread watches the selector, unless the strategy sleeps in the selector itself.
 *
 * A descriptor stays in the selector when its last waiter is gone: a typical server waits for the same descriptor again, and
 * then needs no system call for it. It is removed when the loop is about to sleep and the descriptor is ready without a waiter.
 */
@injectable()
export class IoHandler extends EventHandler<Readiness> {
  static override readonly name: string = 'IoHandler';
  override readonly handles = Readiness;
  readonly #selector: Selector;
  readonly #sleepWatch: SleepWatch;
  readonly #descriptors = new Map<number, WatchedDescriptor>();
  readonly #checkList = new PollList();
  readonly #rechecks = new RecheckQueue();
  /** Found ready in this turn for something that no task waits for. */
  readonly #unwanted: WatchedDescriptor[] = [];
  /** Found closed in this turn. */
  readonly #closedNow: WatchedDescriptor[] = [];
  #hasJustFound = false;
  #hasSlept = false;
  /** Whether the strategy sleeps in the selector, so that no thread has to watch. Known from the first sleep on. */
  #isSleptIn = false;
  #waiting = 0;
  #polledAt: Instant = 0;
  #checkAt: Instant = 0;
  #stopListening: (() => void) | undefined;

  /** @throws InvalidArgumentError */
  constructor(selector: Selector) {
    super();
    checkSelector('new IoHandler', selector);
    this.#selector = selector;
    this.#sleepWatch = new SleepWatch(selector);
  }

  override arm(event: Readiness, waiter: Waiter<void>): void {
    this.#stopListening ??= onClose(fd => this.#closed(fd));
    const descriptor = this.#descriptors.get(event.fd) ?? this.#add(event.fd);
    const wanted = descriptor.watched | event.interest;
    if (wanted === descriptor.watched) this.#rechecks.add(descriptor, event, this.#polledAt);
    else if (!this.#watch(descriptor, wanted, waiter)) return;
    descriptor.add(event, waiter);
    this.#waiting++;
  }

  override disarm(event: Readiness, waiter: Waiter<void>): void {
    this.#waiting -= this.#descriptors.get(event.fd)?.remove(event.interest, waiter) ?? 0;
  }

  override poll(now: Instant): void {
    this.#polledAt = now;
    if (this.#descriptors.size === 0) return;
    if (now >= this.#rechecks.dueAt) this.#rechecks.drain(this.#recheck);
    this.#settleReady();
    if (this.#waiting > 0 && now >= this.#checkAt) this.#checkDescriptors(now);
  }

  override nextDeadline(): Instant {
    if (this.#waiting === 0 || !this.#hasSlept) return Infinity;
    const isWatched = this.#isSleptIn || this.#sleepWatch.isReady;
    return isWatched ? Math.min(this.#checkAt, this.#rechecks.dueAt) : this.#polledAt + LONGEST_UNWATCHED;
  }

  override inFlight(): number {
    return this.#waiting;
  }

  override beforeSleep(wakeup: Wakeup, strategy: SleepStrategy): void {
    this.#isSleptIn = strategy.sleepsIn === this.#selector;
    this.#hasJustFound = false;
    if (!this.#hasSlept) this.#beginDeadlines(wakeup);
    // Stop watching for what no task waits for: it would end every sleep at once. Not earlier: until all ready tasks have run,
    // one of them may wait for it again.
    for (let unwanted = this.#unwanted.pop(); unwanted !== undefined; unwanted = this.#unwanted.pop())
      this.#rewatch(unwanted, unwanted.wanted);
    if (this.#waiting > 0 && !this.#isSleptIn) this.#sleepWatch.begin(wakeup, this.#polledAt);
  }

  override close(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#sleepWatch.end();
    this.#descriptors.clear();
    this.#rechecks.clear();
    this.#unwanted.length = 0;
    this.#hasJustFound = this.#hasSlept = false;
    this.#waiting = 0;
    this.#selector.close();
  }

  #add(fd: number): WatchedDescriptor {
    const descriptor = new WatchedDescriptor(fd);
    this.#descriptors.set(fd, descriptor);
    return descriptor;
  }

  #drop(descriptor: WatchedDescriptor): void {
    this.#descriptors.delete(descriptor.fd);
    this.#selector.watch(descriptor.fd, Interest.none);
  }

  /** @returns false if there is nothing to wait for: then `waiter` is settled */
  #watch(descriptor: WatchedDescriptor, interest: Interest, waiter: Waiter<void>): boolean {
    try {
      if (this.#selector.watch(descriptor.fd, interest)) {
        descriptor.watched = interest;
        return true;
      }
      waiter.resolve();
    } catch (error) {
      waiter.reject(error);
    }
    if (descriptor.watched === Interest.none) this.#descriptors.delete(descriptor.fd);
    return false;
  }

  #settleReady(): void {
    this.#unwanted.length = 0;
    if (this.#isSleepNext()) return;
    const found = this.#selector.look();
    this.#hasJustFound = found > 0;
    for (let index = 0; index < found; index++) {
      const descriptor = this.#descriptors.get(this.#selector.fdAt(index));
      if (descriptor === undefined) continue;
      const ready = this.#selector.readyAt(index);
      if (ready === Interest.none) this.#closedNow.push(descriptor);
      if ((ready & descriptor.watched & ~descriptor.wanted) !== 0) this.#unwanted.push(descriptor);
      this.#settled(descriptor.resolve(ready));
    }
    // After the loop, because a change of what the selector watches invalidates its results.
    for (let descriptor = this.#closedNow.pop(); descriptor !== undefined; descriptor = this.#closedNow.pop())
      this.#fail(descriptor);
  }

  /**
   * A strategy that sleeps in the selector polls it anyway if no task is ready. So the poll of the turn after one that has
   * found something is left out. Not the one after a sleep: it returns what the sleep found, which would be stale a turn later.
   */
  #isSleepNext(): boolean {
    const isNext = this.#hasJustFound && this.#isSleptIn;
    this.#hasJustFound = false;
    return isNext;
  }

  /** From the first sleep on there are deadlines for checks. Not before: under virtual time the clock would jump to them. */
  #beginDeadlines(wakeup: Wakeup): void {
    this.#hasSlept = true;
    // This sleep was computed without them.
    if (this.#waiting > 0) wakeup.request();
  }

  readonly #recheck = (descriptor: WatchedDescriptor) => {
    if (this.#descriptors.get(descriptor.fd) === descriptor) this.#rewatch(descriptor, descriptor.watched);
  };

  /** Sets what the selector watches. Also with the same interest: the number may belong to another file by now. */
  #rewatch(descriptor: WatchedDescriptor, interest: Interest): void {
    if (interest === Interest.none) {
      this.#drop(descriptor);
      return;
    }
    try {
      descriptor.watched = interest;
      if (this.#selector.watch(descriptor.fd, interest)) return;
      this.#drop(descriptor);
      this.#settled(descriptor.resolve(Interest.both));
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      this.#fail(descriptor);
    }
  }

  /** Not `this.#waiting -= descriptor.resolve(...)`, which would read the number before others are disarmed in there. */
  #settled(count: number): void {
    this.#waiting -= count;
  }

  #closed(fd: number): void {
    const descriptor = this.#descriptors.get(fd);
    if (descriptor !== undefined) this.#fail(descriptor);
    this.#sleepWatch.stopPollingOldList();
  }

  #fail(descriptor: WatchedDescriptor): void {
    this.#drop(descriptor);
    this.#settled(descriptor.reject());
  }

  /**
   * A descriptor that is closed without `close` of posix disappears from epoll without an event, and the next descriptor that
   * is opened gets its number. A plain `poll` of all descriptors finds that out; once a second, it costs next to nothing.
   */
  #checkDescriptors(now: Instant): void {
    this.#checkAt = now + CHECK_INTERVAL;
    const list = this.#checkList;
    list.clear();
    for (const { fd, wanted } of this.#descriptors.values()) {
      if (wanted !== Interest.none) list.add(fd, eventsFor(wanted));
    }
    let rest = list.poll(0);
    for (let place = 0; rest > 0; place++) {
      const found = list.foundAt(place);
      if (found === 0) continue;
      rest--;
      this.#check(this.#descriptors.get(list.fdAt(place))!, found);
    }
  }

  #check(descriptor: WatchedDescriptor, found: number): void {
    if (found & PollEvents.invalid) {
      this.#fail(descriptor);
      return;
    }
    // Ready, and the selector has not reported it: it may watch another file under that number. Register the number again.
    this.#settled(descriptor.resolve(interestIn(found)));
    this.#selector.watch(descriptor.fd, Interest.none);
    this.#rewatch(descriptor, descriptor.wanted);
  }
}

function eventsFor(interest: Interest): number {
  return (interest & Interest.read ? PollEvents.readable : 0) | (interest & Interest.write ? PollEvents.writable : 0);
}
