import { ByteBuffer } from './byte-buffer.js';

const ASTERISK = 42;
const DOLLAR = 36;
const MINUS = 45;
const ZERO = 48;
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** A limit, because a number can have any count of leading zeros. */
const MOST_DIGITS = 20;

/** A client broke the protocol, so the bytes that follow cannot be parsed. The message is for the client. */
export class RespError extends Error {
  override readonly name = 'RespError';

  constructor(problem: string) {
    super(`Protocol error: ${problem}`);
  }
}

export interface RespLimits {
  /** The most bytes of a command. */
  readonly command?: number;
  /** The most bytes of an inline command, a line of text (`PING`). */
  readonly line?: number;
}

/**
 * Parses commands of the Redis protocol (RESP2) from pieces of any size.
 *
 * An argument is text, one character for each byte (latin1): no byte is lost, and it can be the key of a Map.
 *
 * @example
 * parser.push(bytes);
 * for (let command; (command = parser.next()) !== undefined; ) replies += execute(command);
 */
export class RespParser {
  readonly #received = new ByteBuffer();
  readonly #commandLimit: number;
  readonly #lineLimit: number;
  #arguments: string[] = [];
  #missing = 0;
  /** The length of the argument that is being received; -1 if it is not known yet. */
  #length = -1;
  /** How many bytes of its limit the command has used. */
  #size = 0;

  constructor({ command = 1_048_576, line = 65_536 }: RespLimits = {}) {
    this.#commandLimit = command;
    this.#lineLimit = line;
  }

  /** How many bytes wait for the rest of their command, without complete arguments. */
  get pending(): number {
    return this.#received.length;
  }

  /** @param bytes the parser owns them from now on */
  push(bytes: Uint8Array): void {
    this.#received.push(bytes);
  }

  /**
   * The next command: its name and its arguments; undefined if it is not complete yet.
   * @throws RespError; do not use the parser after that
   */
  next(): readonly string[] | undefined {
    while (this.#missing === 0) {
      const first = this.#received.at(0);
      if (first === undefined) return undefined;
      if (first !== ASTERISK) {
        const words = this.#takeWords();
        if (words?.length === 0) continue;
        return words;
      }
      const count = this.#takeNumber('invalid multibulk length');
      if (count === undefined) return undefined;
      if (count > this.#commandLimit) throw this.#tooLarge();
      // An empty command is ignored, as in Redis.
      this.#missing = Math.max(count, 0);
      this.#size = 0;
    }
    return this.#takeArguments();
  }

  #takeArguments(): readonly string[] | undefined {
    for (; this.#missing > 0; this.#missing--) {
      if (this.#length < 0 && !this.#takeLength()) return undefined;
      if (this.#received.length < this.#length + 2) return undefined;
      this.#arguments.push(this.#received.takeText(this.#length));
      if (this.#received.at(0) !== CARRIAGE_RETURN || this.#received.at(1) !== LINE_FEED) {
        throw new RespError(`expected the end of a line after ${this.#length} bytes`);
      }
      this.#received.skip(2);
      this.#length = -1;
    }
    const command = this.#arguments;
    this.#arguments = [];
    return command;
  }

  /** @returns whether it is complete */
  #takeLength(): boolean {
    const marker = this.#received.at(0);
    if (marker === undefined) return false;
    if (marker !== DOLLAR) throw new RespError(`expected '$', got '${String.fromCharCode(marker)}'`);
    const length = this.#takeNumber('invalid bulk length');
    if (length === undefined) return false;
    if (length < 0) throw new RespError('invalid bulk length');
    this.#size += length + '$0\r\n\r\n'.length;
    if (this.#size > this.#commandLimit) throw this.#tooLarge();
    this.#length = length;
    return true;
  }

  /** The number in a line that begins with a marker, such as `$3`; undefined if the line is not complete yet. */
  #takeNumber(problem: string): number | undefined {
    const received = this.#received;
    const isNegative = received.at(1) === MINUS;
    const start = isNegative ? 2 : 1;
    let index = start;
    let number = 0;
    for (; ; index++) {
      const byte = received.at(index);
      if (byte === undefined) return undefined;
      if (byte === CARRIAGE_RETURN) break;
      const digit = byte - ZERO;
      number = 10 * number + digit;
      if (digit < 0 || digit > 9 || index - start === MOST_DIGITS) throw new RespError(problem);
    }
    if (index === start) throw new RespError(problem);
    const end = received.at(index + 1);
    if (end === undefined) return undefined;
    if (end !== LINE_FEED) throw new RespError(problem);
    received.skip(index + 2);
    return isNegative ? -number : number;
  }

  /** The words of an inline command. */
  #takeWords(): readonly string[] | undefined {
    const end = this.#received.indexOf(LINE_FEED);
    if ((end < 0 ? this.#received.length : end) > this.#lineLimit) throw new RespError('too big inline request');
    if (end < 0) return undefined;
    const line = this.#received.takeText(end);
    this.#received.skip(1);
    if (/["']/.test(line)) throw new RespError('quotes in an inline request are not supported');
    return line.split(/[ \t\r]+/).filter(word => word !== '');
  }

  #tooLarge(): RespError {
    return new RespError(`a command larger than ${this.#commandLimit} bytes`);
  }
}
