import { type LookedUp, Lookup, LookupHandler, lookup } from '@escapement/net';
import { expect } from 'chai';
import { PerformanceClock, SetTimeoutStrategy, sleep, type Waiter } from 'escapement';
import { codeOf, netLoop } from './net-loop.js';

function fakeWaiter(): Waiter<readonly LookedUp[]> {
  return { isSettled: false, resolve() {}, reject() {} } as unknown as Waiter<readonly LookedUp[]>;
}

describe('net: lookup', () => {
  it('15. gives all addresses, in the order in which to try them', async () => {
    const addresses = await netLoop('set-timeout').loop.run(lookup('localhost'));
    expect(addresses.length).to.be.above(0);
    for (const { family, host } of addresses) expect(host).to.equal(family === 'ipv4' ? '127.0.0.1' : '::1');
  });

  it('15. that is cancelled no longer counts as in flight, and its answer is dropped', async () => {
    const handler = new LookupHandler(new SetTimeoutStrategy(new PerformanceClock()));
    const event = new Lookup('localhost');
    const [cancelled, kept] = [fakeWaiter(), fakeWaiter()];
    handler.arm(event, cancelled);
    handler.arm(event, kept);
    expect(handler.inFlight()).to.equal(2);
    handler.disarm(event, cancelled);
    expect(handler.inFlight()).to.equal(1);
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(handler.inFlight()).to.equal(0);
  });

  it('15. whose answer comes after the run is ignored', async () => {
    const handler = new LookupHandler(new SetTimeoutStrategy(new PerformanceClock()));
    handler.arm(new Lookup('localhost'), fakeWaiter());
    expect(handler.inFlight()).to.equal(1);
    handler.close();
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(handler.inFlight()).to.equal(0);
  });

  it('15. of a value that is not a string leaves nothing in flight', async () => {
    const { loop } = netLoop('set-timeout');
    await loop.run(function* () {
      expect(yield* codeOf(lookup(42 as unknown as string))).to.match(/ESC_/);
      yield* sleep(1);
    });
    const handler = new LookupHandler(new SetTimeoutStrategy(new PerformanceClock()));
    try {
      handler.arm(new Lookup(42 as unknown as string), fakeWaiter());
    } catch {}
    expect(handler.inFlight()).to.equal(0);
  });
});
