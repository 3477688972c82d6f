/**
 * Starts a thread of Node, or a worker of the page, and waits until it listens: a thread that then blocks would not let a worker of
 * the page start.
 * @param code of the thread. It may call `receive(run)`, which gets what `post` is called with first, and `clock()`, which tells the
 *   time of `clock` here
 * @returns hands one message to it. Nobody has to end the thread: it ends with the one that started it.
 * @throws Error if it does not start
 */
export async function startThread(code: string): Promise<(message: unknown) => void> {
  return isNode ? startNodeThread(code) : startWebWorker(code);
}

/** Milliseconds since some instant that is the same for all threads. */
export function clock(): number {
  return isNode ? Number(process.hrtime.bigint()) / 1e6 : performance.timeOrigin + performance.now();
}

const isNode = 'process' in globalThis;

const IN_NODE = `
const { parentPort } = require('node:worker_threads');
const receive = run => parentPort.once('message', run);
const clock = () => Number(process.hrtime.bigint()) / 1e6;
setImmediate(() => parentPort.postMessage('ready'));
`;

const IN_A_PAGE = `
const receive = run => addEventListener('message', ({ data }) => run(data), { once: true });
const clock = () => performance.timeOrigin + performance.now();
setTimeout(() => postMessage('ready'));
`;

async function startNodeThread(code: string): Promise<(message: unknown) => void> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(IN_NODE + code, { eval: true });
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  worker.unref();
  return message => worker.postMessage(message);
}

/** What is used here of the worker of a page. */
interface WebWorker {
  postMessage(message: unknown): void;
  onmessage: (() => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
}

async function startWebWorker(code: string): Promise<(message: unknown) => void> {
  const { Worker } = globalThis as unknown as { readonly Worker: new (url: string) => WebWorker };
  const url = URL.createObjectURL(new Blob([IN_A_PAGE + code], { type: 'text/javascript' }));
  try {
    const worker = new Worker(url);
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = ({ message }) => reject(new Error(message ?? 'another worker did not start.'));
    });
    return message => worker.postMessage(message);
  } finally {
    URL.revokeObjectURL(url);
  }
}
