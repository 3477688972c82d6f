import { pause, spawn } from '@escapement/core';
import { busyWaitModule } from '@escapement/strategies/module';
import { Broadcast, Deferred, Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { createLoop } from '@escapement/wiring';

const opening = new Deferred<number>({ name: 'opening' });
const prices = new Broadcast<number>({ capacity: 2, name: 'prices' });
const offers = new Queue<string>({
  capacity: 1,
  overflow: 'drop-oldest',
  undelivered: offer => console.log(`not sold: ${offer}`),
});

function* display(name: string, effort: number) {
  yield* prices.subscribe().forEach(function* (price, missed) {
    console.log(missed === 0 ? `${name}: ${price}` : `${name}: ${price}, after missing ${missed}`);
    for (let n = 0; n < effort; n++) yield* pause();
  });
}

createLoop(busyWaitModule, syncModule).runSync(function* () {
  yield* spawn(display('quick', 0));
  yield* spawn(display('slow', 7));
  yield* spawn(function* () {
    yield* pause();
    opening.resolve(40); // any code may do that, also a callback of the host
  });
  for (let price = yield* opening; price < 45; price++) {
    prices.publish(price); // waits for nobody
    yield* pause();
    yield* pause();
  }
  prices.close();
});

for (const offer of ['a letter', 'a poster']) offers.tryPut(offer);
offers.cancel();
