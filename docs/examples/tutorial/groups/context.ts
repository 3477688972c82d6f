import { ContextKey, getContext, spawn, withContext } from 'escapement';
import { loop, minutes, say } from '../kitchen.js';

const table = new ContextKey<string>('table', 'the counter');

function* serve(cup: string) {
  yield* minutes(1);
  yield* say(`${cup} for ${yield* getContext(table)}`);
}

function* order() {
  yield* spawn(serve('black tea'));
  yield* spawn(serve('a scone'));
}

loop.runSync(function* kitchen() {
  yield* withContext(table, 'table 7', order);
  yield* serve('green tea');
});
