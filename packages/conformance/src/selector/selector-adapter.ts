import { describe } from '@escapement/core';
import { InvalidAdapterError } from '../laws/errors.js';
import { callAdapter, checkMembers, type Law, type Subject } from '../laws/suite.js';

/** The members of `Selector` of `@escapement/io`, so that this kit needs neither that package nor a system with descriptors. */
export interface SelectorLike {
  watch(fd: number, interest: number): boolean;
  look(): number;
  wait(duration: number): number;
  fdAt(index: number): number;
  readyAt(index: number): number;
  readonly version: number;
  describeTo(list: { add(fd: number, events: number): unknown }): void;
  close(): void;
}

/** The system calls that the kit needs: pass all of `@escapement/posix`. */
export interface Descriptors {
  pipe(): { readonly reader: number; readonly writer: number };
  read(fd: number, buffer: Uint8Array): number;
  write(fd: number, bytes: Uint8Array): number;
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
  selector(): S;
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
