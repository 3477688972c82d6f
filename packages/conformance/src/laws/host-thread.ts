import { host } from './host.js';

/** Another thread of this host. It does not keep the process alive. */
export interface HostThread {
  postMessage(message: object): void;
  end(): void;
}

interface NodeWorker {
  postMessage(message: object): void;
  unref(): void;
}

interface NodeThreads {
  readonly Worker: new (code: string, options: object) => NodeWorker;
}

interface PageWorker {
  postMessage(message: object): void;
  terminate(): void;
}

interface PageHost {
  readonly Worker?: new (address: string) => PageWorker;
  readonly Blob?: new (parts: string[], options: object) => object;
  readonly URL?: { createObjectURL(blob: object): string };
}

/**
 * What starts a thread that runs `nodeCode`, whose `workerData` is the data, or in a page `pageCode`, whose first message is the
 * data. Undefined if this host has no threads that the kit knows, or no shared memory.
 */
export function threadStarter(nodeCode: string, pageCode: string): ((data: object) => HostThread) | undefined {
  if (typeof SharedArrayBuffer === 'undefined') return undefined;
  const node = host.process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined;
  if (node !== undefined) {
    return data => {
      const worker = new node.Worker(nodeCode, { eval: true, workerData: data, execArgv: [] });
      worker.unref();
      return { postMessage: message => worker.postMessage(message), end: () => {} };
    };
  }
  const { Worker, Blob, URL } = globalThis as PageHost;
  if (Worker === undefined || Blob === undefined || URL === undefined) return undefined;
  return data => {
    const address = URL.createObjectURL(new Blob([pageCode], { type: 'text/javascript' }));
    const worker = new Worker(address);
    worker.postMessage(data);
    return { postMessage: message => worker.postMessage(message), end: () => worker.terminate() };
  };
}
