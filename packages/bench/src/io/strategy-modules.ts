import { epollModule } from '@escapement/io';
import { atomicsWaitModule, busyWaitModule, type LoopModule, setTimeoutModule } from 'escapement';
import type { ServerStrategy } from './processes/server-kinds.js';

/** Import this only in the servers: it loads only on Linux. */
export const STRATEGY_MODULES: Readonly<Record<ServerStrategy, LoopModule>> = {
  epoll: epollModule,
  'atomics-wait': atomicsWaitModule,
  'set-timeout': setTimeoutModule,
  'busy-wait': busyWaitModule,
};
