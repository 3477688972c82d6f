import type { ModelPlayer } from './model-player.js';

/** What can come up in a trace, beside the constructs. */
const SIGHTS: Readonly<Record<string, RegExp>> = {
  'a task succeeded': /^\d+ .* succeeded/,
  'a task failed': /^\d+ .* failed/,
  'a task was cancelled': /^\d+ .* cancelled/,
  'a task failed with several errors': /^\d+ .* failed AggregateError/,
  'an error was caught': /caught Error/,
  'a cancellation was caught': /caught Cancelled/,
  'the join of a cancelled task was caught': /caught TaskCancelledError/,
  'a timeout was caught': /caught TimeoutError/,
  'an item went from task to task': / got item of /,
  'a lock was taken': / has [xy]$/,
  'a lock was refused': /Lock(Not)?HeldError/,
  'a closed queue was met': /QueueClosedError/,
  'several errors were caught': /caught AggregateError/,
  'a task was joined': / joined /,
  'a contestant failed after another had won': / loses, and /,
  'a map closed its items': / closes its items$/,
  'a branch of a select came': / by branch \d/,
  'an item came by a select': / got item of .* by branch \d/,
  'a deferred was settled twice': / settles [pq]: false/,
  'a value of a deferred was met': / got value of .* from [pq]$/,
  'an error of a deferred was caught': /caught Error\(d/,
  'a limit was moved': / moves the limit from \d/,
  'a limit that has expired was moved': / moves the limit, which has expired,/,
  'a limit passed without an error': / moved on, got undefined/,
  'a body came before its limit': / moved on, got value/,
  'a group was cancelled': / cancels the group of /,
  'a cancelled group ended quietly': / got undefined from its group/,
  'a group ended with the value of its body': / got value of .* from its group/,
  'a group that has ended was met': /GroupEndedError/,
  'a program was started': / started, got /,
  'a program ended before it was ready': /NotStartedError/,
  'an attempt was repeated': / tries again /,
  'a tick was missed': / ticks \d+, missed [1-9]/,
  'the run succeeded': /^run succeeded/,
  'the run failed': /^run failed (?!Deadlock)/,
  'the run failed with several errors': /^run failed AggregateError/,
  'the run was cancelled': /^run cancelled/,
  'the run ended in a deadlock': /^run failed DeadlockError/,
  'the run ended in a deadlock and errors': /^run failed AggregateError.*DeadlockError/,
};

/** Counts what the programs of a test came to, for a test that meets nothing proves nothing. */
export class Coverage {
  readonly #counts = new Map<string, number>(Object.keys(SIGHTS).map(sight => [sight, 0]));
  #programs = 0;
  #skipped = 0;
  #lines = 0;
  #tasks = 0;
  #latest = 0;

  add(player: ModelPlayer): void {
    const { lines } = player.trace;
    this.#programs++;
    this.#lines += lines.length;
    this.#tasks += player.model.tasks.length;
    this.#latest = Math.max(this.#latest, player.model.time);
    for (const [construct, count] of player.counts) this.#count(construct, count);
    for (const [sight, pattern] of Object.entries(SIGHTS)) {
      this.#count(sight, lines.filter(line => pattern.test(line)).length);
    }
  }

  skip(): void {
    this.#skipped++;
  }

  /** What was never seen. */
  get unseen(): string[] {
    return [...this.#counts].filter(([, count]) => count === 0).map(([what]) => what);
  }

  toString(): string {
    const totals = `${this.#programs} programs (${this.#skipped} skipped), ${this.#tasks} tasks, ${this.#lines} lines of trace, up to instant ${this.#latest}`;
    const counts = [...this.#counts].sort(([a], [b]) => Number(a in SIGHTS) - Number(b in SIGHTS) || (a < b ? -1 : 1));
    return [totals, ...counts.map(([what, count]) => `${String(count).padStart(9)}  ${what}`)].join('\n');
  }

  #count(what: string, times: number): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }
}
