import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  busyWaitModule,
  type Call,
  ContextKey,
  type Coroutine,
  type CurrentTask,
  call,
  createLoop,
  deadline,
  EventHandler,
  ensure,
  forEach,
  handlerModule,
  LoopEvent,
  map,
  type Now,
  race,
  retry,
  type Scope,
  type SetContext,
  type Settled,
  type Sleep,
  type SleepFor,
  type Spawn,
  scope,
  shield,
  sleep,
  sleepModule,
  spawn,
  supervise,
  type Task,
  timeout,
  type Waiter,
  withContext,
} from 'escapement';

// The compiler is the test: an `@ts-expect-error` that finds no error is one itself.

class Readable extends LoopEvent<number> {
  readonly kind = 'readable';
}

class ReadableHandler extends EventHandler<Readable> {
  override readonly handles = Readable;
  override arm(_event: Readable, waiter: Waiter<number>): void {
    waiter.resolve(3);
  }
  override disarm(): void {}
}

const sleeping = createLoop(busyWaitModule, sleepModule);
const reading = createLoop(busyWaitModule, sleepModule, handlerModule(ReadableHandler));

function* read(): Coroutine<number, Readable> {
  return yield* new Readable();
}

function* text(): Coroutine<string, SleepFor> {
  yield* sleep(0);
  return 'text';
}

function* sleepFor(duration: number): Coroutine<void, SleepFor> {
  yield* sleep(duration);
}

const key = new ContextKey<string>('key');

/** True if `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_?: T): void => {};

type Nothing = ReturnType<() => void>;

/** The events that a coroutine can yield. */
type EventsOf<C> = C extends { [Symbol.iterator](): Iterator<infer E, unknown, unknown> } ? E : never;

describe('the types of the combinators', () => {
  it('keep the value of each body of all(), by place and by name', () => {
    reading.runSync(function* () {
      const list = yield* all([read(), text(), sleep(0), new Readable()]);
      isTrue<Same<typeof list, [number, string, Nothing, number]>>();
      const [first, second] = yield* all([read(), text()]);
      isTrue<Same<typeof first, number>>();
      isTrue<Same<typeof second, string>>();
      const byName = yield* all({ number: read(), text: text() });
      isTrue<Same<typeof byName, { number: number; text: string }>>();
      const many = yield* all([1, 2].map(() => read()));
      isTrue<Same<typeof many, number[]>>();
      const none = yield* all([]);
      isTrue<Same<typeof none, []>>();
      const nested = yield* all([all({ a: read() }), race([text(), read()])]);
      isTrue<Same<typeof nested, [{ a: number }, string | number]>>();
    });
  });

  it('keep those of allSettled(), each in its outcome', () => {
    reading.runSync(function* () {
      const list = yield* allSettled([read(), text()]);
      isTrue<Same<typeof list, [Settled<number>, Settled<string>]>>();
      const byName = yield* allSettled({ number: read(), text: text() });
      isTrue<Same<typeof byName, { number: Settled<number>; text: Settled<string> }>>();
      const many = yield* allSettled([1, 2].map(() => text()));
      isTrue<Same<typeof many, Settled<string>[]>>();
    });
  });

  it('make the value of race() and any() the one of any contestant', () => {
    reading.runSync(function* () {
      const raced = yield* race([read(), text()]);
      isTrue<Same<typeof raced, number | string>>();
      const first = yield* any([read(), sleep(0)]);
      isTrue<Same<typeof first, number | Nothing>>();
      const many = yield* race([1, 2].map(() => text()));
      isTrue<Same<typeof many, string>>();
    });
  });

  it('keep the results of map(), and give the work its item and index', () => {
    reading.runSync(function* () {
      const results = yield* map(new Set(['a']), (item, index) => {
        isTrue<Same<typeof item, string>>();
        isTrue<Same<typeof index, number>>();
        return read();
      });
      isTrue<Same<typeof results, number[]>>();
      const nothing = yield* forEach([1], () => text());
      isTrue<Same<typeof nothing, void>>();
    });
  });

  it('keep the value of what runs in timeout, deadline, retry, call, scope, shield, supervise, withContext', () => {
    reading.runSync(function* () {
      const timed = yield* timeout(1000, read());
      isTrue<Same<typeof timed, number>>();
      const dated = yield* deadline(Infinity, text());
      isTrue<Same<typeof dated, string>>();
      const retried = yield* retry(number => {
        isTrue<Same<typeof number, number>>();
        return read();
      });
      isTrue<Same<typeof retried, number>>();
      const called = yield* call(read);
      isTrue<Same<typeof called, number>>();
      const scoped = yield* scope(text());
      isTrue<Same<typeof scoped, string>>();
      const shielded = yield* shield(read());
      isTrue<Same<typeof shielded, number>>();
      const supervised = yield* supervise(text());
      isTrue<Same<typeof supervised, string>>();
      const inContext = yield* withContext(key, 'value', read());
      isTrue<Same<typeof inContext, number>>();
      const layered = yield* timeout(1000, all([shield(read()), scope(race([text()]))]));
      isTrue<Same<typeof layered, [number, string]>>();
    });
  });

  it('name exactly the events that each can yield', () => {
    const [bodies, byName] = [() => all([read(), text()]), () => all({ number: read() })];
    isTrue<Same<EventsOf<ReturnType<typeof bodies>>, Readable | SleepFor | Scope | Spawn>>();
    isTrue<Same<EventsOf<ReturnType<typeof byName>>, Readable | Scope | Spawn>>();
    const settled = () => allSettled([read(), text()]);
    isTrue<Same<EventsOf<ReturnType<typeof settled>>, Readable | SleepFor | Scope | Spawn>>();
    const raced = () => race([read(), text()]);
    isTrue<Same<EventsOf<ReturnType<typeof raced>>, Readable | SleepFor | Scope | Spawn>>();
    const mapped = () => map([1], () => read());
    isTrue<Same<EventsOf<ReturnType<typeof mapped>>, Readable | Scope | Spawn | CurrentTask>>();
    const timed = () => timeout(1, read());
    isTrue<Same<EventsOf<ReturnType<typeof timed>>, Readable | Now | Sleep | Scope>>();
    const retried = () => retry(() => read());
    isTrue<Same<EventsOf<ReturnType<typeof retried>>, Readable | SleepFor>>();
    const called = () => call(read);
    isTrue<Same<EventsOf<ReturnType<typeof called>>, Readable | Call>>();
    const shielded = () => shield(read());
    isTrue<Same<EventsOf<ReturnType<typeof shielded>>, Readable | Scope>>();
    const inContext = () => withContext(key, 'value', read());
    isTrue<Same<EventsOf<ReturnType<typeof inContext>>, Readable | SetContext>>();
    expect(bodies).to.be.a('function');
  });

  it('refuse an event without a handler in any of them', () => {
    const one = () => all([sleep(0), read()]);
    const two = () => all({ nap: sleep(0), number: read() });
    const three = () => allSettled([sleep(0), read()]);
    const four = () => race([sleep(0), read()]);
    const five = () => any([sleep(0), read()]);
    const six = () => map([1], () => read());
    const seven = () => forEach([1], () => read());
    const eight = () => timeout(1000, read());
    const nine = () => deadline(Infinity, read());
    const ten = () => retry(() => read());
    const eleven = () => call(read);
    const twelve = () => scope(read());
    const thirteen = () => shield(read());
    const fourteen = () => supervise(read());
    const fifteen = () => withContext(key, 'value', read());
    const sixteen = () => ensure(read());
    const programs = [
      // @ts-expect-error Readable, in a list
      () => sleeping.runSync(one),
      // @ts-expect-error Readable, by name
      () => sleeping.runSync(two),
      // @ts-expect-error Readable
      () => sleeping.runSync(three),
      // @ts-expect-error Readable
      () => sleeping.runSync(four),
      // @ts-expect-error Readable
      () => sleeping.runSync(five),
      // @ts-expect-error Readable, of the work
      () => sleeping.runSync(six),
      // @ts-expect-error Readable, of the work
      () => sleeping.runSync(seven),
      // @ts-expect-error Readable
      () => sleeping.runSync(eight),
      // @ts-expect-error Readable
      () => sleeping.runSync(nine),
      // @ts-expect-error Readable, of an attempt
      () => sleeping.runSync(ten),
      // @ts-expect-error Readable, of the callee
      () => sleeping.runSync(eleven),
      // @ts-expect-error Readable
      () => sleeping.runSync(twelve),
      // @ts-expect-error Readable
      () => sleeping.runSync(thirteen),
      // @ts-expect-error Readable
      () => sleeping.runSync(fourteen),
      // @ts-expect-error Readable
      () => sleeping.runSync(fifteen),
      // @ts-expect-error Readable, of the clean-up
      () => sleeping.runSync(sixteen),
    ];
    const handled = [
      () => reading.runSync(one),
      () => reading.runSync(two),
      () => reading.runSync(three),
      () => reading.runSync(four),
      () => reading.runSync(five),
      () => reading.runSync(six),
      () => reading.runSync(seven),
      () => reading.runSync(eight),
      () => reading.runSync(nine),
      () => reading.runSync(ten),
      () => reading.runSync(eleven),
      () => reading.runSync(twelve),
      () => reading.runSync(thirteen),
      () => reading.runSync(fourteen),
      () => reading.runSync(fifteen),
      () => reading.runSync(sixteen),
    ];
    expect(handled).to.have.length(programs.length);
    for (const run of handled) run();
  });

  it('refuse it through any depth of them', () => {
    function* deep() {
      yield* timeout(
        1000,
        scope(
          (function* () {
            yield* spawn(shield(race([sleep(0), all({ inner: map([1], () => retry(() => call(read))) })])));
          })(),
        ),
      );
    }
    // @ts-expect-error Readable, seven layers down
    const refused = () => sleeping.runSync(deep);
    expect(refused).to.be.a('function');
    reading.runSync(deep);
  });

  it('need sleepModule for timeout and retry, and no module for the others', () => {
    const bare = createLoop(busyWaitModule);
    function* nothing(): Coroutine<string> {
      return 'nothing';
    }
    expect(bare.runSync(all([nothing()]))).to.deep.equal(['nothing']);
    expect(bare.runSync(race([nothing()]))).to.equal('nothing');
    expect(bare.runSync(map([1], () => nothing()))).to.deep.equal(['nothing']);
    // @ts-expect-error no handler for Sleep
    expect(() => bare.runSync(timeout(1, spawn(nothing())))).to.not.throw('no such error');
    // @ts-expect-error no handler for SleepFor
    expect(bare.runSync(retry(() => nothing()))).to.equal('nothing');
  });

  it('are the same for functions as for what they make', () => {
    function* generic<T>(value?: T): Coroutine<T | undefined, SleepFor> {
      yield* sleep(0);
      return value;
    }
    function* typed() {
      const list = yield* all([read, () => text(), () => sleep(0), new Readable()]);
      isTrue<Same<typeof list, [number, string, Nothing, number]>>();
      const byName = yield* all({ number: read, text: () => text() });
      isTrue<Same<typeof byName, { number: number; text: string }>>();
      const written = yield* all([
        function* () {
          return yield* new Readable();
        },
        text,
      ]);
      isTrue<Same<typeof written, [number, string]>>();
      const many = yield* all([1, 2].map(() => read));
      isTrue<Same<typeof many, number[]>>();
      const outcomes = yield* allSettled([read, () => text()]);
      isTrue<Same<typeof outcomes, [Settled<number>, Settled<string>]>>();
      const raced = yield* race([read, () => text()]);
      isTrue<Same<typeof raced, number | string>>();
      const mapped = yield* map(['a'], item => () => generic(item));
      isTrue<Same<typeof mapped, (string | undefined)[]>>();
      const timed = yield* timeout(1000, function* () {
        return yield* new Readable();
      });
      isTrue<Same<typeof timed, number>>();
      const dated = yield* deadline(Infinity, () => generic(5));
      isTrue<Same<typeof dated, number | undefined>>();
      const retried = yield* retry(() => read);
      isTrue<Same<typeof retried, number>>();
      const called = yield* call(generic<string>, 'text');
      isTrue<Same<typeof called, string | undefined>>();
      const scoped = yield* scope(read);
      isTrue<Same<typeof scoped, number>>();
      const shielded = yield* shield(() => text());
      isTrue<Same<typeof shielded, string>>();
      const supervised = yield* supervise(read);
      isTrue<Same<typeof supervised, number>>();
      const inContext = yield* withContext(key, 'value', text);
      isTrue<Same<typeof inContext, string>>();
      const spawned = yield* spawn(() => sleep(0));
      isTrue<Same<typeof spawned, Task<Nothing>>>();
      const joined = yield* yield* spawn(read);
      isTrue<Same<typeof joined, number>>();
      yield* ensure(read);
    }
    reading.runSync(typed);
    // @ts-expect-error Readable, of some of them
    expect(() => sleeping.runSync(typed)).to.be.a('function');
  });

  it('name exactly the events of functions, too', () => {
    const listed = () => all([read, () => text()]);
    isTrue<Same<EventsOf<ReturnType<typeof listed>>, Readable | SleepFor | Scope | Spawn>>();
    const named = () => all({ number: read });
    isTrue<Same<EventsOf<ReturnType<typeof named>>, Readable | Scope | Spawn>>();
    const timed = () => timeout(1, read);
    isTrue<Same<EventsOf<ReturnType<typeof timed>>, Readable | Now | Sleep | Scope>>();
    const mapped = () => map([1], () => read);
    isTrue<Same<EventsOf<ReturnType<typeof mapped>>, Readable | Scope | Spawn | CurrentTask>>();
    const spawned = () => spawn(read);
    isTrue<Same<EventsOf<ReturnType<typeof spawned>>, Readable | Spawn>>();
    const inContext = () => withContext(key, 'value', read);
    isTrue<Same<EventsOf<ReturnType<typeof inContext>>, Readable | SetContext>>();
    const cleaning = () => ensure(read);
    isTrue<Same<EventsOf<ReturnType<typeof cleaning>>, Readable | CurrentTask>>();
    expect(listed).to.be.a('function');
  });

  it('refuse what is no body', () => {
    const refused = [
      // @ts-expect-error a number
      () => all([read(), 5]),
      // @ts-expect-error a generator function that needs an argument
      () => race([sleepFor]),
      // @ts-expect-error a promise
      () => all({ promise: Promise.resolve(1) }),
      // @ts-expect-error race has no names
      () => race({ a: read() }),
      // @ts-expect-error work that makes no coroutine
      () => map([1], item => item + 1),
      // @ts-expect-error an async attempt
      () => retry(async () => 1),
      // @ts-expect-error an argument of another type
      () => call(sleepFor, 'text'),
      // @ts-expect-error a value of another type than the key's
      () => withContext(key, 5, read()),
      // @ts-expect-error no body
      () => timeout(5),
      // @ts-expect-error an async function
      () => spawn(async () => 1),
      // @ts-expect-error a class
      () => spawn(Readable),
      // @ts-expect-error a function that returns no coroutine
      () => scope(() => 5),
      // @ts-expect-error a generator function that needs an argument
      () => shield(sleepFor),
      // @ts-expect-error a function without a list
      () => all(read),
      // @ts-expect-error a coroutine without a list
      () => race(read()),
      // @ts-expect-error a promise
      () => timeout(5, Promise.resolve()),
    ];
    expect(refused).to.have.length(16);
  });
});
