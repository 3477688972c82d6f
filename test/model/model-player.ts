import { type Choice, fifo } from '../support/chosen-order.js';
import {
  aggregate,
  type Body,
  Cancellation,
  Failure,
  Model,
  type ModelTask,
  type Resumption,
  show,
  type Traits,
  type Wait,
} from './model.js';
import { ModelHandshake } from './model-handshake.js';
import { ModelLimit } from './model-limit.js';
import { ModelDeferred, ModelLock, ModelQueue } from './model-sync.js';
import {
  type AtEnds,
  type Block,
  type Branch,
  type Construct,
  type GroupTarget,
  innermost,
  type LockName,
  PERIOD,
  QUEUES,
  resolveGroup,
  resolveTarget,
  type Statement,
} from './program.js';
import type { Trace } from './trace.js';

type Play<T> = Generator<Wait, T, unknown>;
type Limited = Statement & { readonly do: 'timeout' | 'moveOnAfter' };

/** Plays a program on the model. */
export class ModelPlayer {
  readonly model: Model;
  readonly #locks = { x: new ModelLock(), y: new ModelLock() };
  readonly #queues = {
    none: new ModelQueue(QUEUES.none),
    one: new ModelQueue(QUEUES.one),
    many: new ModelQueue(QUEUES.many),
  };
  readonly #deferreds = { p: new ModelDeferred(), q: new ModelDeferred() };
  readonly #limits = new Map<ModelTask, ModelLimit>();
  readonly #groups = new Map<ModelTask, ModelGroup>();
  /** How often each construct was come to. */
  readonly counts = new Map<Construct, number>();

  /** What was thrown, each with a name of its own. */
  readonly thrown: Failure[] = [];
  #rejected = 0;
  #firstTick: number | undefined;
  #lastTick = 0;

  constructor(choose: Choice) {
    this.model = new Model(choose);
  }

  /** @throws NotComparableError */
  static play(program: Block, choose = fifo): ModelPlayer {
    const player = new ModelPlayer(choose);
    player.model.run('main', task => player.#body(program, task));
    return player;
  }

  get trace(): Trace {
    return this.model.trace;
  }

  #atEnds(ended: AtEnds, self: ModelTask): ((task: ModelTask) => void) | undefined {
    if (ended === 'unheard') return undefined;
    return task => {
      this.model.trace.add(this.model.time, self.name, `hears of ${task.name}: ${task.describeEnd()}`);
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

  /** Throws an error of the release together with the block's own, so that neither hides the other. */
  *#with(name: LockName, body: Block, self: ModelTask): Play<boolean> {
    const lock = this.#locks[name];
    yield* this.#acquire(name, self);
    let hasReturned: boolean;
    try {
      hasReturned = yield* this.#block(body, self);
    } catch (error) {
      const failure = failureIn(() => lock.release(self));
      if (failure === undefined) throw error;
      throw error instanceof Cancellation ? failure : aggregate([error, failure]);
    }
    lock.release(self);
    return hasReturned;
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
      case 'moveOnAfter': {
        const moved = statement.do === 'timeout' ? '' : 'moved on, ';
        log(`${moved}got ${yield* this.#limited(statement, self)}`);
        return false;
      }
      case 'moveLimit': {
        const limit = innermost(this.#limits, self);
        if (limit === undefined) return false;
        log(`moves the limit${limit.hasExpired ? ', which has expired,' : ''} from ${limit.deadline}`);
        limit.deadline = model.time + statement.ms;
        return false;
      }
      case 'resolve':
        log(
          `settles ${statement.deferred}: ${this.#deferreds[statement.deferred].settle({ value: `value of ${self.name}` })}`,
        );
        return false;
      case 'reject': {
        const error = new Failure(`Error(d${this.#rejected++})`);
        log(`settles ${statement.deferred}: ${this.#deferreds[statement.deferred].settle({ error })}`);
        return false;
      }
      case 'await': {
        const value = this.#deferreds[statement.deferred].wait();
        log(`got ${'begin' in value ? yield value : value[0]} from ${statement.deferred}`);
        return false;
      }
      case 'select': {
        const { key, value } = yield* this.#select(statement.branches, self);
        log(`got ${value} by branch ${key}`);
        return false;
      }
      case 'group':
        log(`got ${yield* this.#group(statement.body, self)} from its group`);
        return false;
      case 'spawnInto': {
        const group = this.#groupFor(statement.group, self);
        group?.spawn(task => this.#body(statement.body, task), model);
        return false;
      }
      case 'start': {
        const group = this.#groupFor(statement.group, self);
        if (group === undefined) return false;
        const handshake = new ModelHandshake(model, self);
        const body = (task: ModelTask) => this.#starting(handshake, statement.body, task);
        handshake.task = group.spawn(body, model, { startsAlways: true });
        log(`started, got ${yield handshake.wait}`);
        return false;
      }
      case 'started':
        self.handshake?.ready(`ready ${self.name}`);
        return false;
      case 'cancelGroup': {
        const group = this.#groupFor(statement.group, self);
        if (group === undefined) return false;
        log(`cancels the group of ${group.task.name}`);
        group.cancel(`by ${self.name}`, model);
        return false;
      }
      case 'all':
        log(`got ${yield* this.#all(statement.blocks, self)}`);
        return false;
      case 'allSettled':
        log(`got ${yield* this.#allSettled(statement.blocks, self)}`);
        return false;
      case 'race':
        log(`got ${yield* this.#race(statement.blocks, self)}`);
        return false;
      case 'any':
        log(`got ${yield* this.#any(statement.blocks, self)}`);
        return false;
      case 'map':
        log(`got ${yield* this.#map(statement.blocks, statement.concurrency, self)}`);
        return false;
      case 'retry':
        return yield* this.#retry(statement.body, statement.attempts, statement.ms, self);
      case 'tick':
        log(`ticks ${yield* this.#tick()}`);
        return false;
      case 'with':
        return yield* this.#with(statement.lock, statement.body, self);
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
        this.thrown.push(new Failure(`Error(${statement.label}${this.thrown.length})`));
        throw this.thrown.at(-1);
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

  /** A scope with a limit beside it. */
  *#limited(statement: Limited, self: ModelTask): Play<unknown> {
    const limit = new ModelLimit(this.model, self, statement.ms);
    const body = (task: ModelTask) => this.#bodyWithin(limit, statement.body, task);
    try {
      return yield this.model.scope(self, 'scope', body);
    } catch (error) {
      if (!limit.hasEnded(error)) throw error;
      if (statement.do === 'timeout') throw limit.error;
      return undefined;
    } finally {
      limit.end();
    }
  }

  *#bodyWithin(limit: ModelLimit, block: Block, task: ModelTask): Body {
    this.#limits.set(task, limit);
    limit.begin(task);
    return yield* this.#body(block, task);
  }

  /** Takes the first that is there at once; else waits for the first that comes. */
  *#select(branches: readonly Branch[], self: ModelTask): Play<{ key: number; value: unknown }> {
    const waits: Wait[] = [];
    for (const [key, branch] of branches.entries()) {
      const found = this.#tryBranch(branch, self);
      if (!('begin' in found)) return { key, value: found[0] };
      waits.push(found);
    }
    return (yield this.model.select(waits)) as { key: number; value: unknown };
  }

  /** The value in a list, if it is there; or the wait for it. */
  #tryBranch(branch: Branch, self: ModelTask): Wait | readonly [unknown] {
    const { model } = this;
    if (branch.on === 'sleep') return model.sleepUntil(model.time + branch.ms);
    if (branch.on === 'sleepUntil') return model.sleepUntil(branch.at);
    if (branch.on === 'await') return this.#deferreds[branch.deferred].wait();
    if (branch.on === 'put') return this.#queues[branch.queue].put(`item of ${self.name}`) ?? [undefined];
    if (branch.on === 'get') {
      const item = this.#queues[branch.queue].get();
      return typeof item === 'string' ? [item] : item;
    }
    const target = resolveTarget(branch.target, self, self.children, model.tasks);
    if (target === undefined) return model.forever;
    return target.state === 'succeeded' ? [target.value] : model.join(target);
  }

  /** A scope that `cancel` ends without an error. */
  *#group(block: Block, self: ModelTask): Play<unknown> {
    let group: ModelGroup | undefined;
    let value: unknown;
    const player = this;
    function* body(task: ModelTask): Body {
      group = new ModelGroup(task);
      player.#groups.set(task, group);
      value = yield* player.#body(block, task);
      return value;
    }
    try {
      return yield this.model.scope(self, 'scope', body);
    } catch (error) {
      if (group?.isQuiet(error)) return value;
      throw error;
    }
  }

  #groupFor(target: GroupTarget, self: ModelTask): ModelGroup | undefined {
    return resolveGroup(target, self, this.#groups);
  }

  /** Until the program is ready, its errors are for the task that started it. */
  *#starting(handshake: ModelHandshake, block: Block, self: ModelTask): Body {
    const player = this;
    function* program(task: ModelTask): Body {
      const outer = task.handshake;
      task.handshake = handshake;
      try {
        return yield* player.#body(block, task);
      } finally {
        task.handshake = outer;
      }
    }
    try {
      return yield this.model.scope(self, 'scope', program);
    } catch (error) {
      if (!handshake.failed(error)) throw error;
      return undefined;
    } finally {
      handshake.ended();
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

  /** What `body` comes to in each: a list of tasks that have ended. `ended` is told of each, and what it throws ends all. */
  *#contest(
    blocks: readonly Block[],
    self: ModelTask,
    ended: (task: ModelTask, contestants: readonly ModelTask[]) => void,
  ): Play<readonly ModelTask[]> {
    const { model } = this;
    const player = this;
    const contestants: ModelTask[] = [];
    function* start(scope: ModelTask): Play<void> {
      for (const block of blocks)
        contestants.push(model.spawn(scope, model.nextName, task => player.#body(block, task)));
    }
    yield model.scope(self, 'supervise', start, task => ended(task, contestants));
    return contestants;
  }

  /** Waits for all. What fails in its clean-up, because all were cancelled, has no outcome: it fails all. */
  *#allSettled(blocks: readonly Block[], self: ModelTask): Play<string> {
    const tasks = yield* this.#contest(blocks, self, task => {
      if (task.parent!.cancelled !== undefined && task.failedInCleanup()) throw task.error();
    });
    return tasks.map(task => showAnswer(task.answer())).join(', ');
  }

  /** The first to end has the others cancelled. Who fails after that, and no cancellation had come to him, has only lost. */
  *#race(blocks: readonly Block[], self: ModelTask): Play<unknown> {
    const winner = yield* this.#firstOf('race', blocks, self, (task, error, isWon) => {
      if (!isWon) throw error;
      this.model.trace.add(this.model.time, task.name, `loses, and ${task.describeEnd()}`);
    });
    return winner!.value;
  }

  /** The first to succeed has the others cancelled. Failures count only if nobody succeeds, or in a clean-up. */
  *#any(blocks: readonly Block[], self: ModelTask): Play<unknown> {
    const errors: unknown[] = [];
    const winner = yield* this.#firstOf('any', blocks, self, (_, error) => errors.push(error));
    if (winner === undefined) throw aggregate(errors);
    return winner.value;
  }

  *#firstOf(
    caller: string,
    blocks: readonly Block[],
    self: ModelTask,
    failed: (task: ModelTask, error: unknown, isWon: boolean) => void,
  ): Play<ModelTask | undefined> {
    let winner: ModelTask | undefined;
    yield* this.#contest(blocks, self, (task, contestants) => {
      const answer = task.answer();
      if ('value' in answer) {
        if (winner !== undefined) return;
        winner = task;
        for (const other of contestants) this.model.cancel(other, `${caller}: another was first`);
        return;
      }
      const isOver = winner !== undefined || task.parent!.cancelled !== undefined;
      if (isOver && task.state === 'cancelled') return;
      if (isOver && task.failedInCleanup()) throw answer.error;
      failed(task, answer.error, winner !== undefined);
    });
    return winner;
  }

  /** Workers that take the blocks in their order. One that is cancelled with blocks left has not done its work. */
  *#map(blocks: readonly Block[], concurrency: number, self: ModelTask): Play<string> {
    const { model } = this;
    const player = this;
    const results: unknown[] = [];
    const workers: ModelTask[] = [];
    let taken = 0;
    let isExhausted = false;
    let isStopped = false;
    function take(): number | undefined {
      if (isStopped || isExhausted) return undefined;
      model.trace.add(model.time, self.name, `looks for item ${taken}`);
      isExhausted = taken === blocks.length;
      return isExhausted ? undefined : taken++;
    }
    function* work(task: ModelTask, first: number): Play<void> {
      try {
        for (let index: number | undefined = first; index !== undefined; index = take()) {
          results[index] = yield* player.#body(blocks[index]!, task);
          if (task.cancelled !== undefined && !isExhausted) throw task.cancelled;
        }
      } catch (error) {
        isStopped = true;
        throw error;
      }
    }
    function* start(scope: ModelTask): Play<void> {
      while (workers.length < concurrency) {
        const first = take();
        if (first === undefined) return;
        workers.push(model.spawn(scope, model.nextName, task => work(task, first)));
      }
    }
    try {
      yield model.scope(self, 'scope', start);
      const cancelled = workers.find(task => task.state === 'cancelled');
      if (cancelled !== undefined) throw cancelled.cancelledError();
    } catch (error) {
      if (!isExhausted) model.trace.add(model.time, self.name, 'closes its items');
      throw error;
    }
    return results.join(', ');
  }

  *#retry(block: Block, attempts: number, ms: number, self: ModelTask): Play<boolean> {
    for (let number = 1; ; number++) {
      try {
        return yield* this.#block(block, self);
      } catch (error) {
        // What was thrown in a cancelled task is an error of its clean-up.
        if (self.cancelled !== undefined || error instanceof Cancellation || number === attempts) throw error;
        this.model.trace.add(this.model.time, self.name, `tries again after ${show(error)}`);
      }
      yield this.model.sleepUntil(this.model.time + ms);
    }
  }

  /** Tick n is due at n periods after the first wait for one. Who gives up waiting has taken none. */
  *#tick(): Play<string> {
    const { model } = this;
    for (;;) {
      this.#firstTick ??= model.time;
      const index = Math.max(this.#lastTick + 1, Math.floor((model.time - this.#firstTick) / PERIOD));
      yield model.sleepUntil(this.#firstTick + index * PERIOD);
      if (index <= this.#lastTick) continue;
      const missed = index - this.#lastTick - 1;
      this.#lastTick = index;
      return `${index}, missed ${missed}`;
    }
  }
}

/** What tasks can be spawned into. */
class ModelGroup {
  #reason: string | undefined;

  constructor(readonly task: ModelTask) {}

  spawn(body: (task: ModelTask) => Body, model: Model, traits: Traits = {}): ModelTask {
    if (this.task.isEnded) throw new Failure('GroupEndedError');
    return model.spawn(this.task, `${this.task.name}.${this.task.children.length + 1}`, body, traits);
  }

  cancel(reason: string, model: Model): void {
    if (this.task.isEnded || this.#reason !== undefined) return;
    this.#reason = reason;
    model.cancel(this.task, reason);
  }

  /** Whether its scope throws `error` because of `cancel`, and of nothing else. */
  isQuiet(error: unknown): boolean {
    const { cancelled, state } = this.task;
    const isOwn = this.#reason !== undefined && state === 'cancelled' && cancelled?.reason === this.#reason;
    return isOwn && error instanceof Failure && error.text === this.task.cancelledError().text;
  }
}

function failureIn(action: () => void): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

function showAnswer(answer: Resumption): string {
  return 'value' in answer ? String(answer.value) : show(answer.error);
}
