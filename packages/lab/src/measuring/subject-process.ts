import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Duration } from 'escapement';
import type { SubjectInfo } from '../results/results.js';
import type { Answer, MeasuredRound, Order, RoundOrder, RowReport, ScenarioSource } from './messages.js';

const PROGRAM = fileURLToPath(new URL('subject-child.js', import.meta.url));
/** To load a module and to answer, on a busy machine. In milliseconds. */
const PATIENCE: Duration = 30_000;
/** How much longer than its budget a round may take. */
const SLOWNESS = 10;

/** The subject's process failed: its message says how. */
export class SubjectError extends Error {}

/** The time of the whole run was over before the process answered: that is not its fault. */
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
    await this.#ask({ do: 'load', subject: this.subject, scenarios }, PATIENCE, 'loaded');
  }

  /** @throws SubjectError, OutOfTime */
  round(order: Omit<RoundOrder, 'do'>, longest: Duration): Promise<MeasuredRound> {
    return this.#ask({ do: 'round', ...order }, SLOWNESS * longest + PATIENCE, 'round');
  }

  /** @throws SubjectError, OutOfTime */
  report(scenario: string, setting: number): Promise<RowReport> {
    return this.#ask({ do: 'report', scenario, setting }, PATIENCE, 'report');
  }

  /** Ends the process, whatever it does. */
  end(): void {
    this.#isEnded = true;
    this.#child.kill('SIGKILL');
  }

  async #ask<K extends string>(order: Order, patience: Duration, key: K): Promise<AnswerOf<K>> {
    const answer = await this.#answerTo(order, patience);
    if ('failed' in answer) throw new SubjectError(answer.failed);
    return (answer as Record<K, AnswerOf<K>>)[key];
  }

  #answerTo(order: Order, patience: Duration): Promise<Answer> {
    const child = this.#child;
    const left = this.timeLeft();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.end();
          const late = new SubjectError(`did not come back within ${Math.round(patience / 1000)} s`);
          settle(() => reject(left < patience ? new OutOfTime() : late));
        },
        Math.min(patience, left),
      );
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
