/** A request or response that HTTP does not allow, or that is beyond a limit; `status` is the answer that it gets. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    problem: string,
  ) {
    super(problem);
  }
}

/** By their names in lower case. Fields of the same name are one, with a comma between. */
export type Fields = ReadonlyMap<string, string>;

export interface RequestHead {
  readonly method: string;
  /** What is asked for, as it was sent: `/path?query`. */
  readonly target: string;
  readonly fields: Fields;
  /** Whether the connection goes on after the answer. */
  readonly keepAlive: boolean;
  readonly contentLength: number;
  readonly isChunked: boolean;
  readonly expectsContinue: boolean;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** @param text the lines up to the empty one. @throws HttpError */
export function parseRequestHead(text: string): RequestHead {
  const lines = text.split('\r\n');
  const words = lines[0]!.split(' ');
  const [method = '', target = '', version = ''] = words;
  if (words.length !== 3 || !TOKEN.test(method) || !TARGET.test(target)) throw new HttpError(400, 'bad request line');
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') {
    throw /^HTTP\/\d\.\d$/.test(version) ? new HttpError(505, `no ${version} here`) : new HttpError(400, 'bad version');
  }
  const fields = parseFields(lines, 1);
  if (version === 'HTTP/1.1' && !fields.has('host')) throw new HttpError(400, 'no Host');
  const { contentLength, isChunked } = framingOf(fields);
  const keepAlive = isKeptAlive(version, fields.get('connection'));
  const expectsContinue = fields.get('expect')?.toLowerCase() === '100-continue';
  return { method, target, fields, keepAlive, contentLength, isChunked, expectsContinue };
}

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
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new HttpError(400, 'bad Content-Length');
  return { contentLength: Number(length ?? 0), isChunked: false };
}

/** The size in the line before a chunk, which may have extensions, of which nobody knows any. @throws HttpError */
export function parseChunkSize(line: string): number {
  const size = /^([0-9a-f]{1,8})[\t ]*(?:;|$)/i.exec(line)?.[1];
  if (size === undefined || NO_VALUE.test(line)) throw new HttpError(400, 'bad chunk size');
  return Number.parseInt(size, 16);
}

function isKeptAlive(version: string, connection: string | undefined): boolean {
  if (connection === undefined) return version === 'HTTP/1.1';
  const options = connection
    .toLowerCase()
    .split(',')
    .map(option => option.trim());
  return !options.includes('close') && (version === 'HTTP/1.1' || options.includes('keep-alive'));
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
