import { type Clock, describe, SchedulingPolicy, type SpawnOptions } from '@escapement/core';
import { InvalidAdapterError } from '../laws/errors.js';
import type { Random } from '../laws/random.js';
import { callAdapter, checkMembers, type Law, type Subject } from '../laws/suite.js';

/**
 * Tells `policyLaws` how to make your policy, and what it promises.
 *
 * @example const lifo: PolicyAdapter = { policy: () => new LifoPolicy(), ties: 'last-come' };
 */
export interface PolicyAdapter<P extends SchedulingPolicy = SchedulingPolicy> {
  /** Makes a policy. `clock` is that of the loop. */
  policy(clock: Clock): P;
  /**
   * Options for a task that the kit spawns. `random` returns a number from 0 up to 1. Default: any priorities, deadlines and
   * weights.
   */
  options?(random: () => number, clock: Clock): SpawnOptions;
  /** Which of several tasks with the same options, that take no time, goes first. Default: nothing is promised. */
  readonly ties?: 'first-come' | 'last-come';
  /** How long the policy lets a task wait that it likes least. Default: nothing is promised. */
  readonly fairness?: Fairness;
  /** The same program has the same order each time. Default: false. */
  readonly repeatable?: boolean;
}

/** A task with the options `neglected` waits for no more than `within` steps of tasks with the options `preferred`. */
export interface Fairness {
  /** The options of tasks that the policy likes best. */
  readonly preferred: SpawnOptions;
  /** The options of the task that it likes least. */
  readonly neglected: SpawnOptions;
  /**
   * Steps of 1 ms. Eight preferred tasks are always ready, and each spawns another every third step, which pauses once: so more
   * than eight are ready at times.
   */
  readonly within: number;
}

/** @internal */
export interface PolicySubject extends Subject {
  readonly adapter: PolicyAdapter;
}

/** @internal */
export type PolicyLaw = Law<PolicySubject>;

export const CALLER = 'policyLaws';

/** @throws InvalidAdapterError */
export function checkPolicyAdapter(adapter: PolicyAdapter): void {
  checkMembers(CALLER, adapter, ['policy'], ['options']);
  const { ties, fairness } = adapter;
  if (ties !== undefined && ties !== 'first-come' && ties !== 'last-come') {
    throw new InvalidAdapterError(
      CALLER,
      `the adapter's ties is ${describe(ties)}, expected 'first-come' or 'last-come'.`,
    );
  }
  if (fairness === undefined || Object(fairness).within > 0) return;
  const problem = `the adapter's fairness is ${describe(fairness)}, expected { preferred, neglected, within }.`;
  throw new InvalidAdapterError(CALLER, problem);
}

/** @throws InvalidAdapterError */
export function makePolicy(adapter: PolicyAdapter, clock: Clock): SchedulingPolicy {
  const policy: unknown = callAdapter(CALLER, 'policy()', () => adapter.policy(clock));
  if (policy instanceof SchedulingPolicy) return policy;
  const advice = 'It must extend SchedulingPolicy of the same copy of @escapement/core as this kit.';
  const problem = `policy() of the adapter returned ${describe(policy)}, expected a policy. ${advice}`;
  throw new InvalidAdapterError(CALLER, problem);
}

export function optionsFor({ options }: PolicyAdapter, random: Random, clock: Clock): SpawnOptions {
  if (options !== undefined) return callAdapter(CALLER, 'options()', () => options(() => random.next(), clock));
  return {
    ...(random.chance(0.6) && { priority: random.below(5) - 2 }),
    ...(random.chance(0.4) && { deadline: clock.now() + random.below(200) }),
    ...(random.chance(0.3) && { weight: random.pick([0.5, 1, 3]) }),
  };
}
