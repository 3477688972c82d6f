import type { Instant } from '@escapement/core';

// What a record says. Those from `ENDED` on have a text.
export const READY = 1;
export const STEP_STARTED = 2;
export const STEP_ENDED = 3;
export const SLEEP_STARTED = 4;
export const SLEEP_ENDED = 5;
export const COLLECTED = 6;
export const ENDED = 7;
export const CRASHED = 8;
export const WARNED = 9;

/** One record, as the ring gives it out: always the same object. */
export interface StoredRecord {
  /** How many were written before it. */
  number: number;
  kind: number;
  /** Of the cause of `READY`, of the event or the cause that follows `STEP_ENDED`, of the result of `ENDED`. */
  name: number;
  time: Instant;
  run: number;
  /** The id of the task; 0 for none. */
  task: number;
  /**
   * The id of the task in whose step it became ready, or of the parent of one that ended; 0 for none. Of `STEP_ENDED`, 1 if the task
   * has become ready in that step.
   */
  other: number;
  /** Instead of `task` and `other`: the end of a sleep, or the duration of a collection. */
  value: number;
  text: string;
}

/** In bytes: the time, the two tasks or a value, the run, and the kind with the name. */
export const RECORD_SIZE = 24;
/** In characters. */
const MOST_TEXT = 1000;
const DOUBLES = RECORD_SIZE / 8;
const WORDS = RECORD_SIZE / 4;
const KIND_BITS = 4;
const KIND_MASK = 2 ** KIND_BITS - 1;

/** The latest records, in memory that is allocated once. Only texts are objects, and a text goes with its record. */
export class RecordRing {
  readonly capacity: number;
  /** The number of records that were ever written. */
  written = 0;
  #place = 0;
  readonly #doubles: Float64Array;
  readonly #words: Uint32Array;
  /** By the place of the record. */
  readonly #texts = new Map<number, string>();

  constructor(bytes: number) {
    this.capacity = Math.max(1, Math.floor(bytes / RECORD_SIZE));
    this.#doubles = new Float64Array(this.capacity * DOUBLES);
    this.#words = new Uint32Array(this.#doubles.buffer);
  }

  /** The number of the oldest record that is kept. */
  get oldest(): number {
    return Math.max(0, this.written - this.capacity);
  }

  /** The number of records that are kept. */
  get size(): number {
    return this.written - this.oldest;
  }

  write(kind: number, name: number, time: Instant, run: number, task: number, other: number): void {
    const place = this.#next(kind, name, time, run);
    this.#words[place * WORDS + 2] = task;
    this.#words[place * WORDS + 3] = other;
  }

  writeValue(kind: number, name: number, time: Instant, run: number, value: number): void {
    const place = this.#next(kind, name, time, run);
    this.#doubles[place * DOUBLES + 1] = value;
  }

  /** Of the record that was written last. Of a long text, the beginning is kept. */
  writeText(text: string): void {
    const kept = text.length <= MOST_TEXT ? text : text.slice(0, MOST_TEXT);
    this.#texts.set((this.#place === 0 ? this.capacity : this.#place) - 1, kept);
  }

  /** Gives out the records from the number `first` on, oldest first. */
  visit(first: number, visitor: (record: StoredRecord) => void): void {
    const record: StoredRecord = {
      number: 0,
      kind: 0,
      name: 0,
      time: 0,
      run: 0,
      task: 0,
      other: 0,
      value: 0,
      text: '',
    };
    for (let number = Math.max(first, this.oldest); number < this.written; number++) {
      this.#read(number, record);
      visitor(record);
    }
  }

  #read(number: number, record: StoredRecord): void {
    const place = number % this.capacity;
    const word = place * WORDS;
    const last = this.#words[word + 5]!;
    record.number = number;
    record.kind = last & KIND_MASK;
    record.name = last >>> KIND_BITS;
    record.time = this.#doubles[place * DOUBLES]!;
    record.run = this.#words[word + 4]!;
    record.task = this.#words[word + 2]!;
    record.other = this.#words[word + 3]!;
    record.value = this.#doubles[place * DOUBLES + 1]!;
    record.text = this.#texts.get(place) ?? '';
  }

  #next(kind: number, name: number, time: Instant, run: number): number {
    const place = this.#place;
    const word = place * WORDS;
    if ((this.#words[word + 5]! & KIND_MASK) >= ENDED) this.#texts.delete(place);
    this.#doubles[place * DOUBLES] = time;
    this.#words[word + 4] = run;
    this.#words[word + 5] = kind | (name << KIND_BITS);
    this.#place = place + 1 === this.capacity ? 0 : place + 1;
    this.written++;
    return place;
  }
}
