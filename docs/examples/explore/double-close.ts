import assert from 'node:assert';
import { pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { show } from './show.js';

/** Descriptors as a system has them: `open` gives the smallest number that is free. */
class Descriptors {
  readonly #owners: (string | undefined)[] = [];

  open(owner: string): number {
    const free = this.#owners.indexOf(undefined);
    const descriptor = free < 0 ? this.#owners.length : free;
    this.#owners[descriptor] = owner;
    return descriptor;
  }

  close(descriptor: number): void {
    this.#owners[descriptor] = undefined;
  }

  isOpen(descriptor: number): boolean {
    return this.#owners[descriptor] !== undefined;
  }
}

/** Reader and writer of a connection, each of which closes it when it is done; another task opens a file meanwhile. */
function* serve(run: Exploration, connect: (system: Descriptors) => { close(): void }) {
  const system = new Descriptors();
  const connection = connect(system);
  let file: number | undefined;
  run.check(() => assert(system.isOpen(file!), 'somebody has closed the log'));

  function* half() {
    yield* pause(); // uses the connection
    connection.close();
  }
  function* openLog() {
    yield* pause(); // opens
    file = system.open('log');
  }
  yield* spawn(half(), { name: 'reader' });
  yield* spawn(half(), { name: 'writer' });
  yield* spawn(openLog(), { name: 'logger' });
}

// #region bug
/** The second close comes too late: the number may be that of another file by then. */
class Connection {
  readonly #descriptor: number;
  constructor(private readonly system: Descriptors) {
    this.#descriptor = system.open('connection');
  }

  close(): void {
    this.system.close(this.#descriptor);
  }
}
// #endregion bug

/** Gives its descriptor away, so it can close it only once. */
class ClosedOnce {
  #descriptor: number | undefined;
  constructor(private readonly system: Descriptors) {
    this.#descriptor = system.open('connection');
  }

  close(): void {
    if (this.#descriptor !== undefined) this.system.close(this.#descriptor);
    this.#descriptor = undefined;
  }
}

export function broken(run: Exploration) {
  return serve(run, system => new Connection(system));
}

export function fixed(run: Exploration) {
  return serve(run, system => new ClosedOnce(system));
}

await show(import.meta.url, 'double close', broken, fixed);
