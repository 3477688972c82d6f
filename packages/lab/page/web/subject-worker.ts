import { MeasuredSubject } from './measured-subject.js';
import type { Answer, Order } from './messages.js';

/** The subject that this worker measures. */
let measured: MeasuredSubject | undefined;

async function obey(order: Order): Promise<Answer> {
  if (order.do === 'round') return { done: await measured!.round(order) };
  measured = new MeasuredSubject(order.subject, 'worker');
  return { done: null };
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  obey(data)
    .catch((error): Answer => ({ failed: error instanceof Error ? error.message : String(error) }))
    .then(answer => postMessage(answer));
});
