import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('bin/escapement-lab.js', import.meta.resolve('@escapement/lab')));
const HERE = fileURLToPath(new URL('.', import.meta.url));

export interface LabRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this folder, as compiled. */
export function runLab(...args: string[]): Promise<LabRun> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [BIN, ...args], { cwd: HERE }, (_, stdout, stderr) => {
      resolve({ status: child.exitCode, stdout, stderr });
    });
  });
}

/** The same, with its output in a file that is open. */
export function runLabInto(output: number, ...args: string[]): Promise<Omit<LabRun, 'stdout'>> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: HERE, stdio: ['ignore', output, 'pipe'] });
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    child.on('close', status => resolve({ status, stderr }));
  });
}

/** A command that is running. */
export interface RunningLab {
  /** Looks again and again, until there is something. Rejects if the command ends first. */
  until<T>(find: () => T | undefined): Promise<T>;
  interrupt(): void;
  readonly ended: Promise<LabRun>;
}

/** Starts the command in this folder, as compiled. */
export function startLab(...args: string[]): RunningLab {
  let interrupt!: () => void;
  let isEnded = false;
  const ended = new Promise<LabRun>(resolve => {
    const child = execFile(process.execPath, [BIN, ...args], { cwd: HERE }, (_, stdout, stderr) => {
      isEnded = true;
      resolve({ status: child.exitCode, stdout, stderr });
    });
    interrupt = () => child.kill('SIGINT');
  });
  return {
    ended,
    interrupt,
    async until(find) {
      for (;;) {
        const found = find();
        if (found !== undefined) return found;
        if (isEnded) throw new Error(`ended too early: ${(await ended).stderr}`);
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    },
  };
}
