import type { Instrument, LoopWarning } from '../extension-points/instrument.js';
import { instrumentFailed } from './warnings.js';

type Hook = keyof Instrument;
type Listener = (...args: unknown[]) => void;

/** @internal All hooks but `warned`: a warning goes to the console where no instrument has that. */
export type Hooks = Omit<Instrument, 'warned'>;

const HOOKS = [
  'runStarted',
  'runEnded',
  'crashed',
  'taskSpawned',
  'taskReady',
  'stepStarted',
  'stepEnded',
  'suspended',
  'taskEnded',
  'sleepStarted',
  'sleepEnded',
] as const satisfies readonly (keyof Hooks)[];

/** @internal The instruments of a loop as one. One that throws is switched off and reported. */
export class Instruments {
  /** Each hook calls all instruments that have it. Undefined in a loop without instruments. */
  readonly hooks: Hooks | undefined;
  #on: readonly Instrument[];

  constructor(instruments: readonly Instrument[]) {
    this.#on = instruments;
    if (instruments.length === 0) return;
    this.hooks = {};
    this.#setHooks();
  }

  warn(warning: LoopWarning): void {
    const heard = this.#having('warned').filter(instrument => this.#call(instrument, 'warned', [warning]));
    if (heard.length > 0) return;
    (globalThis as { console?: { warn(text: string): void } }).console?.warn(`${warning.code}: ${warning.message}`);
  }

  #setHooks(): void {
    const hooks = this.hooks as Record<Hook, Listener | undefined>;
    for (const hook of HOOKS) hooks[hook] = this.#combined(hook);
  }

  #combined(hook: Hook): Listener | undefined {
    const listeners = this.#having(hook);
    if (listeners.length === 0) return undefined;
    return (...args) => {
      for (const instrument of listeners) this.#call(instrument, hook, args);
    };
  }

  #having(hook: Hook): readonly Instrument[] {
    return this.#on.filter(instrument => instrument[hook] !== undefined);
  }

  /** @returns false if the instrument threw, or is switched off */
  #call(instrument: Instrument, hook: Hook, args: readonly unknown[]): boolean {
    // An instrument before it may have caused a nested call in which this one threw.
    if (!this.#on.includes(instrument)) return false;
    try {
      (instrument[hook] as Listener)(...args);
      return true;
    } catch (thrown) {
      this.#on = this.#on.filter(other => other !== instrument);
      this.#setHooks();
      this.warn(instrumentFailed(instrument, hook, thrown));
      return false;
    }
  }
}
