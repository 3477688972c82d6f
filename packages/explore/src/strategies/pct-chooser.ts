import type { Task } from '@escapement/core';
import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';
import { type Below, randomNumbers } from '../oracle/random-numbers.js';
import { RareEvents } from './rare-events.js';

/** A task that was ready for so many steps and not resumed gets the highest priority. */
const MOST_PASSED_OVER = 200;
/** The first guess of how many steps a run has. */
const FEWEST_STEPS = 8;

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatti, 2010). Each task gets a random priority, and the
 * one with the highest runs; at `depth - 1` random steps the running task falls below all others. A bug that needs `depth`
 * ordered steps among `n` tasks and `k` steps is found in a run with a probability of at least 1 / (n k^(depth - 1)).
 *
 * A task that is passed over for a long time is raised, so that `while (busy) yield* pause()` ends. This is beyond the paper, and
 * changes no run that needs fewer steps.
 */
export class PctChooser extends Chooser {
  override readonly alias = 'pct';
  #below: Below = randomNumbers(0);
  #rare = new RareEvents(this.#below);
  /** By the id of the task. */
  #priorities: number[] = [];
  #highest = 1;
  #lowest = 0;
  #step = 0;
  /** How many steps a run may have: as many as the longest of late. */
  #steps = FEWEST_STEPS;
  #changes = new Set<number>();
  /** The step that it has lowered already. */
  #lowered = 0;
  /** The task that is ready for longest, and since which step. */
  #oldest: Task | undefined;
  #oldestSince = 0;

  /** @param depth of the bugs to find: so many steps must come in a certain order */
  constructor(private readonly depth: number) {
    super();
  }

  override runStarted(seed: number): void {
    this.#below = randomNumbers(seed);
    this.#rare = new RareEvents(this.#below);
    this.#priorities = [];
    this.#highest = 1;
    this.#lowest = this.#step = this.#lowered = this.#oldestSince = 0;
    this.#oldest = undefined;
    this.#changes = new Set();
    for (let change = 1; change < this.depth; change++) this.#changes.add(1 + this.#below(this.#steps));
  }

  override choose(kind: ChoiceKind, count: number, ready?: readonly Task[]): number {
    if (ready === undefined) return this.#rare.choose(kind, count) ?? this.#below(count);
    // The one that goes on stands before the one that is ready for longest.
    this.#watch(ready[kind === 'preempt' ? 1 : 0]!);
    const best = this.#bestOf(ready);
    if (!this.#changes.has(this.#step + 1)) return best;
    this.#lower(ready[best]!);
    this.#lowered = this.#step + 1;
    return this.#bestOf(ready);
  }

  override stepStarted(task: Task): void {
    this.#step++;
    if (task === this.#oldest) this.#oldest = undefined;
    // It ran alone, so nothing was chosen.
    if (this.#changes.has(this.#step) && this.#lowered !== this.#step) this.#lower(task);
  }

  override runEnded(): boolean {
    this.#steps = Math.max(this.#step, FEWEST_STEPS, Math.round(this.#steps * 0.9));
    return true;
  }

  #bestOf(ready: readonly Task[]): number {
    let best = 0;
    let top = -Infinity;
    for (let place = 0; place < ready.length; place++) {
      const { id } = ready[place]!;
      this.#priorities[id] ??= this.#below(2 ** 32) / 2 ** 32;
      const priority = this.#priorities[id];
      if (priority <= top) continue;
      top = priority;
      best = place;
    }
    return best;
  }

  #lower(task: Task): void {
    this.#priorities[task.id] = --this.#lowest;
  }

  #watch(oldest: Task): void {
    if (oldest !== this.#oldest) {
      this.#oldest = oldest;
      this.#oldestSince = this.#step;
    } else if (this.#step - this.#oldestSince >= MOST_PASSED_OVER) {
      this.#priorities[oldest.id] = ++this.#highest;
      this.#oldestSince = this.#step;
    }
  }
}
