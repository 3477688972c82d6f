import { inspect } from 'node:util';
import { Barrier, Broadcast, Condition, Deferred, Lock, Queue, Semaphore, Signal } from '@escapement/sync';
import { expect } from 'chai';
import { type LoopEvent, pause, select, sleep, spawn, type Task } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

describe('console.log', () => {
  it('shows of a task its name and what it does, and so do messages', () => {
    const { loop } = virtualLoop();
    loop.runSync(function* main() {
      const task: Task = yield* spawn(sleep(5), { name: 'reader' });
      expect(inspect(task)).to.equal('task "reader" (spawned)');
      yield* pause();
      expect(inspect({ task })).to.equal('{ task: task "reader" (waits for SleepFor(duration=5)) }');
      expect(inspect(task.join())).to.include('task "reader" (waits').and.not.include('Scheduler');
      let refusal: unknown;
      try {
        yield task as never;
      } catch (error) {
        refusal = error;
      }
      expect(String(refusal)).to.match(/yielded task "reader" .*Write `yield\*` instead of `yield`/);
      yield* task.join();
      expect(`${task}`).to.equal('task "reader" (succeeded)');
      const selectIt = () => select({ a: task as never as LoopEvent });
      expect(selectIt).to.throw(
        'select got task "reader" (succeeded), expected an event for its branch "a". Of a task, pass task.join()',
      );
    });
  });

  it('shows what tasks share by its text', () => {
    const lock = new Lock('db');
    const shared = {
      lock,
      semaphore: new Semaphore(2, { name: 'pool' }),
      condition: new Condition(lock),
      signal: new Signal('ready'),
      deferred: new Deferred({ name: 'port' }),
      barrier: new Barrier(3),
      queue: new Queue({ name: 'jobs' }),
      broadcast: new Broadcast({ name: 'prices' }),
      subscriber: new Broadcast({ name: 'prices' }).subscribe(),
    };
    for (const [name, one] of Object.entries(shared)) expect(inspect(one), name).to.equal(String(one));
    expect(inspect(shared.queue)).to.equal('queue "jobs"');
  });
});
