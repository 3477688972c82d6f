import type { Duration } from '@escapement/core';
import { LookError } from './errors.js';
import { inspectorAt } from './inspector-address.js';
import { InspectorSession } from './inspector-session.js';
import { type LookOptions, lookAtLoops } from './look-at-loops.js';
import type { LoopReport, ProcessReport, ThreadReport } from './loop-report.js';
import { type Inspector, openInspector } from './open-inspector.js';

/** How to look at a process. */
export interface ProcessLookOptions extends Required<LookOptions> {
  /** The port of its inspector, if that is open already: then no signal is sent. */
  readonly port?: number | undefined;
}

/** How long an answer may take in milliseconds, without the look itself. */
const PATIENCE_TO_CLOSE: Duration = 1000;
/** `process._debugEnd` is what `close` of `node:inspector` is; also where there is no `require`. */
const CLOSE_INSPECTOR = `(process.getBuiltinModule?.('node:inspector').close ?? process._debugEnd)()`;
const WHO = '({ pid: process.pid, node: process.version, command: process.argv, uptime: process.uptime() * 1000 })';

/** A process that is looked at from outside. When it is closed, its inspector is open or closed as it was before. */
export class LookedAtProcess {
  private constructor(
    private readonly session: InspectorSession,
    private readonly isInspectorOurs: boolean,
    private readonly options: ProcessLookOptions,
  ) {}

  /** @throws LookError */
  static async open(pid: number, options: ProcessLookOptions): Promise<LookedAtProcess> {
    const { url, isOurs } = await inspectorOf(pid, options);
    const looked = new LookedAtProcess(await InspectorSession.open(url), isOurs, options);
    try {
      const { pid: found } = await looked.#who();
      if (found !== pid)
        throw new LookError('ESC_NO_PROCESS', `At port ${options.port} is process ${found}, not ${pid}.`);
      return looked;
    } catch (error) {
      await looked.close();
      throw error;
    }
  }

  /** What its loops do now. @throws LookError */
  async look(): Promise<ProcessReport> {
    const [who, threads] = await Promise.all([this.#who(), this.#threadsFrom(this.session)]);
    return { ...who, threads };
  }

  /** Resolves when the process has ended, or another has closed its inspector. */
  get closed(): Promise<void> {
    return this.session.closed;
  }

  async close(): Promise<void> {
    if (this.isInspectorOurs) {
      // Never answered, because it takes the connection with it. If the thread is busy, it comes to that later.
      this.session.post('Runtime.evaluate', { expression: CLOSE_INSPECTOR });
      await Promise.race([this.closed, new Promise(resolve => setTimeout(resolve, PATIENCE_TO_CLOSE).unref())]);
    }
    this.session.close();
    await this.closed;
  }

  #who(): Promise<Omit<ProcessReport, 'threads'>> {
    return this.session.evaluate(WHO, this.options.timeout);
  }

  /** A thread that does not answer is no reason not to show the others. */
  async #threadsFrom(session: InspectorSession): Promise<ThreadReport[]> {
    const [own, workers] = await Promise.all([this.#loopsOf(session), this.#workersOf(session)]);
    return [own, ...workers];
  }

  async #loopsOf(session: InspectorSession): Promise<ThreadReport> {
    const { name } = session;
    const { all, timeout } = this.options;
    try {
      const expression = `JSON.stringify((${lookAtLoops})(${JSON.stringify({ all, timeout })}))`;
      const text = await session.evaluate<string>(expression, 2 * timeout);
      return { name, loops: JSON.parse(text) as LoopReport[] };
    } catch (error) {
      return { name, loops: [], problem: String((error as Error).message) };
    }
  }

  async #workersOf(session: InspectorSession): Promise<ThreadReport[]> {
    try {
      const workers = await session.workers(this.options.timeout);
      return (await Promise.all(workers.map(worker => this.#threadsFrom(worker)))).flat();
    } catch {
      // The thread itself has a problem then, which its own report says.
      return [];
    }
  }
}

async function inspectorOf(pid: number, { port, timeout }: ProcessLookOptions): Promise<Inspector> {
  if (port === undefined) return openInspector(pid, timeout);
  const url = await inspectorAt('127.0.0.1', port);
  if (url !== undefined) return { url, isOurs: false };
  throw new LookError('ESC_INSPECTOR_OFF', `No inspector answers at port ${port} of this machine.`);
}
