import type { Runner } from '@escapement/conformance';

/** A plugin with one realistic mistake. */
export interface Broken {
  /** What is wrong with it. */
  readonly mistake: string;
  /** The clause that catches it. */
  readonly breaks: string;
  /** What else it fails. */
  readonly also?: readonly string[];
  /** Runs its laws. */
  readonly laws: (runner: Runner) => void;
}

/** What broken plugins leave behind, for the spec to clear. */
export const leftRunning: NodeJS.Timeout[] = [];
