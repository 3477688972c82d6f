import { classNameOf, describe, safely, shorten } from '../errors/describe.js';
import { INSTRUMENT_HOOKS, type Instrument, type LoopWarning } from '../extension-points/instrument.js';
import type { Task } from '../tasks/task.js';

type Hook = keyof Instrument;
type Console = { warn(text: string): void };
type Listener = (first?: unknown, second?: unknown) => void;

type Surround = NonNullable<Instrument['aroundStep']>;

/** @internal All hooks that are told what happens. */
export type Hooks = Omit<Instrument, 'note' | 'metrics' | 'warningIssued' | 'warned'>;

/** @internal Calls the instruments of a loop. Switches one off that throws, and warns. */
export class Instruments {
  /** Each hook calls all instruments that have it. Undefined without instruments. */
  readonly hooks: Hooks | undefined;
  #active: readonly Instrument[];

  constructor(instruments: readonly Instrument[]) {
    this.#active = instruments;
    if (instruments.length === 0) return;
    this.hooks = {};
    this.#setHooks();
  }

  /** Warns on the console if no instrument has the hook. */
  warn(warning: LoopWarning): void {
    for (const instrument of this.#having('warningIssued')) this.#call(instrument, 'warningIssued', [warning]);
    const reported = this.#having('warned').filter(instrument => this.#call(instrument, 'warned', [warning]));
    if (reported.length > 0) return;
    // The host's console may be one that throws; a warning must not change what the program does.
    safely(() => (globalThis as { console?: Console }).console?.warn(`${warning.code}: ${warning.message}`));
  }

  /** What the instruments note on a task, for reports. One that throws notes nothing. */
  notesOn(task: Task): string {
    const notes = this.#active.map(instrument => safely(() => instrument.note?.(task)));
    return notes.map(note => (typeof note === 'string' ? ` ${shorten(note)}` : '')).join('');
  }

  /** What each instrument measures. One that throws measures nothing. */
  metrics(): object[] {
    const measured = this.#active.map(instrument => safely(() => copyOf(instrument.metrics?.())));
    return measured.filter(values => values !== undefined);
  }

  #setHooks(): void {
    const hooks = this.hooks as Record<Hook, Listener | undefined>;
    for (const hook of INSTRUMENT_HOOKS) hooks[hook] = this.#combined(hook);
    hooks.aroundStep = this.#nested() as Listener | undefined;
  }

  #combined(hook: Hook): Listener | undefined {
    const active = this.#active;
    const instruments = this.#having(hook);
    const calls = instruments.map(instrument => this.#guarded(instrument, hook));
    // Most loops have one instrument, and every step calls several hooks.
    if (calls.length <= 1) return calls[0];
    return (first, second) => {
      for (let n = 0; n < calls.length; n++) {
        // It may have thrown in a nested call.
        if (this.#active === active || this.#active.includes(instruments[n]!)) calls[n]!(first, second);
      }
    };
  }

  /** Calls a hook of one instrument, which is switched off if it throws. */
  #guarded(instrument: Instrument, hook: Hook): Listener {
    const listener = instrument[hook] as Listener;
    return (first, second) => {
      try {
        listener.call(instrument, first, second);
      } catch (thrown) {
        this.#switchOff(instrument, hook, thrown);
      }
    };
  }

  /** Each hook surrounds those after it, the last one the step. */
  #nested(): Surround | undefined {
    let inner: Surround | undefined;
    for (const instrument of [...this.#having('aroundStep')].reverse()) inner = this.#surroundBy(instrument, inner);
    return inner;
  }

  #surroundBy(instrument: Instrument, inner: Surround | undefined): Surround {
    const call: Surround = (task, step) => {
      try {
        instrument.aroundStep!(task, step);
      } catch (thrown) {
        this.#switchOff(instrument, 'aroundStep', thrown);
      }
      // It may not have come to that. A second call does nothing.
      step();
    };
    return inner === undefined
      ? call
      : (task, step) =>
          call(
            task,
            once(() => inner(task, step)),
          );
  }

  #having(hook: Hook): readonly Instrument[] {
    return this.#active.filter(instrument => safely(() => instrument[hook]) !== undefined);
  }

  /** @returns false if the instrument threw, or is switched off */
  #call(instrument: Instrument, hook: Hook, args: readonly unknown[]): boolean {
    // It may have thrown in a nested call.
    if (!this.#active.includes(instrument)) return false;
    try {
      (instrument[hook] as Listener)(...args);
      return true;
    } catch (thrown) {
      this.#switchOff(instrument, hook, thrown);
      return false;
    }
  }

  #switchOff(instrument: Instrument, hook: Hook, thrown: unknown): void {
    this.#active = this.#active.filter(other => other !== instrument);
    this.#setHooks();
    const name = classNameOf(instrument);
    const message = `an instrument${name === 'Object' || name === 'null' ? '' : ` of class ${name}`} threw in ${hook}: ${describe(thrown)}. It is switched off for the rest of this loop's life. Catch errors inside the hook.`;
    this.warn({ code: 'ESC_INSTRUMENT_FAILED', message, task: undefined });
  }
}

/** Undefined for what is no object: of a string, each character would be a property. */
function copyOf(values: unknown): object | undefined {
  return typeof values === 'object' ? { ...values } : undefined;
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
