export type { HandlerAdapter, Pending } from './handler/handler-adapter.js';
export { handlerLaws } from './handler/handler-laws.js';
export { InvalidAdapterError, LawBrokenError } from './laws/errors.js';
export type { LawOptions, Runner } from './laws/suite.js';
export type { StrategyAdapter } from './strategy/strategy-adapter.js';
export { strategyLaws } from './strategy/strategy-laws.js';
