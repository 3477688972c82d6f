import {
  BusyWaitStrategy,
  type Coroutine,
  coroutine,
  debugging,
  EventLoop,
  type Instrument,
  PerformanceClock,
} from 'escapement';
import { Flag, FlagHandler, type Raised } from './flag.js';

const greet = coroutine(function* greet(door: Flag): Coroutine<void, Raised> {
  yield* door.raised();
  console.log('welcome');
});

function* main() {
  const door = new Flag();
  door.raised();
  greet(door);
}

// Without it, warnings go to the console.
const reporter: Instrument = {
  warned: ({ code, message }) => console.log(`${code}: ${message.replace(/at .* in task "main"/, 'at ...')}`),
};

const strategy = new BusyWaitStrategy(new PerformanceClock());
const instruments = [reporter, ...debugging(strategy.clock)];
new EventLoop({ strategy, handlers: [new FlagHandler()], instruments }).runSync(main);
