export { MemoryHandler, MemoryReady } from './memory/gate.js';
export type { LinkFault, LinkOptions } from './memory/link-options.js';
export { MemoryListener } from './memory/memory-listener.js';
export { type MemoryEvent, MemoryStream, memoryPair } from './memory/memory-stream.js';
export { seeded } from './memory/seeded.js';
