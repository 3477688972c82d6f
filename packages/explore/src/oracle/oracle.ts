import type { Task } from '@escapement/core';
import { ChooserFailedError, EndlessStepError, InvalidChoiceError, LivelockError } from '../errors.js';
import type { ChoiceKind } from './choice.js';
import type { Chooser } from './chooser.js';

/** A run with more choices goes on without: 0 each time. */
const MOST_CHOICES = 1_000_000;
/** A step with more choices, or with more events that are answered at once, fails the run. */
export const MOST_AT_ONCE = 100_000;

/** Makes all choices of one run, through a chooser, and keeps account of them. */
export class Oracle {
  /** The choices so far. */
  readonly choices: number[] = [];
  /** How many of them let another task run than would have by itself. */
  switches = 0;
  /** The steps so far. */
  steps = 0;
  /** Set when the run was stopped because it would not end. */
  stopped: LivelockError | EndlessStepError | undefined = undefined;
  /** Set when the chooser made no valid choice, or threw. */
  fault: InvalidChoiceError | ChooserFailedError | undefined = undefined;
  /** Tells apart in which order the tasks took their steps. */
  #order = 0x811c9dc5;
  /** As `#order`, and among how many they were chosen. After each step, if `trail` is kept. */
  #state = 0x811c9dc5;
  #second = 0;
  #task: Task | undefined;
  #choicesBefore = 0;

  /** @param trail where the state after each step is kept, to compare two runs */
  constructor(
    private readonly chooser: Chooser,
    private readonly mostSteps: number,
    readonly trail: number[] | undefined,
  ) {}

  /** Two runs in which the tasks took their steps in the same order have the same number here. */
  get order(): number {
    return (this.#order >>> 0) * 2 ** 20 + (this.#second >>> 12);
  }

  /** The run fails with `reason`, at its next step at the latest. */
  stop<E extends LivelockError | EndlessStepError>(reason: E): E {
    this.stopped ??= reason;
    return reason;
  }

  /** @throws InvalidChoiceError, ChooserFailedError, EndlessStepError */
  choose(kind: ChoiceKind, count: number, ready?: readonly Task[]): number {
    if (this.choices.length - this.#choicesBefore >= MOST_AT_ONCE) throw this.#endlessStep(kind);
    if (this.choices.length >= MOST_CHOICES) return 0;
    const chosen = this.#ask('choose', () => this.chooser.choose(kind, count, ready));
    if (!(Number.isInteger(chosen) && chosen >= 0 && chosen < count)) throw this.#refuse(kind, count, chosen);
    this.choices.push(chosen);
    if (chosen > 0 && (kind === 'preempt' || kind === 'next')) this.switches++;
    this.#state = Math.imul(this.#state ^ count, 0x01000193);
    return chosen;
  }

  #endlessStep(kind: ChoiceKind): Error {
    const task = this.#task?.name ?? 'main';
    return this.stop(new EndlessStepError(MOST_AT_ONCE, 'choices', task, `of kind '${kind}'`, undefined));
  }

  #refuse(kind: ChoiceKind, count: number, given: unknown): Error {
    this.fault ??= new InvalidChoiceError(this.chooser.alias, kind, count, given);
    return this.fault;
  }

  #ask<T>(method: 'choose' | 'stepStarted', ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      this.fault ??= new ChooserFailedError(this.chooser.alias, method, error);
      throw this.fault;
    }
  }

  /** @throws LivelockError, EndlessStepError, ChooserFailedError */
  stepStarted(task: Task): void {
    if (this.stopped !== undefined) throw this.stopped;
    if (++this.steps > this.mostSteps) throw this.stop(new LivelockError(this.mostSteps, task.name));
    this.#task = task;
    this.#choicesBefore = this.choices.length;
    this.#order = Math.imul(this.#order ^ task.id, 0x01000193);
    this.#second = Math.imul(this.#second + task.id, 0x9e3779b1) ^ (this.#second >>> 15);
    this.#state = Math.imul(this.#state ^ task.id, 0x01000193);
    this.trail?.push(this.#state >>> 0);
    this.#ask('stepStarted', () => this.chooser.stepStarted(task));
  }
}
