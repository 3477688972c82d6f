import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What makes a page cross-origin isolated, so that it has `SharedArrayBuffer` and a fine clock. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** Serves pages from memory, on the loopback interface: at `isolatedAddress` with the headers of isolation, at `address` without. */
export class PageServer {
  readonly #server: Server;

  /** @param files by name, as in `{ 'index.html': '...' }` */
  constructor(private readonly files: Readonly<Record<string, string>>) {
    this.#server = createServer(({ url = '' }, response) => {
      const [folder, name = ''] = url.slice(1).split('/');
      const body = this.files[name];
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
      // A browser asks for an icon, too: that is no error.
      const status = body !== undefined ? 200 : url.endsWith('.ico') ? 204 : 404;
      response.writeHead(status, { 'Content-Type': type, ...(folder === 'isolated' ? ISOLATION : {}) }).end(body);
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  address(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/plain/${name}`;
  }

  isolatedAddress(name: string): string {
    return this.address(name).replace('/plain/', '/isolated/');
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
