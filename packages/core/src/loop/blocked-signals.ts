import { safely, shownName } from '../errors/describe.js';
import type { LoopWarning } from '../extension-points/instrument.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';

/** Node's, and that of hosts which have the same. */
interface Host {
  readonly process?: { eventNames(): readonly unknown[] };
}

/** @internal A warning if the host listens for signals, which then neither come during `runSync` nor end the process. */
export function blockedSignals({ alias, waits }: SleepStrategy): LoopWarning | undefined {
  const names = safely(() => (globalThis as Host).process?.eventNames()) ?? [];
  const signals = names.filter(name => typeof name === 'string' && /^SIG[A-Z]/.test(name));
  if (signals.length === 0) return undefined;
  const message = `runSync goes on for more than a second under the strategy '${shownName(alias)}', which ${waits}, and the process listens for ${signals.join(', ')}. Until the run ends, no listener is called, and the signal does not end the process either. Use \`main\` of @escapement/host, or \`await loop.run(program, { hostTurns: 50 })\`.`;
  return { code: 'ESC_SIGNALS_BLOCKED', message, task: undefined };
}
