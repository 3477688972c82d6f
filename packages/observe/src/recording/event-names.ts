import { eventName, type LoopEvent, type ReadyCause } from '@escapement/core';
import type { RecordRing } from './record-ring.js';

/** The causes that are no events, by number. 0 stands for none. */
const CAUSES = ['', 'spawned', 'paused', 'cancelled', 'refused'] as const;
const PAUSED = CAUSES.indexOf('paused');
/** Stands for the classes beyond the most that are kept. */
const OTHER = CAUSES.length;
const MOST_CLASSES = 1024;

/**
 * Numbers for the names of event classes, as records store them. A class whose last record has left the ring may lose its
 * number to another one, so a program that makes classes all the time fills no table.
 */
export class EventNames {
  readonly #numbers = new Map<unknown, number>();
  readonly #names: string[] = [...CAUSES, 'another event'];
  /** The number of the last record with each name. */
  readonly #usedAt: number[] = [];
  #free: number[] = [];
  #freesAgainAt = 0;

  constructor(
    private readonly ring: RecordRing,
    private readonly most = MOST_CLASSES,
  ) {}

  /** Of an event, or of why a task became ready. */
  numberOf(cause: ReadyCause): number {
    // By far the most frequent.
    if (cause === 'paused') return PAUSED;
    if (typeof cause === 'string') return CAUSES.indexOf(cause);
    const type = classOf(cause);
    const number = this.#numbers.get(type) ?? this.#add(type, cause);
    this.#usedAt[number] = this.ring.written;
    return number;
  }

  name(number: number): string {
    return this.#names[number] ?? '';
  }

  #add(type: unknown, event: LoopEvent): number {
    if (this.#numbers.size >= this.most && !this.#forgetUnused()) return OTHER;
    const number = this.#free.pop() ?? this.#names.length;
    this.#numbers.set(type, number);
    this.#names[number] = eventName(event);
    return number;
  }

  /** @returns whether there is room now */
  #forgetUnused(): boolean {
    if (this.ring.written < this.#freesAgainAt) return false;
    this.#freesAgainAt = this.ring.written + this.most;
    for (const [type, number] of this.#numbers) {
      // The record of a wait comes a little after its use, at the end of the step: twice the ring is enough for both.
      if (this.#usedAt[number]! + 2 * this.ring.capacity >= this.ring.written) continue;
      this.#numbers.delete(type);
      this.#free.push(number);
    }
    return this.#free.length > 0;
  }
}

function classOf(event: LoopEvent): unknown {
  try {
    return event.constructor;
  } catch {
    return undefined;
  }
}
