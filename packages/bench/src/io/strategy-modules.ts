import { epollModule } from '@escapement/io';
import { atomicsWaitModule, busyWaitModule, type LoopModule, setTimeoutModule } from 'escapement';
import type { ServerStrategy } from './processes/server-kinds.js';

/** For the servers alone: elsewhere than on Linux, this does not load. */
export const STRATEGY_MODULES: Readonly<Record<ServerStrategy, LoopModule>> = {
  epoll: epollModule,
  'atomics-wait': atomicsWaitModule,
  'set-timeout': setTimeoutModule,
  'busy-wait': busyWaitModule,
};
