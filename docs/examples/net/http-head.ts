/** A request or response that HTTP does not allow, or that is beyond a limit; `status` is the answer that it gets. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** What is wrong is with the peer, not with the program. */
  readonly code = 'BAD_HTTP';

  constructor(
    readonly status: number,
    problem: string,
  ) {
    super(problem);
  }
}

/** By their names in lower case. Fields of the same name are one, with a comma between. */
export type Fields = ReadonlyMap<string, string>;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Bytes beyond ASCII may be any text; here they are a character each (latin1). */
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

/** How the body ends. Two answers to that, and what one server takes for a body is a request to the next: refused. */
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

/** Said twice, it may be the same. */
function parseLength(text: string): number {
  const length = /^(\d{1,15})(?:[\t ]*,[\t ]*\1)*$/.exec(text)?.[1];
  if (length === undefined) throw new HttpError(400, 'bad Content-Length');
  return Number(length);
}

/** The size in the line before a chunk, which may have extensions, of which nobody knows any. @throws HttpError */
export function parseChunkSize(line: string): number {
  const size = /^([0-9a-f]{1,8})[\t ]*(?:;|$)/i.exec(line)?.[1];
  if (size === undefined || NO_VALUE.test(line)) throw new HttpError(400, 'bad chunk size');
  return Number.parseInt(size, 16);
}

/** Without the spaces and tabs around it. (`trim` takes more than HTTP allows, a regular expression more time.) */
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
