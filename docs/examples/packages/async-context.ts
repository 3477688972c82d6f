import { AsyncLocalStorage } from 'node:async_hooks';
import { pause, spawn } from '@escapement/core';
import { withStore } from '@escapement/host';
import { asyncContextModule } from '@escapement/host/module';
import { setTimeoutModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

const requests = new AsyncLocalStorage<{ readonly id: string }>();
const log = (text: string) => console.log(`[${requests.getStore()?.id ?? '-'}] ${text}`);

function* query(sql: string) {
  yield* pause(); // others run
  log(sql);
}

function* handle(path: string) {
  log(`GET ${path}`);
  yield* spawn(query('select 1')); // inherits the request
  yield* query('select 2');
}

await createLoop(setTimeoutModule, asyncContextModule).run(function* main() {
  yield* spawn(withStore(requests, { id: 'a' }, handle('/')));
  yield* spawn(withStore(requests, { id: 'b' }, handle('/news')));
  yield* pause();
  log('serving');
});
