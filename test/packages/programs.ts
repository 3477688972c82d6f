/** Plain JavaScript that a user of the published packages might write, and what it prints. */
export interface Program {
  readonly title: string;
  readonly source: string;
  readonly output: string;
}

export const PROGRAMS: readonly Program[] = [
  ...['busyWaitModule', 'atomicsWaitModule', 'setTimeoutModule'].map(strategy => ({
    title: `escapement sleeps with ${strategy}`,
    source: `
      import { createLoop, now, sleep, sleepModule, spawn, ${strategy} } from 'escapement';
      function* nap(name, duration) {
        const start = yield* now();
        yield* sleep(duration);
        console.log(name, (yield* now()) - start >= duration ? 'in time' : 'early');
        return duration;
      }
      const total = await createLoop(${strategy}, sleepModule).run(function* () {
        const slow = yield* spawn(nap('slow', 30));
        const quick = yield* spawn(nap('quick', 2.5));
        return (yield* slow.join()) + (yield* quick.join());
      });
      console.log(total);`,
    output: 'quick in time\nslow in time\n32.5\n',
  })),
  {
    title: '@escapement/core runs a loop with a strategy of the program and no container',
    source: `
      import { Clock, EventLoop, pause, SleepStrategy, spawn } from '@escapement/core';
      class StoppedClock extends Clock {
        now() { return 0; }
      }
      class NoSleep extends SleepStrategy {
        alias = 'no-sleep';
        waits = 'spins';
        clock = new StoppedClock();
        sleep() {}
      }
      function* count(name) {
        for (let n = 1; n <= 2; n++) {
          console.log(name, n);
          yield* pause();
        }
      }
      new EventLoop({ strategy: new NoSleep() }).runSync(function* () {
        yield* spawn(count('a'));
        yield* spawn(count('b'));
      });`,
    output: 'a 1\nb 1\na 2\nb 2\n',
  },
  {
    title: '@escapement/sleep and @escapement/strategies are wired by a container of the program',
    source: `
      import { EventLoop } from '@escapement/core';
      import { sleep } from '@escapement/sleep';
      import { sleepModule } from '@escapement/sleep/module';
      import { busyWaitModule } from '@escapement/strategies/module';
      import { loopModule } from '@escapement/wiring';
      import { Container } from 'inversify';
      const container = new Container();
      container.load(sleepModule, busyWaitModule, loopModule);
      container.get(EventLoop).runSync(() => sleep(1));
      console.log('slept');`,
    output: 'slept\n',
  },
  {
    title: '@escapement/sleep and @escapement/strategies make a loop without a container',
    source: `
      import { EventLoop } from '@escapement/core';
      import { sleep, SleepHandler } from '@escapement/sleep';
      import { BusyWaitStrategy, PerformanceClock } from '@escapement/strategies';
      const strategy = new BusyWaitStrategy(new PerformanceClock());
      new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] }).runSync(() => sleep(1));
      console.log('slept', typeof Reflect.getMetadata);`,
    output: 'slept undefined\n',
  },
  {
    title: 'escapement has its classes injected into in a container of the program',
    source: `
      import { BusyWaitStrategy, Clock, EventHandler, EventLoop, loopModule, PerformanceClock, sleep, SleepHandler, SleepStrategy } from 'escapement';
      import { Container } from 'inversify';
      const container = new Container();
      container.load(loopModule);
      container.bind(Clock).to(PerformanceClock).inSingletonScope();
      container.bind(SleepStrategy).to(BusyWaitStrategy).inSingletonScope();
      container.bind(EventHandler).to(SleepHandler).inSingletonScope();
      container.get(EventLoop).runSync(() => sleep(1));
      console.log('slept');`,
    output: 'slept\n',
  },
  {
    title: 'escapement makes modules of plain classes without decorators',
    source: `
      import { Clock, createLoop, EventHandler, handlerModule, LoopEvent, now, SchedulingPolicy, policyModule, SleepStrategy, strategyModule } from 'escapement';
      class Spin extends SleepStrategy {
        alias = 'spin';
        waits = 'spins';
        constructor(clock, lookUpEvery) {
          super();
          this.clock = clock;
          this.lookUpEvery = lookUpEvery;
        }
        sleep(until) {
          const lookUp = Math.min(until, this.clock.now() + this.lookUpEvery);
          while (this.clock.now() < lookUp);
        }
      }
      class Nap extends LoopEvent {
        kind = 'nap';
      }
      class NapHandler extends EventHandler {
        handles = Nap;
        due = Infinity;
        constructor(clock, strategy) {
          super();
          this.clock = clock;
          console.log(clock === strategy.clock);
        }
        arm(_nap, waiter) {
          this.waiter = waiter;
          this.due = this.clock.now() + 5;
        }
        disarm() {}
        poll(now) {
          if (now >= this.due) this.waiter.resolve();
        }
        nextDeadline() {
          return this.due;
        }
      }
      class Lifo extends SchedulingPolicy {
        alias = 'lifo';
        tasks = [];
        add(task) {
          this.tasks.push(task);
        }
        next() {
          return this.tasks.pop();
        }
      }
      const loop = createLoop(
        strategyModule(clock => new Spin(clock, 0.01)),
        handlerModule([Clock, SleepStrategy], (clock, strategy) => new NapHandler(clock, strategy)),
        policyModule(() => new Lifo()),
      );
      loop.runSync(function* () {
        const start = yield* now();
        yield* new Nap();
        console.log((yield* now()) - start >= 5);
      });`,
    output: 'true\ntrue\n',
  },
  {
    title: '@escapement/wiring names what is missing',
    source: `
      import { createLoop } from '@escapement/wiring';
      try {
        createLoop();
      } catch (error) {
        console.log(error.code);
      }`,
    output: 'ESC_NO_STRATEGY\n',
  },
];

/** Does not compile if a type was lost on the way, became `any`, or if the loop forgot which events it handles. */
export const CHECKED_PROGRAM = `
import { createLoop, type Coroutine, LoopEvent, now, type Now, type SleepFor, setTimeoutModule, sleep, sleepModule, spawn, type Task } from 'escapement';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

class Doorbell extends LoopEvent<string> {
  readonly kind = 'doorbell';
}
function* nap(duration: number): Coroutine<number, Now | SleepFor> {
  const start = yield* now();
  same<typeof start, number>(true);
  const slept = yield* sleep(duration);
  same<typeof slept, void>(true);
  return (yield* now()) - start;
}
function* answer() {
  const who = yield* new Doorbell();
  same<typeof who, string>(true);
  const task = yield* spawn(nap(1));
  same<typeof task, Task<number>>(true);
  const joined = yield* task.join();
  same<typeof joined, number>(true);
  return who;
}
const loop = createLoop(setTimeoutModule, sleepModule);
same<ReturnType<typeof loop.run<number, never>>, Promise<number>>(true);
void loop.run(() => nap(1));
// @ts-expect-error no module handles Doorbell
void loop.run(answer);
`;

/** Nothing else in it may import what declares the metrics. */
export const METRICS_PROGRAM = `
import { metricsModule } from '@escapement/observe/module';
import { createLoop, setTimeoutModule } from 'escapement';

const { steps, inFlight } = createLoop(setTimeoutModule, metricsModule).metrics();
console.log(steps?.toFixed(), inFlight.IoHandler);
declare const console: { log(...values: unknown[]): void };
`;

/** Gives values of the types of Node to all that takes them. Those types change with each version. */
export const NODE_TYPES_PROGRAM = `
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, on } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import { MessageChannel, parentPort, Worker } from 'node:worker_threads';
import { withStore } from '@escapement/host';
import { abortable, eventsOf, itemsOf, manage, resolved, sinkOf } from '@escapement/promises';
import { childProcess } from '@escapement/promises/node';
import { hostStream } from '@escapement/promises/streams';
import { closePort, loopInWorker, received, Sender } from '@escapement/workers';
import { createLoop, setTimeoutModule, sleep } from 'escapement';

const { port1, port2 } = new MessageChannel();
const worker = new Worker(new URL('file:///worker.js'));
for (const port of [port1, worker]) [received<string>(port), new Sender<string>(port).send('text', [port2])];
if (parentPort) [received(parentPort), new Sender(parentPort), closePort(parentPort)];
closePort(port1);
loopInWorker(new URL('file:///program.js'), 'program', [], { env: process.env, transfer: [port2] });

const { signal } = new AbortController();
createLoop(setTimeoutModule).run(function* () {}, { signal });
createLoop(setTimeoutModule).run(function* () {}, { signal: AbortSignal.any([AbortSignal.timeout(5), signal]) });
abortable(signal => fetch('http://localhost', { signal }));
abortable(signal => later(5, 'value', { signal }));
resolved(later(5));
resolved(fetch('http://localhost').then(response => response.json()));
manage(createServer());
resolved(open('file').then(manage));
withStore(new AsyncLocalStorage<{ id: string }>(), { id: '1' }, sleep(1));

eventsOf(new EventEmitter(), 'name');
eventsOf(createServer(), 'request', { end: ['close'] });
eventsOf(connect(80), Symbol('name'));
eventsOf(process, 'SIGINT');
eventsOf(new EventTarget(), 'name');
eventsOf(signal, 'abort');
itemsOf(on(new EventEmitter(), 'name'));
itemsOf(createReadStream('file'));
childProcess('ls', ['-l'], { env: process.env });
for (const sink of [createWriteStream('file'), process.stdout, new PassThrough()]) sinkOf<string>(sink);
for (const stream of [process.stdin, process.stdout, connect(80), Duplex.from([]), createReadStream('file')]) hostStream(stream);
`;

/** The same for what Node and pages have in common. */
export const WEB_TYPES_PROGRAM = `
import { abortable, eventsOf, forEachAsync, itemsOf, resolved, sinkOf } from '@escapement/promises';
import { hostStream } from '@escapement/promises/streams';
import { createLoop, setTimeoutModule } from 'escapement';

const { signal } = new AbortController();
createLoop(setTimeoutModule).run(function* () {}, { signal });
abortable(signal => fetch('http://localhost', { signal }));
resolved(fetch('http://localhost').then(response => response.json()));
eventsOf(new EventTarget(), 'name');
eventsOf<MessageEvent>(new WebSocket('ws://localhost'), 'message', { end: ['close'], fail: ['error'] });
eventsOf(new MessageChannel().port1, 'message');
eventsOf(signal, 'abort');

const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
itemsOf(readable);
forEachAsync(readable, function* () {});
sinkOf<Uint8Array>(writable);
hostStream({ readable, writable });
hostStream(new CompressionStream('gzip'));
hostStream({ writable: new WritableStream<Uint8Array>() });
`;
