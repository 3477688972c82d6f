import { DescriptorClosedError, readable, writable } from '@escapement/io';
import { close, PosixError, pipe, write } from '@escapement/posix';
import { expect } from 'chai';
import { sleep, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { byte, drain, fill, givingBackAll, ioLoop, selectors } from './io-loop.js';

// Random programs of waits, cancellations, reads, writes and closes on a few pipes. The model knows only what the pipes hold:
// a wait ends at the first look that finds its pipe ready.

type Step =
  | { readonly do: 'wait'; readonly pipe: number; readonly for: 'readable' | 'writable' }
  | { readonly do: 'cancel'; readonly wait: number }
  | { readonly do: 'write' | 'drain' | 'fill' | 'close reader' | 'close writer' | 'look'; readonly pipe: number };

const PIPES = 3;
const onPipe = (weight: number, ...names: Exclude<Step['do'], 'wait' | 'cancel'>[]) => ({
  weight,
  arbitrary: fc.record({ do: fc.constantFrom(...names), pipe: fc.nat(PIPES - 1) }) as fc.Arbitrary<Step>,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      pipe: fc.nat(PIPES - 1),
      for: fc.constantFrom('readable' as const, 'writable' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), wait: fc.nat(20) }) },
  onPipe(3, 'write', 'drain', 'fill'),
  onPipe(1, 'close reader', 'close writer'),
  onPipe(4, 'look'),
);

interface ModelPipe {
  state: 'empty' | 'some' | 'full';
  reader: boolean;
  writer: boolean;
}
type End = 'waiting' | 'ready' | 'ESC_DESCRIPTOR_CLOSED' | 'EBADF' | 'cancelled';
interface ModelWait {
  readonly pipe: number;
  readonly for: 'readable' | 'writable';
  end: End;
  hasStarted: boolean;
}

class Model {
  readonly pipes: ModelPipe[] = Array.from({ length: PIPES }, () => ({ state: 'empty', reader: true, writer: true }));
  readonly waits: ModelWait[] = [];

  play(action: Step): void {
    if (action.do === 'wait') {
      this.waits.push({ pipe: action.pipe, for: action.for, end: 'waiting', hasStarted: false });
      return;
    }
    if (action.do === 'cancel') {
      const wait = this.waits[action.wait];
      if (wait?.end === 'waiting') wait.end = 'cancelled';
      return;
    }
    const it = this.pipes[action.pipe]!;
    if (action.do === 'write' && it.reader && it.writer && it.state === 'empty') it.state = 'some';
    if (action.do === 'drain' && it.reader) it.state = 'empty';
    if (action.do === 'fill' && it.reader && it.writer) it.state = 'full';
    if (action.do === 'close reader') this.#close(action.pipe, 'reader', 'readable');
    if (action.do === 'close writer') this.#close(action.pipe, 'writer', 'writable');
    if (action.do === 'look') this.look();
  }

  /** A task that waits gets DescriptorClosedError; a task that begins to wait later gets EBADF. */
  #close(pipe: number, end: 'reader' | 'writer', what: ModelWait['for']): void {
    this.pipes[pipe]![end] = false;
    for (const wait of this.waits) {
      if (wait.pipe === pipe && wait.for === what && wait.end === 'waiting' && wait.hasStarted) {
        wait.end = 'ESC_DESCRIPTOR_CLOSED';
      }
    }
  }

  look(): void {
    for (const wait of this.waits) {
      wait.hasStarted = true;
      const { state, reader, writer } = this.pipes[wait.pipe]!;
      if (wait.end !== 'waiting') continue;
      if (wait.for === 'readable') {
        if (!reader) wait.end = 'EBADF';
        else if (state !== 'empty' || !writer) wait.end = 'ready';
      } else if (!writer) wait.end = 'EBADF';
      else if (state !== 'full' || !reader) wait.end = 'ready';
    }
  }
}

function* waiter(event: ReturnType<typeof readable> | ReturnType<typeof writable>) {
  try {
    yield* event;
    return 'ready';
  } catch (error) {
    if (error instanceof PosixError || error instanceof DescriptorClosedError) return error.code;
    throw error;
  }
}

function endOf(task: Task<string>): string {
  const { result } = task;
  if (result.state === 'succeeded') return result.value;
  return result.state === 'cancelled' ? 'cancelled' : 'waiting';
}

/** Plays the steps for real. Each look is a few turns of the loop. @returns the ends of all waits, after each look */
function* real(steps: readonly Step[], closeWith: (fd: number) => void) {
  const pipes = Array.from({ length: PIPES }, () => pipe());
  const open = new Set(pipes.flatMap(({ reader, writer }) => [reader, writer]));
  const tasks: Task<string>[] = [];
  const seen: string[][] = [];
  const closeOnce = (fd: number) => {
    if (open.delete(fd)) closeWith(fd);
  };
  const attempt = (fd: number, call: () => void) => {
    if (!open.has(fd)) return;
    try {
      call();
    } catch (error) {
      // Nobody reads any more.
      if (!(error instanceof PosixError)) throw error;
    }
  };
  for (const action of [...steps, { do: 'look' } as Step]) {
    if (action.do === 'wait') {
      const { reader, writer } = pipes[action.pipe]!;
      tasks.push(yield* spawn(waiter(action.for === 'readable' ? readable(reader) : writable(writer))));
    } else if (action.do === 'cancel') {
      const task = tasks[action.wait];
      // A wait that was settled keeps its outcome, even if its task has not run yet.
      task?.cancel();
    } else if (action.do === 'look') {
      for (let n = 0; n < 3; n++) yield* sleep(0.01);
      seen.push(tasks.map(endOf));
    } else {
      const { reader, writer } = pipes[action.pipe]!;
      if (action.do === 'write') attempt(writer, () => write(writer, byte));
      if (action.do === 'drain') attempt(reader, () => drain(reader));
      if (action.do === 'fill') attempt(writer, () => fill(writer));
      if (action.do === 'close reader') closeOnce(reader);
      if (action.do === 'close writer') closeOnce(writer);
    }
  }
  for (const task of tasks) task.cancel();
  for (const fd of open) closeWith(fd);
  return seen;
}

function modelled(steps: readonly Step[]): string[][] {
  const model = new Model();
  const seen: string[][] = [];
  for (const action of [...steps, { do: 'look', pipe: 0 } as Step]) {
    model.play(action);
    if (action.do === 'look') seen.push(model.waits.map(({ end }) => end));
  }
  return seen;
}

describe('io: random programs', () => {
  givingBackAll();

  for (const [name, Kind] of Object.entries(selectors)) {
    it(`end the waits that the model ends, with the ${name} selector`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), steps => {
          const { loop, handler } = ioLoop('busy-wait', Kind);
          const seen = loop.runSync(() => real(steps, close));
          expect(seen).to.deep.equal(modelled(steps));
          expect(handler.inFlight()).to.equal(0);
        }),
        { numRuns: 300 },
      );
    });
  }
});
