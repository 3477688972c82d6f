import { recording } from '@escapement/observe';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decodeTrace } from './decoded-trace.js';

// A check that finds nothing proves little unless it can find something.
describe('the decoder of traces', () => {
  const bytes = recording({ clock: { now: () => 5 } }).dump();
  // The first byte of a field of type string, number 99, and its length: field 99 is in no packet.
  const unknown = [0x9a, 0x06, 0x01, 0x41];

  it('refuses a field that is not in the schema', () => {
    for (const added of [unknown, [0x0a, unknown.length, ...unknown]]) {
      expect(() => decodeTrace(Uint8Array.from([...bytes, ...added]))).to.throw('all fields are in the schema');
    }
    expect(decodeTrace(bytes).tracks).to.have.lengthOf(4);
  });
});
