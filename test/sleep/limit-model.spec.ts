import { expect } from 'chai';
import { type Coroutine, moveOnAfter, pause, shield, sleep, sleepUntil, spawn, type Task, timeout } from 'escapement';
import fc from 'fast-check';
import { virtualLoop } from '../support/virtual-loop.js';
import { ModelLoop } from './limit-model.js';
import { type LimitProgram, limitProgram, type Player, played } from './limit-program.js';

const RUNS = Number(process.env.LIMIT_RUNS ?? 500);

// biome-ignore lint/suspicious/noExplicitAny: the player is the model's, too
type Anything = any;

function inTheLoop(program: LimitProgram): string[] {
  const { loop, clock } = virtualLoop();
  const log: string[] = [];
  const player: Player<Task> = {
    now: () => clock.time,
    sleep,
    sleepUntil,
    pause,
    shield: body => shield(body as Anything) as Anything,
    spawn: body => spawn(body as Anything) as Anything,
    limit: (throws, duration, body) => (throws ? timeout : moveOnAfter)(duration, body as Anything) as Anything,
    cancel: task => task.cancel('outside'),
  };
  loop.runSync(played(program, player, log) as Coroutine<void, never>);
  return log;
}

function inTheModel(program: LimitProgram): string[] {
  const log: string[] = [];
  const model = new ModelLoop();
  model.run(played(program, model as Anything, log));
  return log;
}

describe('limits', () => {
  it('agree with a model: nested, moved and cancelled at random, many at the same instant', function () {
    this.timeout(60_000 + RUNS * 20);
    fc.assert(
      fc.property(limitProgram, program => {
        expect(inTheLoop(program)).to.deep.equal(inTheModel(program));
      }),
      { numRuns: RUNS },
    );
  });
});
