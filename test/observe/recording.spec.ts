import { recording } from '@escapement/observe';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decodeTrace } from './decoded-trace.js';

describe('a recorder', () => {
  it('draws', () => {
    const recorder = recording();
    expect(decodeTrace(recorder.dump()).tracks).to.have.lengthOf(4);
  });
});
