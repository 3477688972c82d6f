import { EventHandler } from '@escapement/core';
import { LoopModule } from '@escapement/wiring';
import type { Action } from './action.js';
import { ActionHandler } from './action-handler.js';
import { PromiseHandler } from './promise-handler.js';
import type { Resolved } from './resolved.js';
import type { NextItem } from './subscription.js';
import { SubscriptionHandler } from './subscription-handler.js';

/**
 * For `resolved`, `action`, `subscribe`, and everything that is built on them. Rejected beside a strategy that never lets the
 * host run.
 */
export const promiseModule = new LoopModule<Resolved | Action | NextItem>(({ bind }) => {
  for (const handler of [PromiseHandler, ActionHandler, SubscriptionHandler])
    bind(EventHandler).to(handler).inSingletonScope();
});
