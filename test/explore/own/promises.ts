import { EventEmitter } from 'node:events';
import type { BuiltInEvents, Exploration } from '@escapement/explore';
import { abortable, action, eventsOf, itemsOf, type Put, produce, resolved } from '@escapement/promises';
import { expect } from 'chai';
import { type CoreEvent, type Coroutine, moveOnAfter, scope, select, sleep, spawn, type Task } from 'escapement';

/** With the events of promises. */
export type Waits = CoreEvent | BuiltInEvents<true>;
export type PromiseProgram = (run: Exploration) => Coroutine<void, Waits>;

/** Settles after some turns of microtasks, and sometimes one of the host. */
async function turns(run: Exploration): Promise<void> {
  for (let left = run.choose(4); left > 0; left--) await undefined;
  if (run.choose(3) === 1) await new Promise(resolve => setImmediate(resolve));
}

/** Runs `body` in a task that may be cancelled. */
function* mayBeCancelled(run: Exploration, body: () => Coroutine<unknown, Waits>): Coroutine<Task, Waits> {
  let task!: Task;
  yield* scope(function* () {
    task = yield* spawn(body, { name: 'victim' });
    run.mayCancel(task);
  });
  return task;
}

export const promisePrograms: Readonly<Record<string, PromiseProgram>> = {
  *'an action is undone once for each start'(run) {
    let started = 0;
    let undone = 0;
    let called = 0;
    yield* mayBeCancelled(run, function* () {
      for (let n = 0; n < 3; n++) {
        const operation = action<number>(resolve => {
          started++;
          turns(run).then(() => {
            called++;
            resolve(n);
          });
          return () => {
            undone++;
          };
        });
        if (run.choose(2) === 0) expect(yield* operation).to.equal(n);
        else yield* select({ operation, time: sleep(run.choose(3)) });
      }
    });
    expect(undone).to.equal(started);
    expect(called).to.be.at.most(started);
  },

  *'an operation that is aborted has stopped when its wait ends'(run) {
    let running = 0;
    yield* mayBeCancelled(run, function* () {
      for (let n = 0; n < 2; n++) {
        const operation = abortable(async signal => {
          running++;
          try {
            await turns(run);
            signal.throwIfAborted();
            return n;
          } finally {
            await undefined;
            running--;
          }
        });
        try {
          const value = yield* moveOnAfter(run.choose(3), operation);
          if (value !== undefined) expect(value).to.equal(n);
        } finally {
          expect(running).to.equal(0);
        }
      }
    });
    expect(running).to.equal(0);
  },

  *'events come in order, none is lost, and no listener is left'(run) {
    const emitter = new EventEmitter();
    const got: unknown[] = [];
    let emitted = 0;
    let isSubscribed = false;
    const task = yield* mayBeCancelled(run, function* () {
      const emitting = yield* spawn(function* () {
        for (let n = 0; n < 4; n++) {
          yield* resolved(turns(run));
          if (isSubscribed) emitter.emit('item', emitted++);
        }
      });
      const items = yield* eventsOf(emitter, 'item');
      isSubscribed = true;
      while (!emitting.isEnded) {
        const first = yield* select({ next: items.next(), time: sleep(1 + run.choose(2)) });
        if (first.key === 'next' && !first.value.done) got.push(...(first.value.value as unknown[]));
      }
      items.close();
      for (let next = yield* items.next(); !next.done; next = yield* items.next()) got.push(...next.value);
    });
    expect(got).to.deep.equal(Array.from({ length: got.length }, (_, n) => n));
    if (task.result.state === 'succeeded') expect(got).to.have.lengthOf(emitted);
    expect(emitter.listenerCount('item') + emitter.listenerCount('error')).to.equal(0);
  },

  *'items come in order, none is lost by a wait that is cancelled, and the source is closed once'(run) {
    let closed = 0;
    let given = 0;
    async function* numbers() {
      try {
        for (let n = 0; n < 4; n++) {
          await turns(run);
          given++;
          yield n;
        }
      } finally {
        await turns(run);
        closed++;
      }
    }
    const got: number[] = [];
    const task = yield* mayBeCancelled(run, function* () {
      const items = yield* itemsOf(numbers());
      for (;;) {
        const next = yield* moveOnAfter(run.choose(4), items.next());
        if (next === undefined) yield* sleep(1);
        else if (next.done) break;
        else got.push(next.value);
      }
    });
    expect(got).to.deep.equal(Array.from({ length: got.length }, (_, n) => n));
    if (task.result.state === 'succeeded') expect(got).to.have.lengthOf(4);
    if (given > 0) expect(closed).to.equal(1);
  },

  *'what a program produces comes once, in order, and the program ends with the iteration'(run) {
    let put = 0;
    let isOpen = false;
    const got: number[] = [];
    const most = 1 + run.choose(5);
    yield* scope(function* () {
      const rows = yield* produce(function* (give: Put<number>) {
        isOpen = true;
        try {
          for (let n = 0; n < 3; n++) {
            yield* give(n);
            put++;
            if (run.choose(2) === 0) yield* sleep(run.choose(2));
          }
        } finally {
          isOpen = false;
        }
      });
      yield* resolved(
        (async () => {
          for await (const row of rows) {
            got.push(row);
            if (got.length === most) break;
            await turns(run);
          }
        })(),
      );
      expect(isOpen).to.equal(false);
    });
    expect(got).to.deep.equal([0, 1, 2].slice(0, most));
    expect(put).to.be.within(Math.min(most, 3) - 1, Math.min(most, 3));
  },

  *'a promise is waited for by many, each of whom gets its value'(run) {
    const value = turns(run).then(() => 7);
    const got: number[] = [];
    yield* scope(function* () {
      for (let n = 0; n < 3; n++) {
        const task = yield* spawn(function* () {
          const seven = yield* moveOnAfter(1 + run.choose(2), resolved(value));
          got.push(seven ?? 0);
        });
        if (n === 0) run.mayCancel(task);
      }
    });
    expect(got.length).to.be.within(2, 3);
    // Promises settle before time goes on.
    expect(got.every(each => each === 7)).to.equal(true);
  },
};
