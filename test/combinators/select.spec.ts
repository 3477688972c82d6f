import { SeededRandomPolicy } from '@escapement/policies';
import { Queue, Semaphore, Signal, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  Cancelled,
  EventHandler,
  InvalidArgumentError,
  LoopEvent,
  now,
  pause,
  type SelfServedEvent,
  scope,
  select,
  sleep,
  spawn,
  type Task,
  timeout,
  type Waiter,
} from 'escapement';
import fc from 'fast-check';
import { virtualLoop } from '../support/virtual-loop.js';

function syncLoop(options: Parameters<typeof virtualLoop>[0] = {}) {
  return virtualLoop({ ...options, handlers: [new SyncHandler(), ...(options.handlers ?? [])] as SyncHandler[] });
}

/** An operation that a handler can stop, but not at once: the test says when it has. */
class Operation extends LoopEvent<string> {
  readonly kind = 'operation';
  stopped = 0;
  waiter: Waiter<string> | undefined;
}

class OperationHandler extends EventHandler<Operation> {
  override readonly handles = Operation;
  override arm(event: Operation, waiter: Waiter<string>): void {
    event.waiter = waiter;
  }
  override interrupt(event: Operation): boolean {
    event.stopped++;
    return false;
  }
  override disarm(): void {}
}

function revoked(): never {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy as never;
}

describe('select', () => {
  it('evaluates to the branch that came first, and its value', () => {
    const { loop } = syncLoop();
    const log = loop.runSync(function* () {
      const [jobs, stop] = [new Queue<string>(), new Signal()];
      yield* spawn(function* () {
        yield* sleep(5);
        yield* jobs.put('job');
        yield* sleep(5);
        stop.set();
      });
      const log: unknown[] = [];
      for (let n = 0; n < 3; n++) {
        const first = yield* select({ job: jobs.get(), stop: stop.wait(), tick: sleep(7) });
        log.push([yield* now(), first.key, first.value]);
      }
      return log;
    });
    expect(log).to.deep.equal([
      [5, 'job', 'job'],
      [10, 'stop', undefined],
      [10, 'stop', undefined],
    ]);
  });

  it('takes a list, too: the key is the place', () => {
    const result = syncLoop().loop.runSync(function* () {
      return yield* select([sleep(9), sleep(3), sleep(6)]);
    });
    expect(result).to.deep.equal({ key: 1, value: undefined });
  });

  it('takes what is there at once, without arming or asking the rest', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const [left, right] = [new Queue<number>(), new Queue<number>()];
      left.tryPut(1);
      right.tryPut(2);
      expect(yield* select({ late: sleep(0), left: left.get(), right: right.get() })).to.deep.equal({
        key: 'left',
        value: 1,
      });
      expect([left.size, right.size]).to.deep.equal([0, 1]);
    });
  });

  it('loses nothing: two items put in one step are two results', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const [left, right] = [new Queue<number>(), new Queue<number>()];
      const taker = yield* spawn(function* () {
        return [yield* select({ left: left.get(), right: right.get() }), right.size];
      });
      yield* pause();
      right.tryPut(2);
      left.tryPut(1);
      expect(yield* taker.join()).to.deep.equal([{ key: 'right', value: 2 }, 0]);
      expect([left.size, right.size]).to.deep.equal([1, 0]);
    });
  });

  for (const [order, swap] of [
    ['a put before a get', false],
    ['a get before a put', true],
  ] as const) {
    it(`does not meet itself: ${order} of one queue without room waits for another task`, () => {
      const { loop, warnings } = syncLoop();
      loop.runSync(function* () {
        const queue = new Queue<string>({ capacity: 0 });
        const [sent, got] = [queue.put('mine'), queue.get()];
        const both = () =>
          spawn(() => select<Record<string, typeof sent | typeof got>>(swap ? { got, sent } : { sent, got }));
        const sender = yield* both();
        yield* pause();
        expect(sender.state).to.equal('waiting');
        expect(queue.tryGet()).to.deep.equal({ value: 'mine' });
        expect(yield* sender.join()).to.deep.equal({ key: 'sent', value: undefined });
        const taker = yield* both();
        yield* pause();
        expect(queue.tryPut('yours')).to.equal(true);
        expect(yield* taker.join()).to.deep.equal({ key: 'got', value: 'yours' });
        const pair = [yield* both(), yield* both()];
        const keys = [(yield* pair[0]!.join()).key, (yield* pair[1]!.join()).key];
        expect(keys).to.have.members(['sent', 'got']);
      });
      expect(warnings).to.deep.equal([]);
    });
  }

  it('makes no task', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const before = (yield* spawn(pause())).id;
      const queues = Array.from({ length: 11 }, () => new Queue<number>());
      yield* select([sleep(1), ...queues.map(queue => queue.get())]);
      expect((yield* spawn(pause())).id).to.equal(before + 1);
    });
  });

  it('throws the error of the branch that fails first', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const queue = new Queue<number>({ name: 'jobs' });
      const taker = yield* scope(function* () {
        const task = yield* spawn(function* () {
          try {
            yield* select({ item: queue.get(), tick: sleep(50) });
            return 'no error';
          } catch (error) {
            return String(error);
          }
        });
        yield* sleep(1);
        queue.close();
        return task;
      });
      expect(yield* taker.join()).to.match(/QueueClosedError.*jobs/);
      expect(yield* now()).to.equal(1);
    });
  });

  it('joins tasks, beside other events', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const slow = yield* spawn(sleep(20), { daemon: true });
      const fast = yield* spawn(function* () {
        yield* sleep(3);
        return 'done';
      });
      expect(yield* select({ slow: slow.join(), fast: fast.join() })).to.deep.equal({ key: 'fast', value: 'done' });
    });
  });

  it('can be nested, and yielded by several tasks at once', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const [left, right] = [new Queue<number>(), new Queue<number>()];
      const inner = select({ left: left.get(), tick: sleep(100) }) as SelfServedEvent<unknown>;
      const outer = select({ inner, right: right.get() });
      const tasks: Task<unknown>[] = [];
      for (let n = 0; n < 3; n++) tasks.push(yield* spawn(outer));
      yield* sleep(1);
      yield* left.put(1);
      yield* right.put(2);
      yield* left.put(3);
      const results: unknown[] = [];
      for (const task of tasks) results.push(yield* task.join());
      expect(results).to.deep.equal([
        { key: 'inner', value: { key: 'left', value: 1 } },
        { key: 'right', value: 2 },
        { key: 'inner', value: { key: 'left', value: 3 } },
      ]);
    });
  });

  it('that is cancelled has taken nothing', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const [queue, permits] = [new Queue<number>(), new Semaphore(0)];
      const task = yield* spawn(() => select({ item: queue.get(), permit: permits.acquire() }));
      yield* pause();
      task.cancel('enough');
      yield* queue.put(1);
      permits.release();
      yield* pause();
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
      expect([queue.size, permits.free]).to.deep.equal([1, 1]);
    });
  });

  describe('with an operation that has to stop first', () => {
    function operating() {
      const looped = syncLoop({ handlers: [new OperationHandler() as never] });
      return { ...looped, run: looped.loop.runSync.bind(looped.loop) as (program: () => unknown) => unknown };
    }

    it('waits until it has, and then evaluates to the winner', () => {
      const { run, warnings } = operating();
      run(function* () {
        const operation = new Operation();
        const task = yield* spawn(() => select({ operation, tick: sleep(5) }));
        yield* sleep(9);
        expect([task.state, operation.stopped]).to.deep.equal(['waiting', 1]);
        operation.waiter!.reject(operation.waiter!.cancelled);
        expect(operation.waiter!.isSettled).to.equal(true);
        expect(yield* task.join()).to.deep.equal({ key: 'tick', value: undefined });
      });
      expect(warnings).to.deep.equal([]);
    });

    it('warns of a result that comes all the same', () => {
      const { run, warnings } = operating();
      run(function* () {
        const operation = new Operation();
        const task = yield* spawn(() => select({ operation, tick: sleep(5) }));
        yield* sleep(9);
        operation.waiter!.resolve('too late');
        expect(yield* task.join()).to.deep.equal({ key: 'tick', value: undefined });
      });
      expect(warnings.map(({ code, message }) => [code, message])).to.deep.equal([
        [
          'ESC_BRANCH_LOST',
          'another branch of a select was first, and a branch that could not be stopped at once came as well: "too late"',
        ],
      ]);
    });

    it('if its task is cancelled, waits until it has, too', () => {
      const { run } = operating();
      run(function* () {
        const operation = new Operation();
        const task = yield* spawn(() => select({ operation, tick: sleep(50) }));
        yield* pause();
        task.cancel('enough');
        yield* sleep(100);
        expect([task.state, operation.stopped]).to.deep.equal(['waiting', 1]);
        expect(operation.waiter!.cancelled).to.be.instanceOf(Cancelled);
        operation.waiter!.reject(operation.waiter!.cancelled);
        yield* pause();
        expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
      });
    });

    it('gives its result to a task that was cancelled meanwhile, as any wait that is over', () => {
      const { run } = operating();
      run(function* () {
        const operation = new Operation();
        let result: unknown;
        const task = yield* spawn(function* () {
          result = yield* select({ operation, tick: sleep(5) });
          yield* sleep(1);
        });
        yield* sleep(9);
        task.cancel();
        operation.waiter!.reject(operation.waiter!.cancelled);
        yield* sleep(1);
        expect([result, task.state]).to.deep.equal([{ key: 'tick', value: undefined }, 'cancelled']);
      });
    });
  });

  it('is interrupted by a timeout, and rearmed by a second yield*', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const queue = new Queue<number>();
      const first = select({ item: queue.get(), late: sleep(1000) });
      let error: unknown;
      try {
        yield* timeout(5, first);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).to.have.property('code', 'ESC_TIMEOUT');
      queue.tryPut(7);
      expect(yield* first).to.deep.equal({ key: 'item', value: 7 });
    });
  });

  describe('refuses', () => {
    const cases: [string, unknown, string][] = [
      ['nothing', undefined, 'ESC_NOT_A_LIST'],
      ['a number', 3, 'ESC_NOT_A_LIST'],
      ['a map', new Map(), 'ESC_NOT_A_LIST'],
      ['a coroutine for a record', (function* () {})(), 'ESC_NOT_A_LIST'],
      ['an empty record', {}, 'ESC_NO_BRANCHES'],
      ['an empty list', [], 'ESC_NO_BRANCHES'],
      ['a coroutine', { work: (function* () {})() }, 'ESC_NOT_AN_EVENT'],
      ['a hole', [sleep(1), undefined], 'ESC_NOT_AN_EVENT'],
      ['a promise', [Promise.resolve(1)], 'ESC_NOT_AN_EVENT'],
      ['a pause, which no handler could end', { step: pause() }, 'ESC_NOT_AN_EVENT'],
      ['a revoked proxy', [revoked()], 'ESC_NOT_AN_EVENT'],
      ['a revoked proxy for a record', revoked(), 'ESC_NOT_A_LIST'],
      [
        'a getter that throws',
        {
          get item() {
            throw new Error('hostile');
          },
        },
        'ESC_NOT_AN_EVENT',
      ],
    ];
    for (const [what, branches, code] of cases) {
      it(what, () => {
        let error: unknown;
        try {
          select(branches as []);
        } catch (thrown) {
          error = thrown;
        }
        expect(error).to.be.instanceOf(InvalidArgumentError);
        expect(error).to.have.property('code', code);
      });
    }

    it('an event without a handler, at the yield*, and ends the waits of the others', () => {
      const { loop } = syncLoop();
      (loop.runSync as (program: () => unknown) => unknown)(function* () {
        const queue = new Queue<number>();
        let error: unknown;
        try {
          yield* select({ item: queue.get(), operation: new Operation() });
        } catch (thrown) {
          error = thrown;
        }
        expect(error).to.have.property('code', 'ESC_NO_HANDLER');
        queue.tryPut(1);
        expect(queue.size).to.equal(1);
      });
    });
  });

  it('describes at most eight of its branches', () => {
    const text = String(select(Array.from({ length: 1000 }, () => sleep(1))));
    expect(text).to.match(/^Select\(0=SleepFor\(duration=1\), .*, and 992 more\)$/);
  });

  it('names its branches in a report of a deadlock', () => {
    const { loop } = syncLoop();
    const run = () =>
      loop.runSync(() => select({ item: new Queue({ name: 'jobs' }).get(), stop: new Signal().wait() }));
    expect(run).to.throw(/Select\(item=Get\(queue "jobs", empty\), stop=/);
  });

  it('names the branch whose getter throws', () => {
    const branches = {
      early: sleep(1),
      get late(): never {
        throw new Error('hostile');
      },
    };
    expect(() => select(branches)).to.throw(InvalidArgumentError, 'an event for its branch "late"');
  });

  it('of branches that are ready together, takes each under some seed, and the same under the same', () => {
    const winners = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const choices = [0, 1].map(() =>
        syncLoop({ policy: new SeededRandomPolicy({ seed }) }).loop.runSync(function* () {
          const queues = { a: new Queue<number>(), b: new Queue<number>(), c: new Queue<number>() };
          for (const queue of Object.values(queues)) queue.tryPut(1);
          const { key } = yield* select({ a: queues.a.get(), b: queues.b.get(), c: queues.c.get() });
          const left = Object.values(queues).reduce((sum, { size }) => sum + size, 0);
          expect(left).to.equal(2);
          return key;
        }),
      );
      expect(choices[0]).to.equal(choices[1]);
      winners.add(choices[0]!);
    }
    expect([...winners].sort()).to.deep.equal(['a', 'b', 'c']);
  });

  it('ends its run with a PolicyError if the choice is none', () => {
    class Wrong extends SeededRandomPolicy {
      override choose(): number {
        return 2.5;
      }
    }
    const run = () => syncLoop({ policy: new Wrong() }).loop.runSync(() => select([sleep(1), sleep(2)]));
    expect(run).to.throw(/returned 2.5 from choose\(2\), expected a whole number from 0 to 1/);
  });

  // The slow, obvious model: every item is counted, wherever it is.
  it('loses and doubles no item, whoever selects, cancels and puts, in any order', () => {
    const action = fc.record({
      at: fc.integer({ min: 0, max: 20 }),
      kind: fc.constantFrom('put', 'select', 'cancel', 'get'),
      queues: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
      limit: fc.integer({ min: 0, max: 10 }),
    });
    const program = fc.tuple(
      fc.array(action, { maxLength: 40 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(program, ([actions, seed, isRandom]) => {
        const queues = Array.from({ length: 4 }, () => new Queue<number>());
        const taken: number[] = [];
        let put = 0;
        syncLoop(isRandom ? { policy: new SeededRandomPolicy({ seed }) } : {}).loop.runSync(function* () {
          const takers: Task[] = [];
          const start = yield* now();
          yield* scope(function* () {
            for (const { at, kind, queues: indexes, limit } of actions) {
              yield* spawn(function* () {
                yield* sleep(at);
                if (kind === 'put') for (const index of indexes) queues[index]!.tryPut(put++);
                if (kind === 'cancel') takers[limit % (takers.length || 1)]?.cancel();
                if (kind === 'get') takers.push(yield* spawn(takeOne(indexes), { daemon: true }));
                if (kind === 'select') takers.push(yield* spawn(takeFirst(indexes, limit), { daemon: true }));
              });
            }
            yield* sleep(40);
          });
          expect((yield* now()) - start).to.equal(40);
        });
        function* takeOne([index]: number[]) {
          taken.push(yield* queues[index!]!.get());
        }
        function* takeFirst(indexes: number[], limit: number) {
          const gets = Object.fromEntries(indexes.map(index => [`queue${index}`, queues[index]!.get()]));
          const first = yield* select({ ...gets, limit: sleep(limit) });
          if (first.key !== 'limit') taken.push(first.value as unknown as number);
        }
        const left = queues.flatMap(queue => Array.from({ length: queue.size }, () => queue.tryGet()));
        const all = [
          ...taken,
          ...left.map(item => (typeof item === 'object' ? (item as { value: number }).value : item)),
        ];
        expect(all.sort((a, b) => Number(a) - Number(b))).to.deep.equal(Array.from({ length: put }, (_, n) => n));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no waiter behind: a hundred thousand selects of two queues that stay empty', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const queues = [new Queue<number>(), new Queue<number>()] as const;
      const ready = new Queue<number>();
      const taker = yield* spawn(function* () {
        for (let n = 0; n < 100_000; n++) yield* select([queues[0].get(), queues[1].get(), ready.get()]);
      });
      for (let n = 0; n < 100_000; n++) {
        yield* pause();
        ready.tryPut(n);
      }
      yield* taker.join();
      for (const { takers } of queues as unknown as { takers: { maxLength: number } }[])
        expect(takers.maxLength).to.be.below(3);
    });
  });
});
