import { group, type TaskGroup, type TimeEvent } from 'escapement';
import { loop, makeTea, minutes, say } from '../kitchen.js';

function* takeOrders(orders: TaskGroup<TimeEvent>) {
  for (const tea of ['black', 'green', 'mint']) {
    orders.spawn(makeTea(tea, 4));
    yield* minutes(2);
  }
}

loop.runSync(function* kitchen() {
  yield* group(function* (orders: TaskGroup<TimeEvent>) {
    yield* takeOrders(orders);
    yield* minutes(1);
    yield* say('closing time');
    orders.cancel();
  });
  yield* say('lights out');
});
