import type { Cores } from '../processes/tools.js';

/** What all measurements have in common. */
export interface IoCourse {
  readonly seed: number;
  readonly rounds: number;
  /** How long one measurement takes; whole. */
  readonly seconds: number;
  readonly cores: Cores;
  /** Told before each measurement. */
  readonly progress: (part: string, done: number, total: number, doing: string) => void;
}
