import { Queue } from '@escapement/sync';
import { now, spawn } from 'escapement';
import { loop, MINUTE, minutes } from '../kitchen.js';

const guests = new Queue<number>({ name: 'guests' });
let longestWait = 0;

function* cook() {
  yield* guests.forEach(function* (since) {
    yield* minutes(4);
    longestWait = Math.max(longestWait, (yield* now()) - since);
  });
}

loop.runSync(function* day() {
  yield* spawn(cook);
  for (let hour = 0; hour < 24; hour++) {
    for (let guest = 0; guest < 10; guest++) yield* guests.put(yield* now());
    yield* minutes(60);
  }
  guests.close();
  console.log(`after ${(yield* now()) / MINUTE / 60} hours: nobody waited longer than ${longestWait / MINUTE} minutes`);
});
