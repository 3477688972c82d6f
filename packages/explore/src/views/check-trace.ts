import { checkArgument } from '@escapement/core';
import type { Trace } from '../trace.js';

/** @throws InvalidArgumentError */
export function checkTrace(caller: string, trace: Trace): void {
  const expected = 'a trace: `failure.trace`, or `trace` of what `replay` resolves to';
  const { tasks, steps } = checkArgument(caller, trace, 'object', expected);
  for (const list of [tasks, steps]) if (!Array.isArray(list)) checkArgument(caller, undefined, 'object', expected);
}
