export { InvalidCallError } from './check.js';
export { close, OpenFlags, onClose, open, pipe, setNonBlocking, unlink } from './descriptors.js';
export {
  EpollEvents,
  EpollOperation,
  EpollResults,
  epollControl,
  epollCreate,
  hasFineEpoll,
} from './epoll.js';
export { eventCounter, lower, raise } from './event-counter.js';
export { codeFile } from './library.js';
export { MissingLibraryError } from './missing-library-error.js';
export { InvalidPollListError, PollEvents, PollList } from './poll.js';
export { PosixError } from './posix-error.js';
export {
  formatAddress,
  InvalidAddressError,
  type IpAddress,
  type SocketAddress,
  type UnixAddress,
} from './socket-address.js';
export { Shutdown, type SocketKind, SocketOption } from './socket-constants.js';
export {
  accept,
  bind,
  connect,
  getOption,
  listen,
  localAddress,
  peerAddress,
  receiveFrom,
  send,
  senderAddress,
  sendTo,
  setOption,
  shutdown,
  socket,
  takeError,
} from './sockets.js';
export { read, readv, write, writev } from './transfer.js';
export { UnsupportedSystemError } from './unsupported-system-error.js';
export { WOULD_BLOCK } from './would-block.js';
