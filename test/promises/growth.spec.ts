import { EventEmitter } from 'node:events';
import { abortable, eventsOf, forEachAsync, manage, mapAsync, type Put, produce, resolved } from '@escapement/promises';
import * as e from 'escapement';
import { describeGrowth, type Structures } from '../support/growth.js';
import { promiseLoop } from './promise-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: programs of any events
type Program = e.Coroutine<any, any>;

const never = new Promise<never>(() => {});
const settled = Promise.resolve(1);
const emitter = new EventEmitter();

const STRUCTURES: Structures = {
  'tasks that wait for one promise and are cancelled': function* (n) {
    const tasks: e.Task[] = [];
    for (let place = 0; place < n; place++) tasks.push(yield* e.spawn(resolved(never)));
    yield* e.pause();
    for (let place = 0; place < n; place++) tasks[(place + (n >> 1)) % n]!.cancel();
    yield* e.pause();
  },
  'tasks that wait for one promise until it is settled': function* (n) {
    const slow = new Promise<void>(resolve => setImmediate(resolve));
    yield* e.scope(function* (): Program {
      for (let place = 0; place < n; place++) yield* e.spawn(resolved(slow));
    });
  },
  'races with a promise that never settles': function* (n) {
    for (let place = 0; place < n / 4; place++) yield* e.race([resolved(never), e.pause()]);
  },
  'waits for a settled promise in turn': function* (n) {
    for (let place = 0; place < n / 4; place++) yield* resolved(settled);
  },
  'calls of abortable that are cancelled': function* (n) {
    for (let place = 0; place < n / 4; place++)
      yield* e.race([abortable(() => never, { whenCancelled: 'abandon' }), e.pause()]);
  },
  'resources of manage': function* (n) {
    yield* e.scope(function* (): Program {
      for (let place = 0; place < n; place++) yield* manage({ [Symbol.dispose]() {} });
    });
  },
  'items of mapAsync': function* (n) {
    yield* mapAsync(Array.from({ length: n }).keys(), () => e.pause(), { concurrency: 100 });
  },
  'items of an async iterable': function* (n) {
    async function* items() {
      for (let item = 0; item < n; item++) yield item;
    }
    yield* forEachAsync(items(), () => e.pause(), { concurrency: 10 });
  },
  'items that a program produces': function* (n) {
    const items = yield* produce(function* (put: Put<number>) {
      for (let item = 0; item < n / 4; item++) yield* put(item);
    });
    yield* forEachAsync(items, () => e.pause());
  },
  'subscriptions to the events of one emitter': function* (n) {
    for (let place = 0; place < n / 8; place++)
      yield* e.scope(function* (): Program {
        const events = yield* eventsOf(emitter, 'item');
        emitter.emit('item', place);
        yield* events.next();
      });
  },
};

describe('growth: promises', () => {
  describeGrowth(STRUCTURES, () => {
    const { loop } = promiseLoop();
    return program => loop.run(program as never);
  });
});
