import { type ChildProcess, spawn as spawnProcess } from 'node:child_process';

/**
 * A peer in a process of its own, which talks over TCP in plain Node and says on stdout when it is there. What it does
 * is JavaScript that finds `net` and `port`.
 */
export function startPeer(port: number, source: string): ChildProcess {
  const script = `const net = require('node:net'); const port = ${port}; ${source}`;
  return spawnProcess(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The process stays until the host has had a turn, but its descriptors are closed at once. */
export function kill(child: ChildProcess): void {
  process.kill(child.pid!, 'SIGKILL');
}
