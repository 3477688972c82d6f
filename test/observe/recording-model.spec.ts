import { recording } from '@escapement/observe';
import { expect } from 'chai';
import { EventLoop, SleepHandler } from 'escapement';
import fc from 'fast-check';
import { SignalHandler } from '../support/signal-event.js';
import { JumpStrategy } from '../support/virtual-loop.js';
import { type Action, anyActions, BusyProgram } from './busy-program.js';
import { type DecodedTrace, decodeTrace } from './decoded-trace.js';
import { drawingOf, KeptRun } from './kept-run.js';

const RUNS = Number(process.env.RECORDING_RUNS ?? 60);
// The times of the programs are quarters of a millisecond.
const seconds = fc.constantFrom(0.00025, 0.001, 0.003, 10);
const RECORD_SIZE = 24 / 2 ** 20;

function recorded(actions: readonly Action[], records: number, seconds = 10) {
  const strategy = new JumpStrategy();
  const handler = new SignalHandler();
  const recorder = recording({ clock: strategy.clock, mebibytes: records * RECORD_SIZE, seconds });
  const kept = new KeptRun(strategy.clock);
  const loop = new EventLoop({
    strategy,
    handlers: [new SleepHandler(strategy.clock), handler],
    instruments: [recorder, kept],
  });
  const program = new BusyProgram(strategy.clock, handler);
  let outcome = 'returned';
  try {
    loop.runSync(() => program.run(actions));
  } catch (error) {
    outcome = (error as Error).constructor.name;
  }
  return { kept, outcome, trace: decodeTrace(recorder.dump()) };
}

describe('the trace of a random program', () => {
  const outcomes = new Set<string>();

  it('shows what an instrument saw that keeps everything', () => {
    fc.assert(
      fc.property(anyActions, actions => {
        const { kept, trace, outcome } = recorded(actions, 10_000);
        outcomes.add(outcome);
        const expected = kept.drawing();
        const shown = drawingOf(trace);
        expect(shown.tasks).to.deep.equal(expected.tasks);
        expect(shown.flows).to.deep.equal(expected.flows);
        expect(shown.sleeps).to.deep.equal(expected.sleeps);
        expect(stepsOf(trace)).to.equal(kept.steps);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect([...outcomes]).to.include.members(['returned', 'DeadlockError', 'Error']);
  });

  it('shows the end of that if the ring has lost the beginning or it was too long ago', () => {
    fc.assert(
      fc.property(anyActions, fc.integer({ min: 1, max: 60 }), seconds, (actions, records, seconds) => {
        const { kept, trace } = recorded(actions, records, seconds);
        const { tasks } = kept.drawing();
        for (const [name, { parent, slices, instants }] of Object.entries(drawingOf(trace).tasks)) {
          const full = tasks[name]!;
          expect(parent).to.be.oneOf([full.parent, 'loop']);
          expect(instants).to.deep.equal(full.instants.slice(full.instants.length - instants.length));
          const expected = full.slices.slice(full.slices.length - slices.length);
          for (const [index, slice] of slices.entries()) {
            const { began, ...args } = slice.args;
            const whole = expected[index]!;
            expect(slice.end).to.equal(whole.end);
            if (began === undefined) expect({ ...slice, args }).to.deep.equal(whole);
            else expect(index, 'only the first slice began earlier').to.equal(0);
            expect(namesFor(whole.name)).to.include(slice.name);
          }
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});

/** A cancelled task does not say what it had waited for. */
function namesFor(name: string): string[] {
  return name.startsWith('waits') ? [name, 'waits for an event'] : [name];
}

function stepsOf({ tracks }: DecodedTrace): number {
  return tracks.flatMap(({ slices }) => slices).filter(({ name }) => name === 'step').length;
}
