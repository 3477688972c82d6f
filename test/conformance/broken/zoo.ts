import type { Runner } from '@escapement/conformance';

/** A plugin with one realistic mistake. */
export interface Broken {
  /** What is wrong with it. */
  readonly mistake: string;
  /** The clause that catches it. */
  readonly breaks: string;
  /** What the message of that clause has to say. */
  readonly says?: RegExp;
  /** What else it fails. */
  readonly also?: readonly string[];
  /** How often the clause is tried: a race needs two threads that run at once, which a busy machine may not give. Default: 1. */
  readonly attempts?: number;
  /** Runs its laws. */
  readonly laws: (runner: Runner) => void;
}

/** What broken plugins leave behind, for the spec to clear. */
export const leftRunning: (() => unknown)[] = [];
