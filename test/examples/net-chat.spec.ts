import { expect } from 'chai';
import { Peer, underEachStrategy } from './net-program.js';

underEachStrategy('chat-server', 'SIGINT', port => {
  const present: Peer[] = [];

  async function enter(nickname: string): Promise<Peer> {
    const peer = await Peer.connect(port());
    present.push(peer);
    await peer.receives('Who are you?\r\n');
    peer.send(`${nickname}\r\n`);
    await peer.receives(`Welcome, ${nickname}.`);
    return peer;
  }

  /** Waits until no client is left, so that the next test can use the same nicknames. */
  afterEach(async () => {
    if (present.length === 0) return;
    for (const peer of present.splice(0)) peer.close();
    const last = await enter('last');
    for (let isAlone = false; !isAlone; ) {
      last.received = '';
      last.send('/who\r\n');
      await last.receives(/\* here: .*\r\n/);
      isAlone = last.received.includes('* here: last\r\n');
    }
    last.send('/quit\n');
    await last.ended();
    present.length = 0;
  });

  it('sends each line to the other clients, and reports who comes and who goes', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    const eve = await enter('eve');
    await ann.receives('* bob is here\r\n* eve is here\r\n');
    bob.send('hello\nhow are you?\r\n');
    await ann.receives('bob: hello\r\nbob: how are you?\r\n');
    await eve.receives('bob: hello\r\nbob: how are you?\r\n');
    bob.send('/quit\n');
    await bob.ended();
    await eve.receives('* bob is gone\r\n');
    expect(bob.received).to.not.contain('hello');
  });

  it('asks again if a nickname is taken or invalid', async () => {
    await enter('ann');
    const peer = await Peer.connect(port());
    present.push(peer);
    peer.send('ann\n');
    await peer.receives('ann is here already.\r\nWho are you?\r\n');
    peer.send('not a name\n');
    await peer.receives('A nickname has up to 20 letters or digits.\r\nWho are you?\r\n');
    peer.send('bob\n/who\n');
    await peer.receives('* here: ann, bob\r\n');
  });

  it('passes on no control characters, which could do anything with a terminal', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    bob.send('\x1b[2Jhello\x07\u0000 there\r\n');
    await ann.receives('bob: [2Jhello there\r\n');
  });

  it('hangs up on HTTP, and passes on nothing of its body', async () => {
    const ann = await enter('ann');
    const peer = await Peer.connect(port());
    peer.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\nbob\r\nbuy now\r\n');
    expect(await peer.ended()).to.not.contain('Welcome');
    ann.received = '';
    ann.send('/who\r\n');
    await ann.receives('* here: ann\r\n');
    expect(ann.received).to.not.contain('bob');
  });

  it('disconnects a client that sends too long a line, and no other', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    bob.send('b'.repeat(5000));
    await bob.ended();
    await ann.receives('* bob is gone\r\n');
  });

  it('disconnects no client that reads, however fast another sends', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    ann.send(`${'hi\n'.repeat(10_000)}bye\n`);
    await bob.receives('ann: bye\r\n');
    expect(bob.received.match(/ann: hi\r\n/g)).to.have.lengthOf(10_000);
  });

  it('disconnects a slow reader, and does not make the others wait', async () => {
    const slow = await enter('slow');
    slow.socket.pause();
    const ann = await enter('ann');
    const bob = await enter('bob');
    const line = 'x'.repeat(900);
    let sent = 0;
    for (let isThere = true; isThere; isThere = ann.received.includes('slow,')) {
      expect(sent).to.be.below(100_000);
      sent += 200;
      ann.received = '';
      ann.send(`${`${line}\n`.repeat(200)}/who\n`);
      // In step with the clients that read, so that only the one that does not read falls behind.
      await bob.receivesBytes(sent * (line.length + 'ann: \r\n'.length));
      await ann.receives(/\* here: .*\r\n/);
    }
    await ann.receives(/\* here: ann, bob\r\n/);
    await bob.receives('* slow is gone\r\n');
  });

  it('survives clients that reset their connections', async () => {
    const ann = await enter('ann');
    for (const nickname of ['bob', 'eve']) {
      const peer = await enter(nickname);
      peer.socket.resetAndDestroy();
      ann.send('are you there?\n'.repeat(10));
      await ann.receives(`* ${nickname} is gone\r\n`);
    }
  });
});
