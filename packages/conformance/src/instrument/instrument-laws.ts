import {
  type Coroutine,
  DeadlockError,
  describe,
  EventLoop,
  INSTRUMENT_HOOKS,
  type Instrument,
  type LoopEvent,
  type LoopWarning,
  pause,
  scope,
  spawn,
  supervise,
  type Task,
  warn,
} from '@escapement/core';
import { Alarm, AlarmHandler } from '../laws/alarm.js';
import { demand, InvalidAdapterError } from '../laws/errors.js';
import { KitClock } from '../laws/kit-clock.js';
import { noCollector, Survivors } from '../laws/memory.js';
import { StageStrategy } from '../laws/stage-strategy.js';
import {
  callAdapter,
  checkMembers,
  checkRunner,
  defineSuite,
  type Law,
  type LawOptions,
  type Runner,
  type Subject,
  seedOf,
} from '../laws/suite.js';

/**
 * Tells `instrumentLaws` how to make your instrument.
 *
 * @example const counter: InstrumentAdapter = { instrument: () => new StepCounter() };
 */
export interface InstrumentAdapter<I extends Instrument = Instrument> {
  /** Makes a new instrument for each case. */
  instrument(): I;
  /** It keeps the tasks that it has seen, on purpose. Default: false. */
  readonly keepsTasks?: boolean;
}

interface InstrumentSubject extends Subject {
  readonly adapter: InstrumentAdapter;
}

type InstrumentLaw = Law<InstrumentSubject>;

const CALLER = 'instrumentLaws';

const HOOKS: readonly (keyof Instrument)[] = [...INSTRUMENT_HOOKS, 'warningIssued', 'warned'];

const throwsNothing: InstrumentLaw = {
  number: 'I1',
  rule: 'throws in no hook, whatever a run does',
  why: 'the loop switches an instrument off for good that throws',
  async check({ adapter }) {
    for (const program of PROGRAMS) {
      const watched = watch(makeInstrument(adapter));
      await outcomeOf(program, [watched.instrument]);
      demand(watched.faults.length === 0, () => watched.faults[0]!);
    }
  },
};

const returnsNothing: InstrumentLaw = {
  number: 'I2',
  rule: 'returns nothing from its hooks',
  why: 'the loop waits for no promise: an async hook comes too late, and its error is an unhandled rejection',
  async check({ adapter }) {
    for (const program of PROGRAMS) {
      const watched = watch(makeInstrument(adapter));
      await outcomeOf(program, [watched.instrument]);
      demand(watched.promises.length === 0, () => watched.promises[0]!);
    }
  },
};

const changesNothing: InstrumentLaw = {
  number: 'I3',
  rule: 'changes nothing of what the program does',
  why: 'who observes a program wants to see the one that runs without',
  async check({ adapter }) {
    for (const [index, program] of PROGRAMS.entries()) {
      const alone = await outcomeOf(program, []);
      const observed = await outcomeOf(program, [makeInstrument(adapter)]);
      demand(alone === observed, () => `program ${index + 1} did [${alone}], and under the instrument [${observed}]`);
    }
  },
};

const runsAgain: InstrumentLaw = {
  number: 'I4',
  rule: 'works in a second run, and in two loops at once',
  why: 'one instrument often observes all loops of a process',
  async check({ adapter }) {
    const watched = watch(makeInstrument(adapter));
    for (let run = 0; run < 3; run++) await outcomeOf(PROGRAMS[0]!, [watched.instrument]);
    await Promise.all([1, 2, 3].map(() => outcomeOf(PROGRAMS[0]!, [watched.instrument], true)));
    demand(watched.faults.length === 0, () => watched.faults[0]!);
  },
};

const MANY = 300;
const MOST_KEPT = 30;

const keepsNothing: InstrumentLaw = {
  number: 'I5',
  rule: 'keeps no task that has ended',
  why: 'a server spawns tasks for weeks in one run',
  inapplicable: ({ adapter }) => (adapter.keepsTasks ? 'the adapter says that it keeps tasks' : noCollector()),
  async check({ adapter }) {
    const survivors = new Survivors();
    const instrument = makeInstrument(adapter);
    const clock = new KitClock();
    await runWith([instrument], clock, true, function* () {
      for (let batch = 0; batch < MANY / 10; batch++) {
        for (let n = 0; n < 10; n++) survivors.add(yield* spawn(pause()));
        yield* new Alarm(clock.now() + 1);
      }
      let left = MANY;
      for (let attempt = 0; attempt < 8 && left > MOST_KEPT; attempt++) {
        yield* new Alarm(clock.now() + 1);
        left = survivors.collect();
      }
      demand(left <= MOST_KEPT, () => `of ${MANY} tasks that have ended, ${left} are still kept`);
    });
  },
};

type Program = (log: (text: string) => void, clock: KitClock) => Coroutine<unknown, LoopEvent>;

/** Between them they make every hook be called, in every way. */
const PROGRAMS: readonly Program[] = [
  function* ordinary(log, clock) {
    const tasks: Task[] = [];
    for (let n = 0; n < 5; n++) {
      const work = function* () {
        log(`begins ${n}`);
        yield* new Alarm(clock.now() + (n % 3));
        yield* pause();
        log(`ends ${n}`);
        return n;
      };
      tasks.push(yield* spawn(work, { name: `work-${n}` }));
    }
    const early = yield* spawn(pause());
    early.cancel('before its first step');
    tasks[2]!.cancel('waits');
    yield* scope(function* () {
      yield* spawn(new Alarm(clock.now() + 2), { daemon: true });
      yield* pause();
    });
    yield* supervise(
      function* () {
        yield* spawn(function* () {
          throw new Error('supervised');
        });
      },
      { ended: task => log(`ended ${task.name}`) },
    );
    try {
      yield 'no event' as unknown as LoopEvent;
    } catch {
      log('refused');
    }
    yield* warn('ESC_CONFORMANCE', 'a warning');
    return yield* tasks[4]!;
  },
  function* failing(log) {
    yield* spawn(function* () {
      yield* pause();
      throw undefined;
    });
    log('spawned');
    yield* new Alarm(Infinity);
  },
  function* deadlocked() {
    yield* new Alarm(Infinity);
  },
];

async function outcomeOf(program: Program, instruments: readonly Instrument[], isAsync = false): Promise<string> {
  const did: string[] = [];
  const clock = new KitClock();
  try {
    const value = await runWith(instruments, clock, isAsync, () => program(text => did.push(text), clock));
    did.push(`returned ${describe(value)}`);
  } catch (error) {
    // The message of a deadlock has the instruments' notes.
    did.push(`threw ${error instanceof DeadlockError ? error.code : describe(error)}`);
  }
  return [...did, `took ${clock.now()} ms`].join('; ');
}

async function runWith(
  instruments: readonly Instrument[],
  clock: KitClock,
  isAsync: boolean,
  program: () => Coroutine<unknown, LoopEvent>,
): Promise<unknown> {
  const silent = { warned: (_: LoopWarning) => {} };
  const strategy = new StageStrategy(clock, 'loop', isAsync);
  const loop = new EventLoop({ strategy, handlers: [new AlarmHandler()], instruments: [silent, ...instruments] });
  return await loop.run(program as () => Coroutine<unknown, Alarm>);
}

/** Notes what the hooks of an instrument throw and return. Does not throw it again, so that all hooks get their turn. */
function watch(instrument: Instrument): { instrument: Instrument; faults: string[]; promises: string[] } {
  const faults: string[] = [];
  const promises: string[] = [];
  const watched: Record<string, (...args: unknown[]) => void> = {};
  for (const hook of HOOKS) {
    if (instrument[hook] === undefined) continue;
    watched[hook] = (...args) => {
      try {
        const returned = (instrument[hook] as (...args: unknown[]) => unknown)(...args);
        const isPromise = typeof Object(returned).then === 'function';
        if (isPromise) (returned as Promise<void>).then(undefined, () => {});
        if (isPromise) promises.push(`${hook}() returned a promise`);
      } catch (error) {
        faults.push(`threw in ${hook}(): ${describe(error)}`);
      }
    };
  }
  return { instrument: watched, faults, promises };
}

/**
 * Defines a test for each law of an `Instrument`: clauses I1 to I5 of the contracts.
 *
 * @throws InvalidAdapterError
 * @example
 * import { describe, it } from 'node:test';
 * instrumentLaws({ describe, it }, { instrument: () => new StepCounter() });
 */
export function instrumentLaws<I extends Instrument>(
  runner: Runner,
  adapter: InstrumentAdapter<I>,
  options: LawOptions = {},
): void {
  checkRunner(CALLER, runner);
  checkMembers(CALLER, adapter, ['instrument'], []);
  const name = makeInstrument(adapter).constructor?.name ?? 'Object';
  const title = `${name === 'Object' ? 'the instrument' : name} keeps the laws of an instrument`;
  const laws = [throwsNothing, returnsNothing, changesNothing, runsAgain, keepsNothing];
  defineSuite(runner, title, laws, { adapter, seed: seedOf(CALLER, options) });
}

function makeInstrument(adapter: InstrumentAdapter): Instrument {
  const instrument: unknown = callAdapter(CALLER, 'instrument()', () => adapter.instrument());
  const isOne = typeof instrument === 'object' && instrument !== null && HOOKS.some(hook => hook in instrument);
  if (isOne) return instrument;
  const problem = `instrument() of the adapter returned ${describe(instrument)}, expected an object with a hook, such as taskEnded.`;
  throw new InvalidAdapterError(CALLER, problem);
}
