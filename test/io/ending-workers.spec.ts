import { spawnSync } from 'node:child_process';
import { expect } from 'chai';

/** Each worker runs a loop whose helper thread is starting when the run is cancelled. */
const program = (atTheEnd: string) => `
  const { once } = await import('node:events');
  const { Worker } = await import('node:worker_threads');
  const source = \`
    const { parentPort } = require('node:worker_threads');
    (async () => {
      const { createLoop, setTimeoutModule } = await import(${JSON.stringify(import.meta.resolve('escapement'))});
      const { ioModule, readable } = await import(${JSON.stringify(import.meta.resolve('@escapement/io'))});
      const { pipe } = await import(${JSON.stringify(import.meta.resolve('@escapement/posix'))});
      const stop = new AbortController();
      parentPort.once('message', () => stop.abort());
      parentPort.postMessage('loaded');
      const { reader } = pipe();
      await createLoop(setTimeoutModule, ioModule).run(() => readable(reader), stop).catch(() => {});
      ${atTheEnd}
    })()\`;
  const codes = new Set();
  for (let n = 0; n < 12; n++) {
    const worker = new Worker(source, { eval: true, execArgv: [] });
    await once(worker, 'message');
    await new Promise(resolve => setTimeout(resolve, 18 + 2 * n));
    worker.postMessage('end');
    codes.add((await once(worker, 'exit'))[0]);
  }
  console.log('alive', ...codes);`;

describe('io: a worker that runs a loop and is told to end', () => {
  for (const [how, atTheEnd] of Object.entries({ 'by itself': '', 'with process.exit()': 'process.exit();' })) {
    it(`does not abort the process when it exits ${how} after its run`, () => {
      const args = ['--input-type=module', '-e', program(atTheEnd)];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
      expect([stdout, stderr, status]).to.deep.equal(['alive 0\n', '', 0]);
    }).timeout(60_000);
  }
});
