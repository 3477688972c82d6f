import type { Instant } from '@escapement/core';
import { StreamResetError } from '../errors.js';
import { Gate, present } from './gate.js';
import { type LinkOptions, latencyOf } from './link-options.js';

interface Segment {
  bytes: Uint8Array;
  /** When it arrives. */
  readonly due: Instant;
}

interface End {
  readonly due: Instant;
  /** Undefined at a proper end. */
  readonly error: unknown;
}

const NOTHING = new Uint8Array();

/** @internal One way of a connection: bytes that were written and not read yet. */
export class Link {
  readonly readable = new Gate('bytes from', () => this.#readableAt());
  readonly writable = new Gate('room in', () => this.#writableAt());
  readonly #segments: Segment[] = [];
  #size = 0;
  #written = 0;
  #faultsSeen = 0;
  /** When the last byte that was written has left. */
  #freeAt: Instant = -Infinity;
  #lastDue: Instant = -Infinity;
  #end: End | undefined;
  /** Makes what a write gets, if it can never succeed any more. */
  #refusal: (() => unknown) | undefined;
  #hasReader = true;
  #hasWriter = true;
  /** The last instant that it saw: host code has no clock. */
  #present: Instant = -Infinity;

  constructor(
    private readonly options: Required<LinkOptions>,
    private readonly writer: string,
  ) {}

  /** What has arrived; an empty array if nothing has, undefined at the end. @throws what it failed with */
  receive(): Uint8Array | undefined {
    const now = this.#now();
    const bytes = this.#takeArrived(now);
    if (bytes.length === 0 && this.#end !== undefined && this.#end.due <= now) {
      if (this.#end.error !== undefined) throw this.#end.error;
      return undefined;
    }
    if (bytes.length > 0) this.writable.changed();
    return bytes;
  }

  /** @returns how many bytes it has taken @throws what it failed with */
  send(pieces: readonly Uint8Array[]): number {
    const now = this.#now();
    this.#meetFaults(now);
    if (this.#refusal !== undefined) throw this.#refusal();
    const bytes = firstOf(pieces, this.#share(this.#room()));
    if (bytes.length === 0) return 0;
    this.#segments.push({ bytes, due: this.#dueOf(bytes.length, now) });
    this.#size += bytes.length;
    this.#written += bytes.length;
    this.#meetFaults(now);
    this.readable.changed();
    return bytes.length;
  }

  /** The reader gets the end after the bytes that were written. */
  end(): void {
    this.#endWith(undefined, this.#now());
  }

  /** What has not arrived is lost; then both ends get `error`. */
  fail(error: unknown): void {
    if (this.#end?.error !== undefined) return;
    const now = this.#now();
    while ((this.#segments.at(-1)?.due ?? -Infinity) > now) this.#size -= this.#segments.pop()!.bytes.length;
    this.#end = { due: now, error };
    this.#refuse(() => error);
    this.readable.changed();
  }

  /** Nobody will read any more. */
  readerClosed(): void {
    this.#hasReader = false;
    this.#segments.length = this.#size = 0;
    this.#refuse(() => new StreamResetError(this.writer));
    this.readable.changed();
  }

  writerClosed(): void {
    this.#hasWriter = false;
    this.end();
    this.writable.changed();
  }

  #endWith(error: unknown, now: Instant): void {
    this.#end ??= { due: this.#dueOf(0, now), error };
    this.readable.changed();
  }

  #refuse(refusal: () => unknown): void {
    this.#refusal ??= refusal;
    this.writable.changed();
  }

  #readableAt(): Instant {
    if (!this.#hasReader) return -Infinity;
    return this.#segments[0]?.due ?? this.#end?.due ?? Infinity;
  }

  #writableAt(): Instant {
    return !this.#hasWriter || this.#refusal !== undefined || this.#size < this.options.capacity ? -Infinity : Infinity;
  }

  /** Up to the next fault: that happens between two writes. */
  #room(): number {
    const nextFault = this.options.faults[this.#faultsSeen]?.after ?? Infinity;
    return Math.min(this.options.capacity - this.#size, nextFault - this.#written);
  }

  #takeArrived(now: Instant): Uint8Array {
    const pieces = [];
    for (const { bytes, due } of this.#segments) {
      if (due > now) break;
      pieces.push(bytes);
    }
    if (pieces.length === 0) return NOTHING;
    const taken = firstOf(pieces, this.#share(sizeOf(pieces)));
    this.#drop(taken.length);
    return taken;
  }

  #drop(count: number): void {
    this.#size -= count;
    for (let left = count; left > 0; ) {
      const first = this.#segments[0]!;
      const dropped = Math.min(left, first.bytes.length);
      first.bytes = first.bytes.subarray(dropped);
      if (first.bytes.length === 0) this.#segments.shift();
      left -= dropped;
    }
  }

  #share(count: number): number {
    return this.options.fragmented && count > 1 ? 1 + Math.floor(this.options.random() * count) : count;
  }

  /** Bytes never overtake each other. */
  #dueOf(size: number, now: Instant): Instant {
    this.#freeAt = Math.max(now, this.#freeAt) + size / this.options.bandwidth;
    this.#lastDue = Math.max(this.#lastDue, this.#freeAt + latencyOf(this.options));
    return this.#lastDue;
  }

  #meetFaults(now: Instant): void {
    const { faults } = this.options;
    for (let fault = faults[this.#faultsSeen]; fault !== undefined; fault = faults[++this.#faultsSeen]) {
      if (fault.after > this.#written) return;
      if (fault.does === 'stall') {
        this.#freeAt = Math.max(now, this.#freeAt) + fault.lasts;
        continue;
      }
      const error = new StreamResetError(this.writer);
      this.#refuse(() => error);
      this.#endWith(fault.does === 'reset' ? error : undefined, now);
    }
  }

  #now(): Instant {
    this.#present = Math.max(this.#present, present() ?? -Infinity);
    return this.#present;
  }
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** A copy of the first `most` bytes. */
function firstOf(pieces: readonly Uint8Array[], most: number): Uint8Array {
  const copy = new Uint8Array(Math.min(most, sizeOf(pieces)));
  let used = 0;
  for (const piece of pieces) {
    if (used === copy.length) break;
    const part = piece.subarray(0, copy.length - used);
    copy.set(part, used);
    used += part.length;
  }
  return copy;
}
