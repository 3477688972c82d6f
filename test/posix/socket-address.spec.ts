import {
  bind,
  connect,
  formatAddress,
  InvalidAddressError,
  localAddress,
  peerAddress,
  type SocketAddress,
  socket,
} from '@escapement/posix';
import { expect } from 'chai';
import fc from 'fast-check';
import { abstractAddress, givingBackDescriptors } from '../support/descriptors.js';

// Not exported; their types neither.
const source = new URL('../../../packages/posix/dist/socket-address.js', import.meta.url);
const { encodeAddress, decodeAddress } = (await import(source.href)) as {
  encodeAddress(address: SocketAddress, bytes: Uint8Array): number;
  decodeAddress(bytes: Uint8Array, length: number): SocketAddress;
};

/** Encodes an address for the system, and decodes it again. */
function roundTrip(address: SocketAddress): SocketAddress {
  const bytes = new Uint8Array(128).fill(0xaa);
  return decodeAddress(bytes, encodeAddress(address, bytes));
}

describe('posix: addresses', () => {
  const opened = givingBackDescriptors();

  it('have the layout of the system', () => {
    const bytes = new Uint8Array(128);
    expect(encodeAddress({ family: 'ipv4', host: '127.0.0.1', port: 8080 }, bytes)).to.equal(16);
    expect([...bytes.subarray(0, 16)]).to.deep.equal([2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(encodeAddress({ family: 'ipv6', host: 'fe80::1', port: 1, scope: 0x01020304 }, bytes)).to.equal(28);
    expect([...bytes.subarray(0, 10)]).to.deep.equal([10, 0, 0, 1, 0, 0, 0, 0, 0xfe, 0x80]);
    expect([...bytes.subarray(22, 28)]).to.deep.equal([0, 1, 4, 3, 2, 1]);
    expect(encodeAddress({ family: 'unix', path: '/x' }, bytes)).to.equal(5);
    expect([...bytes.subarray(0, 5)]).to.deep.equal([1, 0, 0x2f, 0x78, 0]);
    expect(encodeAddress({ family: 'unix', path: '\0x' }, bytes)).to.equal(4);
  });

  it('of IPv4 go there and back, all of them', () => {
    const byte = fc.nat(255);
    fc.assert(
      fc.property(byte, byte, byte, byte, fc.nat(65535), (a, b, c, d, port) => {
        const address: SocketAddress = { family: 'ipv4', host: `${a}.${b}.${c}.${d}`, port };
        expect(roundTrip(address)).to.deep.equal(address);
      }),
    );
  });

  it('of IPv6 go there and back, in the canonical text, with their scope', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(65535));
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, fc.nat(65535), fc.nat(2 ** 31 - 1), (parts, port, scope) => {
        const host = parts.map(part => part.toString(16)).join(':');
        const canonical = roundTrip({ family: 'ipv6', host, port, scope });
        expect(canonical).to.include({ family: 'ipv6', port });
        expect((canonical as { scope?: number }).scope).to.equal(scope === 0 ? undefined : scope);
        expect(roundTrip(canonical), 'the text means the same').to.deep.equal(canonical);
        expect(expand((canonical as { host: string }).host)).to.deep.equal(parts);
      }),
    );
    for (const [written, read] of [
      ['0:0:0:0:0:0:0:1', '::1'],
      ['::', '::'],
      ['2001:DB8::0:1', '2001:db8::1'],
      ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
      // In the form that Node and the C library use.
      ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ] as const) {
      expect(roundTrip({ family: 'ipv6', host: written, port: 1 })).to.deep.equal({
        family: 'ipv6',
        host: read,
        port: 1,
      });
    }
  });

  for (const path of [
    '',
    '/run/socket',
    'relative',
    '/größer',
    '\0abstract',
    '\0',
    '\0a\0b\0',
    'x'.repeat(107),
    `\0${'x'.repeat(106)}`,
  ]) {
    it(`of Unix go there and back: ${JSON.stringify(path.slice(0, 20))}, ${path.length} letters`, () => {
      expect(roundTrip({ family: 'unix', path })).to.deep.equal({ family: 'unix', path });
    });
  }

  it('of Unix may fill all the bytes, without a NUL at the end', () => {
    const bytes = new Uint8Array(128).fill(120);
    bytes.set([1, 0]);
    expect(decodeAddress(bytes, 110)).to.deep.equal({ family: 'unix', path: 'x'.repeat(108) });
    expect(decodeAddress(bytes, 0), 'the system returns an empty address for a sender that is not bound').to.deep.equal(
      {
        family: 'unix',
        path: '',
      },
    );
  });

  const wrong: readonly (readonly [SocketAddress, RegExp])[] = [
    [{ family: 'unix', path: 'x'.repeat(108) }, /longer than 107 bytes/],
    [{ family: 'unix', path: `\0${'x'.repeat(107)}` }, /longer than 107 bytes/],
    [{ family: 'unix', path: 'ä'.repeat(54) }, /longer than 107 bytes/],
    [{ family: 'unix', path: '/a\0b' }, /NUL/],
    [{ family: 'ipv4', host: '127.0.0.1', port: -1 }, /the port is -1/],
    [{ family: 'ipv4', host: '127.0.0.1', port: 65536 }, /port is 65536/],
    [{ family: 'ipv4', host: '127.0.0.1', port: 1.5 }, /port is 1.5/],
    [{ family: 'ipv6', host: '::1', port: Number.NaN }, /port is NaN/],
    [{ family: 'ipv4', host: 'localhost', port: 1 }, /'localhost' is not an IPv4 address. Resolve a host name/],
    [{ family: 'ipv4', host: '', port: 1 }, /is not an IPv4 address/],
    [{ family: 'ipv4', host: '127.1', port: 1 }, /is not an IPv4 address/],
    [{ family: 'ipv4', host: '::1', port: 1 }, /is not an IPv4 address/],
    [{ family: 'ipv4', host: '127.0.0.1\0x', port: 1 }, /is not an IPv4 address/],
    [{ family: 'ipv6', host: '127.0.0.1', port: 1 }, /is not an IPv6 address/],
    [{ family: 'ipv6', host: '::1::', port: 1 }, /is not an IPv6 address/],
    [{ family: 'ipv6', host: 'fe80::1%lo', port: 1 }, /is not an IPv6 address/],
  ];
  for (const [address, message] of wrong) {
    it(`that are invalid are rejected: ${JSON.stringify(address).slice(0, 60)}`, () => {
      const fd = opened.add(socket(address.family));
      expect(() => bind(fd, address)).to.throw(InvalidAddressError, message);
      expect(() => connect(fd, address))
        .to.throw(InvalidAddressError)
        .with.property('code', 'ESC_INVALID_ADDRESS');
      expect(() => bind(fd, address)).to.throw(TypeError);
    });
  }

  it('of the greatest length can be bound', () => {
    const path = `\0${`escapement-${process.pid}`.padEnd(106, 'x')}`;
    const fd = opened.add(socket('unix'));
    bind(fd, { family: 'unix', path });
    expect(localAddress(fd)).to.deep.equal({ family: 'unix', path });
  });

  it('of a socket that is not bound are empty, until the system binds it', () => {
    const fd = opened.add(socket('unix', 'datagram'));
    expect(localAddress(fd)).to.deep.equal({ family: 'unix', path: '' });
    bind(fd, { family: 'unix', path: '' });
    expect(localAddress(fd))
      .to.have.property('path')
      .that.matches(/^\0[0-9a-f]+$/);
  });

  it('of a peer are the address that it was bound to', () => {
    const at = abstractAddress();
    const bound = opened.add(socket('unix', 'datagram'));
    bind(bound, at);
    const other = opened.add(socket('unix', 'datagram'));
    connect(other, at);
    expect(peerAddress(other)).to.deep.equal(at);
  });

  it('are formatted in one line', () => {
    const lines = [
      { family: 'ipv4', host: '127.0.0.1', port: 80 },
      { family: 'ipv6', host: '::1', port: 80 },
      { family: 'unix', path: '/run/socket' },
      { family: 'unix', path: '\0name' },
      { family: 'unix', path: '' },
    ] as const;
    expect(lines.map(formatAddress)).to.deep.equal(['127.0.0.1:80', '[::1]:80', '/run/socket', '@name', '(unnamed)']);
  });
});

/** The eight groups of a text. */
function expand(host: string): number[] {
  const hex = host.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes) => {
    const [a, b, c, d] = bytes.slice(0, 4).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)));
  if (tail === undefined) return groupsOf(head);
  const [first, last] = [groupsOf(head), groupsOf(tail)];
  return [...first, ...new Array(8 - first.length - last.length).fill(0), ...last];
}
