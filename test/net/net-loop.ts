import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as hostSleep } from 'node:timers/promises';
import { EpollSelector, EpollStrategy, IoHandler, type Readiness } from '@escapement/io';
import { type Lookup, LookupHandler, type SocketStream, TcpListener, TcpStream } from '@escapement/net';
import type { ByteStream } from '@escapement/streams';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  Cancelled,
  type CoreEvent,
  type Coroutine,
  EventLoop,
  type LoopEvent,
  type Pause,
  PerformanceClock,
  SetTimeoutStrategy,
  type Sleep,
  type SleepFor,
  SleepHandler,
  scope,
  sleep,
  timeout,
  type Yieldable,
} from 'escapement';

export type NetEvent = Readiness | Lookup | Sleep | SleepFor | CoreEvent | Pause;
type Program<T> = () => Coroutine<T, NetEvent>;

const POLLED = {
  'busy-wait': BusyWaitStrategy,
  'atomics-wait': AtomicsWaitStrategy,
  'set-timeout': SetTimeoutStrategy,
};
export type StrategyName = keyof typeof POLLED | 'epoll';
export const STRATEGIES: readonly StrategyName[] = ['busy-wait', 'atomics-wait', 'set-timeout', 'epoll'];

/** Reports a program that hangs before mocha does, with what its tasks wait for. */
const LONGEST_RUN = 15_000;
const LONGEST_REAPING = 15_000;

export function netLoop(name: StrategyName) {
  const clock = new PerformanceClock();
  const selector = new EpollSelector();
  const strategy = name === 'epoll' ? new EpollStrategy(clock, selector) : new POLLED[name](clock);
  const io = new IoHandler(selector);
  const handlers = [new SleepHandler(clock), io, new LookupHandler(strategy)];
  return { loop: new EventLoop({ strategy, handlers }), io };
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Runs `program`, which must leave no waiter and no descriptor behind, and evaluates to its value. */
export async function runNet<T>(name: StrategyName, program: Program<T>, longest = LONGEST_RUN): Promise<T> {
  const { loop, io } = netLoop(name);
  const before = openDescriptors();
  const value = await loop.run(function* () {
    const result = yield* timeout(longest, scope(program()));
    expect(io.inFlight(), 'tasks that wait for a descriptor').to.equal(0);
    return result;
  });
  await expectDescriptors(before);
  return value;
}

/** The host frees the descriptors of helper threads in turns of its own. */
export async function expectDescriptors(expected: number): Promise<void> {
  const until = performance.now() + LONGEST_REAPING;
  while (openDescriptors() > expected && performance.now() < until) await hostSleep(5);
  expect(openDescriptors(), `open descriptors: ${describeDescriptors()}`).to.be.at.most(expected);
}

function describeDescriptors(): string {
  const targets = readdirSync('/proc/self/fd').map(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return 'the listing';
    }
  });
  return targets.join(', ');
}

/** A test for each strategy. Descriptors that Node opens once are open by then. */
export function underEach(title: string, program: Program<unknown>, longest = LONGEST_RUN): void {
  for (const name of STRATEGIES) {
    it(`${title} [${name}]`, async () => {
      await runNet(name, program, longest);
    }).timeout(longest + LONGEST_REAPING + 2000);
  }
}

let isWarm = false;
/** Opens the descriptors that the process keeps: those of the first thread and of the resolver. */
export async function warmUp(): Promise<void> {
  if (isWarm) return;
  isWarm = true;
  for (const name of STRATEGIES) {
    await netLoop(name).loop.run(function* () {
      const [here, there] = yield* tcpPair();
      yield* here.write('x');
      yield* there.read();
      yield* sleep(50);
      here.close();
      there.close();
    });
  }
  await hostSleep(200);
}

/** Both ends of a connection. */
export function* tcpPair(host = '127.0.0.1'): Coroutine<[here: TcpStream, there: TcpStream], NetEvent> {
  using listener = TcpListener.listen({ host });
  const here = yield* TcpStream.connect({ host, port: listener.address.port });
  return [here, yield* listener.accept()];
}

/** Runs `body` with both ends of a connection, and closes them. */
export function* withPair<T>(
  body: (here: TcpStream, there: TcpStream) => Coroutine<T, NetEvent>,
): Coroutine<T, NetEvent> {
  const [here, there] = yield* tcpPair();
  try {
    return yield* body(here, there);
  } finally {
    here.close();
    there.close();
  }
}

/** Closes the stream with unread bytes: the system sends a reset instead of an end. */
export function* reset(stream: SocketStream, peer: SocketStream): Coroutine<void, NetEvent> {
  yield* peer.write('never read');
  yield* sleep(5);
  stream.close();
}

/** The code of the error that `body` throws, or the string `nothing`. */
export function* codeOf<E extends LoopEvent>(body: Yieldable<unknown, E>): Coroutine<string, E> {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return (error as { code?: string }).code ?? String(error);
  }
  return 'nothing';
}

/** Writes until the system has no room, and then waits. */
export function* writeForEver(stream: SocketStream): Coroutine<void, NetEvent> {
  const chunk = new Uint8Array(1 << 20);
  for (;;) yield* stream.write(chunk);
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

/** Reads everything until the end. */
export function* readAll<E extends LoopEvent>(stream: ByteStream<E>): Coroutine<Buffer, E> {
  const pieces: Uint8Array[] = [];
  for (let piece = yield* stream.read(); piece !== undefined; piece = yield* stream.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function hasIpv6(): boolean {
  try {
    TcpListener.listen({ host: '::1' }).close();
    return true;
  } catch {
    return false;
  }
}
