import {
  checkArgument,
  checkCallback,
  checkCount,
  type Duration,
  describe,
  InvalidArgumentError,
} from '@escapement/core';

/** What goes wrong on one way of a connection once so many bytes were written to it. */
export type LinkFault =
  /** The reader gets the bytes that came before, then `StreamResetError`; so does the writer. */
  | { readonly after: number; readonly does: 'reset' }
  /** The reader gets the end; the writer gets `StreamResetError` when it writes on. */
  | { readonly after: number; readonly does: 'end' }
  /** Nothing moves for so many milliseconds. */
  | { readonly after: number; readonly does: 'stall'; readonly lasts: Duration };

/** How bytes travel on one way of a connection in memory. */
export interface LinkOptions {
  /** Milliseconds from a write until its bytes arrive; or the least and the most, of which each write gets a random one. Default: 0. */
  readonly latency?: Duration | readonly [least: Duration, most: Duration];
  /** Bytes per millisecond. Default: `Infinity`. */
  readonly bandwidth?: number;
  /** How many bytes it holds that were written and not yet read; then `write` waits. Default: 65,536. */
  readonly capacity?: number;
  /** Whether each read and each write moves a random number of the bytes that it could move. Default: false. */
  readonly fragmented?: boolean;
  /** What goes wrong, in the order of `after`. Default: nothing. */
  readonly faults?: readonly LinkFault[];
  /** The source of all that is random: numbers from 0 to 1 (1 excluded). Default: `seeded(1)`, of each connection its own. */
  readonly random?: () => number;
}

/** @internal @throws InvalidArgumentError, InvalidCountError */
export function checkedLink(caller: string, options: LinkOptions, random: () => number): Required<LinkOptions> {
  checkArgument(caller, options, 'object', 'options like { latency: 5 }');
  const checked = {
    latency: 0,
    bandwidth: Infinity,
    capacity: 65_536,
    fragmented: false,
    faults: [],
    random,
    ...options,
  };
  const [least, most] = rangeOf(checked.latency);
  if (!(least >= 0 && most >= least && most < Infinity)) {
    throw invalid(caller, 'a latency', checked.latency, 'milliseconds, 0 or more, or [least, most]');
  }
  if (!(checked.bandwidth > 0))
    throw invalid(caller, 'a bandwidth', checked.bandwidth, 'bytes per millisecond, above 0');
  checkCount(`capacity of ${caller}`, checked.capacity, 1, false, 'It is a number of bytes.');
  checkCallback(`random of ${caller}`, checked.random, 'a function that returns numbers from 0 to 1');
  for (const fault of checked.faults) checkFault(caller, fault);
  return checked;
}

/** @internal The latency of one write. */
export function latencyOf({ latency, random }: Required<LinkOptions>): Duration {
  const [least, most] = rangeOf(latency);
  return least === most ? least : least + random() * (most - least);
}

function rangeOf(latency: Required<LinkOptions>['latency']): readonly [least: Duration, most: Duration] {
  return typeof latency === 'number' ? [latency, latency] : latency;
}

function checkFault(caller: string, fault: LinkFault): void {
  checkArgument(caller, fault, 'object', "faults like { after: 100, does: 'reset' }");
  checkCount(`after of a fault of ${caller}`, fault.after, 0, false, 'It is a number of bytes.');
  if (fault.does === 'stall' ? fault.lasts >= 0 : fault.does === 'reset' || fault.does === 'end') return;
  throw invalid(caller, 'a fault that does', fault.does, "'reset', 'end', or 'stall' with `lasts` in milliseconds");
}

function invalid(caller: string, what: string, given: unknown, expected: string): InvalidArgumentError {
  const shown = typeof given === 'number' ? String(given) : describe(given);
  return new InvalidArgumentError('ESC_INVALID_OPTION', `${caller} got ${what} of ${shown}, expected ${expected}.`);
}
