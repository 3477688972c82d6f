import { atomicsWaitModule, busyWaitModule, createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

const strategies = { 'busy-wait': busyWaitModule, 'atomics-wait': atomicsWaitModule, 'set-timeout': setTimeoutModule };

function* sleepSort(numbers: readonly number[]) {
  const sorted: number[] = [];
  function* sleeper(n: number) {
    yield* sleep(n * 20);
    sorted.push(n);
  }
  const tasks = [];
  for (const n of numbers) tasks.push(yield* spawn(sleeper(n)));
  for (const task of tasks) yield* task.join();
  return sorted;
}

for (const [name, strategyModule] of Object.entries(strategies)) {
  const loop = createLoop(strategyModule, sleepModule);
  const sorted = await loop.run(sleepSort([3, 1, 2]));
  console.log(`${name}: ${sorted.join(' ')}`);
}
