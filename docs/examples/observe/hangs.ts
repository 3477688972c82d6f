import { dumpLoops } from '@escapement/observe';
import { waitTimesModule } from '@escapement/observe/module';
import { Lock } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop, sleep, sleepModule, spawn } from 'escapement';

const accounts = new Lock('accounts');
const audit = new Lock('audit');

function* transfer() {
  yield* accounts.acquire();
  yield* sleep(20); // reads the accounts
  yield* audit.acquire();
}

function* report() {
  yield* audit.acquire();
  yield* sleep(20); // reads the audit
  yield* accounts.acquire();
}

function* worker(number: number) {
  yield* sleep(60_000 + number);
}

createLoop(virtualTimeModule, sleepModule, syncModule, waitTimesModule()).runSync(function* server() {
  yield* spawn(transfer);
  yield* spawn(report);
  for (let n = 1; n <= 100; n++) yield* spawn(worker(n), { name: `worker ${n}` });
  yield* sleep(5000);
  console.log(dumpLoops()); // as `escapement-observe ps` shows it from outside
  process.exit(); // a server would go on
});
