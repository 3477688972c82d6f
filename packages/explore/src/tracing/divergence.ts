import type { Site } from '../trace.js';

/** A call of something that is not the same in each run, such as `Math.random`. */
export interface OutsideCall {
  /** `Math.random`, `Date.now`, ... */
  readonly what: string;
  /** The name of the task that called it. */
  readonly task: string;
  /** The index of the step. */
  readonly step: number;
  /** The line of the call; undefined where the host tells none. */
  readonly site: Site | undefined;
}

/**
 * Where a repeated run took another way than the first: the program itself is not deterministic, or has changed.
 *
 * @example
 * const { divergence } = await replay(transfer, token);
 * if (divergence) console.log(`${divergence}`);
 */
export class Divergence {
  /** The index of the step that differed, or the first after which it is known; undefined if only the outcome did. */
  readonly step: number | undefined;
  /** The name of the task of that step; undefined if the run had ended. */
  readonly task: string | undefined;
  /** The `yield*` from which the step went on. */
  readonly site: Site | undefined;
  /** Why the task was ready for that step, in words: perhaps a promise, which the host settles sooner or later. */
  readonly cause: string | undefined;

  /** Whether the program is deterministic as far as was seen, but not the program of the token, or has changed since. */
  readonly isFromToken: boolean;

  /** @internal */
  constructor(
    /** The calls during steps whose results are another each time; at most 20. The likely causes. */
    readonly calls: readonly OutsideCall[],
    at: Partial<Pick<Divergence, 'step' | 'task' | 'site' | 'cause' | 'isFromToken'>> = {},
  ) {
    this.step = at.step;
    this.task = at.task;
    this.site = at.site;
    this.cause = at.cause;
    this.isFromToken = at.isFromToken ?? false;
  }

  /** Where, and the likely cause, in a sentence. */
  toString(): string {
    return `${this.#where()}. ${this.#likelyCause()}`;
  }

  #where(): string {
    if (this.step === undefined) return 'it took the same steps, but had another outcome';
    const who = this.task === undefined ? 'the end of the run' : `task "${this.task}"`;
    const place = this.site === undefined ? '' : ` at ${this.site.name} (${this.site.where})`;
    return `it took another way at step ${this.step}, ${who}${place}`;
  }

  #likelyCause(): string {
    if (!this.isFromToken) return this.#causeInProgram();
    const changed =
      'It took this way each time that it was repeated, so the program or its options have changed since the token was made, or the token is of another program.';
    return this.calls.length === 0 ? changed : `${changed} If not: ${this.#causeInProgram()}`;
  }

  #causeInProgram(): string {
    const [call] = this.calls;
    if (call === undefined) {
      const ready = this.cause === undefined ? '' : `It was ready because of this: ${this.cause}. `;
      return `${ready}State that is kept between runs, real time, or a promise may be the cause: make everything anew in each run.`;
    }
    const place = call.site === undefined ? '' : ` at ${call.site.where}`;
    return `The likely cause: ${call.what}${place}, called by task "${call.task}". Use run.random() or run.choose() for random numbers, and now() for the time.`;
  }
}
