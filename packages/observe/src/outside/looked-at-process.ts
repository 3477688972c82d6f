import type { Duration } from '@escapement/core';
import { LookError } from './errors.js';
import { inspectorAt } from './inspector-address.js';
import { InspectorSession } from './inspector-session.js';
import { type LookOptions, lookAtLoops } from './look-at-loops.js';
import type { LoopReport, ProcessReport, ThreadReport } from './loop-report.js';
import { LISTEN, LISTEN_NO_MORE, type Nudger } from './nudger.js';
import { type Inspector, openInspector } from './open-inspector.js';
import { ownNumberOf } from './proc.js';
import { lockProcess } from './process-lock.js';

/** How to look at a process. */
export interface ProcessLookOptions extends Required<LookOptions> {
  /** The port of its inspector, if that is open already: then no signal is sent. */
  readonly port?: number | undefined;
}

/** How often an inspector is closed that opens again. */
const MOST_TRIES = 8;
/**
 * Ends the inspector, from which no answer comes then. SIGUSR1 asks Node twice to open it: at once, and in the next turn of the host,
 * which may be long after. So it is closed then, too. `process._debugEnd` is what `close` of `node:inspector` is.
 */
const CLOSE_INSPECTOR = `
  process._debugEnd();
  (process.getBuiltinModule?.('node:timers') ?? globalThis).setImmediate(() => { process._debugEnd(); ${LISTEN_NO_MORE}; });`;
const WHO = '({ pid: process.pid, node: process.version, command: process.argv, uptime: process.uptime() * 1000 })';

type Who = Omit<ProcessReport, 'threads'>;

/** A process that is looked at from outside. When it is closed, its inspector is open or closed as it was before. */
export class LookedAtProcess {
  private constructor(
    private readonly session: InspectorSession,
    readonly inspector: Inspector,
    private readonly options: ProcessLookOptions,
    private readonly unlock: () => void,
  ) {}

  /** @throws LookError */
  static async open(pid: number, options: ProcessLookOptions): Promise<LookedAtProcess> {
    const unlock = await lockProcess(pid, options.timeout);
    try {
      return await LookedAtProcess.#openLocked(pid, options, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  static async #openLocked(pid: number, options: ProcessLookOptions, unlock: () => void): Promise<LookedAtProcess> {
    const inspector = await inspectorOf(pid, options);
    const looked = new LookedAtProcess(await InspectorSession.open(inspector), inspector, options, unlock);
    try {
      const { pid: found } = await looked.#listen(looked.session);
      if (found !== ownNumberOf(pid)) {
        const { port } = new URL(inspector.url);
        throw new LookError('ESC_NO_PROCESS', `At port ${port} is the inspector of process ${found}, not ${pid}.`);
      }
      return looked;
    } catch (error) {
      await looked.close();
      throw error;
    }
  }

  /** What its loops do now. @throws LookError */
  async look(): Promise<ProcessReport> {
    // One after the other: the second of two answers in a row would come 40 ms later, after TCP has acknowledged the first.
    const who = await this.#who();
    const sessions = await this.#sessionsFrom(this.session);
    // A worker is reached through the thread that has started it: so that is asked after it, and may take as long as it likes.
    const threads = await Promise.all(sessions.reverse().map(session => this.#loopsOf(session)));
    // Else the threads that did not answer would seem to have a problem.
    this.session.checkIsOpen();
    return { ...who, threads: threads.reverse() };
  }

  /** Resolves when the process has ended, or another has closed its inspector. */
  get closed(): Promise<void> {
    return this.session.closed;
  }

  /** @throws LookError if the inspector that this has opened stays open */
  async close(): Promise<void> {
    try {
      if (this.inspector.isOurs) await this.#closeInspector();
      else if (this.inspector.nudger) await this.session.evaluate(LISTEN_NO_MORE, this.options.timeout).catch(() => {});
    } finally {
      this.session.close();
      await this.closed;
      this.unlock();
    }
  }

  async #closeInspector(): Promise<void> {
    const { inspector, options } = this;
    let session = this.session;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      // One that stays open is better than a crash.
      if (await inspector.isOpened?.()) await closeInspector(session, inspector.nudger, options.timeout);
      if (session !== this.session) session.close();
      // SIGUSR1 may have taken effect too late, and opened it again.
      const url = await inspector.reopened?.();
      if (url === undefined) return;
      session = await InspectorSession.open({ ...inspector, url });
      await this.#listen(session);
    }
    session.close();
    throw staysOpen();
  }

  #who(): Promise<Who> {
    return this.session.evaluate(WHO, this.options.timeout);
  }

  /** For threads that come to answer by a signal only: SIGUSR1 could open again what is closed. */
  async #listen(session: InspectorSession): Promise<Who> {
    const { nudger } = this.inspector;
    if (nudger === undefined) return this.#who();
    const who = await session.evaluate<Who>(`(${LISTEN}), ${WHO}`, this.options.timeout);
    nudger.processListens();
    return who;
  }

  /** Of the thread and of all workers below it, a worker after the thread that has started it. */
  async #sessionsFrom(session: InspectorSession): Promise<InspectorSession[]> {
    // A thread that does not answer is no reason not to show the others. Its own report will say it.
    const workers = await session.workers(this.options.timeout).catch(() => []);
    return [session, ...(await Promise.all(workers.map(worker => this.#sessionsFrom(worker)))).flat()];
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
}

/** A thread that is busy for longer comes to that later. */
async function closeInspector(session: InspectorSession, nudger: Nudger | undefined, timeout: Duration): Promise<void> {
  session.post('Runtime.evaluate', { expression: CLOSE_INSPECTOR });
  const stopNudges = nudger?.start();
  // It may still be in a look that does not end, and is ended.
  const over = new Promise(resolve => setTimeout(resolve, 2 * timeout).unref());
  await Promise.race([session.closed, over]);
  stopNudges?.();
}

function staysOpen(): LookError {
  return new LookError(
    'ESC_INSPECTOR_OPEN',
    'The inspector of the process could not be closed: it opened again each time, as it may on a machine that is very busy. It is open now. A debugger can close it: require("node:inspector").close()',
  );
}

async function inspectorOf(pid: number, { port, timeout }: ProcessLookOptions): Promise<Inspector> {
  if (port === undefined) return openInspector(pid, timeout);
  const url = await inspectorAt('127.0.0.1', port);
  if (url !== undefined) return { url, isOurs: false };
  throw new LookError('ESC_INSPECTOR_OFF', `No inspector answers at port ${port} of this machine.`);
}
