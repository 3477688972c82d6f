import { createLoop, every, preciseTimeoutModule, sleepModule } from 'escapement';

let heartbeats = 0;
const heartbeat = setInterval(() => heartbeats++, 10); // as a server's connections would

const late: number[] = [];
await createLoop(preciseTimeoutModule, sleepModule).run(function* () {
  const ticks = every(5);
  for (let n = 0; n < 40; n++) {
    const { due } = yield* ticks;
    late.push(performance.now() - due);
  }
});
clearInterval(heartbeat);
late.sort((a, b) => a - b);
console.log(`a tick is typically ${((late[20] as number) * 1000).toFixed(1)} us late`);
console.log(`the host went on running: ${heartbeats > 5}`);
