/** How long a schedule is. */
export interface ScheduleSize {
  /** The choices that differ from what the loop would do by itself. */
  readonly deviations: number;
  /** How many of these let another task run. The others are a random number, a late sleep, a cancellation and so on. */
  readonly switches: number;
  /** The steps of all its tasks. */
  readonly steps: number;
}
