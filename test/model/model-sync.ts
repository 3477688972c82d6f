import { Failure, type ModelTask, type Resumption, type Settle, type Wait } from './model.js';

/** Who waits, in the order in which they came; who is cancelled leaves. */
class Line<T extends { readonly settle: Settle }> {
  members: T[] = [];

  /** The wait of somebody who joins the line. */
  wait(member: (settle: Settle) => T): Wait {
    return {
      begin: settle => {
        const joined = member(settle);
        this.members.push(joined);
        return () => {
          this.members = this.members.filter(other => other !== joined);
        };
      },
    };
  }
}

/** What must be waited for, or undefined: done already. A task that need not wait does not hear of a cancellation. */
export type Perhaps = Wait | undefined;

export class ModelLock {
  readonly #line = new Line<{ settle: Settle; task: ModelTask }>();
  #isHeld = false;
  #taker: ModelTask | undefined;

  acquire(task: ModelTask): Perhaps {
    if (!this.#isHeld) {
      this.#isHeld = true;
      this.#taker = task;
      return undefined;
    }
    const holder = this.#holder;
    if (holder !== undefined && (task === holder || isStuck(holder, task))) throw new Failure('LockHeldError');
    return this.#line.wait(settle => ({ settle, task }));
  }

  release(task: ModelTask): void {
    const holder = this.#holder;
    const isAllowed = holder === undefined || ancestry(task).includes(holder);
    if (!this.#isHeld || !isAllowed) throw new Failure('LockNotHeldError');
    const next = this.#line.members.shift();
    this.#isHeld = next !== undefined;
    this.#taker = next?.task;
    next?.settle({ value: undefined });
  }

  /** Who acquired it or, after the end of that one, the nearest above it that has not ended. */
  get #holder(): ModelTask | undefined {
    return ancestry(this.#taker).find(task => !task.isEnded);
  }
}

/** Whether `holder` waits in its code for a task that waits ... for `task`. */
function isStuck(holder: ModelTask, task: ModelTask): boolean {
  const path = ancestry(task);
  if (holder.state !== 'waiting' || !path.includes(holder)) return false;
  const between = path.slice(0, path.indexOf(holder));
  return between.every((child, place) => path[place + 1]!.awaits(child));
}

/** The task, its parent, the parent of that one... */
function ancestry(task: ModelTask | undefined): ModelTask[] {
  return task === undefined ? [] : [task, ...ancestry(task.parent)];
}

export class ModelQueue {
  readonly #putters = new Line<{ settle: Settle; item: string }>();
  readonly #takers = new Line<{ settle: Settle }>();
  readonly #items: string[] = [];
  #isClosed = false;

  constructor(readonly capacity: number) {}

  put(item: string): Perhaps {
    if (this.#isClosed) throw new Failure('QueueClosedError');
    const taker = this.#takers.members.shift();
    if (taker !== undefined) taker.settle({ value: item });
    else if (this.#items.length < this.capacity) this.#items.push(item);
    else return this.#putters.wait(settle => ({ settle, item }));
    return undefined;
  }

  get(): Wait | string {
    const putter = this.#putters.members.shift();
    if (putter !== undefined) {
      this.#items.push(putter.item);
      putter.settle({ value: undefined });
    }
    const item = this.#items.shift();
    if (item !== undefined) return item;
    if (this.#isClosed) throw new Failure('QueueClosedError');
    return this.#takers.wait(settle => ({ settle }));
  }

  close(): void {
    this.#isClosed = true;
    const waiting = [...this.#putters.members, ...this.#takers.members];
    this.#putters.members = [];
    this.#takers.members = [];
    for (const { settle } of waiting) settle({ error: new Failure('QueueClosedError') });
  }
}

export class ModelDeferred {
  readonly #line = new Line<{ settle: Settle }>();
  #result: Resumption | undefined;

  /** @returns whether that was the first time */
  settle(how: Resumption): boolean {
    if (this.#result !== undefined) return false;
    this.#result = how;
    const { members } = this.#line;
    this.#line.members = [];
    for (const { settle } of members) settle(how);
    return true;
  }

  /** The wait, or the value in a list. */
  wait(): Wait | readonly [unknown] {
    const result = this.#result;
    if (result === undefined) return this.#line.wait(settle => ({ settle }));
    if ('error' in result) throw result.error;
    return [result.value];
  }
}
