/** The unhandled rejections of the process while `action` runs, and in the host's turn after it. */
export async function unhandledIn(action: () => Promise<unknown>): Promise<unknown[]> {
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const unhandled: unknown[] = [];
  process.on('unhandledRejection', error => unhandled.push(error));
  try {
    await action();
    await new Promise(resolve => setImmediate(resolve));
    return unhandled;
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of others) process.on('unhandledRejection', listener);
  }
}
