import type { JsMsg } from '@nats-io/jetstream';
import type { Duration } from 'escapement';

/** A job that this process has. Until it ends, the queue keeps renewing its deadline on the server. */
export class Job {
  constructor(
    private readonly message: JsMsg,
    private readonly unfinished: Set<Job>,
  ) {
    unfinished.add(this);
  }

  get data(): Uint8Array {
    return this.message.data;
  }

  /** Its place in the stream, the same each time that it is handed out: for whoever must recognize duplicates. */
  get number(): number {
    return this.message.seq;
  }

  /** How often it was handed out, this time included. */
  get attempt(): number {
    return this.message.info.deliveryCount;
  }

  /** It has succeeded: the server forgets it. Does nothing to a job that has ended. */
  done(): void {
    this.unfinished.delete(this);
    this.message.ack();
  }

  /** The server hands it out again, to any process, after `delay` ms. Does nothing to a job that has ended. */
  handBack(delay: Duration = 0): void {
    this.unfinished.delete(this);
    this.message.nak(delay);
  }

  /** Its deadline starts anew. */
  renew(): void {
    this.message.working();
  }
}
