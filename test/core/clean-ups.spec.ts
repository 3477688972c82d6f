import { expect } from 'chai';
import {
  ContextKey,
  type Coroutine,
  currentTask,
  EscapementError,
  ensure,
  getContext,
  onCancel,
  scope,
  shield,
  sleep,
  spawn,
  supervise,
  watch,
  withContext,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

// One clean-up that fails must not keep the others from running; what cannot work is refused before anything is taken.

function* caught(body: () => Coroutine<unknown, never>): Coroutine<string> {
  try {
    yield* body();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof EscapementError ? error.code : String(error);
  }
}

describe('a clean-up', () => {
  it('that cannot run is refused when it is registered, and the others run', () => {
    const log: string[] = [];
    function* cleanUp(name: string) {
      yield* sleep(1);
      log.push(name);
    }
    const { loop } = virtualLoop();
    const codes: string[] = [];
    loop.runSync(function* () {
      const twice = cleanUp('twice');
      yield* ensure(cleanUp('first'));
      yield* ensure(twice);
      const used = cleanUp('used');
      yield* spawn(used);
      const wrong: unknown[] = [
        twice,
        used,
        5,
        null,
        undefined,
        async () => {},
        (async function* () {})(),
        [],
        class {},
      ];
      for (const one of wrong) codes.push(yield* caught(() => ensure(one as never) as never));
      yield* ensure(cleanUp('last'));
    });
    expect(codes.slice(0, 2)).to.deep.equal(['ESC_COROUTINE_REUSED', 'ESC_COROUTINE_REUSED']);
    expect(new Set(codes.slice(2))).to.deep.equal(new Set(['ESC_NOT_A_COROUTINE']));
    expect(log).to.deep.equal(['used', 'last', 'twice', 'first']);
  });

  it('that fails or cannot be started does not keep the others from running; no error is lost', () => {
    const log: string[] = [];
    const { loop } = virtualLoop();
    const used = sleepOnce();
    function* sleepOnce() {
      yield* sleep(1);
    }
    let error: unknown;
    try {
      loop.runSync(function* () {
        yield* ensure(function* (): Coroutine<void> {
          log.push('first');
        });
        yield* ensure((): Coroutine<void> => {
          throw new Error('function');
        });
        yield* ensure(() => used);
        yield* ensure(function* (): Coroutine<void> {
          throw new Error('body');
        });
        yield* ensure(function* (): Coroutine<void> {
          log.push('last');
        });
        yield* spawn(used);
        throw new Error('own');
      });
    } catch (thrown) {
      error = thrown;
    }
    expect(log).to.deep.equal(['last', 'first']);
    const messages = (error as AggregateError).errors.map(({ message }) => message.split(/ got|, which/)[0]);
    expect(messages).to.deep.equal(['own', 'body', 'ensure', 'function']);
  });

  it('sees the context in which it was registered', () => {
    const key = new ContextKey<string>('key', 'initial');
    const seen: string[] = [];
    const look = function* () {
      seen.push(yield* getContext(key));
    };
    virtualLoop().loop.runSync(function* () {
      yield* ensure(look);
      yield* withContext(key, 'inner', function* () {
        yield* ensure(look);
        yield* ensure(look());
        yield* withContext(key, 'innermost', () => ensure(look));
      });
    });
    expect(seen).to.deep.equal(['innermost', 'inner', 'inner', 'initial']);
  });

  it('may spawn daemons and register clean-ups of its own', () => {
    const log: string[] = [];
    virtualLoop().loop.runSync(function* () {
      yield* ensure(function* () {
        yield* spawn(sleep(Infinity), { daemon: true });
        yield* ensure(function* (): Coroutine<void> {
          log.push('inner');
        });
        yield* sleep(1);
        log.push('outer');
      });
    });
    expect(log).to.deep.equal(['outer', 'inner']);
  });
});

describe('a daemon that comes when the others were dismissed', () => {
  it('is dismissed, too: the run ends', async () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    await loop.run(function* () {
      const root = yield* currentTask();
      yield* spawn(
        function* daemon() {
          try {
            yield* sleep(Infinity);
          } finally {
            const late = loop.spawn(sleep(Infinity), { daemon: true });
            late.then(undefined, () => log.push(`late ${late.state}`));
            const child = loop.spawn(sleep(1), { name: 'child' });
            expect(child.parent).to.equal(root);
            yield* shield(sleep(2));
            log.push(`child ${child.state}`);
          }
        },
        { daemon: true },
      );
      yield* sleep(1);
    });
    await Promise.resolve();
    expect(log).to.have.members(['late cancelled', 'child succeeded']);
  });
});

describe('an argument', () => {
  it('that cannot be used is refused before anything is taken', () => {
    const key = new ContextKey<number>('key', 0);
    const log: string[] = [];
    const body = () => {
      log.push('called');
      return sleep(1);
    };
    const { loop } = virtualLoop();
    const codes = loop.runSync(function* () {
      const found: string[] = [];
      const cases: (() => Coroutine<unknown, never>)[] = [
        () => supervise(body, null as never) as never,
        () => supervise(body, 5 as never) as never,
        () => supervise(body, { ended: 5 } as never) as never,
        () => spawn(body, null as never) as never,
        () => spawn(body, 'name' as never) as never,
        () => spawn(body, { name: Symbol('name') } as never) as never,
        () => spawn(body, { priority: '5' } as never) as never,
        () => onCancel(5 as never) as never,
        () => onCancel(undefined as never) as never,
        () => getContext('key' as never) as never,
        () => getContext(undefined as never) as never,
        () => withContext('key' as never, 5, body) as never,
        () => watch(sleep(1), undefined as never) as never,
        () => watch(sleep(1), { resolved: () => {} } as never) as never,
      ];
      for (const one of cases) found.push(yield* caught(one));
      for (const wrong of [5, null, undefined, async () => {}, (async function* () {})(), [sleep(1)]]) {
        for (const call of [scope, shield, supervise, spawn])
          found.push(yield* caught(() => call(wrong as never) as never));
        found.push(yield* caught(() => withContext(key, 5, wrong as never) as never));
      }
      expect(yield* getContext(key)).to.equal(0);
      return found;
    });
    expect(new Set(codes)).to.deep.equal(new Set(['ESC_INVALID_ARGUMENT', 'ESC_NOT_A_COROUTINE']));
    expect(codes.slice(0, 14)).to.not.include('ESC_NOT_A_COROUTINE');
    expect(log).to.deep.equal([]);
  });

  it('may be a function with any `name`', () => {
    const odd = Object.defineProperty(() => sleep(1), 'name', { value: Symbol('odd') });
    virtualLoop().loop.runSync(function* () {
      expect((yield* spawn(odd)).name).to.equal('task-2');
    });
  });
});
