import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreignProgram, outputOf, pythonWith, works } from '../../system/commands.js';

/** A server that is measured. */
export interface ServerKind {
  readonly name: string;
  /** Whether it runs on Escapement; the others are anchors. */
  readonly isOurs: boolean;
  /** Whether it uses a whole core even while it is idle. */
  readonly spins: boolean;
  /** The command that starts it, or what must be installed first. */
  command(): Promise<readonly string[] | { readonly needs: string }>;
}

export const YARDSTICK = 'node:net';

/** The strategies of our servers, by alias. */
const SERVER_STRATEGIES = ['epoll', 'atomics-wait', 'set-timeout', 'busy-wait'] as const;
export type ServerStrategy = (typeof SERVER_STRATEGIES)[number];

/** In the order of the report. */
export const SERVER_KINDS: readonly ServerKind[] = [
  anchor(YARDSTICK, async () => [process.execPath, compiled('node-net-server')]),
  anchor('asyncio', async () => asyncioServer('asyncio') ?? { needs: 'python3' }),
  anchor('uvloop', async () => asyncioServer('uvloop') ?? { needs: 'python3 with uvloop' }),
  anchor('C epoll', compileC),
  ...SERVER_STRATEGIES.flatMap(strategy => [ours('net', strategy), ours('raw', strategy)]),
];

function anchor(name: string, command: ServerKind['command']): ServerKind {
  return { name, isOurs: false, spins: false, command };
}

function ours(flavour: 'net' | 'raw', strategy: string): ServerKind {
  const command = [process.execPath, compiled(`${flavour}-server`), strategy];
  return {
    name: `${strategy}/${flavour}`,
    isOurs: true,
    spins: strategy === 'busy-wait',
    command: async () => command,
  };
}

function compiled(server: string): string {
  return fileURLToPath(new URL(`../servers/${server}.js`, import.meta.url));
}

function asyncioServer(loop: 'asyncio' | 'uvloop'): readonly string[] | undefined {
  const python = pythonWith(loop);
  return python === undefined ? undefined : [python, foreignProgram('asyncio-hello.py'), loop];
}

async function compileC(): Promise<readonly string[] | { readonly needs: string }> {
  const compiler = ['gcc', 'cc'].find(candidate => works(candidate, '--version'));
  if (compiler === undefined) return { needs: 'gcc' };
  const folder = mkdtempSync(join(tmpdir(), 'escapement-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'epoll-hello');
  await outputOf([compiler, '-O2', '-o', program, foreignProgram('epoll-hello.c')]);
  return [program];
}
