import { MeasuredSubject } from './measured-subject.js';
import type { Answer, MeasuredRound, Offered, Order, RoundOrder } from './messages.js';
import workerCode from './subject-worker.js?worker';
import { offered, type Place } from './subjects.js';

/** Where a subject is measured: in the page, or in a worker of its own. */
export interface SubjectThread {
  /** @throws Error that says what went wrong in it */
  round(order: RoundOrder): Promise<MeasuredRound>;
  end(): void;
}

/** Starts one. @throws Error if the worker does not start */
export async function startThread(subject: string, place: Place): Promise<SubjectThread> {
  if (place === 'worker') return WorkerThread.start(subject);
  const measured = new MeasuredSubject(subject);
  return { round: order => measured.round(order), end: () => {} };
}

/** What can run in this place. Only a worker knows what a worker can. */
export async function offerOf(place: Place): Promise<readonly Offered[]> {
  if (place === 'page') return offered('page');
  const thread = new WorkerThread();
  try {
    return await thread.offer();
  } finally {
    thread.end();
  }
}

class WorkerThread implements SubjectThread {
  readonly #worker: Worker;
  #settle: ((answer: Answer) => void) | undefined;

  constructor() {
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

  async offer(): Promise<readonly Offered[]> {
    const answer = await this.#ask({ do: 'offer' });
    return 'offered' in answer ? answer.offered : [];
  }

  async round(order: RoundOrder): Promise<MeasuredRound> {
    const answer = await this.#ask(order);
    if ('round' in answer) return answer.round;
    throw new Error('The worker answered something else than a round.');
  }

  end(): void {
    this.#worker.terminate();
    this.#answered({ failed: 'The run was stopped.' });
  }

  async #ask(order: Order): Promise<Answer> {
    const answer = await new Promise<Answer>(resolve => {
      this.#settle = resolve;
      this.#worker.postMessage(order);
    });
    if ('failed' in answer) throw new Error(answer.failed);
    return answer;
  }

  #answered(answer: Answer): void {
    this.#settle?.(answer);
    this.#settle = undefined;
  }
}
