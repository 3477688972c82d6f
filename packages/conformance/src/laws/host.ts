/** What this kit uses of the host where the host has it. No host is assumed: a page has no `process`, and seldom a `gc`. */
interface Host {
  readonly performance: { now(): number };
  setTimeout(callback: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
  readonly setImmediate?: (callback: () => void) => unknown;
  /** With `node --expose-gc`. */
  readonly gc?: () => void;
  readonly process?: HostProcess;
}

interface HostProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  getActiveResourcesInfo?(): string[];
  cpuUsage?(): CpuUsage;
  /** Since Node 23.9. */
  threadCpuUsage?(): CpuUsage;
  getBuiltinModule?(name: string): unknown;
}

interface CpuUsage {
  readonly user: number;
  readonly system: number;
}

export const host = globalThis as unknown as Host;

/** Milliseconds of real time. */
export function realNow(): number {
  return host.performance.now();
}

/** Lets the host's own loop run once. */
export function hostTurn(): Promise<void> {
  return new Promise(resolve => {
    if (host.setImmediate === undefined) host.setTimeout(resolve, 0);
    else host.setImmediate(resolve);
  });
}

export function realDelay(duration: number): Promise<void> {
  return new Promise(resolve => host.setTimeout(resolve, duration));
}

/** CPU time in milliseconds, of this thread if the host tells it, else of the process. Undefined if it tells neither. */
export function cpuTime(): number | undefined {
  const usage = host.process?.threadCpuUsage?.() ?? host.process?.cpuUsage?.();
  return usage && (usage.user + usage.system) / 1000;
}

/** A law may then stand still at a breakpoint for minutes. */
export function isDebugged(): boolean {
  const inspector = host.process?.getBuiltinModule?.('node:inspector') as { url?(): unknown } | undefined;
  return inspector?.url?.() !== undefined;
}

/** What keeps the process alive, by kind. Undefined if the host does not tell. */
export function activeResources(): string[] | undefined {
  return host.process?.getActiveResourcesInfo?.();
}

/** Counts the turns of the host's own loop from now until `stop`. */
export function countHostTurns(): { stop(): number } {
  let count = 0;
  let isOver = false;
  const turn = () => {
    if (isOver) return;
    count++;
    host.setTimeout(turn, 0);
  };
  host.setTimeout(turn, 0);
  return {
    stop: () => {
      isOver = true;
      return count;
    },
  };
}

/** The middle one of a list of numbers, which must not be empty. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
