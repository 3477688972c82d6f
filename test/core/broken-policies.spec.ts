import { expect } from 'chai';
import {
  busyWaitModule,
  createLoop,
  FifoPolicy,
  fifoOnPolicyFaultModule,
  InvalidArgumentError,
  PolicyError,
  pause,
  policyModule,
  SchedulingPolicy,
  shield,
  sleep,
  sleepModule,
  spawn,
  type Task,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

// `next` must return each added task once. Whatever else it returns ends the run with a PolicyError that names it.

class Scripted extends SchedulingPolicy {
  override readonly alias = 'scripted';
  readonly added: Task[] = [];
  readonly ready: Task[] = [];
  /** What `next` returns instead of the task whose turn it is. */
  script: ((due: Task | undefined) => unknown) | undefined;

  override add(task: Task): void {
    this.added.push(task);
    this.ready.push(task);
  }

  override next(): Task | undefined {
    const due = this.ready.shift();
    return this.script === undefined ? due : (this.script(due) as Task | undefined);
  }
}

function faultOf(script: (policy: Scripted, due: Task | undefined) => unknown): { message: string; resumed: number } {
  const policy = new Scripted();
  const { loop, clock } = virtualLoop({ policy });
  let resumed = 0;
  let cleaned = 0;
  let message = 'nothing was thrown';
  const sleeper = function* () {
    try {
      yield* sleep(5);
      resumed++;
    } finally {
      yield* shield(sleep(1));
      cleaned++;
    }
  };
  try {
    loop.runSync(function* main() {
      for (const name of ['a', 'b']) yield* spawn(sleeper, { name });
      const ended = yield* spawn(pause(), { name: 'ended' });
      yield* ended.join();
      yield* sleep(1);
      policy.script = due => script(policy, due);
      yield* pause();
      yield* spawn(pause());
      yield* pause();
    });
  } catch (error) {
    expect(error).to.be.instanceOf(PolicyError);
    message = (error as Error).message;
  }
  expect(clock.time, 'the sleepers did not sleep on').to.be.below(5);
  expect(cleaned, 'both sleepers have cleaned up').to.equal(2);
  // The next run is not disturbed.
  policy.script = undefined;
  loop.runSync(sleeper);
  return { message, resumed: resumed - 1 };
}

describe('a policy that returns', () => {
  const foreign = new Scripted();
  virtualLoop({ policy: foreign }).loop.runSync(pause());
  const cases: Record<string, [(policy: Scripted, due: Task | undefined) => unknown, string]> = {
    nothing: [() => undefined, 'lost 2 ready tasks'],
    null: [() => null, 'returned null, expected a task'],
    'a number': [() => 5, 'returned 5, expected a task'],
    'an object': [() => ({ name: 'task' }), 'returned an object of class Object, expected a task'],
    'a task that sleeps': [
      ({ added }) => added.find(({ name }) => name === 'a'),
      'returned task "a", which is waiting, not ready',
    ],
    'a task that has ended': [
      ({ added }) => added.find(({ name }) => name === 'ended'),
      'returned task "ended", which is succeeded',
    ],
    'a task of another loop': [() => foreign.added[0], 'returned task "main", which belongs to another loop'],
  };
  for (const [what, [script, problem]] of Object.entries(cases)) {
    it(`${what} ends the run with a PolicyError; no sleeper is resumed`, () => {
      const { message, resumed } = faultOf(script);
      expect(message).to.include(`the scheduling policy 'scripted' ${problem}`);
      expect(resumed).to.equal(0);
    });
  }

  it('a task twice ends the run with a PolicyError', () => {
    class Twice extends FifoPolicy {
      last: Task | undefined;
      override next(): Task | undefined {
        const next = this.last ?? super.next();
        this.last = this.last === undefined ? next : undefined;
        return next;
      }
    }
    const { loop } = virtualLoop({ policy: new Twice() });
    const run = () =>
      loop.runSync(function* main() {
        yield* spawn(sleep(1));
        yield* spawn(sleep(1));
        yield* sleep(5);
      });
    expect(run).to.throw(PolicyError, 'returned task "main", which is waiting, not ready');
  });

  it('a task whose add throws: the run ends with a PolicyError that names the policy, also in a sleep', async () => {
    for (const name of ['main', 'child', 'late']) {
      const policy = new FifoPolicy();
      const { loop } = virtualLoop({ policy });
      const add = policy.add.bind(policy);
      policy.add = task => {
        if (task.name === name) throw new Error('full');
        add(task);
      };
      const run = () =>
        loop.runSync(function* main() {
          yield* spawn(sleep(1), { name: 'child' });
          yield* sleep(2);
          yield* spawn(sleep(1), { name: 'late' });
        });
      expect(run).to.throw(PolicyError, "the scheduling policy 'fifo' threw in add(): full");
      policy.add = add;
      loop.runSync(sleep(1));
    }
  });
});

/** Fails once, in its own way, at the n-th call of one method. */
class FailsOnce extends FifoPolicy {
  calls = 0;
  failed = false;
  kept: Task | undefined;

  constructor(
    private readonly where: string,
    private readonly at: number,
  ) {
    super();
  }

  #isDue(where: string): boolean {
    if (where !== this.where || this.failed || ++this.calls < this.at) return false;
    this.failed = true;
    return true;
  }

  override add(task: Task): void {
    if (this.#isDue('add throws')) throw new Error('broken');
    if (this.#isDue('loses')) return;
    super.add(task);
    if (this.#isDue('doubles')) super.add(task);
  }

  override next(): Task | undefined {
    if (this.#isDue('next throws')) throw new Error('broken');
    if (this.#isDue('returns nothing')) return undefined;
    const next = super.next();
    if (this.#isDue('returns the last again')) return this.kept;
    this.kept = next;
    return next;
  }

  override stepStarted(): void {
    if (this.#isDue('stepStarted throws')) throw new Error('broken');
  }

  override stepEnded(): void {
    if (this.#isDue('stepEnded throws')) throw new Error('broken');
  }

  override taskEnded(): void {
    if (this.#isDue('taskEnded throws')) throw new Error('broken');
  }
}

const WAYS = [
  'add throws',
  'loses',
  'doubles',
  'next throws',
  'returns nothing',
  'returns the last again',
  'stepStarted throws',
  'stepEnded throws',
  'taskEnded throws',
];

/** Ends with 'done', after 6 tasks with 3 steps each. */
function* program(log: string[]) {
  const body = function* (name: string) {
    log.push(`${name}1`);
    yield* pause();
    log.push(`${name}2`);
    yield* sleep(1);
    log.push(`${name}3`);
  };
  for (const name of 'abcdef') yield* spawn(body(name), { name });
  yield* sleep(5);
  return 'done';
}

const ALL = [...'abcdef'].flatMap(name => [`${name}1`, `${name}2`, `${name}3`]);

describe('a policy that fails at any call', () => {
  it('ends the run with a PolicyError, and the next one runs', () => {
    for (const way of WAYS) {
      let failures = 0;
      for (let at = 1; at <= 20; at++) {
        const policy = new FailsOnce(way, at);
        const { loop } = virtualLoop({ policy });
        const tasks: Task[] = [];
        policy.add = task => {
          tasks.push(task);
          FailsOnce.prototype.add.call(policy, task);
        };
        let error: unknown;
        try {
          loop.runSync(() => program([]));
        } catch (thrown) {
          error = thrown;
        }
        // A task that was taken twice while it was ready both times has done no harm.
        if (policy.failed && way !== 'returns the last again' && way !== 'doubles' && way !== 'loses')
          expect(error, `${way}, call ${at}`).to.be.instanceOf(PolicyError);
        if (error !== undefined) failures++;
        expect(tasks.every(task => task.isEnded)).to.equal(true);
        policy.failed = true;
        const log: string[] = [];
        expect(loop.runSync(() => program(log))).to.equal('done');
        expect(log.sort()).to.deep.equal(ALL);
      }
      expect(failures, way).to.be.above(5);
    }
  });

  it('with onPolicyFault: fifo does not end the run, which loses no task and warns', () => {
    for (const way of WAYS) {
      let warned = 0;
      for (let at = 1; at <= 30; at++) {
        const policy = new FailsOnce(way, at);
        const { loop, warnings } = virtualLoop({ policy, onPolicyFault: 'fifo' });
        const log: string[] = [];
        expect(loop.runSync(() => program(log))).to.equal('done');
        expect([...log].sort()).to.deep.equal(ALL);
        for (const name of 'abcdef') {
          expect(log.filter(entry => entry[0] === name)).to.deep.equal([`${name}1`, `${name}2`, `${name}3`]);
        }
        warned += warnings.length;
        for (const { code, message } of warnings) {
          expect(code).to.equal('ESC_POLICY_FAILED');
          expect(message).to.match(/^the scheduling policy 'fifo' .* The run (goes on without it|had ended)/);
        }
        policy.failed = true;
        expect(loop.runSync(() => program([]))).to.equal('done');
      }
      expect(warned, way).to.be.above(5);
    }
  });
});

describe('a PolicyError', () => {
  it('names the ready tasks with their ages, the oldest first, and no more than a few', () => {
    class Hides extends FifoPolicy {
      override add(task: Task): void {
        if (!task.name.startsWith('hidden')) super.add(task);
      }
    }
    const hiding = virtualLoop({ policy: new Hides() }).loop;
    const run = () =>
      hiding.runSync(function* main() {
        yield* spawn(pause(), { name: 'hidden since 0' });
        yield* sleep(30);
      });
    const ready =
      'lost 1 ready task. Each task added must come out of next() exactly once. Ready: "hidden since 0" for 0.0 ms.';
    expect(run).to.throw(PolicyError, ready);

    class HidesWhileBusy extends Hides {
      override next(): Task | undefined {
        const next = super.next();
        if (next?.name === 'busy') clock.time += 10;
        return next;
      }
    }
    const { loop, clock } = virtualLoop({ policy: new HidesWhileBusy() });
    let error: PolicyError | undefined;
    try {
      loop.runSync(function* main() {
        const pauses = function* () {
          for (let n = 0; n < 10; n++) yield* pause();
        };
        yield* spawn(pause(), { name: 'hidden first' });
        const busy = yield* spawn(pauses, { name: 'busy' });
        for (let n = 0; n < 5; n++) yield* pause();
        yield* spawn(pause(), { name: 'hidden second' });
        yield* busy.join();
      });
    } catch (thrown) {
      error = thrown as PolicyError;
    }
    expect(error).to.be.instanceOf(PolicyError);
    expect(error!.readyTasks.map(({ name }) => name)).to.deep.equal(['hidden first', 'hidden second']);
    const [first, second] = error!.readyTasks.map(({ age }) => age);
    expect(first).to.be.within(90, 120);
    expect(second).to.be.within(40, 70);
  });

  it('has a bound on what it names', () => {
    class Silent extends FifoPolicy {
      isBroken = false;
      override next(): Task | undefined {
        return this.isBroken ? undefined : super.next();
      }
    }
    const policy = new Silent();
    const { loop, clock } = virtualLoop({ policy });
    const run = () =>
      loop.runSync(function* main() {
        for (let n = 0; n < 500; n++) yield* spawn(pause(), { name: `task-${n}-${'x'.repeat(1000)}` });
        clock.time += 25;
        policy.isBroken = true;
        yield* pause();
      });
    expect(run)
      .to.throw(PolicyError, /lost 501 ready tasks.*, and 496 more\.$/)
      .with.property('message')
      .that.satisfies((message: string) => message.length < 3000);
  });

  it('comes at the end of a run whose policy still holds a task', () => {
    class Keeps extends FifoPolicy {
      override add(task: Task): void {
        super.add(task);
        if (task.name === 'last') super.add(task);
      }
    }
    const { loop } = virtualLoop({ policy: new Keeps() });
    const run = () => loop.runSync(function* last() {});
    expect(run).to.throw(PolicyError, 'still held task "last" when all tasks had ended');
    const fresh = virtualLoop({ policy: new Keeps() }).loop;
    expect(() => fresh.runSync(function* last() {})).to.throw(PolicyError);
    expect(fresh.runSync(sleep(1))).to.equal(undefined);
  });
});

describe('onPolicyFault', () => {
  it('is checked when the loop is built', () => {
    expect(() => virtualLoop({ onPolicyFault: 'ignore' as never })).to.throw(
      InvalidArgumentError,
      "for its onPolicyFault, expected 'fail' or 'fifo'",
    );
  });

  it('comes from a module of a wired loop', () => {
    const policy = policyModule(() => new FailsOnce('next throws', 2));
    const warnings: string[] = [];
    const before = console.warn;
    console.warn = text => warnings.push(text);
    try {
      const loop = createLoop(busyWaitModule, sleepModule, policy, fifoOnPolicyFaultModule);
      expect(loop.runSync(() => program([]))).to.equal('done');
      expect(() => createLoop(busyWaitModule, sleepModule, policy).runSync(() => program([]))).to.throw(PolicyError);
    } finally {
      console.warn = before;
    }
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^ESC_POLICY_FAILED: the scheduling policy 'fifo' threw in next\(\): broken/);
  });
});
