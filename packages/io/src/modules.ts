import { EventHandler } from '@escapement/core';
import { strategyModule } from '@escapement/strategies';
import { LoopModule } from '@escapement/wiring';
import type { Newable } from 'inversify';
import { EpollSelector } from './epoll-selector.js';
import { EpollStrategy } from './epoll-strategy.js';
import { IoHandler } from './io-handler.js';
import { PollSelector } from './poll-selector.js';
import type { Readiness } from './readiness.js';
import { Selector } from './selector.js';

/** `readable` and `writable`, by epoll, under every strategy. */
export const ioModule = selectorModule(EpollSelector);

/** The same by poll: see `PollSelector`. */
export const pollIoModule = selectorModule(PollSelector);

/** The strategy `epoll`: see `EpollStrategy`. Load `ioModule` too. */
export const epollModule = new LoopModule(options => {
  strategyModule(EpollStrategy).load(options);
  if (!options.isBound(Selector)) options.bind(Selector).to(EpollSelector).inSingletonScope();
});

/** `readable` and `writable` by a selector of your own. Replaces the selector that `epollModule` binds. */
export function selectorModule(selector: Newable<Selector>): LoopModule<Readiness> {
  return new LoopModule<Readiness>(({ bind, isBound, rebind }) => {
    (isBound(Selector) ? rebind : bind)(Selector).to(selector).inSingletonScope();
    bind(EventHandler).to(IoHandler).inSingletonScope();
  });
}
