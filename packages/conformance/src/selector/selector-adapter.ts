import { describe } from '@escapement/core';
import { InvalidAdapterError } from '../laws/errors.js';
import { callAdapter, checkMembers, type Law, type Subject } from '../laws/suite.js';

/** The members of `Selector` of `@escapement/io`, so that this kit needs neither that package nor a system with descriptors. */
export interface SelectorLike {
  /** As `Selector.watch`: changes what a descriptor is watched for. */
  watch(fd: number, interest: number): boolean;
  /** As `Selector.look`: finds what is ready, without waiting. */
  look(): number;
  /** As `Selector.wait`: waits for `duration` ms at the most. */
  wait(duration: number): number;
  /** As `Selector.fdAt`: the descriptor of a finding. */
  fdAt(index: number): number;
  /** As `Selector.readyAt`: what the descriptor of a finding is ready for. */
  readyAt(index: number): number;
  /** As `Selector.version`: goes up each time the list of `describeTo` changes. */
  readonly version: number;
  /** As `Selector.describeTo`: lists what is watched. */
  describeTo(list: { add(fd: number, events: number): unknown }): void;
  /** As `Selector.close`: gives back what the selector holds. */
  close(): void;
}

/** The system calls that the kit needs: pass all of `@escapement/posix`. */
export interface Descriptors {
  /** Makes a pipe whose ends do not block. */
  pipe(): { readonly reader: number; readonly writer: number };
  /** Reads what is there. */
  read(fd: number, buffer: Uint8Array): number;
  /** Writes what fits. */
  write(fd: number, bytes: Uint8Array): number;
  /** Closes a descriptor. */
  close(fd: number): void;
}

/**
 * Tells `selectorLaws` how to make your selector.
 *
 * @example
 * import * as posix from '@escapement/posix';
 * const poll: SelectorAdapter = { selector: () => new PollSelector(), system: posix };
 */
export interface SelectorAdapter<S extends SelectorLike = SelectorLike> {
  /** Makes a new selector for each case; the kit closes it. */
  selector(): S;
  /** `import * as system from '@escapement/posix'` */
  readonly system: Descriptors;
}

/** @internal */
export interface SelectorSubject extends Subject {
  readonly adapter: SelectorAdapter;
}

/** @internal */
export type SelectorLaw = Law<SelectorSubject>;

export const CALLER = 'selectorLaws';
const MEMBERS = ['watch', 'look', 'wait', 'fdAt', 'readyAt', 'describeTo', 'close'];

/** @throws InvalidAdapterError */
export function checkSelectorAdapter(adapter: SelectorAdapter): void {
  checkMembers(CALLER, adapter, ['selector'], []);
  const missing = ['pipe', 'read', 'write', 'close'].filter(name => typeof Object(adapter.system)[name] !== 'function');
  if (missing.length === 0) return;
  const problem = `the adapter's system has no ${missing.join(', ')}. Pass all of @escapement/posix: import * as posix.`;
  throw new InvalidAdapterError(CALLER, problem);
}

/** @throws InvalidAdapterError */
export function makeSelector(adapter: SelectorAdapter): SelectorLike {
  const selector = callAdapter(CALLER, 'selector()', () => adapter.selector());
  const members = Object(selector) as Record<string, unknown>;
  const missing = MEMBERS.filter(name => typeof members[name] !== 'function');
  if (missing.length === 0) return selector;
  const problem = `selector() of the adapter returned ${describe(selector)}, which has no ${missing.join(', ')}.`;
  throw new InvalidAdapterError(CALLER, problem);
}
