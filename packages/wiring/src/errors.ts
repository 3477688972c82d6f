import { type Clock, EscapementError, type SleepStrategy } from '@escapement/core';

/** `createLoop` got something that is no module. */
export class NotAModuleError extends EscapementError {
  static override readonly name = 'NotAModuleError';
  override readonly code = 'ESC_NOT_A_MODULE';

  /** @internal */
  constructor(position: number, given: unknown) {
    super(
      `createLoop got ${nameOf(given)} as argument ${position}, expected a LoopModule. ${adviceForModule(given, position)}`,
    );
  }
}

function adviceForModule(given: unknown, position: number): string {
  if (given === undefined) {
    return 'Either it is misspelt, or the file that exports it imports this one in a circle, and has not run yet.';
  }
  if (Array.isArray(given)) return 'Spread it: createLoop(...modules).';
  if (typeof given === 'function') {
    return isClass(given)
      ? `Make a module of the class: handlerModule(${given.name}), strategyModule(${given.name}) or policyModule(${given.name}).`
      : `Call it: ${given.name || `argument ${position}`}().`;
  }
  if (typeof given === 'object') return 'Make a module of it, for instance handlerModule(() => new MyHandler()).';
  return 'Pass the module itself, for instance sleepModule.';
}

/** `handlerModule`, `strategyModule` or `policyModule` got nothing that makes a plugin. */
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

/** The container is to inject into a class, and nothing says what. */
export class MissingMetadataError extends EscapementError {
  static override readonly name = 'MissingMetadataError';
  override readonly code = 'ESC_MISSING_METADATA';

  /** @internal */
  constructor({ name, length }: { readonly name: string; readonly length: number }, cause: unknown) {
    super(
      `the container cannot make a ${name}: nothing says what the ${length === 1 ? 'argument' : 'arguments'} of its constructor shall be. Either the class lacks @injectable(), or it was compiled without decorator metadata, as by esbuild, tsx, or tsc without emitDecoratorMetadata, or the type of an argument is no class. Pass a function instead, clock => new ${name}(clock), or put @inject(Clock) before each argument.`,
      { cause },
    );
  }
}

/** Two plugins in one container where a loop has one. */
export class DuplicatePluginError extends EscapementError {
  static override readonly name = 'DuplicatePluginError';
  override readonly code = 'ESC_DUPLICATE_PLUGIN';

  /** @internal */
  constructor(what: string, found: readonly string[], fix: string) {
    super(`the loop got ${found.length} ${what}, ${found.join(' and ')}, expected one. ${fix}`);
  }
}

/** The strategy counts on another clock than the handlers would. */
export class ClockMismatchError extends EscapementError {
  static override readonly name = 'ClockMismatchError';
  override readonly code = 'ESC_CLOCK_MISMATCH';

  /** @internal */
  constructor(strategy: SleepStrategy, clock: Clock) {
    const { name } = strategy.constructor;
    super(
      `the strategy '${strategy.alias}' has a ${strategy.clock.constructor.name} of its own, and the container's Clock is another object, a ${clock.constructor.name}: handlers would count on one clock and the loop sleep by the other. Let the strategy take its clock, strategyModule(clock => new ${name}(clock)), or make its own the loop's, strategyModule(() => new ${name}()). In a container of your own bind Clock to it, in singleton scope.`,
    );
  }
}

/** A loop is to run, and its container no longer holds what the loop was built of. */
export class ContainerChangedError extends EscapementError {
  static override readonly name = 'ContainerChangedError';
  override readonly code = 'ESC_CONTAINER_CHANGED';

  /** @internal */
  constructor(token: string, before: readonly object[], now: readonly object[]) {
    super(
      `the container was changed after it had built its loop, which does not change with it: ${token} was ${namesOf(before)} and is ${namesOf(now)}. Call bind, rebind, unbind and load before container.get(EventLoop), or build another loop from a new container.`,
    );
  }
}

function namesOf(plugins: readonly object[]): string {
  return plugins.length === 0 ? 'nothing' : plugins.map(plugin => plugin.constructor.name).join(' and ');
}

/** @internal For messages: what somebody passed. */
export function nameOf(given: unknown): string {
  if (typeof given === 'function')
    return isClass(given) ? `the class ${given.name}` : `the function ${given.name}`.trim();
  if (typeof given === 'string') return `'${given}'`;
  if (Array.isArray(given)) return 'an array';
  if (typeof given === 'object' && given !== null) return `an object of ${given.constructor?.name || 'no class'}`;
  return String(given);
}

/** @internal A class can only be called with `new`. Also told apart where two copies of its base class are installed. */
export function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}
