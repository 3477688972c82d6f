import {
  aggregate,
  type Body,
  Cancellation,
  Failure,
  Model,
  type ModelTask,
  type Resumption,
  show,
  type Wait,
} from './model.js';
import { ModelLock, ModelQueue } from './model-sync.js';
import {
  type AtEnds,
  type Block,
  type Construct,
  type LockName,
  QUEUES,
  resolveTarget,
  type Statement,
} from './program.js';
import type { Trace } from './trace.js';

type Play<T> = Generator<Wait, T, unknown>;

/** Plays a program on the model. */
export class ModelPlayer {
  readonly model = new Model();
  readonly #locks = { x: new ModelLock(), y: new ModelLock() };
  readonly #queues = {
    none: new ModelQueue(QUEUES.none),
    one: new ModelQueue(QUEUES.one),
    many: new ModelQueue(QUEUES.many),
  };
  /** How often each construct was come to. */
  readonly counts = new Map<Construct, number>();

  /** @throws NotComparableError */
  static play(program: Block): ModelPlayer {
    const player = new ModelPlayer();
    player.model.run('main', task => player.#body(program, task));
    return player;
  }

  get trace(): Trace {
    return this.model.trace;
  }

  #atEnds(ended: AtEnds, self: ModelTask): ((task: ModelTask) => void) | undefined {
    if (ended === 'unheard') return undefined;
    return task => {
      this.model.trace.add(this.model.time, self.name, `hears of ${task.name}: ${task.state}`);
      if (ended === 'throws' && task.state === 'failed') throw task.error();
    };
  }

  *#body(block: Block, self: ModelTask): Body {
    yield* this.#block(block, self);
    return `value of ${self.name}`;
  }

  /** Whether the block has said `return`. */
  *#block(block: Block, self: ModelTask): Play<boolean> {
    for (const statement of block) {
      this.counts.set(statement.do, (this.counts.get(statement.do) ?? 0) + 1);
      if (yield* this.#statement(statement, self)) return true;
    }
    return false;
  }

  *#statement(statement: Statement, self: ModelTask): Play<boolean> {
    const { model } = this;
    const log = (what: string) => model.trace.add(model.time, self.name, what);
    switch (statement.do) {
      case 'log':
        log(statement.label);
        return false;
      case 'pause':
        yield model.pause;
        return false;
      case 'sleep':
        yield model.sleepUntil(model.time + statement.ms);
        return false;
      case 'sleepUntil':
        yield model.sleepUntil(statement.at);
        return false;
      case 'forever':
        yield model.forever;
        return false;
      case 'spawn': {
        const name = `${self.name}.${self.children.length + 1}`;
        model.spawn(self, name, task => this.#body(statement.body, task), { isDaemon: statement.daemon });
        return false;
      }
      case 'scope':
      case 'shield':
        log(`got ${yield model.scope(self, statement.do, task => this.#body(statement.body, task))}`);
        return false;
      case 'supervise': {
        const ended = this.#atEnds(statement.ended, self);
        log(`got ${yield model.scope(self, 'supervise', task => this.#body(statement.body, task), ended)}`);
        return false;
      }
      case 'join': {
        const target = resolveTarget(statement.target, self, self.children, model.tasks);
        if (target === undefined) return false;
        // There is nothing to wait for.
        const value = target.state === 'succeeded' ? target.value : yield model.join(target);
        log(`joined ${value}`);
        return false;
      }
      case 'cancel': {
        const target = resolveTarget(statement.target, self, self.children, model.tasks);
        if (target === undefined) return false;
        log(`cancels ${target.name}`);
        model.cancel(target, `by ${self.name}`);
        return false;
      }
      case 'timeout':
        log(`got ${yield* this.#timeout(statement.ms, statement.body, self)}`);
        return false;
      case 'all':
        log(`got ${yield* this.#all(statement.blocks, self)}`);
        return false;
      case 'race':
        log(`got ${yield* this.#race(statement.blocks, self)}`);
        return false;
      case 'with':
        yield* this.#acquire(statement.lock, self);
        try {
          return yield* this.#block(statement.body, self);
        } finally {
          this.#locks[statement.lock].release(self);
        }
      case 'acquire':
        yield* this.#acquire(statement.lock, self);
        return false;
      case 'release':
        this.#locks[statement.lock].release(self);
        return false;
      case 'put': {
        const wait = this.#queues[statement.queue].put(`item of ${self.name}`);
        if (wait !== undefined) yield wait;
        log(`has put into ${statement.queue}`);
        return false;
      }
      case 'get': {
        const item = this.#queues[statement.queue].get();
        log(`got ${typeof item === 'string' ? item : yield item} from ${statement.queue}`);
        return false;
      }
      case 'close':
        this.#queues[statement.queue].close();
        return false;
      case 'ensure':
        model.ensure(self, task => this.#body(statement.body, task));
        return false;
      case 'onCancel':
        model.onCancel(self, reason => log(`is told ${statement.label} ${show(reason)}`));
        return false;
      case 'call':
        return yield* this.#block(statement.body, self);
      case 'throw':
        if (statement.label === undefined) throw undefined;
        throw new Failure(`Error(${statement.label})`);
      case 'return':
        return true;
      case 'try':
        try {
          if (yield* this.#block(statement.body, self)) return true;
        } catch (error) {
          if (statement.catch === undefined) throw error;
          log(`caught ${show(error)}`);
          if (yield* this.#block(statement.catch.body, self)) return true;
          if (statement.catch.rethrow) throw error;
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that returns swallows the error, as everywhere
          if (yield* this.#block(statement.finally ?? [], self)) return true;
        }
        return false;
    }
  }

  *#acquire(lock: LockName, self: ModelTask): Play<void> {
    const wait = this.#locks[lock].acquire(self);
    if (wait !== undefined) yield wait;
    this.model.trace.add(this.model.time, self.name, `has ${lock}`);
  }

  /** A scope, and beside it a timer that cancels it when the time is up. Both begin and end of it take their turn. */
  *#timeout(ms: number, block: Block, self: ModelTask): Play<unknown> {
    const { model } = this;
    const player = this;
    const until = model.time + ms;
    const expired = new Failure(`TimeoutError(${self.name})`);
    let isOver = false;
    let stop = () => {};
    function startTimer(limited: ModelTask): void {
      if (isOver) return;
      const expire = () => model.cancel(limited, expired);
      stop = model.sleepUntil(until).begin(() => model.defer(limited, expire));
    }
    function* limited(task: ModelTask): Body {
      model.defer(task, () => startTimer(task));
      return yield* player.#body(block, task);
    }
    let scope: ModelTask | undefined;
    try {
      return yield model.scope(self, 'scope', task => {
        scope = task;
        return limited(task);
      });
    } catch (error) {
      const isTimeout = scope?.state === 'cancelled' && scope.cancelled?.reason === expired;
      // A cancellation of the caller goes before.
      throw isTimeout && !(error instanceof Cancellation) ? expired : error;
    } finally {
      isOver = true;
      stop();
    }
  }

  /** A scope that is done when all are. */
  *#all(blocks: readonly Block[], self: ModelTask): Play<unknown> {
    const { model } = this;
    const player = this;
    const tasks: ModelTask[] = [];
    function* start(scope: ModelTask): Play<void> {
      for (const block of blocks) tasks.push(model.spawn(scope, model.nextName, task => player.#body(block, task)));
    }
    yield model.scope(self, 'scope', start);
    const cancelled = tasks.find(task => task.state === 'cancelled');
    if (cancelled !== undefined) {
      throw cancelled.cancelledError();
    }
    return tasks.map(task => task.value).join(', ');
  }

  /** A scope in which the first body to end has the others cancelled. */
  *#race(blocks: readonly Block[], self: ModelTask): Play<unknown> {
    const { model } = this;
    const player = this;
    const contestants: ModelTask[] = [];
    let first: Resumption | undefined;
    function* outcomeOf(block: Block, task: ModelTask): Play<Resumption> {
      try {
        return { value: yield model.scope(task, 'scope', inner => player.#body(block, inner)) };
      } catch (error) {
        if (error instanceof Cancellation) throw error;
        return { error };
      }
    }
    function* contest(block: Block, task: ModelTask): Play<void> {
      const outcome = yield* outcomeOf(block, task);
      if (first === undefined) {
        first = outcome;
        for (const other of contestants) if (other !== task) model.cancel(other, 'race: another was first');
      } else if ('error' in outcome) throw outcome.error;
    }
    function* start(scope: ModelTask): Play<void> {
      for (const block of blocks) contestants.push(model.spawn(scope, model.nextName, task => contest(block, task)));
    }
    try {
      yield model.scope(self, 'scope', start);
    } catch (late) {
      if (late instanceof Cancellation || first === undefined || !('error' in first)) throw late;
      throw aggregate([(first as { error: unknown }).error, late]);
    }
    if (first === undefined) throw contestants.find(task => task.state === 'cancelled')!.cancelledError();
    if ('error' in first) throw (first as { error: unknown }).error;
    return (first as { value: unknown }).value;
  }
}
