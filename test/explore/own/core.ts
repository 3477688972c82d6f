import type { Exploration } from '@escapement/explore';
import { expect } from 'chai';
import {
  Cancelled,
  type Coroutine,
  ensure,
  every,
  type Limit,
  type LoopEvent,
  moveOnAfter,
  now,
  onCancel,
  retry,
  scope,
  shield,
  sleep,
  spawn,
  supervise,
  type Task,
  TaskCancelledError,
  TimeoutError,
  timeout,
} from 'escapement';
import { mayCancelOne, type Played, type Programs, steps } from './exploring.js';

class Boom extends Error {}

/** What a random tree of tasks did. */
class Tree {
  readonly tasks: Task[] = [];
  readonly thrown = new Set<Boom>();
  readonly seen = new Set<unknown>();
  begun = 0;
  ended = 0;
  cleanUps = 0;
  cleanedUp = 0;
  shieldsBegun = 0;
  shieldsDone = 0;

  constructor(private readonly run: Exploration) {}

  *body(depth: number): Coroutine<number, Played> {
    this.begun++;
    try {
      for (let left = 1 + this.run.choose(2); left > 0; left--) yield* this.#act(depth);
      return depth;
    } catch (error) {
      this.#see(error);
      throw error;
    } finally {
      this.ended++;
    }
  }

  *#act(depth: number): Coroutine<void, Played> {
    const inner = depth - 1;
    switch (this.run.choose(depth > 0 ? 10 : 3)) {
      case 0:
        return yield* steps(this.run, 2);
      case 1:
        return yield* sleep(this.run.choose(3));
      case 2:
        if (this.run.choose(3) > 0) return;
        throw this.#boom();
      case 3:
        this.tasks.push(yield* spawn(this.body(inner), { daemon: this.run.choose(4) === 0 }));
        return;
      case 4:
        return yield* this.#catching(scope(this.body(inner)));
      case 5:
        return yield* this.#catching(supervise(this.body(inner), { ended: task => this.#heard(task) }));
      case 6:
        return yield* this.#shielded(inner);
      case 7:
        return yield* this.#catching(timeout(this.run.choose(3), this.body(inner)));
      case 8:
        yield* moveOnAfter(this.run.choose(3), this.body(inner));
        return;
      default:
        this.cleanUps++;
        yield* ensure(() => this.#cleanUp());
    }
  }

  *#shielded(depth: number): Coroutine<void, Played> {
    this.shieldsBegun++;
    try {
      yield* this.#catching(shield(this.body(depth)));
    } finally {
      this.shieldsDone++;
    }
  }

  *#cleanUp(): Coroutine<void, Played> {
    yield* steps(this.run, 2);
    yield* sleep(this.run.choose(2));
    this.cleanedUp++;
  }

  *#catching(body: Iterable<LoopEvent> | Coroutine<unknown, Played>): Coroutine<void, Played> {
    try {
      yield* body as Coroutine<unknown, Played>;
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      this.#see(error);
    }
  }

  #heard(task: Task): void {
    if (task.result.state === 'failed') this.#see(task.result.error);
  }

  #boom(): Boom {
    const error = new Boom(`boom ${this.thrown.size}`);
    this.thrown.add(error);
    return error;
  }

  #see(error: unknown): void {
    this.seen.add(error);
    if (error instanceof AggregateError) for (const each of error.errors) this.#see(each);
  }

  check(outcome: unknown): void {
    this.#see(outcome);
    expect([...this.thrown].filter(error => !this.seen.has(error))).to.deep.equal([]);
    expect(this.ended).to.equal(this.begun);
    expect(this.cleanedUp).to.equal(this.cleanUps);
    expect(this.shieldsDone).to.equal(this.shieldsBegun);
    expect(this.tasks.filter(task => !task.isEnded)).to.deep.equal([]);
  }
}

function* outcomeOf(program: () => Coroutine<unknown, Played>): Coroutine<unknown, Played> {
  try {
    return yield* scope(program);
  } catch (error) {
    return error;
  }
}

export const corePrograms: Programs = {
  *'a tree of scopes, shields, limits and clean-ups ends completely, and loses no error'(run) {
    const tree = new Tree(run);
    const outcome = yield* outcomeOf(function* () {
      const root = yield* spawn(tree.body(3), { name: 'root' });
      mayCancelOne(run, [root]);
      yield* steps(run, 4);
      const others = tree.tasks.filter(task => !task.isEnded);
      mayCancelOne(run, others);
      yield* root;
    });
    tree.check(outcome);
  },

  *'nested limits: the value comes, or the error of one of them'(run) {
    const limits = [run.choose(4), run.choose(4), run.choose(4)] as const;
    const work = run.choose(4);
    const outcome = yield* outcomeOf(function* () {
      return yield* timeout(
        limits[0],
        timeout(
          limits[1],
          timeout(limits[2], function* () {
            yield* sleep(work);
            return 'value';
          }),
        ),
      );
    });
    const least = Math.min(...limits);
    const isLate = outcome instanceof TimeoutError;
    expect(isLate || outcome === 'value', String(outcome)).to.equal(true);
    // A sleep may end late by a millisecond; then either may come first.
    if (work > least + 1) expect(isLate).to.equal(true);
    if (work < least - 1) expect(outcome).to.equal('value');
    expect(yield* now()).to.be.within(Math.min(work, least), Math.min(work, least) + 1);
  },

  *'a limit that is moved expires when its deadline has come, and not before'(run) {
    let limit!: Limit;
    const value = yield* moveOnAfter(run.choose(3), function* (given) {
      limit = given;
      for (let n = 0; n < 3; n++) {
        yield* sleep(run.choose(3));
        limit.deadline = (yield* now()) + run.choose(3);
      }
      return 'value';
    });
    if (value !== undefined) return;
    expect(limit.hasExpired).to.equal(true);
    // A sleep may end late by a millisecond.
    expect(yield* now()).to.be.within(limit.deadline, limit.deadline + 1);
  },

  *'each joiner gets the end of a task'(run) {
    const ends: string[] = [];
    let isCancelled = false;
    yield* supervise(
      function* () {
        const task = yield* spawn(
          function* () {
            yield* steps(run, 3);
            if (run.choose(3) === 0) throw new Boom('joined');
            return 7;
          },
          { name: 'joined' },
        );
        for (let n = 0; n < 3; n++) {
          yield* spawn(function* () {
            yield* steps(run, 3);
            try {
              ends.push(String(yield* task));
            } catch (error) {
              expect(error instanceof Boom || error instanceof TaskCancelledError).to.equal(true);
              ends.push((error as Error).constructor.name);
            }
          });
        }
        yield* steps(run, 3);
        if (run.choose(2) === 0) {
          isCancelled = !task.isEnded;
          task.cancel();
        }
      },
      { ended: () => {} },
    );
    expect(ends).to.have.lengthOf(3);
    expect(new Set(ends).size).to.equal(1);
    if (ends[0] === 'TaskCancelledError') expect(isCancelled).to.equal(true);
  },

  *'retry tries as often as it may, and stops when it is cancelled'(run) {
    let tries = 0;
    let running = 0;
    let victim!: Task<string>;
    const outcome = yield* outcomeOf(function* () {
      victim = yield* spawn(
        retry(
          function* () {
            tries++;
            expect(++running).to.equal(1);
            try {
              yield* steps(run, 1);
              if (run.choose(2) === 0) throw new Boom('again');
              return 'done';
            } finally {
              running--;
            }
          },
          { attempts: 3, backoff: () => 1 },
        ),
      );
      mayCancelOne(run, [victim]);
      return yield* victim;
    });
    expect(tries).to.be.at.most(3);
    expect(running).to.equal(0);
    if (outcome instanceof Boom) expect(tries === 3 || victim.isCancelled).to.equal(true);
    else if (outcome !== 'done') expect(outcome).to.be.instanceOf(TaskCancelledError);
  },

  *'ticks are counted or missed, never lost, also by waits that are abandoned'(run) {
    const metronome = every(1);
    let beats = 0;
    yield* scope(function* () {
      const ticking = yield* spawn(function* () {
        for (let n = 0; n < 4; n++) {
          const tick = yield* moveOnAfter(run.choose(3), function* () {
            return yield* metronome;
          });
          if (tick !== undefined) {
            beats += 1 + tick.missed;
            expect(tick.index).to.equal(beats);
          }
          if (run.choose(2) === 0) yield* sleep(run.choose(3));
        }
      });
      mayCancelOne(run, [ticking]);
    });
  },

  *'a listener for a cancellation is called once, and not after it was removed'(run) {
    const calls: string[] = [];
    let isRemoved = false;
    yield* scope(function* () {
      const task = yield* spawn(function* () {
        const remove = yield* onCancel(() => calls.push(isRemoved ? 'late' : 'in time'));
        yield* steps(run, 3);
        remove();
        isRemoved = true;
        yield* steps(run, 3);
      });
      mayCancelOne(run, [task]);
    });
    expect(calls.length).to.be.at.most(1);
    expect(calls).to.not.include('late');
  },
};
