import {
  AtomicsWaitStrategy,
  ControllableStrategy,
  createLoop,
  every,
  HybridStrategy,
  PerformanceClock,
  SetTimeoutStrategy,
  sleep,
  sleepModule,
  strategyModule,
} from 'escapement';

const clock = new PerformanceClock();
const strategy = new ControllableStrategy({
  cheap: new SetTimeoutStrategy(clock),
  exact: new HybridStrategy(new AtomicsWaitStrategy(clock)),
});

function* measure() {
  strategy.use('exact');
  try {
    const ticks = every(1);
    let missed = 0;
    for (let n = 0; n < 50; n++) missed += (yield* ticks).missed;
    return missed;
  } finally {
    strategy.use('cheap');
  }
}

const loop = createLoop(
  strategyModule(() => strategy),
  sleepModule,
);
await loop.run(function* () {
  yield* sleep(20); // whatever the program does otherwise
  console.log(`50 ticks, ${yield* measure()} missed, now ${strategy.using}`);
});
