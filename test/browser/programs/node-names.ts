import buffer from 'buffer/index.js';

/**
 * What tests find here under the names of Node: what can be made of what a browser has. Whatever else they use throws, and
 * leaves out the test that used it.
 */

/** Thrown by what only Node has. */
export class NeedsNode extends Error {
  override readonly name = 'NeedsNode';
}

const used = new Set<string>();

/** The names of Node that were used in vain since the last call: a test may have caught what was thrown. */
export function takeUsedNames(): string[] {
  const names = [...used];
  used.clear();
  return names;
}

/** For a function or a class of Node: it may be named, but not called. */
function missing(name: string): unknown {
  const use = (): never => {
    used.add(name);
    throw new NeedsNode(name);
  };
  return new Proxy(function onlyInNode() {}, { apply: use, construct: use });
}

/** An object or module of Node that has no more than `present` here. */
function partOf(name: string, present: object): Record<string, unknown> {
  return new Proxy(present as Record<string, unknown>, {
    get: (target, key) =>
      typeof key === 'symbol' || key in target ? target[key as string] : missing(`${name}.${key}`),
  });
}

const channel = new MessageChannel();
const callbacks: (() => void)[] = [];
channel.port1.addEventListener('message', () => callbacks.shift()!());
channel.port1.start();

/** A turn of the host later, as in Node. */
function setImmediate(callback: (...values: unknown[]) => void, ...values: unknown[]): void {
  callbacks.push(() => callback(...values));
  channel.port2.postMessage(undefined);
}

const { Buffer } = buffer;
const global = globalThis;
const process = partOf('process', { env: {}, platform: 'browser' });

const MODULES: Readonly<Record<string, object>> = {
  'node:timers/promises': {
    setImmediate: (value: unknown) => new Promise(resolve => setImmediate(resolve, value)),
    setTimeout: (delay: number, value: unknown) => new Promise(resolve => setTimeout(resolve, delay, value)),
  },
};

export function moduleOfNode(name: string): Record<string, unknown> {
  return partOf(name, MODULES[name] ?? {});
}

/** Instead of `import.meta.resolve`, for code of other processes. */
const resolveInNode = missing('import.meta.resolve');

export { Buffer, global, process, resolveInNode, setImmediate };
