export { BufferedStream } from './buffered-stream.js';
export type { ByteStream, Writing } from './byte-stream.js';
export { BusyError, ClosedError, LineTooLongError, TooManyBytesError, UnexpectedEndError } from './errors.js';
