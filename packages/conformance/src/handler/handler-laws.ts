import type { EventHandler } from '@escapement/core';
import { KitClock } from '../laws/kit-clock.js';
import { checkRunner, defineSuite, type LawOptions, type Runner, seedOf } from '../laws/suite.js';
import {
  CALLER,
  checkHandlerAdapter,
  type HandlerAdapter,
  type HandlerSubject,
  makeHandler,
} from './handler-adapter.js';
import { lifeLaws } from './life-laws.js';
import { loopLaws } from './loop-laws.js';
import { handlerName, overrides } from './observed-handler.js';
import { timeLaws } from './time-laws.js';
import { waitLaws } from './wait-laws.js';

/**
 * Defines a test for each law of an `EventHandler`: clauses H1 to H17 of the contracts. The handler's `needsHost`,
 * `beforeSleep` and `inFlight` choose how it is tested, and are tested too.
 *
 * @throws InvalidAdapterError
 * @example
 * import { describe, it } from 'node:test';
 * handlerLaws({ describe, it }, { handler: clock => new SleepHandler(clock), timed: until => new Sleep(until) });
 */
export function handlerLaws<H extends EventHandler>(
  runner: Runner,
  adapter: HandlerAdapter<H>,
  options: LawOptions = {},
): void {
  checkRunner(CALLER, runner);
  const general = adapter as unknown as HandlerAdapter;
  checkHandlerAdapter(general);
  const handler = makeHandler(general, new KitClock());
  const isVirtual = !handler.needsHost && !overrides(handler, 'beforeSleep');
  const subject: HandlerSubject = { adapter: general, handler, isVirtual, seed: seedOf(CALLER, options) };
  const laws = [...waitLaws, ...timeLaws, ...loopLaws, ...lifeLaws];
  defineSuite(runner, `${handlerName(handler)} keeps the laws of a handler`, laws, subject);
}
