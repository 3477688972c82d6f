import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
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

/** Gives a file by its path, as in `index.html`; undefined if there is none. */
type Files = (path: string) => string | undefined | Promise<string | undefined>;

/** Serves files on the loopback interface: at `isolatedAddress` with the headers of isolation, at `address` without. */
export class PageServer {
  readonly #server: Server;

  constructor(private readonly files: Files) {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async #answer({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    // A browser asks for an icon, too: that is no error.
    if (url.endsWith('.ico')) return void response.writeHead(204).end();
    const [, folder, path = ''] = /^\/(\w+)\/(.*)$/.exec(url) ?? [];
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    try {
      const body = await this.files(path);
      const headers = { 'Content-Type': type, ...(folder === 'isolated' ? ISOLATION : {}) };
      response.writeHead(body === undefined ? 404 : 200, headers).end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
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
