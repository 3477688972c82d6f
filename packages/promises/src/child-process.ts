import {
  type Coroutine,
  type CurrentTask,
  checkArgument,
  checkNumber,
  coroutine,
  type Duration,
  describe,
  EscapementError,
  ensure,
  InvalidArgumentError,
} from '@escapement/core';
import { type Action, action } from './action.js';
import { HostStream } from './host-stream.js';
import type { Resolved } from './resolved.js';

// This package loads no types of a host, so it declares those that it uses.
declare const process: { readonly getBuiltinModule?: (name: string) => unknown } | undefined;
declare const setTimeout: (callback: () => void, delay: Duration) => unknown;
declare const clearTimeout: (timer: unknown) => void;

interface HostProcess {
  readonly pid?: number;
  readonly stdin: unknown;
  readonly stdout: unknown;
  readonly stderr: unknown;
  kill(signal: string): boolean;
  on(name: string, listener: (...args: never[]) => void): unknown;
}

/** What becomes of one of the three standard streams. */
export type Stdio =
  /** A stream of the `ChildProcess`. */
  | 'pipe'
  /** That of this process. */
  | 'inherit'
  /** Nothing is read, and what is written is lost. */
  | 'ignore';

/** How to start a child process; see `spawn` of `node:child_process`. */
export interface ChildProcessOptions {
  /** Its working directory. Default: that of this process. */
  readonly cwd?: string;
  /** Its environment. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether a shell runs the command, or which one. Then never put foreign text into it. Default: false. */
  readonly shell?: boolean | string;
  /** What becomes of stdin, stdout and stderr, one for all or one each. Default: `'pipe'`. */
  readonly stdio?: Stdio | readonly [stdin: Stdio, stdout: Stdio, stderr: Stdio];
  /** How many milliseconds it has between SIGTERM and SIGKILL at the end of the task. Default: 5000. */
  readonly grace?: Duration;
}

/** How a child process ended: with an exit code, or by a signal. */
export interface Exit {
  /** 0 if it succeeded; null if a signal ended it. */
  readonly code: number | null;
  /** `'SIGTERM'`, for instance; null if it ended by itself. */
  readonly signal: string | null;
}

/** A child process could not be started. */
export class ChildProcessError extends EscapementError {
  static override readonly name = 'ChildProcessError';
  override readonly code = 'ESC_CHILD_NOT_STARTED';

  /** @internal */
  constructor(command: string, cwd: string | undefined, cause: unknown) {
    const reason = (cause as Error | undefined)?.message ?? describe(cause);
    const folder = cwd === undefined ? '' : `, and whether the folder ${describe(cwd)} exists`;
    super(
      `childProcess could not start ${describe(command)}: ${reason}. Check whether that is the path of a program that may be executed, or its name in a folder of PATH${folder}.`,
      { cause },
    );
  }
}

/** A process of the system that this program has started. Made by `childProcess`. */
export class ChildProcess {
  /** Its number in the system. */
  readonly pid: number;
  /**
   * `yield* child.exited` waits until it has ended, any number of times, before and after the end. What it has written may still
   * be in `stdout` then.
   */
  readonly exited: Action<Exit>;
  readonly #host: HostProcess;
  readonly #command: string;
  readonly #grace: Duration;
  readonly #streams = new Map<string, HostStream>();
  readonly #waiting = new Set<(exit: Exit) => void>();
  #exit: Exit | undefined;
  #failure: { readonly error: unknown } | undefined;
  #failed: ((error: unknown) => void) | undefined;

  /** @internal */
  constructor(host: HostProcess, command: string, grace: Duration) {
    this.#host = host;
    this.#command = command;
    this.#grace = grace;
    this.pid = host.pid ?? -1;
    this.exited = action<Exit>(resolve => this.#onExit(resolve));
    host.on('exit', (code: number | null, signal: string | null) => this.#ended({ code, signal }));
    // Also if a signal cannot be sent: nobody waits for that.
    host.on('error', (error: unknown) => {
      this.#failure ??= { error };
      this.#failed?.(error);
    });
    for (const name of ['stdin', 'stdout', 'stderr'] as const) {
      const stream = host[name];
      if (stream === null || stream === undefined) continue;
      const halves = name === 'stdin' ? { writable: stream } : { readable: stream };
      this.#streams.set(name, new HostStream(halves, `${name} of ${describe(command)}`));
    }
  }

  /** To write to. @throws InvalidArgumentError if it is not a pipe */
  get stdin(): HostStream {
    return this.#stream('stdin');
  }

  /** To read from. If nobody does, the process waits when the pipe is full. @throws InvalidArgumentError if it is not a pipe */
  get stdout(): HostStream {
    return this.#stream('stdout');
  }

  /** To read from, as `stdout`. @throws InvalidArgumentError if it is not a pipe */
  get stderr(): HostStream {
    return this.#stream('stderr');
  }

  /** Whether it has ended. */
  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Sends a signal, if it has not ended. Wait with `exited`. */
  kill(signal = 'SIGTERM'): void {
    if (!this.hasExited) this.#host.kill(signal);
  }

  /** @internal Waits until it runs. @throws what the system said */
  started(): Action<void> {
    return action<void>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error);
      this.#failed = reject;
      this.#host.on('spawn', () => resolve());
      return () => {
        this.#failed = undefined;
      };
    });
  }

  /** @internal Ends it, waits until it has ended, and closes its streams. */
  *closed(): Coroutine<void, Action<Exit> | Resolved> {
    // Without a number it never ran.
    if (this.#exit === undefined && this.#host.pid !== undefined) yield* this.#killed();
    for (const stream of this.#streams.values()) yield* stream.closed();
  }

  #killed(): Action<Exit> {
    return action<Exit>(resolve => {
      const undo = this.#onExit(resolve);
      this.kill('SIGTERM');
      const timer = setTimeout(() => this.kill('SIGKILL'), this.#grace);
      return () => {
        clearTimeout(timer);
        undo?.();
      };
    });
  }

  #onExit(resolve: (exit: Exit) => void): (() => void) | undefined {
    if (this.#exit !== undefined) {
      resolve(this.#exit);
      return undefined;
    }
    // Not the function itself: several waits of one task may pass the same.
    const told = (exit: Exit) => resolve(exit);
    this.#waiting.add(told);
    return () => this.#waiting.delete(told);
  }

  #ended(exit: Exit): void {
    this.#exit = exit;
    for (const told of [...this.#waiting]) told(exit);
  }

  #stream(name: 'stdin' | 'stdout' | 'stderr'): HostStream {
    const stream = this.#streams.get(name);
    if (stream !== undefined) return stream;
    const fault = `${name} of ${describe(this.#command)} is no pipe, expected that \`stdio\` says 'pipe' for it.`;
    throw new InvalidArgumentError('ESC_INVALID_STREAM', fault);
  }
}

/**
 * Starts a process: `yield* childProcess(command, args)` evaluates to it when it runs. Its standard streams are `ByteStream`s, and
 * `yield* child.exited` waits for its end. Of Node only.
 *
 * At the end of the current task, however that ends, a process that still runs is ended: SIGTERM, and after the `grace` SIGKILL. The
 * task ends when the process has ended. So wait for `exited` if it shall end by itself.
 *
 * It needs `promiseModule`, and a strategy that lets the host run.
 *
 * @throws ChildProcessError if it cannot be started; InvalidArgumentError for wrong arguments
 * @example
 * const child = yield* childProcess('git', ['log', '--oneline']);
 * while ((line = yield* child.stdout.readLine()) !== undefined) console.log(line);
 * const { code } = yield* child.exited;
 */
export const childProcess = /* @__PURE__ */ coroutine(function* childProcess(
  command: string,
  args: readonly string[] = [],
  options: ChildProcessOptions = {},
): Coroutine<ChildProcess, CurrentTask | Action<void> | Action<Exit> | Resolved> {
  checkArgument('childProcess', command, 'string', 'the name or the path of a program');
  checkArgument('childProcess', options, 'object', "options like { cwd: '/tmp' }");
  const { grace = 5000, stdio = 'pipe', ...rest } = options;
  checkNumber('childProcess', 'grace', grace, given => given >= 0, 'milliseconds, 0 or more');
  const child = new ChildProcess(startedBy(command, args, { ...rest, stdio }), command, grace);
  yield* ensure(() => child.closed());
  try {
    yield* child.started();
  } catch (error) {
    throw error instanceof EscapementError ? error : new ChildProcessError(command, options.cwd, error);
  }
  return child;
});

type HostSpawn = (command: string, args: readonly string[], options: object) => HostProcess;

function startedBy(command: string, args: readonly string[], options: ChildProcessOptions): HostProcess {
  const host = typeof process === 'undefined' ? undefined : process;
  // Not an import: a page must be able to load what does not use this.
  const module = host?.getBuiltinModule?.('node:child_process') as { spawn: HostSpawn } | undefined;
  if (module === undefined) throw new ChildProcessError(command, undefined, new Error('this host has no processes'));
  try {
    return module.spawn(command, args, options);
  } catch (error) {
    throw new ChildProcessError(command, options.cwd, error);
  }
}
