import { execFile } from 'node:child_process';
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
