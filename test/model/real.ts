import {
  type Acquire,
  Deferred,
  type DeferredSettled,
  type Get,
  Lock,
  LockHeldError,
  LockNotHeldError,
  type Put,
  Queue,
  QueueClosedError,
  SyncHandler,
} from '@escapement/sync';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import {
  all,
  allSettled,
  any,
  type Call,
  Cancelled,
  type Coroutine,
  type CurrentTask,
  call,
  currentTask,
  DeadlockError,
  type EventHandler,
  EventLoop,
  ensure,
  every,
  GroupEndedError,
  group,
  type Handshake,
  type Join,
  type Limit,
  type LoopEvent,
  map,
  moveOnAfter,
  NotStartedError,
  type Now,
  onCancel,
  type Pause,
  pause,
  race,
  retry,
  type Scope,
  type Select,
  SleepHandler,
  type Spawn,
  type Started,
  type SuperviseOptions,
  scope,
  select,
  shield,
  sleep,
  sleepUntil,
  spawn,
  started,
  supervise,
  type Task,
  TaskCancelledError,
  type TaskGroup,
  type TimeEvent,
  TimeoutError,
  timeout,
  type Waiter,
} from 'escapement';
import { type Choice, ChosenOrder, fifo } from '../support/chosen-order.js';
import { InstrumentOrder } from '../support/instrument-order.js';
import {
  type AtEnds,
  type Block,
  type Branch,
  type GroupTarget,
  innermost,
  type LockName,
  PERIOD,
  QUEUES,
  resolveGroup,
  resolveTarget,
  type Statement,
} from './program.js';
import { MOST_NAMES, Trace } from './trace.js';

type Branches = Get | Put | DeferredSettled<string> | TimeEvent | Join;
type Events = Pause | Now | Spawn | Scope | CurrentTask | Call | Acquire | Handshake | Select | Started | Branches;

/** A group with the task of its body. */
interface RealGroup {
  readonly tasks: TaskGroup<Events>;
  readonly task: Task;
}

/** Plays a program on the real loop, in virtual time. */
export class RealPlayer {
  readonly trace = new Trace();
  readonly #clock = new VirtualClock();
  readonly #locks = { x: new Lock('x'), y: new Lock('y') };
  readonly #queues = {
    none: new Queue<string>({ capacity: QUEUES.none }),
    one: new Queue<string>({ capacity: QUEUES.one }),
    many: new Queue<string>({ capacity: QUEUES.many }),
  };
  readonly #deferreds = { p: new Deferred<string>(), q: new Deferred<string>() };
  readonly #limits = new Map<Task, Limit>();
  readonly #groups = new Map<Task, RealGroup>();
  /** Every task of the run, in the order of spawning. */
  readonly #tasks: Task[] = [];
  /** All that each has ever spawned, oldest first. */
  readonly #children = new Map<Task, Task[]>();

  readonly #metronome = every(PERIOD);
  #thrown = 0;
  #rejected = 0;

  static play(program: Block, choose: Choice = fifo): Trace {
    const player = new RealPlayer();
    player.#run(program, choose);
    return player.trace;
  }

  #run(program: Block, choose: Choice): void {
    const armed: Waiter<never>[] = [];
    const order = new InstrumentOrder();
    const strategy = new VirtualTimeStrategy(this.#clock);
    const loop = new EventLoop({
      strategy,
      policy: new ChosenOrder(choose),
      handlers: [noting(armed, new SleepHandler(this.#clock)), noting(armed, new SyncHandler())],
      instruments: [
        order,
        {
          taskSpawned: task => this.#spawned(task),
          taskEnded: task => this.#ended(task),
          // Half of the programs here do what one should not: only what became of an error counts.
          warned: ({ code, task }) => {
            if (code === 'ESC_LOSER_FAILED') this.#log(task!, `loses, and ${describeEnd(task!)}`);
          },
        },
      ],
    });
    const main = () => this.#body(program);
    try {
      this.trace.outcome(`succeeded ${loop.runSync(main)}`);
    } catch (error) {
      const isEnd = error instanceof Cancelled;
      this.trace.outcome(isEnd ? `cancelled ${show(error.reason)}` : `failed ${show(error)}`);
    }
    const left = armed.filter(waiter => !waiter.isSettled);
    if (left.length > 0) throw new Error(`${left.length} waits are left in flight`);
    if (order.violations.length > 0) throw new Error(`the instrument: ${order.violations.join('\n')}`);
  }

  #spawned(task: Task): void {
    this.#tasks.push(task);
    if (task.parent !== undefined) this.#childrenOf(task.parent).push(task);
  }

  #ended(task: Task): void {
    this.#log(task, describeEnd(task));
  }

  #childrenOf(task: Task): Task[] {
    const children = this.#children.get(task) ?? [];
    this.#children.set(task, children);
    return children;
  }

  #log(task: Task, what: string): void {
    this.trace.add(this.#clock.now(), task.name, what);
  }

  *#body(block: Block): Coroutine<string, Events> {
    const self = yield* currentTask();
    yield* this.#block(block, self);
    return `value of ${self.name}`;
  }

  /** Whether the block has said `return`. */
  *#block(block: Block, self: Task): Coroutine<boolean, Events> {
    for (const statement of block) if (yield* this.#statement(statement, self)) return true;
    return false;
  }

  #atEnds(ended: AtEnds, self: Task): SuperviseOptions {
    if (ended === 'unheard') return {};
    return {
      ended: task => {
        this.#log(self, `hears of ${task.name}: ${describeEnd(task)}`);
        if (ended === 'throws' && task.result.state === 'failed') throw task.result.error;
      },
    };
  }

  #items(blocks: readonly Block[], self: Task): IterableIterator<Block> {
    let taken = 0;
    return {
      [Symbol.iterator]() {
        return this;
      },
      next: () => {
        this.#log(self, `looks for item ${taken}`);
        return taken < blocks.length ? { done: false, value: blocks[taken++]! } : { done: true, value: undefined };
      },
      return: () => {
        this.#log(self, 'closes its items');
        return { done: true, value: undefined };
      },
    };
  }

  *#holding(lock: LockName, block: Block, self: Task): Coroutine<boolean, Events> {
    this.#log(self, `has ${lock}`);
    return yield* this.#block(block, self);
  }

  *#bodyWithin(limit: Limit, block: Block): Coroutine<string, Events> {
    this.#limits.set(yield* currentTask(), limit);
    return yield* this.#body(block);
  }

  *#bodyOfGroup(tasks: TaskGroup<Events>, block: Block): Coroutine<string, Events> {
    const task = yield* currentTask();
    this.#groups.set(task, { tasks, task });
    return yield* this.#body(block);
  }

  #groupFor(target: GroupTarget, self: Task): RealGroup | undefined {
    return resolveGroup(target, self, this.#groups);
  }

  #nameIn({ task }: RealGroup): string {
    return `${task.name}.${this.#childrenOf(task).length + 1}`;
  }

  #branch(branch: Branch, self: Task): LoopEvent<unknown> & Branches {
    if (branch.on === 'sleep') return sleep(branch.ms);
    if (branch.on === 'sleepUntil') return sleepUntil(branch.at);
    if (branch.on === 'await') return this.#deferreds[branch.deferred].wait();
    if (branch.on === 'put') return this.#queues[branch.queue].put(`item of ${self.name}`);
    if (branch.on === 'get') return this.#queues[branch.queue].get();
    const target = resolveTarget(branch.target, self, this.#childrenOf(self), this.#tasks);
    return target?.join() ?? sleep(Infinity);
  }

  *#statement(statement: Statement, self: Task): Coroutine<boolean, Events> {
    switch (statement.do) {
      case 'log':
        this.#log(self, statement.label);
        return false;
      case 'pause':
        yield* pause();
        return false;
      case 'sleep':
        yield* sleep(statement.ms);
        return false;
      case 'sleepUntil':
        yield* sleepUntil(statement.at);
        return false;
      case 'forever':
        yield* sleep(Infinity);
        return false;
      case 'spawn': {
        const name = `${self.name}.${this.#childrenOf(self).length + 1}`;
        yield* spawn(this.#body(statement.body), { name, daemon: statement.daemon });
        return false;
      }
      case 'scope':
        this.#log(self, `got ${yield* scope(this.#body(statement.body))}`);
        return false;
      case 'shield':
        this.#log(self, `got ${yield* shield(this.#body(statement.body))}`);
        return false;
      case 'join': {
        const target = resolveTarget(statement.target, self, this.#childrenOf(self), this.#tasks);
        if (target !== undefined) this.#log(self, `joined ${yield* target.join()}`);
        return false;
      }
      case 'cancel': {
        const target = resolveTarget(statement.target, self, this.#childrenOf(self), this.#tasks);
        if (target === undefined) return false;
        this.#log(self, `cancels ${target.name}`);
        target.cancel(`by ${self.name}`);
        return false;
      }
      case 'supervise':
        this.#log(self, `got ${yield* supervise(this.#body(statement.body), this.#atEnds(statement.ended, self))}`);
        return false;
      case 'timeout':
        this.#log(self, `got ${yield* timeout(statement.ms, limit => this.#bodyWithin(limit, statement.body))}`);
        return false;
      case 'moveOnAfter': {
        const value = yield* moveOnAfter(statement.ms, limit => this.#bodyWithin(limit, statement.body));
        this.#log(self, `moved on, got ${value}`);
        return false;
      }
      case 'moveLimit': {
        const limit = innermost(this.#limits, self);
        if (limit === undefined) return false;
        this.#log(self, `moves the limit${limit.hasExpired ? ', which has expired,' : ''} from ${limit.deadline}`);
        limit.deadline = this.#clock.now() + statement.ms;
        return false;
      }
      case 'resolve':
      case 'reject': {
        const deferred = this.#deferreds[statement.deferred];
        const isFirst =
          statement.do === 'resolve'
            ? deferred.resolve(`value of ${self.name}`)
            : deferred.reject(new Error(`d${this.#rejected++}`));
        this.#log(self, `settles ${statement.deferred}: ${isFirst}`);
        return false;
      }
      case 'await': {
        const value = yield* this.#deferreds[statement.deferred];
        this.#log(self, `got ${value} from ${statement.deferred}`);
        return false;
      }
      case 'select': {
        const { key, value } = yield* select(statement.branches.map(branch => this.#branch(branch, self)));
        this.#log(self, `got ${value} by branch ${key}`);
        return false;
      }
      case 'group': {
        const value = yield* group((tasks: TaskGroup<Events>) => this.#bodyOfGroup(tasks, statement.body));
        this.#log(self, `got ${value} from its group`);
        return false;
      }
      case 'spawnInto': {
        const into = this.#groupFor(statement.group, self);
        into?.tasks.spawn(this.#body(statement.body), { name: this.#nameIn(into) });
        return false;
      }
      case 'start': {
        const into = this.#groupFor(statement.group, self);
        if (into === undefined) return false;
        const value = yield* into.tasks.start(this.#body(statement.body), { name: this.#nameIn(into) });
        this.#log(self, `started, got ${value}`);
        return false;
      }
      case 'started':
        yield* started(`ready ${self.name}`);
        return false;
      case 'cancelGroup': {
        const cancelled = this.#groupFor(statement.group, self);
        if (cancelled === undefined) return false;
        this.#log(self, `cancels the group of ${cancelled.task.name}`);
        cancelled.tasks.cancel(`by ${self.name}`);
        return false;
      }
      case 'all': {
        const values: unknown[] = yield* all(statement.blocks.map(block => this.#body(block)));
        this.#log(self, `got ${values.join(', ')}`);
        return false;
      }
      case 'allSettled': {
        const settled = yield* allSettled(statement.blocks.map(block => this.#body(block)));
        const shown = settled.map(each => (each.state === 'succeeded' ? each.value : show(each.error)));
        this.#log(self, `got ${shown.join(', ')}`);
        return false;
      }
      case 'race':
        this.#log(self, `got ${yield* race(statement.blocks.map(block => this.#body(block)))}`);
        return false;
      case 'any':
        this.#log(self, `got ${yield* any(statement.blocks.map(block => this.#body(block)))}`);
        return false;
      case 'map': {
        const { concurrency, blocks } = statement;
        const values = yield* map(this.#items(blocks, self), block => this.#body(block), { concurrency });
        this.#log(self, `got ${values.join(', ')}`);
        return false;
      }
      case 'retry': {
        const { attempts, ms, body } = statement;
        const when = (error: unknown) => {
          this.#log(self, `tries again after ${show(error)}`);
          return true;
        };
        return yield* retry(() => this.#block(body, self), { attempts, backoff: () => ms, when });
      }
      case 'tick': {
        const { index, missed } = yield* this.#metronome;
        this.#log(self, `ticks ${index}, missed ${missed}`);
        return false;
      }
      case 'with':
        return yield* this.#locks[statement.lock].with(() => this.#holding(statement.lock, statement.body, self));
      case 'acquire':
        yield* this.#locks[statement.lock].acquire();
        this.#log(self, `has ${statement.lock}`);
        return false;
      case 'release':
        this.#locks[statement.lock].release();
        return false;
      case 'put':
        yield* this.#queues[statement.queue].put(`item of ${self.name}`);
        this.#log(self, `has put into ${statement.queue}`);
        return false;
      case 'get':
        this.#log(self, `got ${yield* this.#queues[statement.queue].get()} from ${statement.queue}`);
        return false;
      case 'close':
        this.#queues[statement.queue].close();
        return false;
      case 'ensure':
        yield* ensure(this.#body(statement.body));
        return false;
      case 'onCancel':
        yield* onCancel(reason => this.#log(self, `is told ${statement.label} ${show(reason)}`));
        return false;
      case 'call':
        return yield* call(() => this.#block(statement.body, self));
      case 'throw':
        if (statement.label === undefined) throw undefined;
        throw new Error(`${statement.label}${this.#thrown++}`);
      case 'return':
        return true;
      case 'try':
        try {
          if (yield* this.#block(statement.body, self)) return true;
        } catch (error) {
          if (statement.catch === undefined) throw error;
          this.#log(self, `caught ${show(error)}`);
          if (yield* this.#block(statement.catch.body, self)) return true;
          if (statement.catch.rethrow) throw error;
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that returns swallows the error, as everywhere
          if (yield* this.#block(statement.finally ?? [], self)) return true;
        }
        return false;
    }
  }
}

function noting<H extends EventHandler>(armed: Waiter<never>[], handler: H): H {
  const arm = handler.arm.bind(handler);
  handler.arm = (event, waiter) => {
    armed.push(waiter);
    arm(event, waiter);
  };
  return handler;
}

function describeEnd({ result }: Task): string {
  const how = { succeeded: 'value', failed: 'error', cancelled: 'reason', pending: 'state' }[result.state];
  const what = (result as unknown as Record<string, unknown>)[how];
  return `${result.state} ${result.state === 'succeeded' ? what : show(what)}`;
}

/** Their messages are for people. */
const NAMED_ONLY = [LockHeldError, LockNotHeldError, QueueClosedError, GroupEndedError, NotStartedError];

/** What an error says, as far as it is specified: of several errors at once, the order is not. */
function show(error: unknown): string {
  if (error instanceof Cancelled) return `Cancelled(${taskNameIn(error.message)}: ${show(error.reason)})`;
  if (error instanceof TaskCancelledError)
    return `TaskCancelledError(${taskNameIn(error.message)}: ${show(error.cause)})`;
  if (error instanceof TimeoutError) return `TimeoutError(${taskNameIn(error.message)})`;
  if (error instanceof DeadlockError) return `DeadlockError(${error.waits.flatMap(waitingTask).slice(0, MOST_NAMES)})`;
  if (error instanceof AggregateError) return `AggregateError(${error.errors.map(show).sort().join(', ')})`;
  if (NAMED_ONLY.some(type => error instanceof type)) return (error as Error).name;
  return error instanceof Error ? `${error.name}(${error.message})` : String(JSON.stringify(error));
}

/** Each task has a line; there are others, for people. */
function waitingTask(line: string): string[] {
  return /^ *task "([^"]*)"/.exec(line)?.slice(1) ?? [];
}

function taskNameIn(message: string): string | undefined {
  return /task "([^"]*)"/.exec(message)?.[1];
}
