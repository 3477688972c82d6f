import { classNameOf } from '../errors/describe.js';
import { PluginInUseError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import { SleepStrategy } from '../extension-points/sleep-strategy.js';
import type { LoopView } from './loop-view.js';
import { runningLoops } from './running-loops.js';

/** The plugins of all loops that run now. */
const inUse = new WeakSet<object>();

/**
 * @internal The plugins that hold the state of one run, so that two loops that run at the same time cannot share them. Who has
 * claimed them is among the running loops.
 */
export class ExclusivePlugins {
  readonly #plugins: readonly object[];

  constructor(
    private readonly view: LoopView,
    handlers: readonly EventHandler[],
  ) {
    const { strategy, policy } = view;
    // A strategy with nothing to close has no state, as a rule.
    const hasState = strategy.close !== SleepStrategy.prototype.close;
    this.#plugins = [...handlers, policy, ...(hasState ? [strategy] : [])];
  }

  /** @throws PluginInUseError */
  claim(): void {
    const taken = this.#plugins.find(plugin => inUse.has(plugin));
    if (taken !== undefined) throw new PluginInUseError(classNameOf(taken));
    for (const plugin of this.#plugins) inUse.add(plugin);
    runningLoops().add(this.view);
  }

  release(): void {
    for (const plugin of this.#plugins) inUse.delete(plugin);
    runningLoops().delete(this.view);
  }
}
