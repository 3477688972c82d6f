import { createServer, type Server } from 'node:net';
import type { Duration } from '@escapement/core';
import { LookError } from './errors.js';

const STEP: Duration = 20;

/**
 * Lets one command at a time look at a process: Node may crash if its inspector is closed while it answers another client. An abstract
 * socket of Linux is the lock, because it goes with the process that has it, however that ends.
 *
 * @param patience in milliseconds
 * @returns a function that gives it back
 * @throws LookError
 */
export async function lockProcess(pid: number, patience: Duration): Promise<() => void> {
  if (process.platform !== 'linux') return () => {};
  for (const endsAt = Date.now() + patience; ; await new Promise(resolve => setTimeout(resolve, STEP))) {
    const server = await listening(`\0escapement-observe-${pid}`);
    if (server !== undefined) return () => void server.close();
    if (Date.now() > endsAt) {
      throw new LookError('ESC_IN_USE', `Another escapement-observe looks at process ${pid} already. End that first.`);
    }
  }
}

/** Undefined if another process has it. */
function listening(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}
