import {
  EventHandler,
  type Instant,
  LoopEvent,
  now,
  runningTask,
  type Task,
  type Waiter,
  type Watch,
} from '@escapement/core';
import { Sleep } from '@escapement/sleep';

interface Wait {
  readonly waiter: Waiter<void>;
  timer: Watch | undefined;
}

/** @internal Where tasks wait until an instant that may change: when bytes arrive, or when there is room. */
export class Gate {
  #waits: Wait[] = [];

  /**
   * @param what for messages: `bytes from`
   * @param opensAt when it opens, as far as is known now; `Infinity`: not by itself
   */
  constructor(
    readonly what: string,
    private readonly opensAt: () => Instant,
  ) {}

  arm(waiter: Waiter<void>): void {
    const wait = { waiter, timer: undefined };
    if (!this.#open(wait)) this.#waits.push(wait);
  }

  disarm(waiter: Waiter<void>): void {
    this.#waits.find(wait => wait.waiter === waiter)?.timer?.cancel();
    this.#waits = this.#waits.filter(wait => wait.waiter !== waiter);
  }

  /** Call it when `opensAt` may have another answer. */
  changed(): void {
    if (this.#waits.length === 0) return;
    this.#waits = this.#waits.filter(wait => !wait.waiter.isSettled && !this.#open(wait));
  }

  /** @returns whether it is open; otherwise it has a timer for the instant at which it will be */
  #open(wait: Wait): boolean {
    wait.timer?.cancel();
    const task = wait.waiter.task!;
    const at = this.opensAt();
    if (at <= presentOf(task)) wait.waiter.resolve();
    else if (at < Infinity) wait.timer = task.watch(new Sleep(at), { resolved: () => this.changed(), rejected });
    return wait.waiter.isSettled;

    function rejected(error: unknown): void {
      wait.waiter.reject(error);
    }
  }
}

/** Something has happened to a stream or a listener in memory: bytes, room, a connection, or an end. */
export class MemoryReady extends LoopEvent<void> {
  static override readonly servedBy: string = 'memoryModule of @escapement/streams/module';
  override readonly kind = 'memory-ready';

  /** @internal */
  constructor(
    /** @internal */
    readonly gate: Gate,
    private readonly owner: string,
  ) {
    super();
  }

  override toString(): string {
    return `${this.gate.what} ${this.owner}`;
  }
}

/**
 * Handles the waits of streams in memory. Their delays are sleeps, so the loop needs a handler for `Sleep`, too.
 *
 * @example new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock), new MemoryHandler()] });
 */
export class MemoryHandler extends EventHandler<MemoryReady> {
  static override readonly name = 'MemoryHandler';
  override readonly handles = MemoryReady;

  override arm(event: MemoryReady, waiter: Waiter<void>): void {
    event.gate.arm(waiter);
  }

  override disarm(event: MemoryReady, waiter: Waiter<void>): void {
    event.gate.disarm(waiter);
  }
}

/** @internal The present instant of the task that runs; undefined in host code. */
export function present(): Instant | undefined {
  const task = runningTask();
  return task && presentOf(task);
}

function presentOf(task: Task): Instant {
  return now().attempt(task)!.value;
}
