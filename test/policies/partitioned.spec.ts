import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  FifoPolicy,
  LifoPolicy,
  PartError,
  type PartitionedOptions,
  PriorityPolicy,
  partitioned,
} from '@escapement/policies';
import { partitionedModule } from '@escapement/policies/module';
import { expect } from 'chai';
import {
  busyWaitModule,
  createLoop,
  type Duration,
  InvalidArgumentError,
  PolicyError,
  pause,
  type ReadyCause,
  type SchedulingPolicy,
  type SpawnOptions,
  scope,
  sleep,
  spawn,
  type Task,
} from 'escapement';
import fc from 'fast-check';
import { needsGc } from '../support/needs-gc.js';
import { virtualLoop } from '../support/virtual-loop.js';
import { anyProgram, programOf } from './random-program.js';

const byName = (task: Task) => task.name.startsWith('part');
const fifo = () => new FifoPolicy();

/** The order of the steps of tasks in parts: `{ part1: ['a', 'b'] }`; a name with `*` takes two steps. */
function orderOf(
  policy: SchedulingPolicy,
  parts: Record<string, Record<string, SpawnOptions>>,
  roots: Record<string, SpawnOptions> = {},
): string {
  const order: string[] = [];
  const leaf = (name: string) =>
    function* () {
      order.push(name);
      yield* pause();
      order.push(name);
    };
  virtualLoop({ policy }).loop.runSync(function* () {
    for (const [part, tasks] of Object.entries(parts)) {
      yield* spawn(
        function* () {
          for (const [name, options] of Object.entries(tasks)) yield* spawn(leaf(name), { name, ...options });
        },
        { name: part, ...roots[part] },
      );
    }
  });
  return order.join(' ');
}

describe('partitioned', () => {
  const parts = { part1: { a: {}, b: {}, c: {} }, part2: { x: {} } };

  it('lets the outer policy choose a part and the inner one a task of it', () => {
    expect(orderOf(partitioned({ by: byName, outer: fifo, inner: fifo }), parts)).to.equal('a x b x c a b c');
    expect(orderOf(partitioned({ by: byName, outer: fifo, inner: () => new LifoPolicy() }), parts)).to.equal(
      'c x c x b b a a',
    );
    expect(orderOf(partitioned({ by: byName, outer: () => new LifoPolicy(), inner: fifo }), parts)).to.equal(
      'x x a b c a b c',
    );
  });

  it('goes by the hints of the root outside, and by those of the tasks inside', () => {
    const strict = () => new PriorityPolicy({ ageing: Infinity });
    const hinted = { part1: { a: {}, b: { deadline: 5 } }, part2: { x: { deadline: 90 }, y: { deadline: 80 } } };
    const policy = partitioned({ by: byName, outer: strict, inner: () => new EarliestDeadlineFirstPolicy() });
    expect(orderOf(policy, hinted, { part1: { priority: -1 } })).to.equal('y y x x b b a a');
  });

  it('under fair shares charges a part for all its tasks, before it places it', () => {
    const { loop, clock } = virtualLoop({
      policy: partitioned({ by: byName, outer: () => new FairPolicy(), inner: fifo }),
    });
    const got: Record<string, number> = {};
    const worker = (name: string, step: Duration) =>
      function* () {
        while (clock.time < 4000) {
          clock.time += step;
          got[name] = (got[name] ?? 0) + step;
          yield* pause();
        }
      };
    loop.runSync(function* () {
      for (const [name, tasks, weight, step] of [
        ['part1', 1, 1, 2],
        ['part2', 20, 1, 0.5],
        ['part3', 5, 2, 1],
      ] as const) {
        yield* spawn(
          function* () {
            for (let n = 0; n < tasks; n++) yield* spawn(worker(name, step));
          },
          { name, weight },
        );
      }
    });
    expect(got.part1).to.be.within(995, 1005);
    expect(got.part2).to.be.within(995, 1005);
    expect(got.part3).to.be.within(1990, 2010);
  });

  it('nests: a part may be partitioned again', () => {
    const inner = () =>
      partitioned({ by: task => task.name.startsWith('sub'), outer: () => new LifoPolicy(), inner: fifo });
    const policy = partitioned({ by: task => task.name === 'part', outer: fifo, inner });
    const order: string[] = [];
    const leaf = (name: string) =>
      function* () {
        order.push(name);
        yield* pause();
        order.push(name);
      };
    const crowd = (...names: string[]) =>
      function* () {
        for (const name of names) yield* spawn(leaf(name), { name });
      };
    virtualLoop({ policy }).loop.runSync(function* () {
      yield* spawn(
        function* () {
          yield* spawn(crowd('a', 'b'), { name: 'sub1' });
          yield* spawn(crowd('x', 'y'), { name: 'sub2' });
        },
        { name: 'part' },
      );
      yield* spawn(leaf('outside'), { name: 'outside' });
    });
    // The part and the task outside take turns, also while the part's first tasks only spawn; then its newest part runs on.
    expect(order.join(' ')).to.equal('outside outside x y x y a b a b');
  });

  it('gives the policies what the loop would give them: each task once, its steps, run times and end', () => {
    const log: string[] = [];
    const noting = (where: string) => () =>
      new (class extends FifoPolicy {
        override add(task: Task, cause: ReadyCause): void {
          log.push(`${where} add ${task.name} ${typeof cause === 'string' ? cause : cause.kind}`);
          super.add(task);
        }
        override stepEnded(task: Task, ranFor: Duration): void {
          log.push(`${where} ran ${task.name} ${ranFor}`);
        }
        override taskEnded(task: Task): void {
          log.push(`${where} end ${task.name}`);
        }
      })();
    const { loop, clock } = virtualLoop({
      policy: partitioned({ by: byName, outer: noting('outer'), inner: noting('inner') }),
    });
    loop.runSync(function* main() {
      yield* spawn(
        function* () {
          yield* spawn(
            function* () {
              clock.time += 7;
            },
            { name: 'child' },
          );
          clock.time += 3;
        },
        { name: 'part' },
      );
    });
    expect(log).to.deep.equal([
      'outer add main spawned',
      'inner add part spawned',
      'outer add part spawned',
      'outer ran main 0',
      'inner add child spawned',
      'inner ran part 3',
      'outer ran part 3',
      'outer add part paused',
      'inner ran child 7',
      'outer ran part 7',
      'inner end child',
      'inner end part',
      'outer end part',
      'outer end main',
    ]);
  });

  it('loses and doubles no task, whatever policies it composes', () => {
    const policies: (() => SchedulingPolicy)[] = [
      fifo,
      () => new LifoPolicy(),
      () => new PriorityPolicy({ ageing: 4 }),
      () => new EarliestDeadlineFirstPolicy(),
      () => new FairPolicy(),
      () => partitioned({ by: task => task.id % 5 === 0, outer: () => new FairPolicy(), inner: fifo }),
    ];
    const policy = fc.constantFrom(...policies);
    const countSteps = (policy: SchedulingPolicy | undefined, run: (loop: ReturnType<typeof virtualLoop>) => void) => {
      const steps: Record<string, number> = {};
      const instrument = {
        stepStarted: ({ name }: Task) => {
          steps[name] = (steps[name] ?? 0) + 1;
        },
      };
      run(virtualLoop({ instruments: [instrument], ...(policy && { policy }) }));
      return Object.values(steps).sort();
    };
    fc.assert(
      fc.property(anyProgram, policy, policy, fc.integer({ min: 2, max: 7 }), (actions, outer, inner, n) => {
        const run = ({ loop, clock }: ReturnType<typeof virtualLoop>) => loop.runSync(() => programOf(actions, clock));
        const by = (task: Task) => task.id % n === 0;
        expect(countSteps(partitioned({ by, outer, inner }), run)).to.deep.equal(countSteps(undefined, run));
      }),
      { numRuns: Number(process.env.POLICY_RUNS ?? 150) },
    );
  });

  it('keeps nothing of a part that has ended', async function () {
    needsGc(this);
    const inners: WeakRef<SchedulingPolicy>[] = [];
    const inner = () => {
      const policy = new FairPolicy();
      inners.push(new WeakRef(policy));
      return policy;
    };
    const { loop } = virtualLoop({ policy: partitioned({ by: byName, outer: () => new FairPolicy(), inner }) });
    let left = -1;
    const collected = () => {
      globalThis.gc!();
      return inners.filter(ref => ref.deref() !== undefined).length;
    };
    const task = loop.spawn(function* () {
      for (let n = 0; n < 50; n++) yield* scope(() => partWork());
      function* partWork() {
        const part = yield* spawn(
          function* () {
            yield* spawn(sleep(1));
            yield* pause();
          },
          { name: 'part' },
        );
        yield* part.join();
      }
      yield* sleep(1);
    });
    await task;
    // References that were read stay alive until the end of the job.
    await new Promise(resolve => setTimeout(resolve));
    left = collected();
    expect(inners).to.have.length(50);
    expect(left).to.be.at.most(1);
  });

  it('names the policy that breaks its contract, and the next run starts clean', () => {
    let breaks = true;
    class Losing extends FifoPolicy {
      override next(): Task | undefined {
        const next = super.next();
        return breaks && next?.name === 'child' ? undefined : next;
      }
    }
    class Inventing extends FifoPolicy {
      kept: Task | undefined;
      override next(): Task | undefined {
        const next = super.next();
        if (breaks && next?.name === 'child' && this.kept !== undefined) return this.kept;
        this.kept = next;
        return next;
      }
    }
    const child = (name: string) => spawn(() => sleep(1), { name });
    function* main() {
      yield* spawn(
        function* () {
          yield* child('child');
          yield* child('other');
        },
        { name: 'part' },
      );
      yield* child('child');
      yield* sleep(3);
      return 'done';
    }
    const cases: [PartitionedOptions, string][] = [
      [
        { by: byName, outer: fifo, inner: () => new Losing() },
        `the inner policy 'fifo' of part "part" returned undefined`,
      ],
      [{ by: byName, outer: () => new Losing(), inner: fifo }, `the outer policy 'fifo' returned undefined`],
      [
        { by: byName, outer: () => new Inventing(), inner: fifo },
        `the outer policy 'fifo' returned task "part" from next(), expected`,
      ],
    ];
    for (const [options, message] of cases) {
      breaks = true;
      const { loop } = virtualLoop({ policy: partitioned(options) });
      expect(() => loop.runSync(main), message)
        .to.throw(PolicyError, message)
        .with.property('cause')
        .instanceOf(PartError);
      breaks = false;
      expect(loop.runSync(main)).to.equal('done');
    }
  });

  it('refuses wrong options, and a policy that is used twice', () => {
    const options = { by: byName, outer: fifo, inner: fifo };
    const wrong: [unknown, string][] = [
      [undefined, 'an object of options'],
      [{ ...options, by: 'name' }, 'partitioned for `by` got'],
      [{ ...options, inner: new FifoPolicy() }, 'for `inner` got'],
      [{ ...options, outer: new FifoPolicy() }, 'for `outer` got'],
      [{ ...options, outer: () => 5 }, 'what `outer` returned got 5'],
      [{ ...options, outer: () => ({ alias: 'x', add() {} }) }, 'its method next, got undefined'],
    ];
    for (const [given, message] of wrong) {
      expect(() => partitioned(given as never), message).to.throw(InvalidArgumentError, message);
      expect(() => partitionedModule(given as never), message).to.throw(InvalidArgumentError, message);
    }
    const one = new FifoPolicy();
    const shared = partitioned({ by: byName, outer: fifo, inner: () => one });
    const run = (policy: SchedulingPolicy) =>
      virtualLoop({ policy }).loop.runSync(function* () {
        yield* spawn(pause(), { name: 'part1' });
        yield* spawn(pause(), { name: 'part2' });
      });
    expect(() => run(shared)).to.throw(PolicyError, "got the policy 'fifo' from `inner` a second time");
    const vague = partitioned({ ...options, by: (() => undefined) as never });
    expect(() => run(vague)).to.throw(PolicyError, '`by` of partitioned returned undefined');
  });

  it('makes a loop by its module', () => {
    const module = partitionedModule({ by: byName, outer: () => new FairPolicy(), inner: () => new LifoPolicy() });
    for (const loop of [createLoop(busyWaitModule, module), createLoop(busyWaitModule, module)]) {
      expect(
        loop.runSync(function* () {
          return yield* (yield* spawn(scope(pause()), { name: 'part' })).join();
        }),
      ).to.equal(undefined);
    }
  });
});
