import { type Clock, describe, EscapementError, isThenable, type SleepStrategy } from '@escapement/core';

/** `createLoop` got an argument that is not a module. */
export class NotAModuleError extends EscapementError {
  static override readonly name = 'NotAModuleError';
  override readonly code = 'ESC_NOT_A_MODULE';

  /** @internal */
  constructor(position: number, given: unknown) {
    super(
      `createLoop got ${describe(given)} as argument ${position}, expected a LoopModule. ${adviceForModule(given, position)}`,
    );
  }
}

function adviceForModule(given: unknown, position: number): string {
  if (given === undefined) {
    return 'Either its name is misspelt, or the file that exports it imports this one in a cycle and has not run yet.';
  }
  if (safely(() => Array.isArray(given), false)) return 'Spread it: createLoop(...modules).';
  if (typeof given === 'function') {
    const name = nameOf(given);
    return isClass(given)
      ? `Make a module from the class: handlerModule(${name}), strategyModule(${name}) or policyModule(${name}).`
      : `Call it: ${name === '(anonymous)' ? `argument ${position}` : name}().`;
  }
  if (isThenable(given)) return 'Wait for it first, with `await`.';
  const inside = moduleIn(given);
  if (inside !== undefined) return `Pass a module that it has: ${inside}.`;
  if (typeof given === 'object') return 'Make a module from it, for instance handlerModule(() => new MyHandler()).';
  return 'Pass the module itself, for instance sleepModule.';
}

/** The name of a module in an object of modules, like what `import()` gives. */
function moduleIn(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  return safely(() => Object.entries(given).find(([, value]) => typeof value?.load === 'function')?.[0], undefined);
}

/** `handlerModule`, `strategyModule` or `policyModule` got neither a class nor a function that makes a plugin. */
export class NotAProviderError extends EscapementError {
  static override readonly name = 'NotAProviderError';
  override readonly code = 'ESC_NOT_A_PROVIDER';

  /** @internal */
  constructor(caller: string, problem: string) {
    super(
      `${caller} ${problem}. Write ${caller}(MyClass), ${caller}(clock => new MyClass(clock)), or ${caller}([Clock, Other], (clock, other) => new MyClass(clock, other)).`,
    );
  }
}

/** The container cannot inject into a class, because the types of its constructor parameters are unknown. */
export class MissingMetadataError extends EscapementError {
  static override readonly name = 'MissingMetadataError';
  override readonly code = 'ESC_MISSING_METADATA';

  /** @internal */
  constructor({ name, length }: { readonly name: string; readonly length: number }, cause: unknown) {
    super(
      `the container cannot make a ${name}: the ${length === 1 ? 'type of its constructor parameter is' : 'types of its constructor parameters are'} unknown. Either the class lacks @injectable(), or it was compiled without decorator metadata (by esbuild, by tsx, or by tsc without emitDecoratorMetadata), or the type of a parameter is not a class. Pass a function instead, clock => new ${name}(clock), or put @inject(Clock) before each parameter.`,
      { cause },
    );
  }
}

/** A container has two plugins of a kind of which a loop takes one. */
export class DuplicatePluginError extends EscapementError {
  static override readonly name = 'DuplicatePluginError';
  override readonly code = 'ESC_DUPLICATE_PLUGIN';

  /** @internal */
  constructor(what: string, found: readonly string[], fix: string) {
    super(`the loop got ${found.length} ${what}, ${found.join(' and ')}, expected one. ${fix}`);
  }
}

/** The strategy's clock is not the container's `Clock`, which the handlers get. */
export class ClockMismatchError extends EscapementError {
  static override readonly name = 'ClockMismatchError';
  override readonly code = 'ESC_CLOCK_MISMATCH';

  /** @internal */
  constructor(strategy: SleepStrategy, clock: Clock) {
    const name = nameOf(strategy);
    super(
      `the strategy '${strategy.alias}' has a ${nameOf(strategy.clock)} of its own, and the container's Clock is another object, a ${nameOf(clock)}: handlers would use one clock and the loop would sleep by the other. Pass the container's clock to the strategy, strategyModule(clock => new ${name}(clock)), or make the strategy's clock the loop's, strategyModule(() => new ${name}()). In a container of your own, bind Clock to the strategy's clock in singleton scope.`,
    );
  }
}

/** A loop was run after its container had changed. */
export class ContainerChangedError extends EscapementError {
  static override readonly name = 'ContainerChangedError';
  override readonly code = 'ESC_CONTAINER_CHANGED';

  /** @internal */
  constructor(token: string, before: readonly object[], now: readonly object[]) {
    super(
      `the container was changed after its loop was built, and the loop does not follow: ${token} was ${namesOf(before)} and is ${namesOf(now)}. Call bind, rebind, unbind and load before container.get(EventLoop), or build another loop from a new container.`,
    );
  }
}

function namesOf(plugins: readonly object[]): string {
  return plugins.length === 0 ? 'nothing' : plugins.map(nameOf).join(' and ');
}

/** @internal The name of a function or of an object's class, which may be anything. */
export function nameOf(given: unknown): string {
  const name = safely(() => (typeof given === 'function' ? given : (given as object).constructor).name as unknown, '');
  return typeof name === 'string' && name !== '' ? name : '(anonymous)';
}

/** @internal Unlike `instanceof`, this also works if two copies of a base class are installed. */
export function isClass(value: object): boolean {
  return safely(() => Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false, false);
}

/** @internal Looking at what a user gives may throw, as with a revoked proxy. */
export function safely<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
