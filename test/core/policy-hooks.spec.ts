import { expect } from 'chai';
import {
  currentTask,
  type Duration,
  deadline,
  FifoPolicy,
  InvalidArgumentError,
  limitDeadline,
  pause,
  type ReadyCause,
  scope,
  sleep,
  spawn,
  type Task,
  TaskSlot,
  timeout,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

describe('a policy', () => {
  it('is told why each task became ready', () => {
    const causes: string[] = [];
    class Noting extends FifoPolicy {
      override add(task: Task, cause: ReadyCause): void {
        causes.push(`${task.name}: ${typeof cause === 'string' ? cause : cause.kind}`);
        super.add(task);
      }
    }
    const { loop } = virtualLoop({ policy: new Noting() });
    loop.runSync(function* main() {
      const child = yield* spawn(sleep(5), { name: 'child' });
      const loser = yield* spawn(sleep(50), { name: 'loser' });
      const other = yield* spawn(pause(), { name: 'other' });
      yield* spawn(pause(), { name: 'more' });
      yield* child.join();
      loser.cancel();
      yield* other.join();
    });
    expect(causes).to.deep.equal([
      'main: spawned',
      'child: spawned',
      'loser: spawned',
      'other: spawned',
      'more: spawned',
      'other: paused',
      'more: paused',
      'child: sleep-for',
      'main: join',
      'loser: cancelled',
    ]);
  });

  it('is told of each step, with the time that it took, and of each end after the step in which it came', () => {
    const log: string[] = [];
    class Noting extends FifoPolicy {
      override stepStarted(task: Task): void {
        log.push(`${task.name} starts`);
      }
      override stepEnded(task: Task, ranFor: Duration): void {
        log.push(`${task.name} ran for ${ranFor}`);
      }
      override taskEnded(task: Task): void {
        log.push(`${task.name} ended`);
      }
    }
    const { loop, clock } = virtualLoop({ policy: new Noting() });
    const works = function* (...times: Duration[]) {
      for (const time of times) {
        clock.time += time;
        yield* pause();
      }
    };
    loop.runSync(function* main() {
      yield* spawn(works(3, 4), { name: 'child' });
      clock.time += 2;
      yield* sleep(100);
      clock.time += 1;
    });
    expect(log).to.deep.equal([
      'main starts',
      'main ran for 2',
      'child starts',
      'child ran for 3',
      'child starts',
      'child ran for 4',
      'child starts',
      'child ran for 0',
      'child ended',
      'main starts',
      'main ran for 1',
      'main ended',
    ]);
  });

  it('is not charged for the time of polls, sleeps and deferred actions', () => {
    const times: Duration[] = [];
    class Noting extends FifoPolicy {
      override stepEnded(_task: Task, ranFor: Duration): void {
        times.push(ranFor);
      }
    }
    const { loop, clock } = virtualLoop({ policy: new Noting() });
    loop.runSync(function* main() {
      const task = yield* currentTask();
      task.defer(() => {
        clock.time += 70;
      });
      yield* pause();
      yield* sleep(30);
    });
    expect(times).to.deep.equal([0, 0, 0]);
  });

  it('without hooks costs no reading of the clock: as many as first come, first served', () => {
    const readings = (policy: FifoPolicy) => {
      const { loop, clock } = virtualLoop({ policy });
      let count = 0;
      const now = clock.now.bind(clock);
      clock.now = () => {
        count++;
        return now();
      };
      loop.runSync(function* () {
        yield* spawn(pause());
        for (let n = 0; n < 1000; n++) yield* pause();
      });
      return count;
    };
    class Plain extends FifoPolicy {}
    class Measuring extends FifoPolicy {
      override stepEnded(): void {}
    }
    const plain = readings(new Plain());
    expect(plain).to.equal(readings(new FifoPolicy()));
    expect(readings(new Measuring()) - plain).to.be.within(1000, 1100);
  });

  it('that is an object with add and next alone is a policy, too', () => {
    const ready: Task[] = [];
    const policy = { alias: 'bare', add: (task: Task) => void ready.push(task), next: () => ready.shift() };
    const { loop } = virtualLoop({ policy: policy as never });
    expect(
      loop.runSync(function* () {
        const child = yield* spawn(sleep(1));
        yield* child.join();
        return 'done';
      }),
    ).to.equal('done');
  });
});

describe('a slot', () => {
  it('keeps a value on each task, for each policy its own, until the task has ended', () => {
    const one = new TaskSlot<string>();
    const other = new TaskSlot<number>();
    const ended: [string | undefined, number | undefined][] = [];
    class Slots extends FifoPolicy {
      readonly tasks: Task[] = [];
      override add(task: Task): void {
        if (one.get(task) === undefined) this.tasks.push(task);
        one.set(task, task.name);
        other.set(task, (other.get(task) ?? 0) + 1);
        super.add(task);
      }
      override taskEnded(task: Task): void {
        ended.push([one.get(task), other.get(task)]);
      }
    }
    const policy = new Slots();
    const { loop } = virtualLoop({ policy });
    loop.runSync(function* main() {
      yield* spawn(sleep(2), { name: 'child' });
      yield* sleep(5);
    });
    expect(ended).to.deep.equal([
      ['child', 2],
      ['main', 2],
    ]);
    for (const task of policy.tasks) {
      one.set(task, 'late');
      expect([one.get(task), other.get(task)]).to.deep.equal([undefined, undefined]);
    }
  });
});

describe('the hints of a task', () => {
  it('reach the policy: priority, weight, deadline', () => {
    const { loop } = virtualLoop();
    const [given, plain] = loop.runSync(function* () {
      const given = yield* spawn(pause(), { priority: -3, weight: 2.5, deadline: 70 });
      const plain = yield* spawn(pause());
      return [given, plain] as const;
    });
    expect([given.priority, given.weight, given.deadline]).to.deep.equal([-3, 2.5, 70]);
    expect([plain.priority, plain.weight, plain.deadline]).to.deep.equal([0, undefined, Infinity]);
  });

  it('are inherited as a deadline only: of the nearest timeout, or of the nearest task that was given one', () => {
    const { loop } = virtualLoop();
    const seen: Record<string, number> = {};
    const look = (name: string) =>
      function* () {
        seen[name] = (yield* currentTask()).deadline;
      };
    loop.runSync(function* main() {
      yield* look('main')();
      yield* timeout(50, function* () {
        yield* spawn(look('below a timeout'));
        yield* timeout(90, look('an outer timeout is earlier'));
        yield* timeout(20, look('an inner timeout is earlier'));
        yield* look('after the inner timeout')();
        yield* spawn(look('its own'), { deadline: 77 });
        yield* spawn(() => scope(look('below a task that was given one')), { deadline: 66 });
      });
      yield* deadline(30, look('a deadline'));
      yield* scope(function* () {
        limitDeadline(yield* currentTask(), 12);
        limitDeadline(yield* currentTask(), 15);
        yield* look('limited')();
      });
      yield* look('main again')();
    });
    expect(seen).to.deep.equal({
      main: Infinity,
      'below a timeout': 50,
      'an outer timeout is earlier': 50,
      'an inner timeout is earlier': 20,
      'after the inner timeout': 50,
      'its own': 77,
      'below a task that was given one': 66,
      'a deadline': 30,
      limited: 12,
      'main again': Infinity,
    });
  });

  it('are checked at the spawn', () => {
    const wrong = {
      priority: ['high', NaN, null, 5n],
      deadline: [NaN, '5', new Date()],
      weight: [0, -1, NaN, Infinity],
    };
    for (const [option, values] of Object.entries(wrong)) {
      for (const value of values) {
        expect(() => spawn(pause(), { [option]: value }), `${option} ${String(value)}`).to.throw(
          InvalidArgumentError,
          `for \`${option}\`, expected`,
        );
      }
    }
  });
});
