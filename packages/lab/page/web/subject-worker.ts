import { MeasuredSubject } from './measured-subject.js';
import type { Answer, Order } from './messages.js';
import { offered } from './subjects.js';

/** The subject that this worker measures. */
let measured: MeasuredSubject | undefined;

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'offer':
      return { offered: offered('worker') };
    case 'load':
      measured = new MeasuredSubject(order.subject);
      return { loaded: true };
    case 'round':
      return { round: await measured!.round(order) };
  }
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  obey(data)
    .catch((error): Answer => ({ failed: error instanceof Error ? error.message : String(error) }))
    .then(answer => postMessage(answer));
});
