import type { SubjectInfo } from '@escapement/lab';
import { expect } from 'chai';

const { brokenLaw } = await import(new URL('measuring/broken-law.js', import.meta.resolve('@escapement/lab')).href);

function subject(file: string, name: string): SubjectInfo {
  return { kind: 'strategy', name, waits: 'blocks', from: new URL(`fixtures/${file}.js`, import.meta.url).href };
}

describe('the clause that a strategy breaks', function () {
  this.timeout(60_000);

  it('is told also if the strategy hangs', async () => {
    expect(await brokenLaw(subject('hanging-module', 'hanging'), new AbortController().signal, 15_000)).to.match(
      /^does not come back from the test of S\d+ of docs\/contracts\.md: /,
    );
  });

  it('is none if the time was over and the strategy had failed in another way', async () => {
    const signal = new AbortController().signal;
    expect(await brokenLaw(subject('hanging-module', 'hanging'), signal, 6000, false)).to.equal(undefined);
  });

  it('is none if the lab ends meanwhile', async () => {
    expect(await brokenLaw(subject('hanging-module', 'hanging'), AbortSignal.timeout(1000), 10_000)).to.equal(
      undefined,
    );
  });

  it('is none if the strategy keeps its contract', async () => {
    expect(await brokenLaw(subject('nap-module', 'nap'), new AbortController().signal, 40_000)).to.equal(undefined);
  });
});
