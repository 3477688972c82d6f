import { Queue } from '@escapement/sync';
import { race, select, spawn } from 'escapement';
import { loop, minutes } from '../kitchen.js';

const tables = new Queue<string>({ name: 'tables' });
const takeaway = new Queue<string>({ name: 'takeaway' });

function* twoGuests() {
  yield* minutes(1);
  tables.tryPut('black tea');
  takeaway.tryPut('green tea');
}

loop.runSync(function* cook() {
  yield* spawn(twoGuests);
  const { value } = yield* select([tables.get(), takeaway.get()]);
  console.log(`select: ${value}; still there: ${takeaway.tryGet()?.value}`);

  yield* spawn(twoGuests);
  const tea = yield* race([tables.get(), takeaway.get()]);
  console.log(`race: ${tea}; still there: ${takeaway.tryGet()?.value}`);
});
