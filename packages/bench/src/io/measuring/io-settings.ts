import type { Cores } from '../../system/commands.js';

/** The settings of all measurements. */
export interface IoSettings {
  readonly seed: number;
  readonly rounds: number;
  /** The length of one measurement, a whole number. */
  readonly seconds: number;
  readonly cores: Cores;
  /** Called before each measurement. */
  readonly progress: (part: string, done: number, total: number, doing: string) => void;
}
