/** What can be seen of a run, a line each, in the order in which it happened; the last one is how the run ended. */
export class Trace {
  readonly lines: string[] = [];

  add(time: number, task: string, what: string): void {
    this.lines.push(`${time} ${task} ${what}`);
  }

  outcome(what: string): void {
    this.lines.push(`run ${what}`);
  }
}

/** Of the tasks that a `DeadlockError` names so many count: how far its list goes is its own business. */
export const MOST_NAMES = 10;
