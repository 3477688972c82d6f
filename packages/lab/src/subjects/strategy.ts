import * as escapement from 'escapement';
import {
  atomicsWait,
  Container,
  describe,
  hybrid,
  type LoopEvent,
  LoopModule,
  SleepStrategy,
  type Waits,
} from 'escapement';

/** A sleep strategy and the module that installs it. */
export interface Strategy {
  /** Its name, in tables and on the command line. */
  readonly alias: string;
  /** What it does with the thread. */
  readonly waits: Waits;
  /** What installs it in a loop. */
  readonly module: LoopModule<LoopEvent>;
}

/** The strategies that come with Escapement; on Linux also with the least timer slack, where that makes a difference. */
export function shippedStrategies(): Strategy[] {
  const plain = strategiesIn(escapement);
  if (process.platform !== 'linux') return plain;
  return [...plain, ...strategiesIn([atomicsWait({ slack: 1 }), hybrid({ slack: 1 })])];
}

/** Not in the default run: in Node, they wait for timers as others do, which are in it. */
export const LEFT_OUT: readonly string[] = ['message-channel', 'phased'];

/** The strategies of `@escapement/io`; none if that is not installed or does not support this system. */
export async function systemStrategies(): Promise<Strategy[]> {
  if (!isIoInstalled()) return [];
  try {
    return strategiesIn(await import('@escapement/io'));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ESC_UNSUPPORTED_SYSTEM') return [];
    throw error;
  }
}

/** Checked before the import, which would fail with the same error if io lacked one of its own dependencies. */
export function isIoInstalled(): boolean {
  try {
    import.meta.resolve('@escapement/io');
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return false;
    throw error;
  }
}

/** One for each exported `LoopModule` that binds a `SleepStrategy`. */
export function strategiesIn(exports: object): Strategy[] {
  const modules = Object.values(exports).filter(value => value instanceof LoopModule);
  return [...new Set(modules)].flatMap(module => strategyOf(module) ?? []);
}

function strategyOf(module: LoopModule<LoopEvent>): Strategy | undefined {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(module);
  try {
    const strategy = container.get(SleepStrategy, { optional: true });
    return strategy && { ...checkedNames(strategy), module };
  } catch (error) {
    // It is for another host, as some are for pages only.
    if ((error as { code?: unknown } | null | undefined)?.code === 'ESC_MISSING_HOST_FEATURE') return undefined;
    throw error;
  }
}

const WAYS: readonly Waits[] = ['spins', 'blocks', 'yields', 'jumps'];

/** It may be a stranger's, in JavaScript. All tables and files rely on these two. */
function checkedNames({ alias, waits }: SleepStrategy): Pick<Strategy, 'alias' | 'waits'> {
  const expect = (name: string, isRight: boolean, expected: string, found: unknown) => {
    if (isRight) return;
    throw new TypeError(
      `its strategy has the wrong ${name}: expected ${expected}, found ${describe(found)} (S1 of docs/contracts.md)`,
    );
  };
  expect('alias', typeof alias === 'string' && alias.trim() !== '', "a name, as in alias = 'nap-and-spin'", alias);
  expect('waits', WAYS.includes(waits), "'spins', 'blocks', 'yields' or 'jumps'", waits);
  return { alias, waits };
}
