import os from 'node:os';

/** What the figures hold for: they say nothing about any other machine. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  /** What the process may use, which can be fewer than there are. */
  readonly cores: number;
  /** `Linux 6.8.0 x64` */
  readonly os: string;
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: os.availableParallelism(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
  };
}
