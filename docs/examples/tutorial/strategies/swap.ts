import {
  atomicsWaitModule,
  busyWaitModule,
  createLoop,
  hybridModule,
  now,
  setTimeoutModule,
  sleep,
  sleepModule,
} from 'escapement';

const strategies = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  'set-timeout': setTimeoutModule,
  hybrid: hybridModule,
};

/** Pours a drop every two milliseconds. @returns how late a drop typically is, in milliseconds */
function* pour() {
  const late: number[] = [];
  for (let drop = 0; drop < 20; drop++) {
    const due = (yield* now()) + 2;
    yield* sleep(2);
    late.push((yield* now()) - due);
  }
  return late.sort((a, b) => a - b)[10]!;
}

for (const [name, strategy] of Object.entries(strategies)) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const late = await createLoop(strategy, sleepModule).run(pour);
  const share = process.cpuUsage(cpu).user / 1000 / (performance.now() - start);
  console.log(`${name}: ${late.toFixed(3)} ms late, ${(100 * share).toFixed(0)} % of a core`);
}
