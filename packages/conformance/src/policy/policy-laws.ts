import {
  type Coroutine,
  describe,
  FifoPolicy,
  type LoopEvent,
  pause,
  type SchedulingPolicy,
  spawn,
  type Task,
} from '@escapement/core';
import { demand } from '../laws/errors.js';
import { KitClock } from '../laws/kit-clock.js';
import { noCollector, Survivors } from '../laws/memory.js';
import { Random } from '../laws/random.js';
import { checkRunner, defineSuite, type LawOptions, type Runner, seedOf } from '../laws/suite.js';
import { ReadyModel } from './observed-policy.js';
import {
  CALLER,
  checkPolicyAdapter,
  makePolicy,
  optionsFor,
  type PolicyAdapter,
  type PolicyLaw,
  type PolicySubject,
} from './policy-adapter.js';
import { PolicyStage } from './policy-stage.js';

const introducesItself: PolicyLaw = {
  number: 'R1',
  rule: 'has an alias, and gives nothing while it holds nothing',
  why: 'errors name it by its alias; what an empty policy gives belongs to no run',
  check({ adapter }) {
    const policy = makePolicy(adapter, new KitClock());
    const { alias }: { alias: unknown } = policy;
    demand(typeof alias === 'string' && alias !== '', () => `its alias is ${describe(alias)}, expected a text`);
    const first: unknown = policy.next();
    demand(first === undefined, () => `next() of a new policy returned ${describe(first)}, expected undefined`);
  },
};

const returnsEachOnce: PolicyLaw = {
  number: 'R2',
  rule: 'returns each task that was added exactly once: loses, doubles and invents none',
  why: 'a lost task never runs again; one that comes out twice would be resumed in the middle of a wait',
  async check({ adapter, seed }) {
    const random = new Random(seed);
    const stage = new PolicyStage(adapter);
    await stage.run(() => stage.tree(random, 250));
    for (const count of [1, 2, 7, 300]) await inAnyOrder(adapter, random, count);
  },
};

/** Adds real tasks to the policy and takes them out, in bursts that no program makes. */
async function inAnyOrder(adapter: PolicyAdapter, random: Random, count: number): Promise<void> {
  const stage = new PolicyStage({ policy: () => new FifoPolicy() });
  await stage.run(function* () {
    const policy = makePolicy(adapter, stage.clock);
    const model = new ReadyModel();
    const outside: Task[] = [];
    for (let n = 0; n < count; n++) {
      outside.push(yield* spawn(waitAWhile(stage), optionsFor(adapter, random, stage.clock)));
    }
    for (let step = 0; step < 6 * count + 20; step++) {
      if (random.chance(0.1)) stage.clock.moveBy(random.next());
      if (outside.length > 0 && (model.ready.length === 0 || random.chance(0.5))) {
        const [task] = outside.splice(random.below(outside.length), 1);
        model.added(task!);
        policy.add(task!, random.pick(['spawned', 'paused', 'cancelled']));
      } else takeOne(policy, model, outside);
    }
    while (model.ready.length > 0) takeOne(policy, model, outside);
    model.cameOut(policy.next());
  });
}

function* waitAWhile(stage: PolicyStage): Coroutine<void, LoopEvent> {
  yield* stage.pass(1e6);
}

function takeOne(policy: SchedulingPolicy, model: ReadyModel, outside: Task[]): void {
  const task = policy.next();
  model.cameOut(task);
  if (task === undefined) return;
  policy.stepStarted(task);
  policy.stepEnded(task, 0.25);
  outside.push(task);
}

const bearsEverything: PolicyLaw = {
  number: 'R3',
  rule: 'bears every cause and every order of its calls',
  why: 'a policy that throws ends the run, and a task may be cancelled before its first step, or pause alone',
  async check({ adapter, seed }) {
    const stage = new PolicyStage(adapter);
    await stage.run(function* () {
      for (let n = 0; n < 3; n++) yield* pause();
      const early = yield* spawn(pause());
      early.cancel();
      const asleep = yield* spawn(stage.pass(50));
      yield* spawn(pause(), { priority: -Infinity, deadline: Infinity, weight: 1e9 });
      yield* spawn(pause(), { priority: Infinity, deadline: -Infinity, weight: 1e-9 });
      yield* stage.pass(1);
      asleep.cancel();
      yield* stage.pass(1);
    });
    const random = new Random(seed);
    await stage.run(() => stage.tree(random, 60));
  },
};

const keepsTies: PolicyLaw = {
  number: 'R4',
  rule: 'keeps the order that it promises among tasks that it has no reason to tell apart',
  why: 'programs of equal tasks are written for that order, and it makes them repeatable',
  inapplicable: ({ adapter }) => (adapter.ties === undefined ? 'the adapter promises no order (`ties`)' : undefined),
  async check({ adapter, seed }) {
    const random = new Random(seed);
    for (let round = 0; round < 4; round++) {
      const stage = new PolicyStage(adapter);
      const options = optionsFor(adapter, random, stage.clock);
      const before = adapter.ties === 'first-come' ? 0 : -1;
      await stage.run(function* (root) {
        stage.model.onNext = task => checkTie(task, root, stage.model.ready, before);
        for (let n = 0; n < 12; n++) {
          yield* spawn(pausing(n), options);
          if (n % 5 === 4) yield* stage.pass(0);
        }
      });
    }
  },
};

function* pausing(times: number): Coroutine<void, LoopEvent> {
  for (let n = 0; n < times; n++) yield* pause();
}

/** The root task has other options. @param place where in `ready` the task has to be that comes out */
function checkTie(task: Task, root: Task, ready: readonly Task[], place: 0 | -1): void {
  if (task === root) return;
  const expected = ready.filter(each => each !== root).at(place)!;
  demand(task === expected, () => `of equal tasks "${task.name}" came out before "${expected.name}"`);
}

const PREFERRED = 8;

const isFair: PolicyLaw = {
  number: 'R5',
  rule: 'lets no ready task wait for longer than it promises',
  why: 'a task that starves hangs all that wait for it, and nothing reports it',
  inapplicable: ({ adapter }) =>
    adapter.fairness === undefined ? 'the adapter promises no bound (`fairness`)' : undefined,
  async check({ adapter }) {
    const { preferred, neglected, within } = adapter.fairness!;
    const stage = new PolicyStage(adapter);
    const most = 4 * within + 100;
    let steps = 0;
    let longest = 0;
    await stage.run(function* () {
      function* hog(): Coroutine<void, LoopEvent> {
        for (let n = 0; steps < most; n++) {
          if (n % 3 === 0) yield* spawn(pausing(1), preferred);
          yield* pause();
        }
      }
      function* patient(): Coroutine<void, LoopEvent> {
        while (steps < most) yield* pause();
      }
      for (let n = 0; n < PREFERRED; n++) yield* spawn(hog, preferred);
      const victim = yield* spawn(patient, neglected);
      let waited = 0;
      stage.model.onNext = task => {
        steps++;
        stage.clock.moveBy(1);
        waited = task === victim || !stage.model.ready.includes(victim) ? 0 : waited + 1;
        longest = Math.max(longest, waited);
      };
    });
    demand(
      longest <= within,
      () =>
        `a task that was ready waited for ${longest} steps of others, expected at most ${within} (\`within\`). The load: ${PREFERRED} preferred tasks that are always ready, each of which spawns another every third step; a step takes 1 ms`,
    );
  },
};

const isRepeatable: PolicyLaw = {
  number: 'R6',
  rule: 'orders the same program in the same way each time',
  why: 'a failure that depends on the order can be found only if the order comes again',
  inapplicable: ({ adapter }) =>
    adapter.repeatable ? undefined : 'the adapter does not promise it (`repeatable: true`)',
  async check({ adapter, seed }) {
    const orders: string[] = [];
    for (let run = 0; run < 2; run++) {
      const stage = new PolicyStage(adapter);
      const order: number[] = [];
      await stage.run(() => stage.tree(new Random(seed), 120, task => order.push(task)));
      orders.push(order.join());
    }
    demand(orders[0] === orders[1], 'the tasks of one program took their steps in another order the second time');
  },
};

const MANY = 600;
/** Buffers may be slow to forget. */
const MOST_KEPT = 60;

const keepsNothing: PolicyLaw = {
  number: 'R7',
  rule: 'keeps nothing of a task that has ended',
  why: 'a server spawns tasks for weeks in one run; a TaskSlot is emptied by itself, a map is not',
  inapplicable: noCollector,
  async check({ adapter, seed }) {
    const random = new Random(seed);
    const stage = new PolicyStage(adapter, true);
    const survivors = new Survivors();
    await stage.run(function* () {
      for (let batch = 0; batch < MANY / 20; batch++) {
        for (let n = 0; n < 20; n++) {
          const task = yield* spawn(pausing(2), optionsFor(adapter, random, stage.clock));
          survivors.add(task);
          if (n % 4 === 0) task.cancel();
        }
        yield* stage.pass(1);
      }
      let left = MANY;
      for (let attempt = 0; attempt < 8 && left > MOST_KEPT; attempt++) {
        yield* stage.pass(1);
        left = survivors.collect();
      }
      demand(left <= MOST_KEPT, () => `of ${MANY} tasks that have ended, ${left} are still kept`);
    });
  },
};

const runsAgain: PolicyLaw = {
  number: 'R8',
  rule: 'works in a second run, also after one that failed',
  why: 'a loop runs many programs with one policy, and a task of an earlier one must not come out in a later',
  async check({ adapter, seed }) {
    const random = new Random(seed);
    const stage = new PolicyStage(adapter);
    for (let run = 0; run < 3; run++) {
      await stage.run(() => stage.tree(random, 40));
      let message = '';
      try {
        await stage.run(() => failing(stage));
      } catch (error) {
        message = describe(error);
      }
      demand(message.includes(FAILURE), () => `a program that fails ended otherwise: ${message}`);
    }
  },
};

const FAILURE = 'this program fails on purpose';

function* failing(stage: PolicyStage): Coroutine<void, LoopEvent> {
  for (let n = 0; n < 6; n++) yield* spawn(n % 2 === 0 ? pausing(20) : stage.pass(20));
  yield* pause();
  throw new Error(FAILURE);
}

/**
 * Defines a test for each law of a `SchedulingPolicy`: clauses R1 to R8 of the contracts. All of them use real tasks of real
 * loops, in virtual time.
 *
 * @throws InvalidAdapterError
 * @example
 * import { describe, it } from 'node:test';
 * policyLaws({ describe, it }, { policy: () => new LifoPolicy(), ties: 'last-come' });
 */
export function policyLaws<P extends SchedulingPolicy>(
  runner: Runner,
  adapter: PolicyAdapter<P>,
  options: LawOptions = {},
): void {
  checkRunner(CALLER, runner);
  checkPolicyAdapter(adapter);
  const { alias } = makePolicy(adapter, new KitClock());
  const subject: PolicySubject = { adapter, seed: seedOf(CALLER, options) };
  const laws = [
    introducesItself,
    returnsEachOnce,
    bearsEverything,
    keepsTies,
    isFair,
    isRepeatable,
    keepsNothing,
    runsAgain,
  ];
  defineSuite(runner, `the policy '${alias}' keeps the laws of a policy`, laws, subject);
}
