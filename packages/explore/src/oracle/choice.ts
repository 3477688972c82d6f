/** What is chosen. Choice 0 is always what happens without exploration, as far as the loop decides that. */
export type ChoiceKind =
  /** A task has paused and others are ready: 0 = it goes on. */
  | 'preempt'
  /** Which of the ready tasks is next: 0 = the one that is ready for longest. */
  | 'next'
  /** Which of several branches or handlers is first. */
  | 'select'
  /** How late a sleep ends. */
  | 'late'
  /** Whether a step takes long. */
  | 'slow'
  /** `run.random()` */
  | 'random'
  /** `run.choose()` */
  | 'choose'
  /** Latency, pieces and faults of a stream in memory. */
  | 'link'
  /** Whether a task is cancelled after a step. */
  | 'cancel';
