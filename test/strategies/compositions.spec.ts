import { expect } from 'chai';
import {
  BusyWaitStrategy,
  ControllableStrategy,
  HybridStrategy,
  PhasedStrategy,
  type SleepStrategy,
  Wakeup,
} from 'escapement';
import fc from 'fast-check';
import { TICK, TickingClock, VirtualStrategy } from './virtual-strategies.js';

/** A strategy that wraps others, which wrap others ... */
type Shape =
  | { readonly kind: 'spins' | 'blocks' | 'yields' | 'early'; readonly late: number }
  | { readonly kind: 'phased'; readonly spin: number; readonly yield: number; readonly coarse: Shape }
  | { readonly kind: 'hybrid'; readonly coarse: Shape }
  | { readonly kind: 'controllable'; readonly choices: readonly Shape[] };

/** What happens to a strategy: it sleeps for a while, or until another thread wakes it; or another one is used. */
interface Step {
  readonly duration: number;
  /** When the wakeup is requested, as a part of the duration; from 1 on it is not. */
  readonly wakeAt: number;
  readonly use: number;
}

const shortTime = fc.double({ min: 0, max: 0.3, noNaN: true });

const { shape } = fc.letrec<{ shape: Shape }>(tie => ({
  shape: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({ kind: fc.constantFrom('spins', 'blocks', 'yields', 'early'), late: shortTime }),
    fc.record({ kind: fc.constant('hybrid'), coarse: tie('shape') }),
    fc.record({ kind: fc.constant('phased'), spin: shortTime, yield: shortTime, coarse: tie('shape') }),
    fc.record({
      kind: fc.constant('controllable'),
      choices: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})) as { shape: fc.Arbitrary<Shape> };

const step: fc.Arbitrary<Step> = fc.record({
  duration: fc.oneof(fc.constantFrom(0, 0.001, Infinity), fc.double({ min: 0, max: 12, noNaN: true })),
  wakeAt: fc.double({ min: 0, max: 2, noNaN: true }),
  use: fc.nat(2),
});

/** A strategy of a shape, with what is at its leaves and at its switches. */
class Composition {
  readonly clock = new TickingClock();
  readonly leaves: { readonly waits: string; closed: number }[] = [];
  readonly strategy: SleepStrategy;
  readonly #switches: { readonly strategy: ControllableStrategy; readonly choices: number }[] = [];
  /** As late as the latest of its leaves. */
  late = 0;

  constructor(shape: Shape) {
    this.strategy = this.#make(shape);
  }

  use(choice: number): void {
    for (const { strategy, choices } of this.#switches) strategy.use(`${choice % choices}`);
  }

  #make(shape: Shape): SleepStrategy {
    if (shape.kind === 'phased') return new PhasedStrategy(this.#make(shape.coarse), shape);
    if (shape.kind === 'hybrid') return new HybridStrategy(this.#make(shape.coarse));
    if (shape.kind === 'controllable') {
      const choices = shape.choices.map(choice => this.#make(choice));
      const strategy = new ControllableStrategy(
        Object.fromEntries(choices.map((choice, index) => [`${index}`, choice])),
      );
      this.#switches.push({ strategy, choices: choices.length });
      return strategy;
    }
    return this.#leaf(shape.kind, shape.late);
  }

  #leaf(kind: 'spins' | 'blocks' | 'yields' | 'early', late: number): SleepStrategy {
    if (kind === 'spins') {
      const leaf = Object.assign(new BusyWaitStrategy(this.clock), { closed: 0 });
      leaf.close = () => {
        leaf.closed++;
      };
      this.leaves.push(leaf);
      return leaf;
    }
    this.late = Math.max(this.late, late);
    const waits = kind === 'yields' ? 'yields' : 'blocks';
    const leaf = new VirtualStrategy(this.clock, { waits, late, part: kind === 'early' ? 0.7 : 1 });
    this.leaves.push(leaf);
    return leaf;
  }
}

/** Sleeps as a loop does: until the deadline has passed or the wakeup is requested. */
async function sleepFully({ strategy, clock }: Composition, until: number, wakeup: Wakeup): Promise<void> {
  for (let calls = 0; clock.now() < until && !wakeup.requested; calls++) {
    const slept = strategy.sleep(until, wakeup);
    if (strategy.waits !== 'yields') expect(slept).to.equal(undefined);
    await slept;
    // One that spins returns every 5 us, and each millisecond there may be a turn of the host.
    expect(calls).to.be.below(5000);
  }
}

/** So long a reading of the clock and what comes after it may take, several times over. */
const LITTLE = 40 * TICK;

async function play(shape: Shape, steps: readonly Step[]): Promise<void> {
  const composition = new Composition(shape);
  const { strategy, clock, leaves, late } = composition;
  for (const { duration, wakeAt, use } of steps) {
    const wakeup = new Wakeup();
    const wakesAfter = duration === Infinity ? 10 * wakeAt : duration * wakeAt;
    const isWoken = wakesAfter < duration;
    let isRequested = false;
    if (isWoken) {
      clock.after(wakesAfter, () => {
        isRequested = true;
        wakeup.request();
      });
    }
    composition.use(use);
    const start = clock.shown;
    const until = start + duration;
    await sleepFully(composition, until, wakeup);
    expect(wakeup.requested, 'the wakeup is as others left it').to.equal(isRequested);
    expect(isRequested || clock.shown >= until, 'it sleeps until the deadline').to.equal(true);
    const due = isWoken ? start + wakesAfter : until + late;
    expect(clock.shown - due, 'it is about as late as what it wraps').to.be.below(LITTLE);
  }
  strategy.close();
  expect(leaves.map(({ closed }) => closed)).to.deep.equal(leaves.map(() => 1));
}

describe('strategies that wrap strategies', function () {
  this.timeout(30_000);

  it('sleep, wake up and end as what they wrap, however they are put together', () =>
    fc.assert(fc.asyncProperty(shape, fc.array(step, { minLength: 1, maxLength: 8 }), play), { numRuns: 300 }));

  it('wait in the way that they declare', () => {
    fc.assert(
      fc.property(shape, given => {
        const { strategy, leaves } = new Composition(given);
        const ways = leaves.map(({ waits }) => waits);
        const expected = ['yields', 'blocks', 'spins'].find(way => ways.includes(way));
        expect(strategy.waits).to.equal(expected);
      }),
    );
  });
});
