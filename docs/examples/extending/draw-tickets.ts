import { busyWaitModule, createLoop, currentTask, sleep, sleepModule, spawn, watch } from 'escapement';
import { Tickets, ticketModule } from './tickets.js';

const tickets = new Tickets();

function* guest(name: string) {
  console.log(`${name} has ticket ${yield* tickets.draw()}`);
}

function* main() {
  tickets.issue(1);
  yield* guest('first'); // answered at once
  yield* spawn(guest('second'));

  const task = yield* currentTask();
  const alarm = yield* watch(sleep(5), {
    resolved: () => task.defer(() => tickets.issue(2)),
    rejected: error => console.log(error),
  });
  yield* sleep(10);
  alarm.cancel(); // over already: does nothing
}

createLoop(busyWaitModule, sleepModule, ticketModule).runSync(main);
