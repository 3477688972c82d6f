import { busyWaitModule, createLoop, EventHandler, handlerModule, LoopEvent, type Waiter } from 'escapement';

class Knock extends LoopEvent<void> {
  override readonly kind = 'knock';
}

class Ring extends LoopEvent<void> {
  // Also readonly. It is on the prototype, and takes no memory in each event.
  override get kind() {
    return 'ring' as const;
  }
}

class KnockHandler extends EventHandler<Knock> {
  override readonly handles = Knock;

  override arm(_event: Knock, waiter: Waiter<void>): void {
    console.log('knock');
    waiter.resolve();
  }

  override disarm(): void {}
}

const loop = createLoop(busyWaitModule, handlerModule(KnockHandler));
loop.runSync(new Knock());

// @ts-expect-error no module of this loop handles Ring: thanks to `kind`, it is another type than Knock
export const unhandled = () => loop.runSync(new Ring());

class Shout extends LoopEvent<void> {
  override kind = 'shout'; // without readonly: its type is string
}

export abstract class ShoutHandler extends EventHandler<Shout> {
  // @ts-expect-error the event class must say: override readonly kind = (one literal)
  override readonly handles = Shout;
}

/** The base class of events that have one handler. It has a brand, which exists for the compiler only. */
export abstract class DoorEvent extends LoopEvent<void> {
  protected declare readonly _isOfDoor: true;
}

export abstract class DoorHandler extends EventHandler<DoorEvent> {
  override readonly handles = DoorEvent;
}
