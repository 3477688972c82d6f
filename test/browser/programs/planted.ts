import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { AtomicsWaitStrategy, PerformanceClock } from 'escapement';

describe('planted', () => {
  it('passes', () => expect(1).to.equal(1));

  it('fails', () => expect(1).to.equal(2));

  it('needs Node', () => {
    try {
      readFileSync('file');
    } catch {}
    expect.fail('not for want of Node');
  });

  it('needs shared memory', () => void new AtomicsWaitStrategy(new PerformanceClock()));
});
