import { execFile, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Whether a command exists and succeeds. */
export function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a command to its end. @returns what it printed */
export async function outputOf([command, ...args]: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command!, args)).stdout;
}

/** The path of a program in another language. */
export function foreignProgram(file: string): string {
  return fileURLToPath(new URL(`../../foreign/${file}`, import.meta.url));
}

/** A Python that has `module`, if there is one. The system's Python first: it has the system's packages. */
export function pythonWith(module: string): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(candidate => works(candidate, '-c', `import ${module}`));
}

/** The cores for servers and clients: one each if possible, so that they do not compete. */
export interface Cores {
  readonly arePinned: boolean;
  forServer(command: readonly string[]): readonly string[];
  forClient(command: readonly string[]): readonly string[];
}

export function chooseCores(): Cores {
  const arePinned = availableParallelism() >= 2 && works('taskset', '-c', '0,1', 'true');
  const on = (core: string) => (command: readonly string[]) =>
    arePinned ? ['taskset', '-c', core, ...command] : command;
  return { arePinned, forServer: on('0'), forClient: on('1') };
}

/** The command with a limit of `count` descriptors, or undefined if the system does not allow that. */
export function withDescriptors(count: number, command: readonly string[]): readonly string[] | undefined {
  if (!works('sh', '-c', `ulimit -n ${count}`)) return undefined;
  return ['sh', '-c', `ulimit -n ${count} && exec "$@"`, 'sh', ...command];
}
