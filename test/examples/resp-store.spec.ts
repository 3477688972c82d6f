import { expect } from 'chai';
import { load } from './example.js';

const { RespStore } = await load<typeof import('../../docs/examples/net/resp-store.js')>(
  'docs/examples/net/resp-store.ts',
);

describe('the store of resp-server: the sweep', () => {
  const real = performance.now;
  let time = 0;
  /** How often the store looked at a key: it reads the clock for each that may expire. */
  let looks = 0;

  beforeEach(() => {
    time = 0;
    performance.now = () => {
      looks++;
      return time;
    };
  });
  afterEach(() => {
    performance.now = real;
  });

  function storeOf(count: number, ...expiry: string[]): InstanceType<typeof RespStore> {
    const store = new RespStore();
    for (let n = 0; n < count; n++) store.execute(['SET', `key ${n}`, 'value', ...expiry]);
    return store;
  }

  const sizeOf = (store: InstanceType<typeof RespStore>) => Number(store.execute(['DBSIZE']).slice(1));

  it('takes steps of a bounded size, and goes on where it stopped', () => {
    const store = storeOf(10_000, 'PX', '5');
    time = 6;
    for (let step = 1; step <= 10; step++) {
      looks = 0;
      expect(store.sweep(1000)).to.equal(1000);
      expect(looks).to.equal(1000);
      expect(sizeOf(store)).to.equal(10_000 - step * 1000);
    }
    expect(store.sweep(1000)).to.equal(0);
  });

  it('begins again at the end, and finds keys that expired meanwhile', () => {
    const store = storeOf(10, 'PX', '5');
    expect(store.sweep(100)).to.equal(0);
    time = 6;
    expect(store.sweep(5)).to.equal(5);
    expect(store.sweep(100)).to.equal(5);
    expect(sizeOf(store)).to.equal(0);
  });

  it('keeps keys that do not expire, in steps of the same size', () => {
    const store = storeOf(3000);
    time = 1e9;
    for (let n = 0; n < 10; n++) expect(store.sweep(1000)).to.equal(0);
    expect(sizeOf(store)).to.equal(3000);
  });

  it('goes on after all keys were deleted, and new ones were set', () => {
    const store = storeOf(10, 'PX', '5');
    expect(store.sweep(5)).to.equal(0);
    store.execute(['FLUSHALL']);
    for (let n = 0; n < 10; n++) store.execute(['SET', `new ${n}`, 'value', 'PX', '5']);
    time = 6;
    for (let n = 0; n < 3; n++) store.sweep(100);
    expect(sizeOf(store)).to.equal(0);
  });
});
