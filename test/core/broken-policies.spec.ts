import { expect } from 'chai';
import { FifoPolicy, PolicyError, pause, SchedulingPolicy, shield, sleep, spawn, type Task } from 'escapement';
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
