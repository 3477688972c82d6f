import { AtomicsWaitStrategy, EventLoop, every, HybridStrategy, PerformanceClock, SleepHandler } from 'escapement';

const clock = new PerformanceClock();
const strategy = new HybridStrategy(new AtomicsWaitStrategy(clock));
const loop = new EventLoop({ strategy, handlers: [new SleepHandler(clock)] });

loop.runSync(function* pour() {
  const drops = every(2);
  for (let drop = 0; drop < 50; drop++) yield* drops;
});
for (const line of strategy.report().summary) console.log(line);
