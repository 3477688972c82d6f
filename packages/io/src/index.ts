export { DescriptorClosedError } from './descriptor-closed-error.js';
export { EpollSelector } from './epoll-selector.js';
export { EpollStrategy } from './epoll-strategy.js';
export { Interest } from './interest.js';
export { IoHandler } from './io-handler.js';
export { epoll, epollModule, ioModule, pollIoModule, selectorModule } from './modules.js';
export { PollSelector } from './poll-selector.js';
export { InvalidDescriptorError, Readable, Readiness, readable, Writable, writable } from './readiness.js';
export { Selector } from './selector.js';
