import { expect } from 'chai';
import { BrowserStage, type Place } from './browser-stage.js';
import type { LawResult, Subject } from './programs/laws.js';

/** One after the other: those that run at the same time would disturb each other. */
const SUBJECTS: readonly (readonly [Subject, Place])[] = [
  ['set-timeout', 'isolated page'],
  ['message-channel', 'isolated page'],
  ['message-channel', 'worker'],
  ['post-task', 'isolated page'],
  ['post-task', 'page'],
  ['precise-timeout', 'isolated page'],
  ['atomics-wait', 'isolated worker'],
  ['hybrid', 'isolated worker'],
  ['phased', 'isolated worker'],
  ['phased-set-timeout', 'isolated page'],
];

const PROGRAM = new URL('programs/laws.js', import.meta.url);

describe('the laws of a strategy, in Chromium', function () {
  this.timeout(60_000);
  const stage = new BrowserStage();
  stage.installIn({ before, after });

  for (const [subject, place] of SUBJECTS) {
    it(`${subject} keeps them in the ${place}`, async () => {
      const { value, error } = await stage.run(PROGRAM, place, subject);
      expect(error).to.equal(undefined);
      const results = value as LawResult[];
      const broken = results.filter(({ problem }) => problem !== undefined);
      expect(broken.map(({ problem }) => problem)).to.deep.equal([]);
      expect(results.filter(({ isSkipped }) => !isSkipped)).to.have.length.above(7);
    });
  }

  it('complain about nothing in the console', () => {
    expect(stage.errors).to.deep.equal([]);
  });
});
