import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../usage-error.js';

const PAGE = new URL('../../bundle/lab.html', import.meta.url);
const PORT = 8731;

/** What makes a page cross-origin isolated: so it has `SharedArrayBuffer`, and a clock that tells 5 us apart instead of 100. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Adds the subcommand `web`, which serves the lab as a page until it is interrupted. */
export function addWebCommand(program: Command): void {
  program
    .command('web')
    .description('Serves the lab as a web page on this machine only: the strategies that run in a browser.')
    .addOption(new Option('--port <n>', 'serve it there; 0: at any free port').default(PORT).argParser(port))
    .helpOption('-h, --help', 'show this')
    .action(async (options: { readonly port: number }) => {
      const address = await serve(options.port);
      console.log(`The lab as a web page: ${address}/`);
      console.log(`The same page without isolation: ${address}/plain`);
      console.log('Ctrl-C ends this.');
    });
}

/** @throws UsageError if the port is taken */
async function serve(at: number): Promise<string> {
  const page = readFileSync(PAGE);
  const server = createServer(({ url }, response) => {
    const type = { 'Content-Type': 'text/html; charset=utf-8' };
    const path = url?.replace(/\?.*/, '');
    if (path === '/') response.writeHead(200, { ...type, ...ISOLATION }).end(page);
    else if (path === '/plain') response.writeHead(200, type).end(page);
    else response.writeHead(404).end();
  });
  await listening(server, at);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function listening(server: Server, at: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new UsageError(`--port ${at}: ${error.message}`, { cause: error })));
    server.listen(at, '127.0.0.1', resolve);
  });
}

function port(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('Expected a port from 0 to 65535');
}
