import { type Coroutine, coroutine, EventLoop, type Instrument, type Pause, pause } from '@escapement/core';
import { debugging } from '@escapement/debug';
import { sleep } from '@escapement/sleep';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';

const greet = coroutine(function* greet(): Coroutine<void, Pause> {
  yield* pause();
  console.log('welcome');
});

function* main() {
  sleep(5);
  greet();
}

// Without it, warnings go to the console.
const reporter: Instrument = {
  warned: ({ code, message }) => console.log(`${code}: ${message.replace(/at .* in task "main"/, 'at ...')}`),
};

const strategy = new VirtualTimeStrategy(new VirtualClock());
new EventLoop({ strategy, instruments: [reporter, ...debugging(strategy.clock)] }).runSync(main);
