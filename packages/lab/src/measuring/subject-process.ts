import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Duration } from 'escapement';
import type { SubjectInfo } from '../results/results.js';
import type { Answer, MeasuredRound, Order, RoundOrder, RowReport, ScenarioSource } from './messages.js';
import { type Asked, type Patience, patienceFor } from './patience.js';

const PROGRAM = fileURLToPath(new URL('subject-child.js', import.meta.url));
/** What a subject did not do in time. */
const LATE: Readonly<Record<Asked, string>> = {
  load: 'it had not loaded',
  round: 'did not come back',
  report: 'its report did not come',
};

/** The subject's process failed: its message says how. */
export class SubjectError extends Error {}

/** It was asked, and there was no answer in the time that it had. */
export class NoAnswer extends SubjectError {}

/** The time for all subjects was over before the process answered: that may not be its fault. */
export class OutOfTime extends Error {}

/** What a run asks of a subject's process. */
export type SubjectWork = Pick<SubjectProcess, 'load' | 'round' | 'report' | 'end'>;

/**
 * The process of one subject. So what a strategy does to its thread, its compiler or its memory is nobody else's, the
 * processor time is its own, and one that hangs can be ended.
 */
export class SubjectProcess {
  readonly #child: ChildProcess;
  #isEnded = false;

  /** @param timeLeft of the whole run, in milliseconds: the process is ended when it is over */
  constructor(
    private readonly subject: SubjectInfo,
    private readonly timeLeft: () => Duration,
  ) {
    this.#child = fork(PROGRAM, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  /** Loads the subject and the scenarios. @throws SubjectError, OutOfTime */
  async load(scenarios: readonly ScenarioSource[]): Promise<void> {
    await this.#ask({ do: 'load', subject: this.subject, scenarios }, 'loaded');
  }

  /** @throws SubjectError, OutOfTime */
  round(order: Omit<RoundOrder, 'do'>, longest: Duration): Promise<MeasuredRound> {
    return this.#ask({ do: 'round', ...order }, 'round', longest);
  }

  /** @throws SubjectError, OutOfTime */
  report(scenario: string, setting: number): Promise<RowReport> {
    return this.#ask({ do: 'report', scenario, setting }, 'report');
  }

  /** Ends the process, whatever it does. */
  end(): void {
    this.#isEnded = true;
    this.#child.kill('SIGKILL');
  }

  async #ask<K extends string>(order: Order, key: K, longest?: Duration): Promise<AnswerOf<K>> {
    const answer = await this.#answerTo(order, patienceFor(order.do, this.timeLeft(), longest));
    if ('failed' in answer) throw new SubjectError(answer.failed);
    return (answer as Record<K, AnswerOf<K>>)[key];
  }

  #answerTo(order: Order, { ms, isAmple }: Patience): Promise<Answer> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.end();
        const text = `${LATE[order.do]} within ${(ms / 1000).toPrecision(2)} s`;
        settle(() => reject(isAmple ? new NoAnswer(text) : new OutOfTime(text)));
      }, ms);
      const answered = (answer: Answer) => settle(() => resolve(answer));
      const exited = (code: number | null, signal: string | null) => {
        const how = this.#isEnded ? 'was ended' : `ended with ${signal ?? `exit code ${code}`}`;
        settle(() => reject(new SubjectError(`its process ${how}`)));
      };
      function settle(how: () => void): void {
        clearTimeout(timer);
        child.off('message', answered).off('exit', exited).off('error', reject);
        how();
      }
      if (child.exitCode !== null || child.signalCode !== null) return exited(child.exitCode, child.signalCode);
      child.on('message', answered).on('exit', exited).on('error', reject);
      child.send(order);
    });
  }
}

type AnswerOf<K extends string> =
  Extract<Answer, { readonly [key in K]: unknown }> extends infer A
    ? A extends { readonly [key in K]: infer V }
      ? V
      : never
    : never;
