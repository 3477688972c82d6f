import type { Duration } from '@escapement/core';
import { LookError } from './errors.js';
import { inspectorAt } from './inspector-address.js';
import { InspectorSession } from './inspector-session.js';
import { type LookOptions, lookAtLoops } from './look-at-loops.js';
import type { LoopReport, ProcessReport, ThreadReport } from './loop-report.js';
import { type Inspector, openInspector } from './open-inspector.js';
import { lockProcess } from './process-lock.js';

/** How to look at a process. */
export interface ProcessLookOptions extends Required<LookOptions> {
  /** The port of its inspector, if that is open already: then no signal is sent. */
  readonly port?: number | undefined;
}

/**
 * Ends the inspector, from which no answer comes then. SIGUSR1 asks Node twice to open it: at once, and in the next turn of the host,
 * which may be long after. So it is closed then, too. `process._debugEnd` is what `close` of `node:inspector` is.
 */
const CLOSE_INSPECTOR = `
  process._debugEnd();
  (process.getBuiltinModule?.('node:timers') ?? globalThis).setImmediate(process._debugEnd);`;
/** How long a signal takes to have its effect, and how long until the next then, in milliseconds. */
const NUDGE_EFFECT: Duration = 100;
const NUDGE_EVERY: Duration = 300;
/**
 * For a thread that comes to this only by a signal: waits until that has had its effect, or it would open the inspector again. Not in
 * `Atomics.wait`, because the thread may be in one, and a thread has room for one.
 */
const CLOSE_AFTER_NUDGE = `for (const end = Date.now() + ${NUDGE_EFFECT}; Date.now() < end; ); ${CLOSE_INSPECTOR}`;
const WHO = '({ pid: process.pid, node: process.version, command: process.argv, uptime: process.uptime() * 1000 })';

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
    const [who, sessions] = await Promise.all([this.#who(), this.#sessionsFrom(this.session)]);
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

  async close(): Promise<void> {
    const { session, inspector } = this;
    if (inspector.isOurs) {
      // One that stays open is better than a crash.
      if (await inspector.isOpened?.()) await closeInspector(session, this.options.timeout);
      // A signal may have come too late all the same.
      const url = session.wasNudged ? await inspector.reopened?.() : undefined;
      if (url !== undefined) {
        const again = await InspectorSession.open({ ...inspector, url });
        if (await inspector.isOpened?.()) await closeInspector(again, this.options.timeout);
        again.close();
      }
    }
    session.close();
    await this.closed;
    this.unlock();
  }

  #who(): Promise<Omit<ProcessReport, 'threads'>> {
    return this.session.evaluate(WHO, this.options.timeout);
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
async function closeInspector(session: InspectorSession, timeout: Duration): Promise<void> {
  session.post('Runtime.evaluate', { expression: session.wasNudged ? CLOSE_AFTER_NUDGE : CLOSE_INSPECTOR });
  const nudges = setInterval(() => session.nudge(), NUDGE_EVERY);
  // It may still be in a look that does not end, and is ended.
  const over = new Promise(resolve => setTimeout(resolve, 2 * timeout).unref());
  await Promise.race([session.closed, over]);
  clearInterval(nudges);
}

async function inspectorOf(pid: number, { port, timeout }: ProcessLookOptions): Promise<Inspector> {
  if (port === undefined) return openInspector(pid, timeout);
  const url = await inspectorAt('127.0.0.1', port);
  if (url !== undefined) return { url, isOurs: false };
  throw new LookError('ESC_INSPECTOR_OFF', `No inspector answers at port ${port} of this machine.`);
}
