import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { EpollSelector, readable } from '@escapement/io';
import { close, open, pipe, write } from '@escapement/posix';
import { expect } from 'chai';
import { pause, sleep, spawn, timeout } from 'escapement';
import { openDescriptors } from '../support/descriptors.js';
import { byte, givingBackAll, ioLoop } from './io-loop.js';

/** Brings the process to its limit of open descriptors, but for `free`. @returns ends that */
function reachLimit(free: number): () => void {
  const limits = execFileSync('cat', ['/proc/self/limits'], { encoding: 'utf8' });
  const [, soft, hard] = /Max open files\s+(\S+)\s+(\S+)/.exec(limits)!;
  setLimit(`${Math.max(...readdirSync('/proc/self/fd').map(Number)) + 20}:${hard}`);
  const held: number[] = [];
  try {
    for (;;) held.push(open('/dev/null'));
  } catch {}
  for (const fd of held.splice(-free)) close(fd);
  return () => {
    for (const fd of held) close(fd);
    setLimit(`${soft}:${hard}`);
  };
}

function setLimit(limits: string): void {
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--nofile=${limits}`]);
}

describe('io: a loop that has not enough descriptors for a thread', () => {
  givingBackAll();

  for (const strategy of ['set-timeout', 'atomics-wait']) {
    for (const free of [2, 3, 4, 6]) {
      it(`leaks none of the ${free} that are left, and notices what is ready, under ${strategy}`, async () => {
        const { loop } = ioLoop(strategy, EpollSelector);
        const before = openDescriptors();
        await loop.run(function* () {
          const { reader, writer } = pipe();
          const waiting = yield* spawn(readable(reader));
          yield* pause();
          const leaveLimit = reachLimit(free);
          try {
            yield* sleep(200);
            write(writer, byte);
            yield* timeout(1000, waiting.join());
          } finally {
            leaveLimit();
          }
          close(reader);
          close(writer);
        });
        await new Promise(resolve => setTimeout(resolve, 50));
        expect(openDescriptors()).to.be.at.most(before);
      });
    }
  }
});
