export { BufferedStream } from './buffered-stream.js';
export type { ByteStream, Writing } from './byte-stream.js';
export {
  BusyError,
  ClosedError,
  LineTooLongError,
  StreamResetError,
  TooManyBytesError,
  UnexpectedEndError,
} from './errors.js';
