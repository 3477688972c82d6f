export { PortClosedError, UnreadableMessageError, WorkerExitedError } from './errors.js';
export { type ArgumentsOf, type LoopInWorkerOptions, loopInWorker, type ProgramResultOf } from './loop-in-worker.js';
export { PortEvent } from './port-event.js';
export { PortHandler } from './port-handler.js';
export type { ThreadPort, WorkerThread } from './port-types.js';
export { type Received, received } from './received.js';
export { RemoteError } from './remote-error.js';
export { closePort, type Send, Sender, type SenderOptions } from './sender.js';
export { type WorkerProgram, workerProgram } from './worker-program.js';
