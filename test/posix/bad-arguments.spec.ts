import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { setTimeout as hostSleep } from 'node:timers/promises';
import { createContext, runInContext } from 'node:vm';
import * as posix from '@escapement/posix';
import { expect } from 'chai';
import { badBytes, badNumbers, nonsense } from '../support/bad-values.js';
import { connectedPair, givingBackDescriptors, openDescriptors } from '../support/descriptors.js';

/** What an argument has to be, and by which bad values it is replaced. */
interface Parameter {
  readonly good: unknown;
  readonly bad: Readonly<Record<string, unknown>>;
}

type Table = Readonly<Record<string, { readonly call: (...args: never[]) => unknown; readonly of: Parameter[] }>>;

const OURS = ['ESC_INVALID_CALL', 'ESC_INVALID_ADDRESS', 'ESC_INVALID_POLL_LIST'];

/** Exports that take no arguments, or whose arguments are only for a message. */
const WITHOUT_ARGUMENTS = ['pipe', 'epollCreate', 'eventCounter', 'senderAddress'];

function tableOf(fd: number): Table {
  const descriptor = (): Parameter => ({
    good: fd,
    bad: { ...badNumbers(), undefined: undefined, '-1': -1, '2^31': 2 ** 31, 'fd + 2^32': fd + 2 ** 32, '-fd': -fd },
  });
  const whole = (good: number, more: Parameter['bad'] = {}): Parameter => ({ good, bad: { ...badNumbers(), ...more } });
  const bytes = (): Parameter => ({ good: new Uint8Array(4), bad: badBytes() });
  const parts = (): Parameter => ({
    good: [new Uint8Array(4)],
    bad: {
      ...nonsense(),
      undefined: undefined,
      bytes: new Uint8Array(4),
      ...Object.fromEntries(
        Object.entries(badBytes()).map(([what, given]) => [`${what} in it`, [new Uint8Array(1), given]]),
      ),
    },
  });
  const text = (good: string, more: Parameter['bad'] = {}): Parameter => ({
    good,
    bad: { ...nonsense(), 'a number': 5, 'another text': 'constructor', ...more },
  });
  const path = (): Parameter => ({
    good: '/no/such/file',
    bad: { ...nonsense(), undefined: undefined, 'a number': 5, 'a buffer': Buffer.from('/'), surrogate: '/\ud800' },
  });
  const address = (): Parameter => ({ good: { family: 'ipv4', host: '127.0.0.1', port: 1 }, bad: badAddresses() });
  // What no socket takes can still be shown.
  const shownAddress = (): Parameter => ({
    good: address().good,
    bad: Object.fromEntries(Object.entries(badAddresses()).filter(([what]) => !/NUL|surrogate|long|scope/.test(what))),
  });
  const option = (): Parameter => ({
    good: posix.SocketOption.error,
    bad: {
      ...nonsense(),
      undefined: undefined,
      'a name': 'error',
      'one number': [1],
      'no number': [1, 'x'],
      NaN: [Number.NaN, 4],
    },
  });
  const results = new posix.EpollResults(4);
  const list = new posix.PollList();
  list.add(fd, 0);
  const timeout = (more: Parameter['bad'] = {}): Parameter => ({
    good: 0,
    bad: { ...nonsense(), undefined: undefined, NaN: Number.NaN, text: '5', ...more },
  });

  return {
    open: { call: posix.open, of: [path(), whole(0, { '-1': -1 }), whole(0o600, { '-1': -1, large: 0o10000 })] },
    unlink: { call: posix.unlink, of: [path()] },
    close: { call: posix.close, of: [descriptor()] },
    onClose: { call: posix.onClose, of: [{ good: () => {}, bad: { undefined: undefined, null: null, text: 'x' } }] },
    setNonBlocking: { call: posix.setNonBlocking, of: [descriptor()] },
    read: { call: posix.read, of: [descriptor(), bytes()] },
    write: { call: posix.write, of: [descriptor(), bytes()] },
    readv: { call: posix.readv, of: [descriptor(), parts()] },
    writev: { call: posix.writev, of: [descriptor(), parts()] },
    send: { call: posix.send, of: [descriptor(), bytes()] },
    sendTo: { call: posix.sendTo, of: [descriptor(), bytes(), address()] },
    receiveFrom: { call: posix.receiveFrom, of: [descriptor(), bytes()] },
    socket: { call: posix.socket, of: [text('ipv4'), text('stream')] },
    bind: { call: posix.bind, of: [descriptor(), address()] },
    connect: { call: posix.connect, of: [descriptor(), address()] },
    listen: { call: posix.listen, of: [descriptor(), whole(1, { '-1': -1, '2^31': 2 ** 31 })] },
    accept: { call: posix.accept, of: [descriptor()] },
    shutdown: { call: posix.shutdown, of: [descriptor(), whole(0, { 3: 3, '-1': -1 })] },
    localAddress: { call: posix.localAddress, of: [descriptor()] },
    peerAddress: { call: posix.peerAddress, of: [descriptor()] },
    setOption: { call: posix.setOption, of: [descriptor(), option(), whole(0, { '2^31': 2 ** 31 })] },
    getOption: { call: posix.getOption, of: [descriptor(), option()] },
    takeError: { call: posix.takeError, of: [descriptor(), { good: 'connect', bad: {} }] },
    formatAddress: { call: posix.formatAddress, of: [shownAddress()] },
    epollControl: {
      call: posix.epollControl,
      of: [descriptor(), whole(1, { 0: 0, 4: 4 }), descriptor(), whole(1)],
    },
    raise: { call: posix.raise, of: [descriptor()] },
    lower: { call: posix.lower, of: [descriptor()] },
    EpollResults: {
      call: capacity => new posix.EpollResults(capacity),
      of: [whole(4, { 0: 0, '-1': -1, '2^31': 2 ** 31 })],
    },
    'EpollResults.look': { call: (epoll: number) => results.look(epoll), of: [descriptor()] },
    'EpollResults.wait': {
      call: (epoll: number, limit: number) => results.wait(epoll, limit),
      of: [descriptor(), timeout()],
    },
    'EpollResults.fdAt': { call: (index: number) => results.fdAt(index), of: [whole(0, { '-1': -1, 4: 4 })] },
    'EpollResults.eventsAt': { call: (index: number) => results.eventsAt(index), of: [whole(0, { '-1': -1, 4: 4 })] },
    PollList: { call: capacity => new posix.PollList(capacity), of: [whole(4, { '-1': -1, '2^40': 2 ** 40 })] },
    'PollList.add': {
      call: (one: number, events: number) => list.add(one, events),
      of: [descriptor(), whole(1, { '-1': -1, '2^16': 2 ** 16 })],
    },
    'PollList.set': {
      call: (index: number, one: number, events: number) => list.set(index, one, events),
      of: [whole(0, { '-1': -1 }), descriptor(), whole(1, { '2^16': 2 ** 16 })],
    },
    'PollList.remove': { call: (index: number) => list.remove(index), of: [whole(0, { '-1': -1 })] },
    'PollList.fdAt': { call: (index: number) => list.fdAt(index), of: [whole(0, { '-1': -1 })] },
    'PollList.eventsAt': { call: (index: number) => list.eventsAt(index), of: [whole(0, { '-1': -1 })] },
    'PollList.foundAt': { call: (index: number) => list.foundAt(index), of: [whole(0, { '-1': -1 })] },
    'PollList.poll': { call: (limit: number) => list.poll(limit), of: [timeout({ '-2': -2, '-0.5': -0.5 })] },
  };
}

function badAddresses(): Parameter['bad'] {
  const good = { family: 'ipv4', host: '127.0.0.1', port: 1 };
  const fields = (name: string, base: object, values: Parameter['bad']) =>
    Object.fromEntries(Object.entries(values).map(([what, value]) => [`${name}: ${what}`, { ...base, [name]: value }]));
  return {
    ...nonsense(),
    undefined: undefined,
    text: '127.0.0.1:1',
    ...fields('family', good, { ...nonsense(), undefined: undefined, 'a name of all objects': 'toString' }),
    ...fields('host', good, { ...nonsense(), undefined: undefined, 'a number': 5, NUL: '127.0.0.1\0' }),
    ...fields('port', good, { ...badNumbers(), undefined: undefined, '-1': -1, 65536: 65536 }),
    ...fields('scope', { family: 'ipv6', host: '::1', port: 1 }, { ...badNumbers(), '-1': -1, '2^32': 2 ** 32 }),
    ...fields(
      'path',
      { family: 'unix' },
      {
        ...nonsense(),
        undefined: undefined,
        'a number': 5,
        NUL: '/a\0b',
        surrogate: '/a\udc00',
        long: 'x'.repeat(108),
        'very long': 'x'.repeat(1e6),
      },
    ),
  };
}

describe('posix: numbers and buffers that the system cannot use', () => {
  const opened = givingBackDescriptors();

  it('are tried with every function that is exported', () => {
    const tried = new Set(Object.keys(tableOf(7)).map(name => name.split('.')[0]));
    const functions = Object.entries(posix)
      .filter(([name, value]) => typeof value === 'function' && !name.endsWith('Error'))
      .map(([name]) => name);
    expect(functions.filter(name => !tried.has(name))).to.have.members(WITHOUT_ARGUMENTS);
  });

  for (const name of Object.keys(tableOf(7))) {
    it(`never reach the system through ${name}: each throws an error of ours, with a clear sentence`, () => {
      const { client } = opened.add(connectedPair());
      const stdin = fstatSync(0);
      const before = openDescriptors();
      const { call, of } = tableOf(client)[name]!;
      let count = 0;
      for (const [place, parameter] of of.entries()) {
        for (const [what, bad] of Object.entries(parameter.bad)) {
          const args = of.map(({ good }, index) => (index === place ? bad : good));
          const error = errorOf(() => call(...(args as never[])));
          const report = `argument ${place + 1}: ${what}`;
          expect(error, report).to.be.an.instanceOf(Error);
          expect((error as { code?: string }).code, `${report}: ${error}`).to.be.oneOf(OURS);
          expect((error as Error).message, report).to.match(/expected|is not an IP|longer than|NUL|surrogate/);
          expect((error as Error).message.length, report).to.be.below(500);
          count++;
        }
      }
      expect(count).to.be.at.least(1);
      expect(openDescriptors(), 'open descriptors').to.equal(before);
      expect(fstatSync(0)).to.include({ dev: stdin.dev, ino: stdin.ino });
    });
  }

  it('say what came, who got it, and what was expected', () => {
    const { reader } = opened.add(posix.pipe());
    expect(() => posix.close(Number.NaN)).to.throw(
      posix.InvalidCallError,
      'close got NaN as the descriptor, expected a whole number from 0 to 2147483647.',
    );
    expect(() => posix.close('7' as never)).to.throw("close got the string '7' as the descriptor");
    expect(() => posix.read(reader, new Uint16Array(2) as never)).to.throw(
      'read got a Uint16Array as bytes, expected a Uint8Array or a Buffer. Make one of a view: new Uint8Array(view.buffer',
    );
    expect(() => posix.listen(reader, Infinity)).to.throw(TypeError, 'listen got Infinity as the backlog');
  });

  it('of bytes that claim a greater length are read up to their true one', () => {
    const { reader, writer } = opened.add(posix.pipe());
    const bytes = new Uint8Array(4).fill(120);
    for (const name of ['length', 'byteLength', 'byteOffset']) Object.defineProperty(bytes, name, { value: 64 });
    expect(posix.write(writer, bytes)).to.equal(4);
    expect(posix.writev(writer, [bytes])).to.equal(4);
    expect(posix.read(reader, new Uint8Array(64))).to.equal(8);
  });

  it('does not include bytes of another realm, of shared memory, or none at all', () => {
    const { reader, writer } = opened.add(posix.pipe());
    const foreign = runInContext('new Uint8Array([1, 2])', createContext({})) as Uint8Array;
    expect(foreign).to.not.be.an.instanceOf(Uint8Array);
    expect(posix.write(writer, foreign)).to.equal(2);
    expect(posix.write(writer, new Uint8Array(new SharedArrayBuffer(3)))).to.equal(3);
    expect(posix.write(writer, new Uint8Array())).to.equal(0);
    expect(posix.read(reader, new Uint8Array(8))).to.equal(5);
  });
});

describe('posix: close', () => {
  const opened = givingBackDescriptors();

  it('closes although a listener throws, calls the other listeners, and throws the error then', () => {
    const { reader, writer } = opened.add(posix.pipe());
    const heard: number[] = [];
    const stop = [
      posix.onClose(() => {
        throw new Error('first');
      }),
      posix.onClose(fd => heard.push(fd)),
    ];
    expect(() => posix.close(reader)).to.throw('first');
    for (const end of stop) end();
    expect(heard).to.deep.equal([reader]);
    expect(() => posix.close(reader)).to.throw('EBADF');
    expect(() => posix.write(writer, new Uint8Array(1))).to.throw('EPIPE');
  });
});

describe('posix: timeouts of more than 24 days', () => {
  const opened = givingBackDescriptors();
  // The low 32 bits are 5 ms, a negative number (no limit), and 0.
  const LENGTHS = [2 ** 32 + 5, 2 ** 31, 30 * 86_400_000, 2 ** 33, 2 ** 53, Infinity];

  it('end when a descriptor is ready', () => {
    const epoll = opened.add(posix.epollCreate());
    const { reader, writer } = opened.add(posix.pipe());
    posix.epollControl(epoll, posix.EpollOperation.add, reader, posix.EpollEvents.readable);
    posix.write(writer, new Uint8Array(1));
    const list = new posix.PollList();
    list.add(reader, posix.PollEvents.readable);
    const results = new posix.EpollResults();
    for (const timeout of LENGTHS) {
      expect(list.poll(timeout)).to.equal(1);
      expect(results.wait(epoll, timeout)).to.equal(1);
    }
  });

  it('do not end before', async () => {
    for (const wait of ['new PollList().poll(timeout)', 'new EpollResults().wait(epollCreate(), timeout)']) {
      const program = `
        import { EpollResults, epollCreate, PollList } from ${JSON.stringify(import.meta.resolve('@escapement/posix'))};
        const timeout = Number(process.argv[1]);
        console.log('waits');
        ${wait};
        console.log('has waited');`;
      const args = ['--input-type=module', '-e', program, String(2 ** 32 + 5)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      let said = '';
      child.stdout.setEncoding('utf8').on('data', text => {
        said += text;
      });
      // However long the start takes. The wrong waits ended after 5 ms.
      await once(child.stdout, 'data');
      await hostSleep(300);
      child.kill();
      expect([wait, said, (await exited)[1]]).to.deep.equal([wait, 'waits\n', 'SIGTERM']);
    }
  });

  it('are waited for in parts', async () => {
    const source = new URL('../../../packages/posix/dist/timeout.js', import.meta.url);
    const { waitInParts } = (await import(source.href)) as {
      waitInParts(timeout: number, wait: (part: number) => number, longest: number): number;
    };
    const sleep = (part: number) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, part);
      return 0;
    };
    const parts: number[] = [];
    const begin = performance.now();
    const found = waitInParts(25, part => sleep(parts.push(part) && part), 10);
    expect(found).to.equal(0);
    expect(performance.now() - begin).to.be.at.least(24);
    expect(parts[0]).to.equal(10);
    expect(parts.length).to.be.at.least(2);
    expect(Math.max(...parts)).to.equal(10);
    let calls = 0;
    expect(
      waitInParts(1000, () => (++calls === 2 ? 7 : 0), 10),
      'a signal ends the first part',
    ).to.equal(7);
    expect(calls).to.equal(2);
  });
});

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
