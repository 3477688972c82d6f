import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  FifoPolicy,
  LifoPolicy,
  PriorityPolicy,
  SeededRandomPolicy,
} from '@escapement/policies';
import { expect } from 'chai';
import { type Duration, type ReadyCause, SchedulingPolicy, type Task } from 'escapement';
import fc from 'fast-check';
import { virtualLoop } from '../support/virtual-loop.js';
import { earliestDeadlineFirstModel, fairModel, fifoModel, lifoModel, type Model, priorityModel } from './models.js';
import { type Action, anyProgram, programOf } from './random-program.js';

// On a failure fast-check prints the seed and the smallest program that fails.
const RUNS = Number(process.env.POLICY_RUNS ?? 150);

/** Asks a policy and a model, and remembers the first difference. */
class Compared extends SchedulingPolicy {
  override readonly alias = 'compared';
  difference: string | undefined;
  nexts = 0;

  constructor(
    private readonly policy: SchedulingPolicy,
    private readonly model: Model,
  ) {
    super();
  }

  override add(task: Task, cause: ReadyCause): void {
    this.policy.add(task, cause);
    this.model.add(task, cause);
  }

  override next(): Task | undefined {
    const next = this.policy.next();
    const expected = this.model.next();
    this.nexts++;
    if (next !== expected) this.difference ??= `next ${this.nexts} is ${next?.name}, expected ${expected?.name}`;
    return next;
  }

  override stepStarted(task: Task): void {
    this.policy.stepStarted(task);
    this.model.stepStarted?.(task);
  }

  override stepEnded(task: Task, ranFor: Duration): void {
    this.policy.stepEnded(task, ranFor);
    this.model.stepEnded?.(task, ranFor);
  }

  override taskEnded(task: Task): void {
    this.policy.taskEnded(task);
  }
}

function run(actions: readonly Action[], policy: SchedulingPolicy): void {
  const { loop, clock } = virtualLoop({ policy });
  loop.runSync(() => programOf(actions, clock));
}

function orderUnder(policy: SchedulingPolicy, actions: readonly Action[], runs = 1): string[] {
  const order: string[] = [];
  const { loop, clock } = virtualLoop({
    policy,
    instruments: [{ stepStarted: ({ name }) => order.push(name), runEnded: () => order.push('end') }],
  });
  for (let n = 0; n < runs; n++) loop.runSync(() => programOf(actions, clock));
  return order;
}

describe('a policy in random programs', () => {
  const cases: Record<string, () => [SchedulingPolicy, Model]> = {
    fifo: () => [new FifoPolicy(), fifoModel()],
    lifo: () => [new LifoPolicy(), lifoModel()],
    'priority without ageing': () => [new PriorityPolicy({ ageing: Infinity }), priorityModel(Infinity)],
    'priority with fast ageing': () => [new PriorityPolicy({ ageing: 1 }), priorityModel(1)],
    'priority with slow ageing': () => [new PriorityPolicy({ ageing: 16 }), priorityModel(16)],
    'earliest-deadline-first': () => [new EarliestDeadlineFirstPolicy(), earliestDeadlineFirstModel()],
    fair: () => [new FairPolicy(), fairModel(0.001)],
  };

  it('chooses as its model does: a slow policy that looks at all ready tasks each time', () => {
    const chosen: Record<string, number> = {};
    for (const [name, make] of Object.entries(cases)) {
      fc.assert(
        fc.property(anyProgram, actions => {
          const compared = new Compared(...make());
          run(actions, compared);
          expect(compared.difference, name).to.equal(undefined);
          chosen[name] = (chosen[name] ?? 0) + compared.nexts;
        }),
        { numRuns: RUNS },
      );
    }
    // Programs of a step or two would show nothing.
    for (const [name, nexts] of Object.entries(chosen)) expect(nexts, name).to.be.above(5 * RUNS);
  });

  it('chooses as its model does among many tasks with different hints, too', () => {
    const hints = fc.record({ deadline: fc.nat(300), priority: fc.nat(300), weight: fc.constantFrom(1, 3, 7) });
    const actions = fc.array(fc.constantFrom<Action>({ what: 'pause' }, { what: 'work', time: 1.5 }), { maxLength: 5 });
    const spawns = fc.array(fc.record({ what: fc.constant('spawn' as const), options: hints, actions }), {
      minLength: 50,
      maxLength: 300,
      size: 'max',
    });
    for (const [name, make] of Object.entries(cases)) {
      fc.assert(
        fc.property(spawns, actions => {
          const compared = new Compared(...make());
          run(actions, compared);
          expect(compared.difference, name).to.equal(undefined);
        }),
        { numRuns: Math.ceil(RUNS / 15) },
      );
    }
  });

  it('that is compared with the model of another is found out', () => {
    const pairs: [() => SchedulingPolicy, () => Model][] = [
      [() => new FifoPolicy(), lifoModel],
      [() => new PriorityPolicy({ ageing: 16 }), () => priorityModel(Infinity)],
      [() => new FifoPolicy(), earliestDeadlineFirstModel],
      [() => new FifoPolicy(), () => fairModel(0.001)],
    ];
    for (const [policy, model] of pairs) {
      const differs = fc.property(anyProgram, actions => {
        const compared = new Compared(policy(), model());
        run(actions, compared);
        return compared.difference === undefined;
      });
      expect(fc.check(differs, { numRuns: 500, endOnFailure: true }).failed, policy().alias).to.equal(true);
    }
  });

  it('that is seeded-random has the same order for the same seed, in each run of a loop', () => {
    fc.assert(
      fc.property(anyProgram, fc.nat(), (actions, seed) => {
        const once = orderUnder(new SeededRandomPolicy({ seed }), actions);
        expect(orderUnder(new SeededRandomPolicy({ seed }), actions)).to.deep.equal(once);
        const names = (order: string[]) => order.map(name => name.replace(/\d+/, ''));
        expect(names(orderUnder(new SeededRandomPolicy({ seed }), actions, 2))).to.deep.equal(
          names([...once, ...once]),
        );
      }),
      { numRuns: RUNS },
    );
  });
});
