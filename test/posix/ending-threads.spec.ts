import { spawnSync } from 'node:child_process';
import { expect } from 'chai';

describe('posix: a worker thread that is ended', () => {
  it('does not abort the process once it has said that it has loaded', () => {
    const program = `
      const { once } = await import('node:events');
      const { Worker } = await import('node:worker_threads');
      const worker = \`
        import(${JSON.stringify(import.meta.resolve('@escapement/posix'))}).then(({ eventCounter, raise }) => {
          require('node:worker_threads').parentPort.postMessage('loaded');
          for (const counter = eventCounter(); ; ) raise(counter);
        })\`;
      for (let n = 0; n < 20; n++) {
        const one = new Worker(worker, { eval: true, execArgv: [] });
        await once(one, 'message');
        await one.terminate();
      }
      console.log('alive');`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([stdout, stderr, status]).to.deep.equal(['alive\n', '', 0]);
  }).timeout(60_000);
});
