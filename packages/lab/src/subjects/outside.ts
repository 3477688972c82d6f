import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Duration } from 'escapement';
import { OutsideProgram } from './outside-program.js';
import type { OutsideSamples, OutsideSubject } from './subject.js';

const run = promisify(execFile);

/** Timers of other languages, and the one that real-time kernels are judged by. Each is measured where it is installed. */
export const OUTSIDE: readonly OutsideSubject[] = [
  outside('C clock_nanosleep', lackOf('cc', '--version'), compiled('clock-nanosleep.c')),
  outside(
    'C clock_nanosleep, slack 1',
    () => (process.platform === 'linux' ? lackOf('cc', '--version')() : 'Linux'),
    compiled('clock-nanosleep.c', '1'),
  ),
  ...['time.sleep', 'asyncio'].map(way => python(way)),
  python('uvloop'),
  {
    kind: 'outside',
    name: 'cyclictest',
    lacks: lackOf('cyclictest', '--help'),
    tick: cyclictest,
  },
];

/** @param start is called once, for the first ticks */
function outside(
  name: string,
  lacks: () => string | undefined,
  start: () => OutsideProgram | Promise<OutsideProgram>,
): OutsideSubject {
  let program: OutsideProgram | Promise<OutsideProgram> | undefined;
  return {
    kind: 'outside',
    name,
    lacks,
    async tick(period, count, pace) {
      program ??= start();
      return (await program).tick(period, count, pace);
    },
  };
}

function python(way: string): OutsideSubject {
  const module = way === 'time.sleep' ? 'time' : way;
  // The system's Python first: it has the system's packages, and is no script that looks for another.
  const command = once(() => ['/usr/bin/python3', 'python3'].find(each => works(each, '-c', `import ${module}`)));
  return outside(
    way === 'time.sleep' ? 'Python time.sleep' : way,
    () => (command() === undefined ? `python3${module === 'uvloop' ? ' with uvloop' : ''}` : undefined),
    () => new OutsideProgram([command()!, source('sleep.py'), way]),
  );
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}

/** Compiled for each run: it takes a tenth of a second, and leaves nothing behind. */
function compiled(file: string, ...args: string[]): () => Promise<OutsideProgram> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'escapement-lab-'));
    try {
      const path = join(folder, 'program');
      await run('cc', ['-O2', '-o', path, source(file)]);
      const program = new OutsideProgram([path, ...args]);
      await program.started();
      return program;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/** A run of its own for each round. It tells nothing of its processor time. */
async function cyclictest(period: Duration, count: number, pace: 'open' | 'closed'): Promise<OutsideSamples> {
  const order = [
    '--default-system',
    '--nsecs',
    '--verbose',
    `--interval=${Math.round(period * 1000)}`,
    `--loops=${count}`,
    ...(pace === 'open' ? [] : ['--relative']),
  ];
  const { stdout } = await run('cyclictest', order, { maxBuffer: 1 << 28 });
  const samples = [...stdout.matchAll(/^ *\d+: *\d+: *(\d+)$/gm)].map(([, nanoseconds]) => Number(nanoseconds) / 1000);
  return { samplesUs: samples, cpuMs: null };
}

function lackOf(command: string, ...args: string[]): () => string | undefined {
  return () => (works(command, ...args) ? undefined : command === 'cyclictest' ? 'cyclictest, of rt-tests' : command);
}

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function source(file: string): string {
  return fileURLToPath(new URL(`../../outside/${file}`, import.meta.url));
}
