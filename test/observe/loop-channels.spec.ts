import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { instrumentLaws } from '@escapement/conformance';
import { type ChannelMessages, LoopChannels } from '@escapement/observe/channels';
import { channelsModule } from '@escapement/observe/channels/module';
import { expect } from 'chai';
import { createLoop, pause, setTimeoutModule, sleep, sleepModule, spawn, warn } from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoopOf } from '../support/virtual-loop.js';

type ChannelName = keyof ChannelMessages;

const ALL: readonly ChannelName[] = [
  'escapement:task:spawn',
  'escapement:task:end',
  'escapement:step',
  'escapement:suspend',
  'escapement:sleep',
  'escapement:crash',
  'escapement:warning',
];

function publishingLoop() {
  const strategy = new JumpStrategy();
  const instruments = [new LoopChannels(strategy.clock)];
  return virtualLoopOf(strategy, { instruments, handlers: [new SignalHandler()] });
}

/** What is published in the given channels during `action`. */
function publishedIn(names: readonly ChannelName[], action: () => void, receive = (_: unknown) => {}) {
  const messages: { name: ChannelName; message: ChannelMessages[ChannelName] }[] = [];
  const listen = (message: unknown, name: string | symbol) => {
    messages.push({ name: name as ChannelName, message: message as ChannelMessages[ChannelName] });
    receive(message);
  };
  for (const name of names) subscribe(name, listen);
  try {
    action();
  } finally {
    for (const name of names) unsubscribe(name, listen);
  }
  return messages;
}

function lineOf({ name, message }: ReturnType<typeof publishedIn>[number]): string {
  const parts: Record<string, unknown> = { ...message };
  const shown = Object.entries(parts).map(([key, value]) => {
    const task = value as ChannelMessages['escapement:task:end']['task'];
    return key === 'task' ? `${task.name} ${task.result.state}` : `${key} ${value}`;
  });
  return `${name.replace('escapement:', '')}: ${shown.join(', ')}`;
}

describe('the channels of a loop', () => {
  it('get what it does, in order: spawn, step, suspend, sleep, warning, end', () => {
    const { loop, clock } = publishingLoop();
    const published = publishedIn(ALL, () =>
      loop.runSync(function* main() {
        clock.time += 3;
        yield* spawn(sleep(5), { name: 'napper' });
        yield* warn('MINE', 'a warning');
      }),
    );
    expect(published.map(lineOf)).to.deep.equal([
      'task:spawn: main succeeded',
      'task:spawn: napper succeeded',
      'warning: code MINE, message a warning, main succeeded',
      'step: main succeeded, duration 3',
      'suspend: napper succeeded, event SleepFor(duration=5)',
      'step: napper succeeded, duration 0',
      'sleep: startedAt 3, until 8, endedAt 8',
      'step: napper succeeded, duration 0',
      'task:end: napper succeeded',
      'task:end: main succeeded',
    ]);
  });

  it('get crashes', () => {
    const { loop } = publishingLoop();
    const [published] = publishedIn(['escapement:crash'], () => {
      expect(() => loop.runSync(new Signal())).to.throw('nothing can ever happen');
    });
    expect((published!.message as ChannelMessages['escapement:crash']).fault).to.have.property('code', 'ESC_DEADLOCK');
  });

  it('get messages only of what begins while somebody subscribes', () => {
    const { loop } = publishingLoop();
    const names: string[] = [];
    const listen = (_: unknown, name: string | symbol) => names.push(String(name));
    loop.runSync(function* () {
      subscribe('escapement:step', listen);
      yield* pause();
      yield* pause();
      unsubscribe('escapement:step', listen);
    });
    // Of three steps the first had begun before, and nobody subscribes at the end of the last.
    expect(names).to.deep.equal(['escapement:step']);
  });

  it('cost no reading of the clock without subscribers', () => {
    const { loop, clock } = publishingLoop();
    const { loop: silent, clock: silentClock } = virtualLoopOf(new JumpStrategy());
    clock.costOfLooking = silentClock.costOfLooking = 1;
    function program() {
      return (function* () {
        for (let n = 0; n < 10; n++) yield* pause();
        yield* sleep(100);
      })();
    }
    loop.runSync(program());
    silent.runSync(program());
    expect(clock.time).to.equal(silentClock.time);
  });

  it('have subscribers that may throw: Node reports it, and the loop goes on', async () => {
    const { loop, warnings } = publishingLoop();
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const reported: unknown[] = [];
    process.on('uncaughtException', error => reported.push(error));
    try {
      const broken = new Error('a broken subscriber');
      const published = publishedIn(
        ['escapement:task:end'],
        () => loop.runSync(spawn(pause())),
        () => {
          throw broken;
        },
      );
      expect(published).to.have.lengthOf(2);
      await new Promise(resolve => setImmediate(resolve));
      expect(reported).to.deep.equal([broken, broken]);
      expect(warnings).to.deep.equal([]);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });

  it('are those of each loop that loads channelsModule', async () => {
    const loops = [1, 2].map(() => createLoop(setTimeoutModule, sleepModule, channelsModule));
    const ended: string[] = [];
    const listen = (message: unknown) => {
      ended.push((message as ChannelMessages['escapement:task:end']).task.name);
    };
    subscribe('escapement:task:end', listen);
    try {
      await Promise.all(loops.map(loop => loop.run(pause())));
    } finally {
      unsubscribe('escapement:task:end', listen);
    }
    expect(ended).to.have.lengthOf(2);
  });
});

instrumentLaws({ describe, it }, { instrument: () => new LoopChannels(new JumpStrategy().clock) });
