import { close, type IpAddress, type SocketKind, SocketOption, setOption, socket } from '@escapement/posix';
import { invalid } from './check-options.js';

/**
 * @internal A socket for the family of an address. One for IPv6 takes part in IPv4, too, unless `ipv6Only`: whatever the
 * system's default is (`net.ipv6.bindv6only`).
 * @throws PosixError, InvalidArgumentError
 */
export function ipSocket({ family, host }: IpAddress, kind: SocketKind = 'stream', ipv6Only = false): number {
  if (ipv6Only && family === 'ipv4') {
    throw invalid(`ipv6Only is set for the IPv4 address ${host}, expected an IPv6 address. Write host: '::'.`);
  }
  const fd = socket(family, kind);
  if (family === 'ipv4') return fd;
  try {
    setOption(fd, SocketOption.ipv6Only, ipv6Only ? 1 : 0);
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}
