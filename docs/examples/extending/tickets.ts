import { type Answer, EventHandler, handlerModule, ImmediateEvent, type Waiter, WaitQueue } from 'escapement';

// #region source
/** Tickets with a number each; a task that finds none waits for the next one. */
export class Tickets {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<number>>();
  readonly #left: number[] = [];

  issue(ticket: number): void {
    const first = this.waiting.take();
    if (first === undefined) this.#left.push(ticket);
    else first.resolve(ticket);
  }

  draw(): Drawn {
    return new Drawn(this);
  }

  /** @internal */
  drawNow(): number | undefined {
    return this.#left.shift();
  }
}
// #endregion source

// #region event
export class Drawn extends ImmediateEvent<number> {
  override readonly kind = 'drawn';

  constructor(readonly tickets: Tickets) {
    super();
  }

  override attempt(): Answer<number> | undefined {
    const ticket = this.tickets.drawNow();
    return ticket === undefined ? undefined : { done: true, value: ticket };
  }
}
// #endregion event

export class TicketHandler extends EventHandler<Drawn> {
  override readonly handles = Drawn;

  override arm({ tickets }: Drawn, waiter: Waiter<number>): void {
    tickets.waiting.add(waiter);
  }

  override disarm({ tickets }: Drawn): void {
    tickets.waiting.abandoned();
  }
}

export const ticketModule = handlerModule(TicketHandler);
