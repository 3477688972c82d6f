import {
  type Duration,
  EventHandler,
  type Instant,
  type SleepStrategy,
  type Waiter,
  type Wakeup,
} from '@escapement/core';
import { onClose, PollEvents, PollList, PosixError } from '@escapement/posix';
import { injectable } from 'inversify';
import { Doubts } from './doubts.js';
import { Interest } from './interest.js';
import { interestIn } from './poll-selector.js';
import { Readiness } from './readiness.js';
import { Selector } from './selector.js';
import { SleepWatch } from './sleep-watch.js';
import { WatchedDescriptor } from './watched-descriptor.js';

/** While no thread can watch, sleeps are this short. */
const UNWATCHED: Duration = 1;
/** How often to make sure that no descriptor was closed, or replaced by another, behind our back. */
const CHECK_INTERVAL: Duration = 1000;

/**
 * Waits for readiness. Under load it looks once a turn, on the loop's own thread. While the loop sleeps, a thread watches
 * in its place, unless the strategy sleeps in the selector itself.
 *
 * A descriptor stays in the selector when nobody waits for it for the moment: the usual server, which waits for the same
 * one again, costs no system call for that. It goes when the loop is about to sleep and it is ready for nobody.
 */
@injectable()
export class IoHandler extends EventHandler<Readiness> {
  static override readonly name: string = 'IoHandler';
  override readonly handles = Readiness;
  readonly #selector: Selector;
  readonly #sleepWatch: SleepWatch;
  readonly #descriptors = new Map<number, WatchedDescriptor>();
  readonly #checkList = new PollList();
  readonly #doubts = new Doubts();
  readonly #needless: WatchedDescriptor[] = [];
  readonly #gone: WatchedDescriptor[] = [];
  #hasJustFound = false;
  #hasSlept = false;
  /** Whether the strategy sleeps in the selector, so that no thread has to watch. Known from the first sleep on. */
  #isSleptIn = false;
  #waiting = 0;
  #polledAt: Instant = 0;
  #checkAt: Instant = 0;
  #stopListening: (() => void) | undefined;

  constructor(selector: Selector) {
    super();
    this.#selector = selector;
    this.#sleepWatch = new SleepWatch(selector);
  }

  override arm(event: Readiness, waiter: Waiter<void>): void {
    this.#stopListening ??= onClose(fd => this.#closed(fd));
    const descriptor = this.#descriptors.get(event.fd) ?? this.#add(event.fd);
    const wanted = descriptor.watched | event.interest;
    if (wanted === descriptor.watched) this.#doubts.add(descriptor, event, this.#polledAt);
    else if (!this.#watch(descriptor, wanted, waiter)) return;
    descriptor.join(event, waiter);
    this.#waiting++;
  }

  override disarm(event: Readiness, waiter: Waiter<void>): void {
    this.#waiting -= this.#descriptors.get(event.fd)?.leave(event.interest, waiter) ?? 0;
  }

  override poll(now: Instant): void {
    this.#polledAt = now;
    if (this.#descriptors.size === 0) return;
    if (now >= this.#doubts.dueAt) this.#doubts.settle(this.#confirm);
    this.#settleReady();
    if (this.#waiting > 0 && now >= this.#checkAt) this.#checkDescriptors(now);
  }

  override nextDeadline(): Instant {
    if (this.#waiting === 0 || !this.#hasSlept) return Infinity;
    const isWatched = this.#isSleptIn || this.#sleepWatch.isReady;
    return isWatched ? Math.min(this.#checkAt, this.#doubts.dueAt) : this.#polledAt + UNWATCHED;
  }

  override inFlight(): number {
    return this.#waiting;
  }

  override beforeSleep(wakeup: Wakeup, strategy: SleepStrategy): void {
    this.#isSleptIn = strategy.sleepsIn === this.#selector;
    this.#hasJustFound = false;
    if (!this.#hasSlept) this.#expectSleeps(wakeup);
    // What is found ready for nobody would be found again and again. Only here is it sure that nobody is about to come back.
    for (let needless = this.#needless.pop(); needless !== undefined; needless = this.#needless.pop())
      this.#rewatch(needless, needless.wanted);
    if (this.#waiting > 0 && !this.#isSleptIn) this.#sleepWatch.begin(wakeup, this.#polledAt);
  }

  override close(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#sleepWatch.end();
    this.#descriptors.clear();
    this.#doubts.settle(() => {});
    this.#needless.length = 0;
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

  /** @returns whether there is something to wait for; else `waiter` is settled */
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
    this.#needless.length = 0;
    if (this.#isSleepNext()) return;
    const found = this.#selector.look();
    this.#hasJustFound = found > 0;
    for (let index = 0; index < found; index++) {
      const descriptor = this.#descriptors.get(this.#selector.fdAt(index));
      if (descriptor === undefined) continue;
      const ready = this.#selector.readyAt(index);
      if (ready === Interest.none) this.#gone.push(descriptor);
      if ((ready & descriptor.watched & ~descriptor.wanted) !== 0) this.#needless.push(descriptor);
      this.#waiting -= descriptor.settle(ready);
    }
    // Not before all are read: the selector's answer stands until it is told something else.
    for (let descriptor = this.#gone.pop(); descriptor !== undefined; descriptor = this.#gone.pop())
      this.#fail(descriptor);
  }

  /**
   * After a look that found something, a strategy that sleeps in the selector looks again if nobody has anything to do.
   * Not after the sleep: what that found would be old by the next look.
   */
  #isSleepNext(): boolean {
    const isNext = this.#hasJustFound && this.#isSleptIn;
    this.#hasJustFound = false;
    return isNext;
  }

  /** Only now that somebody really sleeps: deadlines of our own are no events of the program's. */
  #expectSleeps(wakeup: Wakeup): void {
    this.#hasSlept = true;
    // This sleep is without one.
    if (this.#waiting > 0) wakeup.request();
  }

  readonly #confirm = (descriptor: WatchedDescriptor) => {
    if (this.#descriptors.get(descriptor.fd) === descriptor) this.#rewatch(descriptor, descriptor.watched);
  };

  /** Tells the selector, which may know another of that number. */
  #rewatch(descriptor: WatchedDescriptor, interest: Interest): void {
    if (interest === Interest.none) {
      this.#drop(descriptor);
      return;
    }
    try {
      descriptor.watched = interest;
      if (this.#selector.watch(descriptor.fd, interest)) return;
      this.#drop(descriptor);
      this.#waiting -= descriptor.settle(Interest.both);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      this.#fail(descriptor);
    }
  }

  #closed(fd: number): void {
    const descriptor = this.#descriptors.get(fd);
    if (descriptor !== undefined) this.#fail(descriptor);
    this.#sleepWatch.letGo();
  }

  #fail(descriptor: WatchedDescriptor): void {
    this.#drop(descriptor);
    this.#waiting -= descriptor.fail();
  }

  /**
   * Who closes a descriptor without telling takes it out of epoll in silence, and who opens the next gets its number. The
   * plain `poll` knows better; asked so rarely, it costs nothing.
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
    // The selector should have said so: it may know another of that number. Put it in afresh.
    this.#waiting -= descriptor.settle(interestIn(found));
    this.#selector.watch(descriptor.fd, Interest.none);
    this.#rewatch(descriptor, descriptor.wanted);
  }
}

function eventsFor(interest: Interest): number {
  return (interest & Interest.read ? PollEvents.readable : 0) | (interest & Interest.write ? PollEvents.writable : 0);
}
