import type { MessagePort } from 'node:worker_threads';
import type { ThreadPort } from './port-types.js';

/**
 * Whether a `MessagePort` is open, told under every strategy: Node says so only in its own loop. It is closed once either side has
 * closed it, or the thread of the other side has ended, by `terminate()`, too, or because it could not start. While the host does
 * not run, a port learns of its end only when `receiveMessageOnPort` finds no message: read it first. Of a thread that is terminated
 * before it has begun it learns only once the host has run. For handlers that wait for
 * another thread: look now and then, every 100 ms for instance.
 *
 * @example
 * const message = receiveMessageOnPort(port);
 * if (message === undefined && !isPortOpen(port)) waiter.reject(new Error('the thread has ended'));
 */
export function isPortOpen(port: ThreadPort): boolean {
  let isOpen = false;
  // Node refuses to transfer a closed port before it reads the message: here, reading the message ends the attempt.
  const message = {
    get read() {
      isOpen = true;
      throw message;
    },
  };
  try {
    structuredClone(message, { transfer: [port as MessagePort] });
  } catch {}
  return isOpen;
}
