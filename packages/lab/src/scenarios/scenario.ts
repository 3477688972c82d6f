/** One question about this machine, and how to measure the answer. */
export interface Scenario<Result> {
  /** What the progress bar calls it. */
  readonly name: string;
  run(course: Course): Promise<Result>;
}

/** What a scenario is given for its run. */
export interface Course {
  /** Decides every order that is left to chance. */
  readonly seed: number;
  /** Call this between measurements, never during one. */
  progress(done: number, total: number, doing: string): void;
}
