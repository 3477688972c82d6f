import * as shipped from '@escapement/policies/module';
import {
  atomicsWaitModule,
  Clock,
  Container,
  createLoop,
  type EventLoop,
  type LoopEvent,
  LoopModule,
  SchedulingPolicy,
} from 'escapement';
import type { PolicySubject } from './subject.js';

/** A scheduling policy and the module that installs it. */
export interface Policy {
  /** Its name, in tables and on the command line. */
  readonly alias: string;
  /** What installs it in a loop. */
  readonly module: LoopModule<LoopEvent>;
}

/** The policies that come with Escapement and order the tasks of a loop, but for the random one. */
export function shippedPolicies(): Policy[] {
  const { fifoModule, lifoModule, priorityModule, earliestDeadlineFirstModule, fairModule } = shipped;
  return policiesIn([fifoModule, lifoModule, priorityModule(), earliestDeadlineFirstModule, fairModule]);
}

/** One for each exported `LoopModule` that binds a `SchedulingPolicy`. */
export function policiesIn(exports: object): Policy[] {
  const modules = Object.values(exports).filter(value => value instanceof LoopModule);
  return [...new Set(modules)].flatMap(module => {
    const policy = policyOf(module, { now: () => 0 });
    return policy === undefined ? [] : [{ alias: policy.alias, module }];
  });
}

function policyOf(module: LoopModule<LoopEvent>, clock: Clock): SchedulingPolicy | undefined {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(module);
  if (!container.isBound(Clock)) container.bind(Clock).toConstantValue(clock);
  return container.get(SchedulingPolicy, { optional: true });
}

/** A policy, installed in the loops that one row makes. They wait by `Atomics.wait`. */
export class InstalledPolicy implements PolicySubject {
  readonly kind = 'policy';
  readonly name: string;
  readonly #module: LoopModule<LoopEvent>;
  readonly #extras: readonly LoopModule[];

  constructor({ alias, module }: Policy, extras: readonly LoopModule[] = []) {
    this.name = alias;
    this.#module = module;
    this.#extras = extras;
  }

  createPolicy(clock: Clock): SchedulingPolicy {
    return policyOf(this.#module, clock)!;
  }

  createLoop<E extends LoopEvent>(...modules: readonly LoopModule<E>[]): EventLoop<E> {
    return createLoop(atomicsWaitModule, this.#module, ...this.#extras, ...modules) as EventLoop<E>;
  }
}
