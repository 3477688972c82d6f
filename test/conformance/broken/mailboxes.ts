import { type HandlerAdapter, handlerLaws } from '@escapement/conformance';
import { EventHandler, LoopEvent, type Waiter } from '@escapement/core';
import type { Broken } from './zoo.js';

/** Tasks wait for items, which other tasks put in. Sound; each of the others below has one mistake. */
export class Mailbox {
  readonly items: string[] = [];
  readonly waiting: Waiter<string>[] = [];

  put(item: string): void {
    const first = this.waiting.shift();
    if (first === undefined) this.items.push(item);
    else first.resolve(item);
  }

  add(waiter: Waiter<string>): void {
    const item = this.items.shift();
    if (item === undefined) this.waiting.push(waiter);
    else waiter.resolve(item);
  }

  remove(waiter: Waiter<string>): void {
    this.waiting.splice(this.waiting.indexOf(waiter), 1);
  }
}

export class Received extends LoopEvent<string> {
  readonly kind = 'received';
  constructor(readonly box: Mailbox) {
    super();
  }
}

export class MailboxHandler extends EventHandler<Received> {
  override readonly handles = Received;
  override arm({ box }: Received, waiter: Waiter<string>): void {
    box.add(waiter);
  }
  override disarm({ box }: Received, waiter: Waiter<string>): void {
    box.remove(waiter);
  }
}

export function mailboxAdapter(
  makeBox = () => new Mailbox(),
  handler: () => EventHandler<Received> = () => new MailboxHandler(),
): HandlerAdapter<EventHandler<Received>> {
  return {
    handler,
    ordered: true,
    pending() {
      const box = makeBox();
      return { event: new Received(box), happen: () => box.put('item'), value: 'item' };
    },
  };
}

class DoublePost extends Mailbox {
  override put(item: string): void {
    const first = this.waiting[0];
    super.put(item);
    // "To be sure."
    first?.resolve(item);
  }
}

class Stack extends Mailbox {
  override put(item: string): void {
    this.waiting.reverse();
    super.put(item);
    this.waiting.reverse();
  }
}

class EmptyEnvelopes extends Mailbox {
  override put(item: string): void {
    const first = this.waiting.shift();
    if (first === undefined) this.items.push(item);
    else first.resolve(undefined as unknown as string);
  }
}

class FirstOut extends Mailbox {
  override remove(): void {
    this.waiting.shift();
  }
}

class Clinging extends Mailbox {
  override remove(): void {}
}

class Diary extends Mailbox {
  readonly everybody: Waiter<string>[] = [];
  static readonly boxes: Diary[] = [];
  constructor() {
    super();
    Diary.boxes.push(this);
  }
  override add(waiter: Waiter<string>): void {
    this.everybody.push(waiter);
    super.add(waiter);
  }
}

/** The waiters come into the box only with the next poll. */
class LateHandler extends MailboxHandler {
  #arrivals: [Mailbox, Waiter<string>][] = [];
  override arm({ box }: Received, waiter: Waiter<string>): void {
    this.#arrivals.push([box, waiter]);
  }
  override poll(): void {
    for (const [box, waiter] of this.#arrivals.splice(0)) box.add(waiter);
  }
  override disarm({ box }: Received, waiter: Waiter<string>): void {
    if (!box.waiting.includes(waiter)) throw new Error('no such waiter');
    box.remove(waiter);
  }
}

class OneSlotHandler extends MailboxHandler {
  readonly #present = new Map<Mailbox, Waiter<string>>();
  override arm({ box }: Received, waiter: Waiter<string>): void {
    const last = this.#present.get(box);
    if (last !== undefined && box.waiting.includes(last)) box.remove(last);
    this.#present.set(box, waiter);
    box.add(waiter);
  }
  override disarm({ box }: Received, waiter: Waiter<string>): void {
    if (box.waiting.includes(waiter)) box.remove(waiter);
  }
}

class ScribblingHandler extends MailboxHandler {
  override arm(event: Received & { waiter?: Waiter<string> }, waiter: Waiter<string>): void {
    event.waiter = waiter;
    super.arm(event, waiter);
  }
}

class CountingHandler extends MailboxHandler {
  #count = 0;
  override arm(event: Received, waiter: Waiter<string>): void {
    this.#count++;
    super.arm(event, waiter);
  }
  override disarm(event: Received, waiter: Waiter<string>): void {
    this.#count--;
    super.disarm(event, waiter);
  }
  override inFlight(): number {
    return this.#count;
  }
}

class DozingHandler extends MailboxHandler {
  readonly #nothing = new Int32Array(new SharedArrayBuffer(4));
  override poll(): void {
    Atomics.wait(this.#nothing, 0, 0, 4);
  }
}

class StubbornHandler extends MailboxHandler {
  override disarm(): void {}
  override interrupt(event: Received, waiter: Waiter<string>): boolean {
    // The operation cannot be stopped. And then nobody waits for it any more.
    event.box.remove(waiter);
    return false;
  }
}

class ChoosyHandler extends MailboxHandler {
  override arm(event: Received, waiter: Waiter<string>): void {
    if (event.box === CLOSED) throw new Error('the mailbox is closed');
    super.arm(event, waiter);
  }
}

const CLOSED = new Mailbox();

class NamingHandler extends MailboxHandler {
  override blockers(): never[] {
    return ['postman'] as unknown as never[];
  }
}

/** Says that only tasks end its waits, and lets a promise do it. */
class MicrotaskHandler extends MailboxHandler {
  override arm({ box }: Received, waiter: Waiter<string>): void {
    const inTurn = { resolve: (item: string) => queueMicrotask(() => waiter.resolve(item)) };
    Object.defineProperty(inTurn, 'isSettled', { get: () => waiter.isSettled });
    box.add(inTurn as Waiter<string>);
  }
  override disarm(): void {}
}

/** Each result is an object of its own. */
class Parcels extends Mailbox {
  override put(item: string): void {
    super.put({ item } as unknown as string);
  }
}

/** @param value what the result is to be: an object, or a function that judges it */
export function parcelAdapter(value: unknown): HandlerAdapter<EventHandler<Received>> {
  const { pending, ...adapter } = mailboxAdapter(() => new Parcels());
  return { ...adapter, pending: handler => ({ ...pending!(handler), value: value as string }) };
}

const box = (mistake: string, breaks: string, make: () => Mailbox, also: readonly string[] = []): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => handlerLaws(runner, mailboxAdapter(make), { seed: 1 }),
});

const handler = (
  mistake: string,
  breaks: string,
  make: () => EventHandler<Received>,
  also: readonly string[] = [],
  rest: Partial<HandlerAdapter<EventHandler<Received>>> = {},
): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => handlerLaws(runner, { ...mailboxAdapter(undefined, make), ...rest }, { seed: 1 }),
});

export const mailboxes: readonly Broken[] = [
  box('resolves with nothing instead of the item', 'H1', () => new EmptyEnvelopes()),
  handler('settles in a microtask, and does not say that it needs the host', 'H1', () => new MicrotaskHandler(), [
    'H2',
    'H3',
    'H4',
    'H5',
    'H6',
    'H10',
    'H15',
    'H16',
    'H17',
  ]),
  box('settles twice, to be sure', 'H2', () => new DoublePost()),
  box('forgets no waiter that is disarmed', 'H3', () => new Clinging(), ['H4', 'H17']),
  box('forgets the first waiter, not the one that is disarmed', 'H4', () => new FirstOut(), ['H6']),
  handler('takes a waiter in with the next poll, and throws if it is disarmed before', 'H4', () => new LateHandler(), [
    'H1',
    'H2',
    'H3',
  ]),
  handler('has room for one waiter of each event', 'H5', () => new OneSlotHandler(), ['H4', 'H6', 'H17']),
  handler('writes into the event', 'H5', () => new ScribblingHandler(), ['H17']),
  box('serves the last who came first', 'H6', () => new Stack()),
  handler('sleeps in poll', 'H7', () => new DozingHandler()),
  handler('counts as in flight what only a task ends', 'H10', () => new CountingHandler(), ['H1', 'H15']),
  handler('lets no wait be interrupted, and never settles it', 'H12', () => new StubbornHandler(), [
    'H1',
    'H2',
    'H3',
    'H4',
    'H6',
    'H10',
    'H15',
    'H16',
    'H17',
  ]),
  handler('throws in arm instead of rejecting', 'H13', () => new ChoosyHandler(), [], {
    refused: () => new Received(CLOSED),
  }),
  handler('names as blocker what is no task', 'H14', () => new NamingHandler()),
  box('keeps a diary of all who ever waited', 'H17', () => new Diary()),
];
