import { classNameOf } from '../errors/describe.js';
import { PluginInUseError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import { SleepStrategy } from '../extension-points/sleep-strategy.js';

/** The plugins of all loops that run now. */
const inUse = new WeakSet<object>();

/** @internal The plugins that hold the state of one run, so that two loops that run at the same time cannot share them. */
export class ExclusivePlugins {
  readonly #plugins: readonly object[];

  constructor(strategy: SleepStrategy, handlers: readonly EventHandler[], policy: SchedulingPolicy) {
    // A strategy with nothing to close has no state, as a rule.
    const hasState = strategy.close !== SleepStrategy.prototype.close;
    this.#plugins = [...handlers, policy, ...(hasState ? [strategy] : [])];
  }

  /** @throws PluginInUseError */
  claim(): void {
    const taken = this.#plugins.find(plugin => inUse.has(plugin));
    if (taken !== undefined) throw new PluginInUseError(classNameOf(taken));
    for (const plugin of this.#plugins) inUse.add(plugin);
  }

  release(): void {
    for (const plugin of this.#plugins) inUse.delete(plugin);
  }
}
