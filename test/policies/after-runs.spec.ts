import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  FifoPolicy,
  LifoPolicy,
  PriorityPolicy,
  partitioned,
  SeededRandomPolicy,
} from '@escapement/policies';
import { expect } from 'chai';
import {
  EventHandler,
  LoopEvent,
  PluginInUseError,
  pause,
  type SchedulingPolicy,
  sleep,
  spawn,
  type Task,
} from 'escapement';
import { collect } from '../support/descriptors.js';
import { virtualLoop } from '../support/virtual-loop.js';

const POLICIES: Record<string, () => SchedulingPolicy> = {
  lifo: () => new LifoPolicy(),
  priority: () => new PriorityPolicy(),
  'earliest-deadline-first': () => new EarliestDeadlineFirstPolicy(),
  fair: () => new FairPolicy(),
  'seeded-random': () => new SeededRandomPolicy({ seed: 5 }),
  partitioned: () =>
    partitioned({
      by: task => task.weight !== undefined,
      outer: () => new FairPolicy(),
      inner: () => new PriorityPolicy(),
    }),
};

class Broken extends LoopEvent<void> {
  override get kind() {
    return 'broken' as const;
  }
}

/** Its second poll with a waiter throws, so that the run breaks off while other tasks are ready. */
class BrokenHandler extends EventHandler<Broken> {
  override readonly handles = Broken;
  #waiters = 0;

  override arm(): void {
    this.#waiters++;
  }

  override disarm(): void {
    this.#waiters--;
  }

  override poll(): void {
    if (this.#waiters > 0) throw new Error('the handler is broken');
  }
}

/** Tasks in groups and with hints, some of which are always ready. */
function* crowd(isBroken: boolean) {
  for (let n = 0; n < 6; n++) {
    const options = { name: `t${n}`, priority: n % 3, deadline: 100 - n, ...(n % 2 === 0 && { weight: n + 1 }) };
    yield* spawn(function* () {
      yield* spawn(
        function* () {
          for (let times = 0; times < 300; times++) yield* pause();
        },
        { name: `${options.name} child` },
      );
      yield* sleep(1);
    }, options);
  }
  if (isBroken) yield* new Broken();
}

function loopUnder(policy: SchedulingPolicy) {
  const order: string[] = [];
  const seen: WeakRef<Task>[] = [];
  const { loop } = virtualLoop({
    policy,
    handlers: [new BrokenHandler()],
    instruments: [{ stepStarted: ({ name }) => order.push(name), taskSpawned: task => seen.push(new WeakRef(task)) }],
  });
  const orderOfRun = (isBroken: boolean, message?: string) => {
    order.length = 0;
    if (message === undefined) loop.runSync(() => crowd(isBroken));
    else expect(() => loop.runSync(() => crowd(isBroken))).to.throw(message);
    return [...order];
  };
  return { orderOfRun, seen };
}

describe('after a run that was broken off, a policy', () => {
  it('chooses in the next run as it does when it is new', () => {
    for (const [name, make] of Object.entries(POLICIES)) {
      const fresh = loopUnder(make()).orderOfRun(false);
      expect(fresh.length, name).to.be.above(1800);
      const { orderOfRun } = loopUnder(make());
      const broken = orderOfRun(true, 'the handler is broken');
      expect(broken.length, `${name} was broken off`).to.be.within(1, fresh.length - 1);
      expect(orderOfRun(false).length, name).to.equal(fresh.length);
      // Ageing counts the steps of all runs, but only differences count.
      expect(orderOfRun(false).join(), name).to.equal(fresh.join());
    }
  });

  it('keeps no task of it', async () => {
    for (const [name, make] of Object.entries(POLICIES)) {
      const policy = make();
      const seen = [true, false].flatMap(isBroken => {
        const { orderOfRun, seen } = loopUnder(policy);
        orderOfRun(isBroken, isBroken ? 'the handler is broken' : undefined);
        return seen;
      });
      const kept = () => seen.flatMap(ref => ref.deref()?.name ?? []);
      // References that were read stay alive until the end of the job, and compiled code may keep what it saw last.
      for (let attempt = 0; attempt < 10 && kept().length > 0; attempt++) {
        loopUnder(make()).orderOfRun(false);
        await new Promise(resolve => setTimeout(resolve));
        collect();
      }
      expect(seen.length, name).to.be.above(13);
      expect(kept(), `${name} keeps`).to.deep.equal([]);
      expect(policy.next(), name).to.equal(undefined);
    }
  });

  it('cannot be shared with a loop that runs at the same time', () => {
    for (const make of [...Object.values(POLICIES), () => new FifoPolicy()]) {
      const policy = make();
      const other = virtualLoop({ policy }).loop;
      const outer = virtualLoop({ policy }).loop;
      expect(() =>
        outer.runSync(function* () {
          yield* pause();
          other.runSync(pause());
        }),
      ).to.throw(PluginInUseError);
      other.runSync(pause());
    }
  });
});
