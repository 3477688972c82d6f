import { ByteBuffer } from './byte-buffer.js';

const ASTERISK = 42;
const DOLLAR = 36;
const MINUS = 45;
const ZERO = 48;
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** Zeros in front could go on without end. */
const MOST_DIGITS = 20;

/** A client does not keep to the protocol; nothing that follows can be understood. The message is for the client. */
export class RespError extends Error {
  override readonly name = 'RespError';

  constructor(problem: string) {
    super(`Protocol error: ${problem}`);
  }
}

export interface RespLimits {
  /** The most bytes that a command may have. */
  readonly command?: number;
  /** The most bytes that a command may have that somebody typed in a line (`PING`). */
  readonly line?: number;
}

/**
 * Commands of the Redis protocol (RESP2), from bytes that come in pieces of any size.
 *
 * An argument is text of one character for each byte (latin1): so nothing of it is lost, and it can be the key of a Map.
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
  /** Of the argument that is being received; -1 if that is not known yet. */
  #length = -1;
  /** What the command has taken of its limit. */
  #size = 0;

  constructor({ command = 1_048_576, line = 65_536 }: RespLimits = {}) {
    this.#commandLimit = command;
    this.#lineLimit = line;
  }

  /** How many bytes wait for the rest of their command, arguments that are complete not counted. */
  get pending(): number {
    return this.#received.length;
  }

  /** @param bytes belong to the parser from now on */
  push(bytes: Uint8Array): void {
    this.#received.push(bytes);
  }

  /**
   * The next command: its name and its arguments; undefined if it is not there yet.
   * @throws RespError, after which the parser is of no use any more
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
      // Redis, too, takes a command of nothing for none.
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

  /** @returns whether it is there */
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

  /** The number of a line that begins with a marker, as `$3`; undefined if the line is not there yet. */
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

  /** The words of a line that somebody typed. */
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
