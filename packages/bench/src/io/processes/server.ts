import type { Duration } from 'escapement';
import { type Cores, withDescriptors } from '../../system/commands.js';
import { Child } from './child.js';
import { processorTimeOf, residentBytesOf } from './proc.js';
import type { ServerKind } from './server-kinds.js';

/** A running server, or one that was skipped because something is not installed. */
export type Started = Server | Skipped;

export interface Skipped {
  readonly name: string;
  readonly needs: string;
}

export interface ServerOptions {
  readonly cores: Cores;
  /** How many connections it must be able to hold open. */
  readonly connections?: number;
}

/** A server in a process of its own. */
export class Server {
  readonly #child: Child;

  private constructor(
    readonly name: string,
    readonly port: number,
    child: Child,
    /** If true, the process is stopped except in `during`. */
    readonly spins: boolean,
  ) {
    this.#child = child;
  }

  static async start(kind: ServerKind, { cores, connections = 512 }: ServerOptions): Promise<Started> {
    const command = await kind.command();
    if ('needs' in command) return { name: kind.name, needs: command.needs };
    const allowed = withDescriptors(connections + 100, cores.forServer(command));
    if (allowed === undefined) return { name: kind.name, needs: `ulimit -n ${connections + 100}` };
    const child = new Child(kind.name, allowed);
    const server = new Server(kind.name, Number(await child.firstLine()), child, kind.spins);
    if (kind.spins) child.pause();
    return server;
  }

  /** Calls `use` while the server runs. */
  async during<T>(use: () => Promise<T>): Promise<T> {
    this.#child.assertRuns();
    if (!this.spins) return use();
    this.#child.resume();
    try {
      return await use();
    } finally {
      this.#child.pause();
    }
  }

  /** Of all threads, since the start. */
  get processorTime(): Duration {
    return processorTimeOf(this.#child.pid);
  }

  get residentBytes(): number {
    return residentBytesOf(this.#child.pid);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
