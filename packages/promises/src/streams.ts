export {
  type BytesOfHost,
  HostStream,
  type HostStreamEvent,
  type HostStreamOptions,
  hostStream,
} from './host-stream.js';
export { type PlainReadable, PrematureCloseError } from './node-source.js';
