import { MeasuredSubject } from './measured-subject.js';
import type { Answer, MeasuredRound, Order, RoundOrder } from './messages.js';
import workerCode from './subject-worker.js?worker';
import type { Place } from './subjects.js';

/** Where a subject is measured: in the page, or in a worker of its own. */
export interface SubjectThread {
  /** @throws Error that says what went wrong in it */
  round(order: RoundOrder): Promise<MeasuredRound>;
  end(): void;
}

/** Starts one. @throws Error if the worker does not start */
export async function startThread(subject: string, place: Place): Promise<SubjectThread> {
  if (place === 'worker') return WorkerThread.start(subject);
  const measured = new MeasuredSubject(subject, place);
  return { round: order => measured.round(order), end: () => {} };
}

class WorkerThread implements SubjectThread {
  readonly #worker: Worker;
  #settle: ((answer: Answer) => void) | undefined;

  private constructor() {
    const url = URL.createObjectURL(new Blob([workerCode], { type: 'text/javascript' }));
    this.#worker = new Worker(url, { type: 'module' });
    URL.revokeObjectURL(url);
    this.#worker.onmessage = ({ data }) => this.#answered(data);
    this.#worker.onerror = ({ message }) => this.#answered({ failed: message });
  }

  static async start(subject: string): Promise<WorkerThread> {
    const thread = new WorkerThread();
    await thread.#ask({ do: 'load', subject });
    return thread;
  }

  async round(order: RoundOrder): Promise<MeasuredRound> {
    return (await this.#ask(order))!;
  }

  end(): void {
    this.#worker.terminate();
    this.#answered({ failed: 'The run was stopped.' });
  }

  async #ask(order: Order): Promise<MeasuredRound | null> {
    const answer = await new Promise<Answer>(resolve => {
      this.#settle = resolve;
      this.#worker.postMessage(order);
    });
    if ('failed' in answer) throw new Error(answer.failed);
    return answer.done;
  }

  #answered(answer: Answer): void {
    this.#settle?.(answer);
    this.#settle = undefined;
  }
}
