/** Something to measure on this machine. */
export interface Scenario<Result> {
  /** For the progress bar. */
  readonly name: string;
  /** Measures, and calls `progress` in between. */
  run(context: RunContext): Promise<Result>;
}

/** The arguments of a run. */
export interface RunContext {
  /** Seeds every random order. */
  readonly seed: number;
  /** Call this between measurements, never during one. */
  progress(done: number, total: number, doing: string): void;
}
