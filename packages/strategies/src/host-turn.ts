/**
 * Calls back in the next turn of the host's loop, after what the host has to do by then. Without `setImmediate`, as in a page,
 * a message to itself does the same; a timer would take 4 ms there. Cannot be taken back, and keeps the process alive.
 */
export const inNextTurn: (callback: () => void) => void =
  typeof setImmediate === 'function' ? callback => void setImmediate(callback) : turnsByMessage();

function turnsByMessage(): (callback: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const callbacks: (() => void)[] = [];
  // Node's types do not know this property.
  Object.assign(port2, { onmessage: () => callbacks.shift()?.() });
  return callback => {
    callbacks.push(callback);
    port1.postMessage(undefined);
  };
}
