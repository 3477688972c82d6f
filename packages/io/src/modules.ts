import { Clock, EventHandler } from '@escapement/core';
import { TimerSlack, type TimerSlackOptions } from '@escapement/strategies';
import { strategyModule } from '@escapement/strategies/module';
import { LoopModule, type Provider, recipeOf } from '@escapement/wiring';
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
export const epollModule = epoll();

/**
 * `epollModule` with options. See `EpollStrategy`.
 * @throws InvalidArgumentError
 * @example createLoop(epoll({ slack: 1 }), ioModule);
 */
export function epoll(options: TimerSlackOptions = {}): LoopModule {
  // Wrong options are reported where they are written, not where the loop is made.
  new TimerSlack('epoll', options);
  return new LoopModule(loading => {
    strategyModule([Clock, Selector], (clock, selector) => new EpollStrategy(clock, selector, options)).load(loading);
    if (!loading.isBound(Selector)) loading.bind(Selector).to(EpollSelector).inSingletonScope();
  });
}

/**
 * `readable` and `writable` by a selector of your own. Replaces the selector that `epollModule` binds.
 * @throws NotAProviderError
 */
export function selectorModule(provider: Provider<Selector>): LoopModule<Readiness> {
  const recipe = recipeOf('selectorModule', [provider]);
  return new LoopModule<Readiness>(({ bind, isBound, rebind }) => {
    recipe.bindTo((isBound(Selector) ? rebind : bind)(Selector));
    bind(EventHandler).to(IoHandler).inSingletonScope();
  });
}
