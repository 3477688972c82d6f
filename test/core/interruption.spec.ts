import { expect } from 'chai';
import {
  Cancelled,
  type Coroutine,
  EventHandler,
  HandlerError,
  LoopEvent,
  pause,
  spawn,
  type Task,
  TimeoutError,
  timeout,
  type Waiter,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

/** Waits for an operation that cannot be stopped, or takes a while to stop. */
class Write extends LoopEvent<string> {
  readonly kind = 'write';
  constructor(readonly isCleanUp = false) {
    super();
  }
}

class WriteHandler extends EventHandler<Write> {
  override readonly handles = Write;
  readonly log: string[] = [];
  waiter!: Waiter<string>;
  /** What an interruption does. */
  stop: (waiter: Waiter<string>) => boolean = () => false;

  override arm(_event: Write, waiter: Waiter<string>): void {
    this.log.push('arm');
    this.waiter = waiter;
  }
  override disarm(): void {
    this.log.push('disarm');
  }
  override interrupt(_event: Write, waiter: Waiter<string>): boolean {
    this.log.push('interrupt');
    return this.stop(waiter);
  }
  override startsWhenCancelled({ isCleanUp }: Write): boolean {
    return isCleanUp;
  }
}

function writing() {
  const handler = new WriteHandler();
  const { loop, warnings } = virtualLoop({ handlers: [handler] });
  return { handler, loop, warnings };
}

/** What a task that waits for `event` went through. */
function* observed(log: unknown[], event = new Write()): Coroutine<void, Write> {
  try {
    log.push(yield* event);
  } catch (error) {
    log.push(error instanceof Cancelled ? `Cancelled: ${error.reason}` : error);
    throw error;
  }
}

function* settled(task: Task) {
  while (!task.isEnded) yield* pause();
}

describe('a wait that cannot be interrupted', () => {
  it('goes on in a cancelled task, until its handler settles it with its value', () => {
    const { handler, loop } = writing();
    const log: unknown[] = [];
    loop.runSync(function* () {
      const task = yield* spawn(observed(log));
      yield* pause();
      task.cancel('stop');
      yield* pause();
      expect(task.state).to.equal('waiting');
      handler.waiter.resolve('written');
      yield* settled(task);
      expect(task.state).to.equal('succeeded');
    });
    expect(log).to.deep.equal(['written']);
    expect(handler.log).to.deep.equal(['arm', 'interrupt']);
  });

  it('ends with Cancelled once the handler says that the operation has stopped', () => {
    const { handler, loop, warnings } = writing();
    const log: unknown[] = [];
    loop.runSync(function* () {
      const task = yield* spawn(observed(log));
      yield* pause();
      expect(handler.waiter.cancelled).to.equal(undefined);
      task.cancel('stop');
      expect(handler.waiter.cancelled).to.be.instanceOf(Cancelled);
      handler.waiter.reject(handler.waiter.cancelled);
      yield* settled(task);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'stop' });
    });
    expect(log).to.deep.equal(['Cancelled: stop']);
    expect(warnings).to.deep.equal([]);
  });

  it('may be settled inside of the interruption', () => {
    for (const answer of [true, false]) {
      const { handler, loop } = writing();
      const log: unknown[] = [];
      handler.stop = waiter => {
        waiter.resolve('in time');
        return answer;
      };
      loop.runSync(function* () {
        const task = yield* spawn(observed(log));
        yield* pause();
        task.cancel();
        yield* settled(task);
      });
      expect(log, `interrupt returned ${answer}`).to.deep.equal(['in time']);
      expect(handler.log).to.deep.equal(['arm', 'interrupt']);
    }
  });

  it('is interrupted where the handler lets it: disarmed once, after interrupt', () => {
    const { handler, loop } = writing();
    handler.stop = () => true;
    const log: unknown[] = [];
    loop.runSync(function* () {
      const task = yield* spawn(observed(log));
      yield* pause();
      task.cancel('stop');
      yield* settled(task);
    });
    expect(log).to.deep.equal(['Cancelled: stop']);
    expect(handler.log).to.deep.equal(['arm', 'interrupt', 'disarm']);
  });

  it('holds up a timeout until it is over, and then the time is up', () => {
    const { handler, loop } = writing();
    handler.stop = waiter => {
      // The operation takes a turn to stop.
      waiter.task!.defer(() => waiter.reject(waiter.cancelled));
      return false;
    };
    expect(() => loop.runSync(timeout(5, new Write()))).to.throw(TimeoutError);
    expect(handler.log).to.deep.equal(['arm', 'interrupt']);
  });

  it('is abandoned if interrupt throws; the run fails and names the handler', () => {
    const { handler, loop } = writing();
    handler.stop = () => {
      throw new Error('own');
    };
    const run = () =>
      loop.runSync(function* () {
        const task = yield* spawn(observed([]));
        yield* pause();
        task.cancel();
        yield* settled(task);
      });
    expect(run).to.throw(HandlerError, 'WriteHandler.interrupt threw');
    expect(handler.log).to.deep.equal(['arm', 'interrupt', 'disarm']);
  });

  it('is reported when the Cancelled that it ends with is swallowed', () => {
    const { handler, loop, warnings } = writing();
    loop.runSync(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* new Write();
          } catch {}
        })(),
      );
      yield* pause();
      task.cancel();
      handler.waiter.reject(handler.waiter.cancelled);
      yield* settled(task);
    });
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_CANCELLATION_SWALLOWED']);
  });
});

describe('a wait in a task that is cancelled already', () => {
  const cleaningUp = (event: Write, log: unknown[]) =>
    (function* () {
      try {
        yield* new Write();
      } finally {
        log.push(yield* event);
      }
    })();

  it('does not begin, unless its handler says that it starts when cancelled', () => {
    const { handler, loop } = writing();
    handler.stop = () => true;
    const log: unknown[] = [];
    loop.runSync(function* () {
      const refused = yield* spawn(cleaningUp(new Write(), log));
      yield* pause();
      refused.cancel('stop');
      yield* settled(refused);
      expect(handler.log).to.deep.equal(['arm', 'interrupt', 'disarm']);

      const allowed = yield* spawn(cleaningUp(new Write(true), log));
      yield* pause();
      allowed.cancel('stop');
      yield* pause();
      expect(allowed.state).to.equal('waiting');
      handler.waiter.resolve('cleaned up');
      yield* settled(allowed);
      expect(allowed.result).to.deep.equal({ state: 'cancelled', reason: 'stop' });
    });
    expect(log).to.deep.equal(['cleaned up']);
  });
});
