import { createContext, runInContext } from 'node:vm';

/** Thrown by every hostile value that is looked at. A function under test may let it out, but must not replace it. */
export class Bite extends Error {}

function bite(): never {
  throw new Bite('hands off');
}

const BITING: ProxyHandler<object> = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map(trap => [trap, bite]));

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function withGetter(target: object, ...keys: PropertyKey[]): object {
  for (const key of keys) Object.defineProperty(target, key, { get: bite, configurable: true });
  return target;
}

function errorWith(properties: PropertyDescriptorMap): Error {
  return Object.defineProperties(new Error('spoilt'), properties);
}

function deepCause(depth: number): Error {
  let error = new Error('the cause');
  for (let n = 0; n < depth; n++) error = new Error(`caused by ${n}`, { cause: error });
  return error;
}

function cyclicCause(): Error {
  const error = new Error('its own cause');
  error.cause = error;
  return error;
}

const realm = createContext();
const foreign = (code: string): unknown => runInContext(code, realm);

/** A hundred times longer than anything of it that may be shown. */
const HUGE = 'x'.repeat(200_000);

/** What may be given, thrown, returned and stored: each call makes new ones. */
export const HOSTILE: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  'a boolean': () => true,
  zero: () => 0,
  'a negative number': () => -1,
  'half a number': () => 0.5,
  NaN: () => NaN,
  Infinity: () => Infinity,
  'a bigint': () => 5n,
  'a symbol': () => Symbol('s'),
  'an empty string': () => '',
  'a huge string': () => HUGE,
  'an object': () => ({}),
  'an object without a prototype': () => Object.create(null),
  'an object whose toString throws': () => ({ toString: bite, [Symbol.toPrimitive]: bite }),
  'an object whose toString returns no string': () => ({ toString: () => ({}) }),
  'an object that describes itself at length': () => ({ toString: () => HUGE }),
  'an object whose getters throw': () =>
    withGetter({}, 'constructor', 'name', 'message', 'stack', 'then', 'toString', 'next', 'kind', 'length', 'code'),
  'an object whose symbols throw': () =>
    withGetter({}, Symbol.iterator, Symbol.asyncIterator, Symbol.toStringTag, Symbol.toPrimitive, Symbol.dispose ?? ''),
  'an object of an odd class': () => ({ constructor: { name: Symbol('name') } }),
  'an object without a class': () => ({ constructor: null }),
  'a revoked proxy': () => revoked({}),
  'a revoked proxy of a function': () => revoked(() => {}),
  'a revoked proxy of an array': () => revoked([]),
  'a revoked proxy of an error': () => revoked(new Error('gone')),
  'a proxy that throws': () => new Proxy({}, BITING),
  'a proxy of a function that throws': () => new Proxy(function* () {}, BITING),
  'a frozen error': () => Object.freeze(new Error('frozen')),
  'a sealed error': () => Object.seal(new Error('sealed')),
  'an error with a fixed stack': () => errorWith({ stack: { value: 'Error: fixed', writable: false } }),
  'an error with a computed stack': () => errorWith({ stack: { get: () => 'Error: computed', set: bite } }),
  'an error whose stack throws': () => errorWith({ stack: { get: bite } }),
  'an error whose message throws': () => errorWith({ message: { get: bite }, name: { get: bite } }),
  'an error whose message is a symbol': () => errorWith({ message: { value: Symbol('m') } }),
  'an error with a huge message': () => new Error(HUGE),
  'an error with deep causes': () => deepCause(300),
  'an error that is its own cause': () => cyclicCause(),
  'a proxy of an error': () => new Proxy(new Error('inside'), { set: bite, defineProperty: bite }),
  'an aggregate of an odd error': () => new AggregateError([Object.create(null)], 'some'),
  'an array': () => [1, 2],
  'an array that throws': () => withGetter([], '0'),
  'an array that is its own item': () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  'a map': () => new Map([[1, 2]]),
  bytes: () => new Uint8Array(3),
  'a date': () => new Date(NaN),
  'a promise': () => Promise.resolve(5),
  'a promise that nobody waits for': () => new Promise(() => {}),
  'a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: a thenable
    then: bite,
  }),
  'a function': () => () => {},
  'a function that throws': () => bite,
  'a function with a hostile name': () => withGetter(() => {}, 'name', 'length', Symbol.toStringTag),
  'a function whose name is a symbol': () => Object.defineProperty(() => {}, 'name', { value: Symbol('n') }),
  'an async function': () => async () => {},
  'an async generator function': () => async function* () {},
  'an async generator': () => (async function* () {})(),
  'a class': () => class Some {},
  'a class that no value is of': () => Object.defineProperty(class None {}, Symbol.hasInstance, { value: bite }),
  'a frozen generator': () => Object.freeze((function* () {})()),
  'an iterable of nothing sensible': () => ({ [Symbol.iterator]: () => 5 }),
  'an iterable that throws': () => ({ [Symbol.iterator]: bite }),
  'an iterator whose results are no objects': () => ({ [Symbol.iterator]: () => ({ next: () => 5 }) }),
  'an iterator whose results are null': () => ({ [Symbol.iterator]: () => ({ next: () => null }) }),
  'an iterator that is asynchronous': () => ({
    [Symbol.iterator]: () =>
      (async function* () {
        for (;;) yield 1;
      })(),
  }),
  'an object of another realm': () => foreign('({})'),
  'an error of another realm': () => foreign('new Error("abroad")'),
  'an array of another realm': () => foreign('[1]'),
  'a map of another realm': () => foreign('new Map([[1, 2]])'),
  'a promise of another realm': () => foreign('Promise.resolve(1)'),
  'an async function of another realm': () => foreign('(async () => {})'),
  'a revoked proxy of another realm': () =>
    foreign('(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()'),
};
