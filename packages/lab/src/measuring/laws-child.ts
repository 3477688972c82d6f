import { type Runner, strategyLaws } from '@escapement/conformance';
import { Clock, Container, type LoopEvent, type LoopModule, SleepStrategy } from 'escapement';
import { whatFailed } from './failure-text.js';
import { offerOf } from './offer.js';

/** What the process that checks a strategy reports. */
export interface LawReport {
  /** It begins with the clause: `'S5 ...'`. */
  readonly law: string;
  /** What the strategy did; undefined: the check of this law begins now. */
  readonly broken?: string;
}

/** Checks the laws of a strategy one after the other, up to the first that is broken. */
async function check(from: string, alias: string): Promise<void> {
  const { module } = (await offerOf(from)).strategies.find(each => each.alias === alias)!;
  for (const [law, test] of lawsOf(module)) {
    report({ law });
    try {
      await test();
    } catch (error) {
      return report({ law, broken: whatFailed(error) });
    }
  }
}

type Test = () => Promise<void>;

function lawsOf(module: LoopModule<LoopEvent>): [string, Test][] {
  const laws: [string, Test][] = [];
  const it = Object.assign((title: string, test: Test) => void laws.push([title, test]), { skip() {} });
  const runner: Runner = { describe: (_, suite) => suite(), it };
  // The kit tells by the number of parameters whether it chooses the clock.
  const strategy = takesClock(module) ? (clock: Clock) => strategyOf(module, clock) : () => strategyOf(module);
  strategyLaws(runner, { strategy });
  return laws;
}

function takesClock(module: LoopModule<LoopEvent>): boolean {
  const clock: Clock = { now: () => performance.now() };
  return strategyOf(module, clock).clock === clock;
}

function strategyOf(module: LoopModule<LoopEvent>, clock?: Clock): SleepStrategy {
  const container = new Container({ defaultScope: 'Singleton' });
  if (clock !== undefined) container.bind(Clock).toConstantValue(clock);
  container.load(module);
  return container.get(SleepStrategy);
}

function report(message: LawReport): void {
  process.send!(message);
}

const [, , from, alias] = process.argv;
await check(from!, alias!);
// A broken strategy may have left something behind that keeps the process alive.
process.disconnect();
process.exit();
