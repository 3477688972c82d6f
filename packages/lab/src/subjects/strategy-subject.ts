import { createLoop, type EventLoop, type LoopEvent, LoopModule, SleepStrategy, type Waits } from 'escapement';
import type { Strategy } from './strategy.js';
import type { StrategySubject } from './subject.js';

/** A strategy, installed in the loops that one row makes. */
export class LoopSubject implements StrategySubject {
  readonly kind = 'strategy';
  readonly name: string;
  readonly waits: Waits;
  readonly #module: LoopModule<LoopEvent>;
  /** What each loop gets besides: instruments, for instance. */
  readonly #extras: readonly LoopModule[];
  #latest: SleepStrategy | undefined;

  constructor({ alias, waits, module }: Strategy, extras: readonly LoopModule[] = []) {
    this.name = alias;
    this.waits = waits;
    this.#module = module;
    this.#extras = extras;
  }

  createLoop<E extends LoopEvent>(...modules: readonly LoopModule<E>[]): EventLoop<E> {
    const capture = new LoopModule(({ onActivation }) => {
      onActivation(SleepStrategy, (_context, strategy) => {
        this.#latest = strategy;
        return strategy;
      });
    });
    return createLoop(this.#module, capture, ...this.#extras, ...modules) as EventLoop<E>;
  }

  report(): readonly string[] | undefined {
    return linesOf(this.#latest);
  }
}

/** What a strategy with a method `report()` says; it may be a stranger's, so its answer is not trusted. */
function linesOf(strategy: object | undefined): readonly string[] | undefined {
  const reporting = strategy as { report?: () => { summary?: unknown } } | undefined;
  if (typeof reporting?.report !== 'function') return undefined;
  const { summary } = reporting.report() ?? {};
  return Array.isArray(summary) ? summary.map(String) : undefined;
}
