import { Failure, type Trace } from '@escapement/explore';

/** Its constructor is not public. */
const MadeUp = Failure as unknown as new (found: object) => Failure;

/** As `explore` would give it for such a trace. */
export function failureOf(trace: Trace, rest: Partial<Failure> = {}): Failure {
  return new MadeUp({
    error: trace.error,
    token: 'x1-2.0.0:loses-no-update',
    name: 'loses no update',
    run: 12,
    seed: 1,
    found: { deviations: 30, switches: 30, steps: 90 },
    shrunk: { deviations: 1, switches: 1, steps: trace.steps.length },
    plays: 40,
    trace,
    pair: undefined,
    decision: undefined,
    divergence: undefined,
    ...rest,
  });
}
