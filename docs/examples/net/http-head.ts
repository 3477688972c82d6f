/** A request or response that breaks HTTP, or exceeds a limit. `status` is the status code of the answer. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** The fault is the peer's, not the program's. */
  readonly code = 'BAD_HTTP';

  constructor(
    readonly status: number,
    problem: string,
  ) {
    super(problem);
  }
}

/** Header fields, by name in lower case. Fields of the same name are joined with a comma. */
export type Fields = ReadonlyMap<string, string>;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Bytes beyond ASCII become a character each (latin1): HTTP does not define their encoding. */
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** The fields in `lines`, from `first` on. @throws HttpError */
export function parseFields(lines: readonly string[], first = 0): Fields {
  const fields = new Map<string, string>();
  for (let index = first; index < lines.length; index++) {
    const line = lines[index]!;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (!TOKEN.test(name) || NO_VALUE.test(line)) throw new HttpError(400, 'bad header field');
    const key = name.toLowerCase();
    const value = trimmed(line, colon + 1);
    const earlier = fields.get(key);
    fields.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return fields;
}

/** How the body ends. A request with two answers is rejected: two servers in a row could read it differently (request smuggling). */
export function framingOf(fields: Fields): { readonly contentLength: number; readonly isChunked: boolean } {
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length');
  if (coding !== undefined) {
    if (length !== undefined) throw new HttpError(400, 'both Transfer-Encoding and Content-Length');
    if (coding.toLowerCase() !== 'chunked') throw new HttpError(501, 'a Transfer-Encoding other than chunked');
    return { contentLength: 0, isChunked: true };
  }
  return { contentLength: length === undefined ? 0 : parseLength(length), isChunked: false };
}

/** A length that is given twice must be the same. */
function parseLength(text: string): number {
  const length = /^(\d{1,15})(?:[\t ]*,[\t ]*\1)*$/.exec(text)?.[1];
  if (length === undefined) throw new HttpError(400, 'bad Content-Length');
  return Number(length);
}

/** The size in the line before a chunk. The line may have extensions, which are ignored. @throws HttpError */
export function parseChunkSize(line: string): number {
  const size = /^([0-9a-f]{1,8})[\t ]*(?:;|$)/i.exec(line)?.[1];
  if (size === undefined || NO_VALUE.test(line)) throw new HttpError(400, 'bad chunk size');
  return Number.parseInt(size, 16);
}

/** Removes spaces and tabs at both ends. (`trim` removes more than HTTP allows; a regular expression takes more time.) */
function trimmed(text: string, from: number): string {
  let start = from;
  let end = text.length;
  while (start < end && isBlank(text, start)) start++;
  while (start < end && isBlank(text, end - 1)) end--;
  return text.slice(start, end);
}

function isBlank(text: string, index: number): boolean {
  return text[index] === ' ' || text[index] === '\t';
}
