import type { Task } from '@escapement/core';
import type { ChoiceKind } from './choice.js';

/**
 * How schedules are chosen, one run after the other. `'random'`, `'pct'` and `'exhaustive'` are built in; pass your own as
 * `strategy` of `explore`.
 *
 * @example
 * class Reversed extends Chooser {
 *   override readonly alias = 'reversed';
 *   override choose(kind: ChoiceKind, count: number) { return kind === 'next' ? count - 1 : 0; }
 * }
 */
export abstract class Chooser {
  /** A stable name for messages. */
  abstract readonly alias: string;

  /**
   * Several things could happen next: which one?
   *
   * @param ready for the kinds `'preempt'` and `'next'`: the tasks among which it chooses
   * @returns a whole number from 0 to `count - 1`; 0 is what the loop does by itself. Any other ends the exploration with
   *   `InvalidChoiceError`
   */
  abstract choose(kind: ChoiceKind, count: number, ready?: readonly Task[]): number;

  /** A run begins. @param seed of this run: the same each time that the exploration is repeated */
  runStarted(_seed: number): void {}

  /** A step of `task` begins, also where there was no choice. */
  stepStarted(_task: Task): void {}

  /** The run has ended. @returns false if there is no other schedule to try */
  runEnded(): boolean {
    return true;
  }
}

/** In the first run, what the loop does by itself; then what another chooser chooses, which has seen how long that run was. */
export class LoopsOrderFirst extends Chooser {
  #isFirst = true;

  constructor(private readonly next: Chooser) {
    super();
  }

  override get alias(): string {
    return this.next.alias;
  }

  override choose(kind: ChoiceKind, count: number, ready?: readonly Task[]): number {
    return this.#isFirst ? 0 : this.next.choose(kind, count, ready);
  }

  override runStarted(seed: number): void {
    this.next.runStarted(seed);
  }

  override stepStarted(task: Task): void {
    this.next.stepStarted(task);
  }

  override runEnded(): boolean {
    this.#isFirst = false;
    return this.next.runEnded();
  }
}
