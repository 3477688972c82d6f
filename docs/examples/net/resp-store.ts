import { array, bulk, failure, integer, NIL, OK, simple } from './resp-replies.js';

interface Entry {
  readonly value: string;
  /** On the clock of `performance.now()`. */
  readonly expiresAt: number;
}

interface Command {
  /** How many arguments it may have, without its name. */
  readonly least: number;
  readonly most: number;
  readonly execute: (args: readonly string[]) => string;
}

const NOT_AN_INTEGER = failure('ERR value is not an integer or out of range');
const SYNTAX_ERROR = failure('ERR syntax error');

/** Configuration values that clients read at the start; none can be changed. */
const CONFIGURATION: Readonly<Record<string, string>> = { save: '', appendonly: 'no' };

/** What the server says of itself: names, each followed by its value. */
const SELF = array([
  ...['server', 'redis', 'version', '7.0.0', 'mode', 'standalone', 'role', 'master'].map(bulk),
  ...[bulk('proto'), integer(2), bulk('modules'), array([])],
]);

/** Keys and values in memory, and the commands that Redis has for them. */
export class RespStore {
  readonly #entries = new Map<string, Entry>();
  /** Where the sweep is. */
  #sweeping = this.#entries.keys();

  readonly #commands = new Map<string, Command>([
    ['PING', command(0, 1, ([text]) => (text === undefined ? simple('PONG') : bulk(text)))],
    ['ECHO', command(1, 1, ([text]) => bulk(text!))],
    ['GET', command(1, 1, ([key]) => this.#get(key!))],
    ['SET', command(2, Infinity, args => this.#set(args))],
    ['DEL', command(1, Infinity, keys => this.#count(keys, key => this.#find(key) && this.#entries.delete(key)))],
    ['EXISTS', command(1, Infinity, keys => this.#count(keys, key => this.#find(key)))],
    ['INCR', command(1, 1, ([key]) => this.#increment(key!))],
    ['DBSIZE', command(0, 0, () => integer(this.#entries.size))],
    ['FLUSHALL', command(0, 1, () => this.#clear())],
    ['CONFIG', command(1, Infinity, args => configuration(args))],
    ['COMMAND', command(0, Infinity, () => array([]))],
    ['HELLO', command(0, Infinity, ([version]) => hello(version))],
    ['SELECT', command(1, 1, ([index]) => (index === '0' ? OK : failure('ERR DB index is out of range')))],
    ['QUIT', command(0, 0, () => OK)],
  ]);

  /** @returns the reply */
  execute(words: readonly string[]): string {
    const name = words[0]!;
    const args = words.slice(1);
    // Clients usually send names in capitals: then no conversion is needed.
    const command = this.#commands.get(name) ?? this.#commands.get(name.toUpperCase());
    if (command === undefined) return failure(`ERR unknown command '${name.slice(0, 128)}'`);
    if (args.length < command.least || args.length > command.most) {
      return failure(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
    }
    return command.execute(args);
  }

  /**
   * Deletes those of the next `most` keys that have expired; until then they take memory, but are not returned. Goes on where the
   * call before stopped, because a look at all keys at once would keep every client waiting.
   * @returns how many it has deleted
   */
  sweep(most: number): number {
    let deleted = 0;
    for (let looked = 0; looked < most; looked++) {
      const key = this.#sweeping.next();
      if (key.done) {
        this.#sweeping = this.#entries.keys();
        break;
      }
      if (this.#find(key.value) === undefined) deleted++;
    }
    return deleted;
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt === Infinity || performance.now() < entry.expiresAt) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #get(key: string): string {
    const entry = this.#find(key);
    return entry === undefined ? NIL : bulk(entry.value);
  }

  #set([key, value, unit, duration, ...more]: readonly string[]): string {
    if (unit === undefined) {
      this.#entries.set(key!, { value: value!, expiresAt: Infinity });
      return OK;
    }
    const scale = { EX: 1000, PX: 1 }[unit.toUpperCase()];
    if (scale === undefined || duration === undefined || more.length > 0) return SYNTAX_ERROR;
    const count = integerOf(duration);
    if (count === undefined) return NOT_AN_INTEGER;
    if (count <= 0) return failure("ERR invalid expire time in 'set' command");
    this.#entries.set(key!, { value: value!, expiresAt: performance.now() + count * scale });
    return OK;
  }

  #increment(key: string): string {
    const entry = this.#find(key);
    const number = integerOf(entry?.value ?? '0');
    if (number === undefined || !Number.isSafeInteger(number + 1)) return NOT_AN_INTEGER;
    this.#entries.set(key, { value: String(number + 1), expiresAt: entry?.expiresAt ?? Infinity });
    return integer(number + 1);
  }

  #clear(): string {
    this.#entries.clear();
    return OK;
  }

  #count(keys: readonly string[], isCounted: (key: string) => unknown): string {
    return integer(keys.filter(isCounted).length);
  }
}

function command(least: number, most: number, execute: Command['execute']): Command {
  return { least, most, execute };
}

function configuration([action, ...names]: readonly string[]): string {
  if (action!.toUpperCase() !== 'GET') return SYNTAX_ERROR;
  const known = Object.entries(CONFIGURATION).filter(([name]) => names.includes(name) || names.includes('*'));
  return array(known.flat().map(bulk));
}

/** The first command of clients that prefer RESP3. If it fails, they go on with RESP2. */
function hello(version = '2'): string {
  return version === '2' ? SELF : failure('NOPROTO unsupported protocol version');
}

/** A whole number in its printed form. One that JavaScript cannot represent exactly is out of range. */
function integerOf(text: string): number | undefined {
  const number = Number(text);
  return /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}
