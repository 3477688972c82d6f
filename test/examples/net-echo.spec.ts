import { expect } from 'chai';
import { Peer, underEachStrategy } from './net-program.js';

underEachStrategy('echo-server', 'SIGTERM', port => {
  it('sends back the bytes that it receives, and ends when the client does', async () => {
    const peer = await Peer.connect(port());
    peer.send('hello');
    await peer.receives('hello');
    peer.send('again');
    await peer.receives('helloagain');
    peer.socket.end();
    expect(await peer.ended()).to.equal('helloagain');
  });

  it('sends back a million bytes of each of three clients', async () => {
    const text = 'escapement'.repeat(100_000);
    const peers = await Promise.all([Peer.connect(port()), Peer.connect(port()), Peer.connect(port())]);
    for (const peer of peers) {
      peer.send(text);
      peer.socket.end();
    }
    for (const peer of peers) expect((await peer.ended()) === text).to.equal(true);
  });

  it('outlives a client that resets its connection', async () => {
    const rude = await Peer.connect(port());
    rude.send('x'.repeat(100_000));
    rude.socket.resetAndDestroy();
    await rude.ended();
    const polite = await Peer.connect(port());
    polite.send('still there?');
    await polite.receives('still there?');
    polite.close();
  });
});
