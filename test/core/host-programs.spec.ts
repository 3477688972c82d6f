import { setImmediate as turn } from 'node:timers/promises';
import { Deferred, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import { currentTask, ensure, pause, sleep, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { needsGc } from '../support/needs-gc.js';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { unhandledIn } from '../support/unhandled.js';
import { virtualLoop } from '../support/virtual-loop.js';
import { yieldingLoop } from '../support/yielding-loop.js';

type Loop = ReturnType<typeof yieldingLoop<SignalHandler>>['loop'];

/** What tells one outcome from another. */
async function outcomeOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return { value: await promise };
  } catch (error) {
    return shownError(error);
  }
}

function shownError(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error };
  const { name, message, cause } = error;
  const errors = error instanceof AggregateError ? error.errors.map(shownError) : [];
  return { name, message, code: (error as { code?: unknown }).code, errors, cause: cause && shownError(cause) };
}

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('host programs', () => {
  it('are siblings below a root of their own, and the run ends with the last', async () => {
    const { loop, clock } = yieldingLoop();
    const long = loop.spawn(sleep(10), { name: 'long' });
    const short = loop.spawn(sleep(1), { name: 'short' });
    expect(long.parent).to.equal(short.parent);
    expect(long.parent).to.include({ name: 'host', parent: undefined });
    await short;
    expect(loop.dump()).to.equal(
      'task "host" is finished and waits for its children\n  task "long" waits for SleepFor(duration=10)',
    );
    const late = loop.spawn(sleep(5), { name: 'late' });
    await Promise.all([long, late]);
    expect(clock.time).to.equal(10);
    expect(loop.dump()).to.equal('the loop is not running');
    await loop.run(sleep(1));
  });

  it('do not touch each other: a failure, a cancellation or a daemon of one is its own', async () => {
    const { loop } = yieldingLoop();
    const failing = loop.spawn(function* failing() {
      yield* sleep(1);
      throw new Error('of one');
    });
    const cancelled = loop.spawn(sleep(100), { name: 'cancelled' });
    const going = loop.spawn(function* going() {
      yield* spawn(sleep(Infinity), { daemon: true });
      yield* sleep(50);
      return 'done';
    });
    expect(await outcomeOf(failing)).to.include({ message: 'of one' });
    cancelled.cancel('enough');
    expect(await outcomeOf(cancelled)).to.include({ name: 'Cancelled', code: 'ESC_CANCELLED' });
    expect(await going).to.equal('done');
  });

  it('in a run of `run` fail alone, too; the run waits for them, and cancels them when its program fails', async () => {
    const { loop, clock } = yieldingLoop();
    const tasks: Task[] = [];
    const value = await loop
      .run(function* () {
        tasks.push(loop.spawn(() => expect.fail('at once') as never as ReturnType<typeof pause>));
        yield* pause();
      })
      .catch(error => error.message);
    expect(value).to.equal('at once');

    const run = loop.run(function* main() {
      tasks.push(
        loop.spawn(function* () {
          yield* sleep(1);
          throw new Error('alone');
        }),
        loop.spawn(sleep(20)),
      );
      yield* sleep(10);
      return 'the program';
    });
    expect(await outcomeOf(tasks[0]!)).to.include({ message: 'alone' });
    expect(await run).to.equal('the program');
    expect(clock.time).to.equal(20);

    const failed = loop.run(function* main() {
      tasks.push(loop.spawn(sleep(20)));
      yield* sleep(1);
      throw new Error('the program');
    });
    expect(await outcomeOf(failed)).to.include({ message: 'the program' });
    expect(await outcomeOf(tasks[2]!)).to.include({ code: 'ESC_CANCELLED' });
  });

  it('that nobody awaits: a failure is an unhandled rejection, once; a cancellation or a value is none', async () => {
    const { loop } = yieldingLoop();
    const failure = new Error('nobody awaits this');
    const unhandled = await unhandledIn(async () => {
      loop.spawn(function* () {
        yield* sleep(1);
        throw failure;
      });
      loop.spawn(sleep(100)).cancel();
      loop.spawn(sleep(2));
      await loop.spawn(sleep(3));
    });
    expect(unhandled).to.deep.equal([failure]);
  });

  it('that nobody awaits in a run that breaks: the fault is an unhandled rejection, once', async () => {
    const { loop } = yieldingLoop();
    const unhandled = await unhandledIn(async () => {
      const keepAlive = loop.keepAlive();
      loop.spawn(() => currentTask());
      await turn();
      expect(loop.dump()).to.include('"keep-alive" waits for release()');
      keepAlive.release();
      const deadlocked = yieldingLoop(new SignalHandler()).loop;
      deadlocked.spawn(new Signal());
      deadlocked.spawn(new Signal());
      await turn();
    });
    expect(unhandled.map(shownError)).to.have.lengthOf(1);
    expect(unhandled[0]).to.have.property('code', 'ESC_DEADLOCK');
  });

  it('in a run that breaks all get the fault; who ended before has an outcome of its own', async () => {
    const { loop } = yieldingLoop(new SignalHandler());
    const early = loop.spawn(sleep(1));
    const waiting = [loop.spawn(new Signal()), loop.spawn(new Signal())];
    expect(await outcomeOf(early)).to.deep.equal({ value: undefined });
    for (const task of waiting) expect(await outcomeOf(task)).to.include({ code: 'ESC_DEADLOCK' });
    for (const task of waiting) expect(await outcomeOf(task)).to.include({ code: 'ESC_DEADLOCK' }, 'also later');
    expect(await outcomeOf(early)).to.deep.equal({ value: undefined });
  });

  it('that cannot start leave nothing behind', async () => {
    const { loop } = yieldingLoop();
    for (let n = 0; n < 2; n++) {
      const made = () => expect.fail('in the function');
      expect(() => loop.spawn(made)).to.throw('in the function');
      expect(loop.dump()).to.equal('the loop is not running');
    }
    const using = () => {
      loop.spawn(pause());
      return pause();
    };
    expect(thrownBy(() => loop.spawn(using))).to.have.property('code', 'ESC_LOOP_RUNNING');
    const task = loop.spawn(sleep(1));
    expect(() => loop.spawn(() => expect.fail('beside another'))).to.throw('beside another');
    await task;
  });

  it('take the scheduling hints of their options, also the first', async () => {
    const { loop } = yieldingLoop();
    const task = loop.spawn(sleep(1), { name: 'urgent', priority: 7, deadline: 9 });
    expect(task).to.include({ name: 'urgent', priority: 7, deadline: 9 });
    await task;
  });

  it('run under a strategy that blocks; the caller gets the task first', async () => {
    const { loop } = virtualLoop();
    const tasks = [1, 2, 3].map(n =>
      loop.spawn(function* () {
        yield* sleep(n);
        return n;
      }),
    );
    expect(tasks.map(task => task.state)).to.deep.equal(['spawned', 'spawned', 'spawned']);
    expect(await Promise.all(tasks)).to.deep.equal([1, 2, 3]);
  });

  it('leave nothing in a run that goes on: no task, no listener', async function () {
    needsGc(this);
    const { loop } = yieldingLoop();
    const keepAlive = loop.keepAlive();
    const controller = new AbortController();
    const counts = { added: 0, removed: 0 };
    const signal = {
      aborted: false,
      addEventListener: () => counts.added++,
      removeEventListener: () => counts.removed++,
    };
    const ended: WeakRef<Task>[] = [];
    for (let n = 0; n < 200; n++) {
      const task = loop.spawn(sleep(1), { signal: n % 2 ? signal : controller.signal });
      ended.push(new WeakRef(task));
      await task;
    }
    expect(counts).to.deep.equal({ added: 100, removed: 100 });
    expect([...(loop.dump().match(/"[^"]+"/g) ?? [])]).to.deep.equal(['"host"', '"keep-alive"']);
    await turn();
    gc!();
    expect(ended.filter(ref => ref.deref() !== undefined).length).to.be.lessThan(10);
    keepAlive.release();
  });

  it('end as if each were alone, whatever the others do', async () => {
    const ends = ['value', 'error', 'cancelled', 'aborted', 'two errors'] as const;
    const program = fc.record({
      start: fc.nat(5),
      lasts: fc.nat(20),
      end: fc.constantFrom(...ends),
      isAwaitedLate: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(program, { minLength: 1, maxLength: 6 }), async programs => {
        const { loop, clock } = yieldingLoop();
        const keepAlive = loop.keepAlive();
        const outcomes = programs.map(async ({ start, lasts, end, isAwaitedLate }, n) => {
          await loop.spawn(sleep(start));
          const controller = new AbortController();
          const begun = clock.time;
          const task: Task = loop.spawn(
            function* () {
              if (end === 'two errors') {
                for (const name of ['a', 'b']) {
                  yield* spawn(function* () {
                    yield* ensure(() => expect.fail(name) as never as ReturnType<typeof pause>);
                    yield* sleep(lasts);
                  });
                }
              }
              yield* sleep(lasts);
              if (end === 'error') throw new Error(`of ${n}`);
              if (end === 'cancelled') task.cancel(n);
              if (end === 'aborted') controller.abort(n);
              yield* pause();
              return n;
            },
            { name: `program ${n}`, signal: controller.signal },
          );
          const outcome = outcomeOf(task);
          if (isAwaitedLate) await outcome;
          const shown = (await outcomeOf(task)) as { message?: string };
          // The first turn of the run may begin after the task was spawned: time stands still until then.
          expect(clock.time - begun).to.be.at.least(lasts);
          return shown.message ?? shown;
        });
        const expected = programs.map(({ end }, n) => {
          if (end === 'value') return { value: n };
          if (end === 'error') return `of ${n}`;
          if (end === 'two errors') return `task "program ${n}" failed with 2 errors: a; b`;
          return `task "program ${n}" was cancelled: ${n}`;
        });
        expect(await Promise.all(outcomes)).to.deep.equal(expected);
        keepAlive.release();
      }),
      { numRuns: 60 },
    );
  });
});

describe('run and await loop.spawn', () => {
  const KINDS: Readonly<
    Record<string, (loop: Loop, handler: SignalHandler, controller: AbortController) => () => unknown>
  > = {
    'a value': () => () => 'value',
    'an error': () => () => expect.fail('error'),
    'what is no error': () => () => {
      throw 7;
    },
    'cancelled by itself': () =>
      function* program() {
        (yield* currentTask()).cancel('itself');
        yield* pause();
      },
    'cancelled by its signal': (_loop, _handler, controller) =>
      function* program() {
        yield* sleep(1);
        controller.abort('the user left');
        yield* sleep(1);
      },
    'cancelled before its first step': (_loop, _handler, controller) => {
      controller.abort('too late');
      return () => sleep(1);
    },
    'several errors': () =>
      function* program() {
        for (const name of ['one', 'two']) {
          yield* spawn(function* () {
            yield* ensure(() => expect.fail(name) as never as ReturnType<typeof pause>);
            yield* sleep(1);
          });
        }
        yield* sleep(1);
        throw new Error('three');
      },
    'an error in a clean-up': (_loop, _handler, controller) =>
      function* program() {
        yield* ensure(() => expect.fail('clean-up') as never as ReturnType<typeof pause>);
        controller.abort('stop');
        yield* sleep(1);
      },
    'a deadlock': () => () => new Signal(),
    'a plugin that crashes': (_loop, handler) =>
      function* program() {
        handler.disarm = () => expect.fail('disarm');
        const waiting = yield* spawn(new Signal());
        yield* pause();
        waiting.cancel();
        yield* sleep(100);
      },
    'a plugin that crashes, and an error after that': (_loop, handler) =>
      function* program() {
        handler.disarm = () => expect.fail('disarm');
        const waiting = yield* spawn(new Signal());
        yield* pause();
        waiting.cancel();
        try {
          yield* sleep(100);
        } finally {
          expect.fail('in the clean-up');
        }
      },
    'a plugin that crashes, and a value all the same': (_loop, handler) =>
      function* program() {
        handler.disarm = () => expect.fail('disarm');
        const waiting = yield* spawn(new Signal());
        yield* pause();
        waiting.cancel();
        try {
          yield* sleep(100);
        } catch {}
        return 'value';
      },
    'a plugin that cannot be closed': (_loop, handler) => {
      handler.close = () => expect.fail('close');
      return () => 'value';
    },
    'an error, and a plugin that cannot be closed': (_loop, handler) => {
      handler.close = () => expect.fail('close');
      return () => expect.fail('error');
    },
  };

  async function outcomeIn(kind: string, isSpawned: boolean): Promise<unknown> {
    const handler = new SignalHandler();
    const { loop } = yieldingLoop(handler);
    const controller = new AbortController();
    const made = KINDS[kind]!(loop, handler, controller);
    function* program() {
      const body = made();
      return typeof body === 'object' ? yield* body as ReturnType<typeof pause> : body;
    }
    const options = { signal: controller.signal };
    let outcome: unknown;
    const unhandled = await unhandledIn(async () => {
      outcome = await outcomeOf(isSpawned ? loop.spawn(program, options) : loop.run(program, options));
    });
    expect(unhandled, kind).to.deep.equal([]);
    // A deadlock also lists the root, which only a spawned program has.
    const HOST = '  task \\"host\\" is finished and waits for its children\\n  ';
    return JSON.parse(JSON.stringify(outcome).replace(HOST, ''));
  }

  it('report the same, for every kind of end', async () => {
    for (const kind of Object.keys(KINDS)) {
      expect(await outcomeIn(kind, true), kind).to.deep.equal(await outcomeIn(kind, false));
    }
  });
});

describe('loop.spawn with a signal', () => {
  it('cancels that task only, and lets the run wait for it', async () => {
    const { loop } = yieldingLoop(new SignalHandler());
    const controller = new AbortController();
    const aborted = loop.spawn(new Signal(), { signal: controller.signal });
    const other = loop.spawn(sleep(5));
    await other;
    for (let n = 0; n < 10; n++) await turn();
    expect(aborted.state).to.equal('waiting');
    controller.abort('enough');
    expect(await outcomeOf(aborted)).to.include({ code: 'ESC_CANCELLED' });
  });

  it('refuses what is no signal, by name, and starts nothing', () => {
    const { loop } = yieldingLoop();
    for (const signal of [null, 5, new AbortController()]) {
      const error = thrownBy(() => loop.spawn(pause(), { signal: signal as never }));
      expect(error).to.have.property('code', 'ESC_INVALID_SIGNAL');
      expect(error).to.have.property('message').that.includes('spawn got');
    }
    expect(loop.dump()).to.equal('the loop is not running');
  });
});

describe('loop.keepAlive', () => {
  it('lets a run wait for host code alone, until it is released', async () => {
    const handler = new SignalHandler();
    const { loop } = yieldingLoop(handler);
    const keepAlive = loop.keepAlive();
    const event = new Signal<string>();
    const task = loop.spawn(event);
    for (let n = 0; n < 10; n++) await turn();
    handler.waiting.get(event)!.resolve('from the host');
    expect(await task).to.equal('from the host');
    expect(loop.dump()).to.include('keep-alive');
    keepAlive.release();
    keepAlive.release();
    await turn();
    await turn();
    expect(loop.dump()).to.equal('the loop is not running');
  });

  it('once released, a wait that nothing can end is a deadlock again', async () => {
    const { loop } = yieldingLoop(new SignalHandler());
    const keepAlives = [loop.keepAlive(), loop.keepAlive()];
    const task = loop.spawn(new Signal());
    keepAlives[0]!.release();
    for (let n = 0; n < 10; n++) await turn();
    expect(task.state).to.equal('waiting');
    keepAlives[1]!.release();
    expect(await outcomeOf(task)).to.include({ code: 'ESC_DEADLOCK' });
  });

  it('in a run of `run` prevents a deadlock, but the run ends with its program', async () => {
    const handler = new SignalHandler();
    const { loop } = yieldingLoop(handler);
    const event = new Signal();
    let keepAlive: ReturnType<typeof loop.keepAlive> | undefined;
    const run = loop.run(function* () {
      keepAlive = loop.keepAlive();
      yield* event;
      return 'done';
    });
    for (let n = 0; n < 10; n++) await turn();
    handler.waiting.get(event)!.resolve(undefined);
    expect(await run).to.equal('done');
    keepAlive!.release();
    expect(await outcomeOf(loop.run(new Signal()))).to.include({ code: 'ESC_DEADLOCK' });
  });

  it('may be released before its first step, in the first turn, and after a broken run', async () => {
    const { loop } = yieldingLoop(new SignalHandler());
    loop.keepAlive().release();
    await turn();
    expect(loop.dump()).to.equal('the loop is not running');
    const keepAlive = loop.keepAlive();
    const task = loop.spawn(pause());
    task.parent!.cancel('the whole run');
    await outcomeOf(task);
    keepAlive.release();
    await loop.run(sleep(1));
  });

  it('is in the report of a deadlock where it would have helped, and nowhere else', async () => {
    const deferred = new Deferred<number>({ name: 'answer' });
    const error = (await outcomeOf(yieldingLoop(new SyncHandler()).loop.run(deferred))) as Error;
    expect(error.message).to.match(
      /\n {2}task .* waits for .*"answer".*\nIf a callback of the host would end .*keepAlive/,
    );
    const blocked = thrownBy(() => virtualLoop({ handlers: [new SyncHandler()] }).loop.runSync(deferred)) as Error;
    expect(blocked).to.have.property('code', 'ESC_DEADLOCK');
    expect(blocked.message).not.to.include('keepAlive');
  });

  it('is refused where the host stands still, with an error that says what to use', () => {
    const error = thrownBy(() => virtualLoop().loop.keepAlive()) as Error;
    expect(error).to.have.property('code', 'ESC_HOST_BLOCKED');
    expect(error.message).to.include('hostTurns').and.to.include('setTimeoutModule');
  });

  it('as an option of run or spawn lets the program wait for the host alone, from its first step on', async () => {
    const { loop } = yieldingLoop(new SyncHandler());
    for (const start of [
      (program: () => Deferred<string>) => loop.run(program, { keepAlive: true }),
      (program: () => Deferred<string>) => loop.spawn(program, { keepAlive: true }),
    ]) {
      const answer = new Deferred<string>();
      const outcome = start(() => answer);
      await turn();
      answer.resolve('from the host');
      expect(await outcome).to.equal('from the host');
      expect(await outcomeOf(loop.run(() => new Deferred<string>()))).to.include({ code: 'ESC_DEADLOCK' });
    }
  });

  it('as an option is refused where the host stands still, and where it is no truth value', async () => {
    const { loop } = virtualLoop();
    expect(await outcomeOf(loop.run(sleep(1), { keepAlive: true }))).to.include({ code: 'ESC_HOST_BLOCKED' });
    expect(await outcomeOf(loop.run(sleep(1), { keepAlive: 1 as never }))).to.have.property(
      'code',
      'ESC_INVALID_OPTIONS',
    );
    expect(await outcomeOf(loop.run(sleep(1)))).to.deep.equal({ value: undefined });
  });
});
